"""Where a phrase stands word for word."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.retrieval.phrases import Phrase, folded, holding, places

TEXT = "At the core – of\n\nnational “sover-\neignty” it’s **Art**; a start-up \x0cfund. Partial."


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("the core - of national", ["the core – of\n\nnational"]),
        ("the core—of NATIONAL", ["the core – of\n\nnational"]),
        ("'sovereignty' it's", ["“sover-\neignty” it’s"]),
        ("start-up fund", ["start-up \x0cfund"]),
        ("start up fund", []),
        ("art", ["Art"]),
        ("part", []),
        ("national sovereignty", []),
        ("fund partial", []),
    ],
)
def test_where_it_stands(phrase: str, found: list[str]) -> None:
    assert [TEXT[a:b] for a, b in places(TEXT, Phrase(phrase))] == found


@pytest.mark.parametrize(
    "broken", ["start-\nup", "pro-\ntection", "inter-\nnational", "non-\nstate"]
)
@pytest.mark.parametrize("hyphen", ["", "-"])
def test_a_word_broken_at_a_line_end_is_found_by_both_spellings(broken: str, hyphen: str) -> None:
    text = f"We back the {broken} programme and more."
    typed = f"the {broken.replace('-' + chr(10), hyphen)} programme"
    assert [text[a:b] for a, b in places(text, Phrase(typed))] == [f"the {broken} programme"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("the recreation of", "re-creation"),
        ("we pre-sent it", "present"),
        ("The in-formation flight", "information"),
    ],
)
def test_where_no_line_ends_the_hyphen_counts(text: str, phrase: str) -> None:
    assert not places(text, Phrase(phrase))


def test_punctuation_behind_a_broken_word() -> None:
    text = "We ask for pro-\ntection, and for non-\nstate actors."
    assert [text[a:b] for a, b in places(text, Phrase("for protection, and"))] == [
        "for pro-\ntection, and"
    ]


def test_rules_of_hyphens_are_no_trap() -> None:
    line = "- " * 2000 + "-" * 2000
    began = time.perf_counter()
    places(line, Phrase("- - - - - - a"))
    places(line + "x", Phrase("--- --- --- b-c-d"))
    assert time.perf_counter() - began < 2


def test_a_hyphen_is_no_space_and_no_part_of_a_number() -> None:
    assert not places("a start up fund", Phrase("startup fund"))
    assert not places("the years 20182020", Phrase("2018-2020"))
    assert not places("at pro tection", Phrase("protection"))


@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_any_text_and_phrase(text: str, phrase: str) -> None:
    assert len(folded(text)) == len(text)
    for start, end in places(text, Phrase(phrase)):
        assert 0 <= start < end <= len(text)


@given(st.lists(st.sampled_from(["one", "Two", "three-fold", "it's"]), min_size=1, max_size=8))
def test_every_run_of_words_of_a_text_is_found(words: list[str]) -> None:
    text = "Before " + " ".join(words) + " after"
    assert (7, 7 + len(" ".join(words))) in places(text, Phrase(" ".join(words)))


def test_a_phrase_across_two_passages_belongs_to_both() -> None:
    assert holding([(0, 10), (10, 20), (20, 30)], [(9, 12)]) == [True, True, False]
    assert holding([(0, 10), (8, 20)], [(8, 10)]) == [True, True]
    assert holding([(0, 10)], []) == [False]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Özdemir", "Íñigo Nuñez", "Thế Lữ", "Ångström", "Å"])
def test_accents_are_found_in_either_form(form: str, asked: str, name: str) -> None:
    text = unicodedata.normalize(form, f"The chair, {name}, spoke. {name}.")
    found = places(text, Phrase(unicodedata.normalize(asked, name)))
    assert [text[a:b] for a, b in found] == [unicodedata.normalize(form, name)] * 2


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_more_is_another_letter(form: str) -> None:
    text = unicodedata.normalize(form, "résumé, cafés, Ozdemiŕ")
    assert [places(text, Phrase(word)) for word in ("resume", "résume", "cafe", "Ozdemir")] == [
        [],
        [],
        [],
        [],
    ]
