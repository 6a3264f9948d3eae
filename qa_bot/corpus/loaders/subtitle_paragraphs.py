"""Lines of subtitles, joined into sentences and paragraphs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa_bot.schema import Turn
from qa_bot.text.sentences import boundaries

LONGEST = 400  # characters: a paragraph ends with the sentence that reaches them
LONG_SENTENCE = 1000  # a longer one has lost its full stops: it is cut between captions
PAUSE = 3.0  # seconds of silence after a sentence that end a paragraph
APART = "\n\n"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of words.

    Attributes:
        start, end: seconds.
        changes: another person begins to speak.
    """

    start: float
    end: float
    speaker: str
    changes: bool
    words: str


def paragraphs(lines: Sequence[Spoken]) -> tuple[str, tuple[Turn, ...]]:
    """The text, paragraphs apart by a blank line, and a turn for each with the time it begins at.

    Example:
        >>> text, turns = paragraphs([Spoken(0, 2, "", False, "We will build"),
        ...                           Spoken(2, 4, "", False, "a bridge.")])
        >>> text, turns[0].time
        ('We will build a bridge.', 0)
    """
    pieces: list[str] = []
    turns: list[Turn] = []
    at = 0
    number = 0
    numbered = []
    for line in lines:
        number += line.changes
        numbered.append((number, line))
    for _, group in groupby(numbered, key=lambda pair: pair[0]):
        own = [line for _, line in group]
        for time, text in _cut(own):
            if pieces:
                pieces.append(APART)
                at += len(APART)
            pieces.append(text)
            turns.append(Turn(at, at + len(text), own[0].speaker, time=time))
            at += len(text)
    return "".join(pieces), tuple(turns)


def _cut(lines: Sequence[Spoken]) -> Iterator[tuple[float, str]]:
    """The paragraphs of one speaker, each with its time."""
    begins, at = [], 0
    for line in lines:
        begins.append(at)
        at += len(line.words) + 1
    text = " ".join(line.words for line in lines)
    start = 0
    for end in (*_ends(text, begins), len(text)):
        first = bisect_right(begins, start) - 1
        last = bisect_right(begins, end - 1) - 1
        silent = (
            last + 1 < len(lines)
            and end >= begins[last + 1] - 1
            and lines[last + 1].start - lines[last].end >= PAUSE
        )
        if end - start >= LONGEST or silent or end == len(text):
            if words := text[start:end].strip():
                yield lines[first].start, words
            start = end + 1 if text[end : end + 1] == " " else end


def _ends(text: str, begins: Sequence[int]) -> Iterator[int]:
    """Where sentences end; inside one without end, where a line does."""
    start = 0
    for end in (*boundaries(text), len(text)):
        while end - start > LONG_SENTENCE:
            line = bisect_right(begins, start + LONGEST)
            if line == len(begins) or not start < begins[line] - 1 < end:
                break
            start = begins[line] - 1
            yield start
        if end < len(text):
            yield end
        start = end
