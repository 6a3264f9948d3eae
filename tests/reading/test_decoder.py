import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.reading.decoder import best_spans, span_scores, stack, word_logits

# Few distinct values, so that ties are common; exact in float32.
LOGIT = st.integers(-8, 8).map(lambda v: v / 2)


@st.composite
def rows(draw: st.DrawFn) -> list[tuple[list[float], list[float], list[int]]]:
    made = []
    for _ in range(draw(st.integers(1, 4))):
        n = draw(st.integers(1, 9))
        steps = draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=n, max_size=n))
        made.append(
            (
                draw(st.lists(LOGIT, min_size=n, max_size=n)),
                draw(st.lists(LOGIT, min_size=n, max_size=n)),
                np.cumsum(steps).tolist(),
            )
        )
    return made


def brute_force(
    start: list[float], end: list[float], groups: list[int], longest: int, count: int
) -> list[tuple[float, int, int]]:
    every = sorted(
        (-(start[i] + end[j]), i, j)
        for i in range(len(start))
        for j in range(i, min(len(start), i + longest))
        if groups[i] == groups[j]
    )
    kept: list[tuple[float, int, int]] = []
    for negative, i, j in every:
        if len(kept) < count and all(j < a or i > b for _, a, b in kept):
            kept.append((-negative, i, j))
    return kept


@settings(max_examples=60)
@given(rows(), st.integers(1, 10), st.integers(1, 4))
def test_same_as_trying_every_span(
    made: list[tuple[list[float], list[float], list[int]]], longest: int, count: int
) -> None:
    scores = span_scores(
        stack([np.array(s, dtype=np.float32) for s, _, _ in made], -np.inf),
        stack([np.array(e, dtype=np.float32) for _, e, _ in made], -np.inf),
        stack([np.array(g, dtype=np.int64) for _, _, g in made], -2),
        longest,
    )
    values, firsts, lasts = best_spans(scores, count)
    for row, (start, end, groups) in enumerate(made):
        found = [
            (float(v), int(i), int(j))
            for v, i, j in zip(values[row], firsts[row], lasts[row], strict=True)
            if np.isfinite(v)
        ]
        assert found == brute_force(start, end, groups, longest, count)


def test_a_peak_inside_a_word_means_the_whole_word() -> None:
    words = np.array([[0, 3], [4, 14], [15, 19]])  # "the governance body"
    offsets = np.array([[0, 3], [4, 10], [10, 14], [15, 19]])
    start = np.array([0, 1, 5, 0], dtype=np.float32)
    end = np.array([0, 7, 2, 0], dtype=np.float32)
    logits = word_logits(start, end, 4.0, offsets, words)
    assert logits is not None
    assert logits.start.tolist() == [-2, 3, -2]
    assert logits.end.tolist() == [-2, 5, -2]


def test_tokens_of_spaces_only_touch_no_word() -> None:
    nothing = word_logits(
        np.zeros(1, np.float32),
        np.zeros(1, np.float32),
        0.0,
        np.array([[3, 4]]),
        np.array([[0, 3]]),
    )
    assert nothing is None
