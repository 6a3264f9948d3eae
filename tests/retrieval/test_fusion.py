"""Fusion: bounds, order, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.retrieval.fusion import minmax, ranks, reciprocal_rank, scaled

finite = st.floats(-1e6, 1e6, width=32)
pairs = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(-1, 1, width=32), min_size=n, max_size=n),
        st.lists(st.floats(0, 50, width=32), min_size=n, max_size=n),
    )
)


@pytest.mark.parametrize("fuse", [minmax, reciprocal_rank])
@settings(max_examples=40)
@given(pair=pairs)
def test_fused_scores_lie_between_0_and_1(fuse, pair) -> None:  # type: ignore[no-untyped-def]
    fused = fuse(*pair)
    assert fused.shape == (len(pair[0]),)
    assert np.all((fused >= 0) & (fused <= 1))


@pytest.mark.parametrize("fuse", [minmax, reciprocal_rank])
@settings(max_examples=40)
@given(pair=pairs, chance=st.randoms(use_true_random=False))
def test_better_in_both_is_better_or_equal(fuse, pair, chance) -> None:  # type: ignore[no-untyped-def]
    fused = fuse(*pair)
    one, two = chance.randrange(len(fused)), chance.randrange(len(fused))
    if pair[0][one] > pair[0][two] and pair[1][one] > pair[1][two]:
        assert fused[one] >= fused[two]


@settings(max_examples=40)
@given(pair=pairs, factor=st.sampled_from([0.25, 2.0, 64.0]))
def test_minmax_ignores_the_unit_of_either_score(pair, factor) -> None:  # type: ignore[no-untyped-def]
    dense, sparse = np.array(pair[0]), np.array(pair[1])
    assert np.allclose(minmax(dense, sparse), minmax(dense * factor, sparse * factor))


@settings(max_examples=40)
@given(st.lists(finite, max_size=30))
def test_scaled_keeps_order_and_spans_0_to_1(scores: list[float]) -> None:
    out = scaled(scores)
    assert np.all((out >= 0) & (out <= 1))
    if len(set(scores)) > 1:
        assert (out.min(), out.max()) == (0.0, 1.0)
        assert np.all(np.diff(out[np.argsort(scores, kind="stable")]) >= 0)


@settings(max_examples=40)
@given(st.lists(finite, min_size=1, max_size=30))
def test_ranks_are_a_permutation_best_first(scores: list[float]) -> None:
    out = ranks(np.array(scores))
    assert sorted(out) == list(range(1, len(scores) + 1))
    order = np.argsort(out)
    assert [scores[i] for i in order] == sorted(scores, reverse=True)


def test_degenerate_ranges() -> None:
    assert scaled([]).tolist() == []
    assert scaled([3.0]).tolist() == [1.0]
    assert scaled([0.0, 0.0]).tolist() == [0.0, 0.0]
    assert scaled([2.0, 2.0]).tolist() == [1.0, 1.0]


def test_without_a_shared_word_the_vectors_decide() -> None:
    assert minmax([0.1, 0.3, 0.2], [0, 0, 0]).tolist() == pytest.approx([0.0, 1.0, 0.5])
    assert np.argmax(reciprocal_rank([0.1, 0.3, 0.2], [0, 0, 0])) == 1


def test_share_is_the_weight_of_the_vectors() -> None:
    assert minmax([1, 0], [0, 9], share=0.7).tolist() == pytest.approx([0.7, 0.3])


def test_reciprocal_rank_follows_the_formula() -> None:
    fused = reciprocal_rank([0.9, 0.5], [1.0, 2.0])
    assert fused.tolist() == pytest.approx([(1 / 61 + 1 / 62) * 61 / 2] * 2)
