"""From logits to the best spans: pure numpy, all windows at once.

Scores are raw logits: ``start + end - null``, where null is the start plus the end logit of the
window's own "no answer" token. A softmax in each window would make every window's best span look
certain; raw scores compare across windows and passages (BERT's SQuAD 2.0 rule, Devlin et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

MAX_ANSWER_WORDS = 80


@dataclass(frozen=True, slots=True)
class WordLogits:
    """What the model thinks of each word of one window as an answer's first and last word.

    Attributes:
        first: number of the window's first word within its passage.
        start, end: (words of the window,), null score already taken off: half from each.
    """

    first: int
    start: np.ndarray
    end: np.ndarray


def word_logits(
    start: np.ndarray, end: np.ndarray, null: float, offsets: np.ndarray, words: np.ndarray
) -> WordLogits | None:
    """Token logits (tokens,) of a window's passage part, gathered into words.

    A word's start logit is the best of the tokens that begin in it, its end logit the best of those
    that end in it, so a peak on a middle piece means the whole word. `offsets` (tokens, 2) and
    `words` (n, 2) are character ranges in the same text; `null` is the null score. None when no
    token touches a word.
    """
    first = np.searchsorted(words[:, 1], offsets[:, 0], side="right")
    last = np.searchsorted(words[:, 0], offsets[:, 1], side="left") - 1
    touching = (first <= last) & (offsets[:, 0] < offsets[:, 1])
    if not touching.any():
        return None
    first, last = first[touching], last[touching]
    low, high = int(first.min()), int(last.max()) + 1
    starts = np.full(high - low, -np.inf, dtype=np.float32)
    ends = np.full(high - low, -np.inf, dtype=np.float32)
    np.maximum.at(starts, first - low, start[touching])
    np.maximum.at(ends, last - low, end[touching])
    return WordLogits(low, starts - np.float32(null / 2), ends - np.float32(null / 2))


def stack(rows: list[np.ndarray], fill: float) -> np.ndarray:
    """Rows of different lengths as one array (rows, longest), padded with `fill`."""
    width = max(len(row) for row in rows)
    table = np.full((len(rows), width), fill, dtype=rows[0].dtype)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    return table


def span_scores(
    start: np.ndarray, end: np.ndarray, groups: np.ndarray, max_length: int = MAX_ANSWER_WORDS
) -> np.ndarray:
    """Scores of all spans: (rows, n, max_length), element (r, i, k) for words i..i+k inclusive.

    `start`, `end`, `groups` are (rows, n). A span whose ends lie in different groups (paragraphs),
    or past the end of the row, scores -inf.
    """
    length = min(max_length, start.shape[1])
    pad = ((0, 0), (0, length - 1))
    ends = sliding_window_view(np.pad(end, pad, constant_values=-np.inf), length, axis=1)
    others = sliding_window_view(np.pad(groups, pad, constant_values=-1), length, axis=1)
    scores = start[:, :, None] + ends
    return np.where(others == groups[:, :, None], scores, -np.inf)


def best_spans(scores: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best `count` spans of each row that share no word: (scores, first word, last word).

    Each result is (rows, count), best first; where a row has no further span its score is -inf.
    Equal scores: the earlier start wins, then the shorter span. `scores` comes from `span_scores`
    and is used up.
    """
    rows, n, length = scores.shape
    found = np.full((rows, count), -np.inf, dtype=scores.dtype)
    firsts = np.zeros((rows, count), dtype=np.int64)
    lasts = np.zeros((rows, count), dtype=np.int64)
    begin = np.arange(n)[:, None]
    stop = begin + np.arange(length)[None, :]
    every = np.arange(rows)
    for place in range(count):
        flat = scores.reshape(rows, -1).argmax(axis=1)
        value = scores.reshape(rows, -1)[every, flat]
        if not np.isfinite(value).any():
            break
        i = flat // length
        j = i + flat % length
        found[:, place], firsts[:, place], lasts[:, place] = value, i, j
        overlap = (begin[None] <= j[:, None, None]) & (stop[None] >= i[:, None, None])
        scores[overlap] = -np.inf
    return found, firsts, lasts
