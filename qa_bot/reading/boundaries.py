"""Where an answer likes to begin and end, in logits: what decides between near neighbours.

Chosen on dev/fairytaleqa, dev/squad2 and dev/squadshifts_newwiki (figures: docs/reading.md). Priors
on the answer's length by type of question, on ending at a clause's end and on stopping before "of"
were tried too; they help one set and hurt another, or one reader and not the next: there are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

CROSSING = 1.0  # for each sentence end inside the answer
DANGLING = 1.0  # for an answer that stops at "the", "of", "and"

_SENTENCE_ENDS = frozenset(".!?。！？")
_CLOSERS = frozenset("\"')]”’»")
_DANGLING = frozenset(
    re.findall(
        r"\w+",
        "a an the of to in on at by for with from into upon and or nor but as that than which who "
        "whose is are was were be been his her its their our my your",
    )
)


_BARE = _DANGLING | frozenset(
    re.findall(r"\w+", "he she it we they you i this these those there because why how so not")
)


def says_something(text: str) -> bool:
    """Whether a stretch of text can be an answer at all: more than function words and signs."""
    return any(word not in _BARE for word in re.findall(r"\w+", text.lower()))


def sentence_numbers(tokens: Sequence[str]) -> np.ndarray:
    """The number of the sentence that each word (as in `words.words`) stands in, from 0.

    A light rule that needs no model: a sentence ends at a full stop, exclamation or question mark
    and what closes after it. Abbreviations are single words already or cost one point too many.
    """
    numbers = np.zeros(len(tokens), dtype=np.int64)
    ended = False
    for i, token in enumerate(tokens):
        number = numbers[i - 1] if i else 0
        if ended and token not in _SENTENCE_ENDS and token not in _CLOSERS:
            number += 1
            ended = False
        ended = ended or token in _SENTENCE_ENDS
        numbers[i] = number
    return numbers


def boundary_logits(tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """What to add to each word's start and end logits, (n,) each, before choosing a span.

    `tokens` are a passage's words in lower case.

    Added up over a span, the crossing terms cancel but for the sentences crossed.
    """
    crossed = CROSSING * sentence_numbers(tokens).astype(np.float32)
    dangling = np.array([token in _DANGLING for token in tokens], dtype=np.float32)
    return crossed, -crossed - DANGLING * dangling
