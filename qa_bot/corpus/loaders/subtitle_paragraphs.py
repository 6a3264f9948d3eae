"""Lines of subtitles, joined into sentences and paragraphs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

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


@dataclass(frozen=True, slots=True)
class Joined:
    """Lines as a text.

    Attributes:
        text: paragraphs apart by a blank line.
        turns: one for each speaker's run of paragraphs; () where nobody is named and nothing says
            that another begins to speak.
        times: (offset, seconds) of where each caption's words begin.
    """

    text: str
    turns: tuple[Turn, ...]
    times: tuple[tuple[int, float], ...]


def joined(lines: Sequence[Spoken]) -> Joined:
    """The text of lines, who speaks where, and when.

    Example:
        >>> joined([Spoken(0, 2, "", False, "We will build"), Spoken(2, 4, "", False, "a bridge.")])
        Joined(text='We will build a bridge.', turns=(), times=((0, 0), (14, 2)))
    """
    pieces: list[str] = []
    turns: list[Turn] = []
    times: list[tuple[int, float]] = []
    at = number = 0
    numbered = []
    for line in lines:
        number += line.changes
        numbered.append((number, line))
    for _, group in groupby(numbered, key=lambda pair: pair[0]):
        own = [line for _, line in group]
        begins = [0, *accumulate(len(line.words) + 1 for line in own)]
        text = " ".join(line.words for line in own)
        if pieces:
            pieces.append(APART)
            at += len(APART)
        start = at
        for first, last in _paragraphs(text, own, begins):
            if at > start:
                pieces.append(APART)
                at += len(APART)
            pieces.append(text[first:last])
            shown = range(bisect_right(begins, first) - 1, bisect_left(begins, last))
            times += [(at + max(0, begins[n] - first), own[n].start) for n in shown]
            at += last - first
        turns.append(Turn(start, at, own[0].speaker, time=own[0].start))
    if len(turns) == 1 and not turns[0].speaker:
        turns = []
    return Joined("".join(pieces), tuple(turns), tuple(_once(times)))


def _once(times: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """Without those that say the time before them again, as the second line of a caption does."""
    before = None
    for offset, seconds in times:
        if seconds != before:
            yield offset, seconds
        before = seconds


def _paragraphs(
    text: str, lines: Sequence[Spoken], begins: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Bounds of the paragraphs of one speaker's text, without the spaces between them.

    Args:
        begins: where each line begins in the text, and where one more would.
    """
    start = 0
    for end in (*_ends(text, begins[:-1]), len(text)):
        last = bisect_right(begins, end - 1) - 1
        silent = (
            last + 1 < len(lines)
            and end >= begins[last + 1] - 1
            and lines[last + 1].start - lines[last].end >= PAUSE
        )
        if end - start >= LONGEST or silent or end == len(text):
            words = text[start:end]
            low, high = end - len(words.lstrip()), start + len(words.rstrip())
            if low < high:
                yield low, high
            start = end


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
