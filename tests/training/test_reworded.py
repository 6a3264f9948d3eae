"""Questions in other words: what stays, what is replaced, and where the table comes from."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from qa_bot_training import synonym_table
from qa_bot_training.opposites import OPPOSITES
from qa_bot_training.reworded import reworded, synonyms

WORDS = st.sampled_from(
    [*sorted(synonyms())[::40], "Who", "did", "Ann", "1950", "co-operate", "nation's", "?", "zzz"]
)


@given(st.lists(WORDS, min_size=1, max_size=12), st.integers(0, 5))
def test_only_known_words_are_replaced_and_by_what_the_table_says(
    words: list[str], seed: int
) -> None:
    question = " ".join(words)
    made = reworded(question, random.Random(seed))
    assert made == reworded(question, random.Random(seed))
    known = synonyms()
    if reworded(question, random.Random(seed), wider=False) is not None:
        assert any(word in synonyms(wider=False) for word in words)
    if made is None:
        assert not any(word in known for word in words)
        return
    choices = ["|".join(map(re.escape, (word, *known.get(word, ())))) for word in words]
    assert re.fullmatch(" ".join(f"(?:{choice})" for choice in choices), made)
    assert made != question


def test_at_least_one_word_is_replaced() -> None:
    for seed in range(50):
        assert reworded("Who founded the city?", random.Random(seed)) != "Who founded the city?"


def test_names_numbers_and_parts_of_words_stay() -> None:
    for seed in range(20):
        assert reworded("Which City had 12 war-ships' speech's?", random.Random(seed)) is None


def test_the_table_holds_no_opposites_and_no_word_as_its_own_synonym() -> None:
    for word, forms in synonyms().items():
        assert word not in forms
        assert re.fullmatch("[a-z]+", word)
        assert all(re.fullmatch("[a-z]+(?:[ -][a-z]+)*", form) for form in forms)
        for other in OPPOSITES.get(word, ()):
            assert other not in forms
            assert not set(forms) & set(synonyms().get(other, ())), (word, other)


DATA = """\
  1 This line is of the licence.
00000010 15 n 02 pact 0 accord 0 001 @ 00000020 n 0000 | an agreement
00000020 15 n 01 agreement 0 000 | a mutual understanding
00000030 15 n 02 accord 1 Accord 0 000 | a car
"""
SENSE = """\
accord%1:15:00:: 00000010 1 9
accord%1:15:01:: 00000030 2 0
agreement%1:15:00:: 00000020 1 5
pact%1:15:00:: 00000010 1 1
"""


def english(word: str, tag: str) -> tuple[str, ...]:
    return (word + "s",) if tag == "NNS" else (word,) if tag == "NN" else ()


def test_the_table_takes_common_meanings_wider_words_and_the_words_form(tmp_path: Path) -> None:
    for name in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{name}").write_text(DATA if name == "noun" else "", encoding="utf-8")
    (tmp_path / "index.sense").write_text(SENSE, encoding="utf-8")
    lemmas = SimpleNamespace(
        getAllLemmas=lambda word: {"NOUN": (word.removesuffix("s"),)}, getInflection=english
    )
    near = {"accord": (1.0, 0.0), "pact": (0.8, 0.6), "agreement": (0.9, 0.4), "Accord": (1, 0)}

    def encode(texts: list[str]) -> list[np.ndarray]:
        return [np.array(near[text]) for text in texts]

    made = synonym_table.table(["accords", "accord"], tmp_path, encode, lemmas)
    assert made == {
        "accords": (["pacts"], ["agreements"]),
        "accord": (["pact"], ["agreement"]),
    }
    near["pact"] = (0.1, 0.9)  # too far from the word by itself
    made = synonym_table.table(["accords"], tmp_path, encode, lemmas)
    assert made == {"accords": ([], ["agreements"])}
    near["agreement"] = (0.2, 0.9)
    assert synonym_table.table(["accords"], tmp_path, encode, lemmas) == {}


def test_the_words_of_training_questions_alone_are_looked_up(tmp_path: Path) -> None:
    for part in ("train", "dev"):
        (tmp_path / part).mkdir()
        asked = f"which united accord did the {part} sign, and why sign it?"
        told = "All of the United Nations and the United States sign an accord."
        rows = [{"question": asked, "context": told}] * 2
        with gzip.open(tmp_path / part / "a.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
    assert synonym_table.question_words(tmp_path) == ["sign", "accord", "train"]
