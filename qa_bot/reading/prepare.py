"""A passage as the decoder needs it, and the way from its words back to the document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qa_bot.reading.boundaries import boundary_logits
from qa_bot.reading.trimming import trim
from qa_bot.reading.word_offsets import paragraphs, words
from qa_bot.schema import Passage, Span
from qa_bot.text.cleaning import CleanText, clean

MAX_PASSAGE_CHARS = 200_000
DASHES = frozenset("\u2014\u2015")  # not the one of 1990–1995 and Asia–Pacific


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A passage's text, cleaned for the model and cut into words.

    Attributes:
        words: (n, 2) character ranges in `clean.text`.
        tokens: the words themselves.
        paragraphs: (n,), the paragraph each word stands in.
        start_prior, end_prior: (n,) logits that decide between near neighbours.
    """

    clean: CleanText
    words: np.ndarray
    tokens: tuple[str, ...]
    paragraphs: np.ndarray
    start_prior: np.ndarray
    end_prior: np.ndarray

    def word(self, number: int) -> str:
        """The text of one word."""
        return self.tokens[number]


@lru_cache(maxsize=4096)
def prepare(text: str) -> Prepared:
    """Clean a passage's text and cut it into words. Results are kept: passages come back often."""
    text = text[:MAX_PASSAGE_CHARS]
    cleaned = clean(text)
    ranges = words(_with_dashes(text, cleaned))
    tokens = tuple(cleaned.text[a:b] for a, b in ranges)
    starts, ends = boundary_logits([token.lower() for token in tokens])
    return Prepared(cleaned, ranges, tokens, paragraphs(cleaned.text, ranges), starts, ends)


def _with_dashes(text: str, cleaned: CleanText) -> str:
    """The cleaned text, of the same length, with dashes where it has hyphens for them.

    A hyphen makes one word of two ("start-up"); a dash parts them ("the network—the secretariat").
    """
    if text.isascii():
        return cleaned.text
    return "".join(
        "\u2014" if char == "-" and text[at] in DASHES else char
        for char, at in zip(cleaned.text, cleaned.offsets, strict=True)
    )


def to_span(passage: Passage, prepared: Prepared, first: int, last: int, score: float) -> Span:
    """Words first..last (inclusive) of a prepared passage as a span in document offsets."""
    begin, stop = trim(
        prepared.clean.text, int(prepared.words[first, 0]), int(prepared.words[last, 1])
    )
    start, end = prepared.clean.span(begin, stop)
    return Span(passage, passage.start + start, passage.start + end, score)
