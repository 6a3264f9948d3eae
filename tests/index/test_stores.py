"""Both stores against a search done by hand, with filters and ties."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.index.stores.bm25 import Bm25Store
from qa_bot.index.stores.flat import FlatStore
from qa_bot.text.stems import words

TEXTS = ["water and roads", "roads", "schools", "water water roads", "", "!!", "roads", "schools"]


@st.composite
def vectors_and_masks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray | None, int]:
    """Few distinct vectors, so that many tie; a mask or none; how many are wanted."""
    size = draw(st.integers(1, 40))
    kinds = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    vectors = np.eye(4, dtype=np.float32)[kinds]
    mask = draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size))
    return vectors, None if mask is None else np.array(mask), draw(st.integers(1, 50))


@settings(max_examples=60)
@given(vectors_and_masks())
def test_flat_search_is_exact_filtered_and_stable(
    case: tuple[np.ndarray, np.ndarray | None, int],
) -> None:
    vectors, mask, k = case
    query = np.array([0.8, 0.6, 0.0, -0.1], np.float32)
    ordinals, scores = FlatStore.build(vectors).search(query, k, mask)
    all_scores = vectors @ query
    allowed = range(len(vectors)) if mask is None else np.flatnonzero(mask)
    expected = sorted(allowed, key=lambda i: (-all_scores[i], i))[:k]
    assert ordinals.tolist() == expected
    assert np.allclose(scores, all_scores[expected])


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=30),
    st.integers(1, 40),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_bm25_search_is_filtered_and_stable(texts: list[str], k: int, chance, use_mask) -> None:  # type: ignore[no-untyped-def]
    store = Bm25Store.build(texts)
    mask = np.array([chance.random() < 0.5 for _ in texts]) if use_mask else None
    ordinals, scores = store.search("Water roads?", k, mask)
    all_scores = store.scores("Water roads?", range(len(texts)))
    allowed = range(len(texts)) if mask is None else np.flatnonzero(mask).tolist()
    expected = sorted((i for i in allowed if all_scores[i] > 0), key=lambda i: (-all_scores[i], i))
    assert ordinals.tolist() == expected[:k]
    assert scores.tolist() == all_scores[expected[:k]].tolist()
    sharing = {i for i in allowed if set(words(texts[i])) & {"water", "road"}}
    assert set(expected) == sharing


def test_bm25_follows_the_formula() -> None:
    texts = ["water roads", "water water bridge school", "school"]
    score = Bm25Store.build(texts).scores("water", [1])[0]
    idf = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))  # Lucene's: Kamphuis et al., ECIR 2020
    length = 4 / (7 / 3)
    assert score == pytest.approx(idf * 2 / (2 + 1.2 * (1 - 0.75 + 0.75 * length)), rel=1e-5)


@pytest.mark.parametrize("question", ["", "???", "zebra", "what did the", "\ud800", "الماء", "🌊"])
def test_questions_without_a_known_word(question: str) -> None:
    store = Bm25Store.build(TEXTS)
    assert store.search(question, 5)[0].tolist() == []
    assert store.scores(question, [0, 3]).tolist() == [0.0, 0.0]


def test_no_allowed_passage() -> None:
    nothing = np.zeros(3, dtype=bool)
    assert FlatStore.build(np.eye(3, dtype=np.float32)).search(np.ones(3), 2, nothing)[0].size == 0
    assert Bm25Store.build(["water"] * 3).search("water", 2, nothing)[0].size == 0


@pytest.mark.parametrize("store", [FlatStore.build(np.eye(3)), Bm25Store.build(TEXTS)])
def test_what_is_saved_is_what_is_loaded(store: FlatStore | Bm25Store, tmp_path: Path) -> None:
    store.save(tmp_path / "store")
    again = type(store).load(tmp_path / "store")
    query = np.array([0.0, 1, 0], np.float32) if isinstance(store, FlatStore) else "schools"
    assert len(again) == len(store)
    for one, two in zip(store.search(query, 9), again.search(query, 9), strict=True):
        assert one.tolist() == two.tolist()
    for path in [tmp_path / "store", *(tmp_path / "store").glob("*")]:
        if path.is_file():
            assert path.read_bytes()[:2] != b"\x80\x04", "a pickle"


@pytest.mark.parametrize("raw", [b"", b"IxFI", b"nonsense" * 10])
def test_files_of_another_kind_are_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="not a"):
        FlatStore.load(path)


def test_a_very_long_word_is_cut_into_words_in_no_time() -> None:
    began = time.perf_counter()
    words("a" * 100_000 + " " + "b-" * 50_000)
    assert time.perf_counter() - began < 2


def test_words_are_stemmed_and_plain() -> None:
    assert words("Commitments, COMMITTED; commits") == ["commit"] * 3
    assert words("A start-up, co-ordinated 2018-19") == [
        *("start", "co", "ordin", "2018", "19", "startup", "coordin"),
    ]
    assert words("São Tomé’s migrants'") == ["sao", "tome", "migrant"]


def test_vectors_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"):
        FlatStore.build(np.eye(2)).save(tmp_path / "missing" / "vectors.faiss")
