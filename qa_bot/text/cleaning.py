"""Text as the models should read it, with a map back to the text as kept.

What :func:`clean` does, in one pass over the text:

- runs of whitespace become one space; a blank line or form feed becomes ``\\n``, unless the
  sentence goes on after it (a page break inside a sentence): then it becomes a space;
- a word broken by a hyphen at a line end is joined if it goes on in lower case;
- soft hyphens, zero-width, bidirectional and control characters are dropped;
- curly quotes and the many dashes become their plain ASCII forms, ligatures their letters;
- light markup is dropped: ``**bold**``, ``__bold__``, ``*emphasis*``, ``# `` and ``> `` at the
  start of a line; ``[text](url)`` becomes ``text``. Words with underscores, lone asterisks and
  arithmetic stay as they are.

Every rule looks at its neighbourhood only, never at the rest of the document, so words are cleaned
the same way in any slice of a text that does not cut a link or an emphasis in two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int32]

# Never shown and of no use to a model: control, soft hyphen, zero-width, bidi, lone surrogates.
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
)
NEWLINES = "\n\x0b\f\x85\u2028\u2029"
PAGE_BREAKS = "\f\u2029"

PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\uff07", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\uff02", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip

SPECIAL = re.compile(
    rf"(?P<gap>(?:[^\S ]|[{INVISIBLE}]| (?=[\s{INVISIBLE}]|\Z))[\s{INVISIBLE}]*)"
    r"|(?P<mark>\*+|_+)"
    r"|(?P<link>!?\[(?=[^\[\]]))"
    r"|(?P<link_end>\]\()"
    r"|(?P<ligature>[\ufb00-\ufb06])"
)
MARGIN = re.compile(rf"[\s{INVISIBLE}]*")
LINE_MARK = re.compile(r"(?:>[ \t]|>(?=>)){0,9}(?P<hashes>#{1,6}[ \t]+)?(?=\S)")
LIST_MARK = re.compile(r"(?:[-*+•‣▪●◦·–—]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]")
EMPHASIS = re.compile(r"([*_])(?=[\w\"'“‘(\[])[^*_\n]{0,300}?[\w\"'”’).,!?;:…\]]\1(?![\w*])")
LINK = re.compile(
    r"!?\[(?P<text>[^\[\]\n]{1,500})(?P<target>\]\("
    r"(?:(?:https?|ftp)://|mailto:|www\.|[./#])[^\s()]{0,2000}(?:\([^\s()]{0,200}\)[^\s()]{0,200})?"
    r"(?:[ ]\"[^\"\n]{0,300}\")?\))"
)


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


# Before a break, these words announce that the sentence goes on even if a name follows.
OPEN_WORDS = words(
    "a an the of and or nor our your their its his my into towards toward between upon "
    "de del la el los las le les des du et y und der die das"
)
# Before a hyphen at a line end, these keep it: non-⏎state is non-state, not nonstate.
KEEP_HYPHEN = words(
    "all anti cross decision ex face far follow full half high ill in inter know large long low "
    "mid multi non one part policy post pre pro self semi short small so state sub ten third "
    "three two vice well world year"
)


@dataclass(frozen=True, slots=True, eq=False)
class CleanText:
    """Cleaned text and where each of its characters comes from.

    Attributes:
        text: what the models read.
        offsets: ``offsets[i]`` is the offset in the original text of the character that
            ``text[i]`` comes from; never decreasing; one entry a character.

    Example:
        >>> cleaned = clean("to assess the\\n\\nexpected **outcomes**")
        >>> cleaned.text
        'to assess the expected outcomes'
        >>> cleaned.span(23, 31)
        (26, 34)
    """

    text: str
    offsets: Offsets
    # Characters that stand for anything but one character of the original: index, original end.
    _wide: Offsets = field(repr=False)
    _wide_ends: Offsets = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span of the original text behind ``text[start:end]``.

        Raises:
            ValueError: the span is empty or outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"No span ({start}, {end}) in a text of {len(self.text)} characters.")
        last = end - 1
        at = int(np.searchsorted(self._wide, np.int32(last)))
        if at < len(self._wide) and self._wide[at] == last:
            return int(self.offsets[start]), int(self._wide_ends[at])
        return int(self.offsets[start]), int(self.offsets[last]) + 1

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """The reverse of :meth:`span`: the clean span of the characters that come from
        ``original[start:end]``; empty when nothing of it was kept."""
        bounds = np.array((start, end), dtype=np.int32)  # any other type would copy the offsets
        first, last = np.searchsorted(self.offsets, bounds)
        return int(first), int(last)


class _Edits:
    """Replacements in order, and the text and offsets they lead to."""

    def __init__(self, start: int) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.replacements: list[str] = []
        self.done = start  # original text before this offset is settled

    def replace(self, start: int, end: int, replacement: str = "") -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.replacements.append(replacement)
        self.done = end

    def apply(self, text: str, low: int, high: int) -> CleanText:
        """Clean ``text[low:high]``: unchanged stretches and replacements, one after the other."""
        starts = np.array([*self.starts, high], dtype=np.int32)
        ends = np.array([low, *self.ends], dtype=np.int32)
        widths = np.array([len(r) for r in self.replacements], dtype=np.int32)
        lengths = np.empty(2 * len(widths) + 1, dtype=np.int32)
        lengths[0::2] = starts - ends
        lengths[1::2] = widths
        begins = (np.cumsum(lengths) - lengths).astype(np.int32)
        shifts = np.zeros_like(lengths)
        shifts[0::2] = ends - begins[0::2]
        offsets = np.arange(int(lengths.sum()), dtype=np.int32)
        offsets += np.repeat(shifts, lengths)
        wide = np.repeat(begins[1::2], widths) + _ramps(widths)
        offsets[wide] = np.repeat(starts[:-1], widths)
        pieces: list[str] = []
        at = low
        for start, end, replacement in zip(self.starts, self.ends, self.replacements, strict=True):
            pieces += (text[at:start], replacement)
            at = end
        pieces.append(text[at:high])
        return CleanText("".join(pieces), offsets, wide, np.repeat(ends[1:], widths))


def _ramps(widths: Offsets) -> Offsets:
    """0, 1, …, w-1 for each width w, one after the other."""
    before = np.cumsum(widths) - widths
    return (np.arange(int(widths.sum())) - np.repeat(before, widths)).astype(np.int32)


def clean(text: str) -> CleanText:
    """Clean a text, or any slice of one, for the models.

    Whitespace and invisible characters at both ends are dropped.

    Example:
        >>> clean("“Effective govern-\\nance” — see [the site](https://example.org).").text
        '"Effective governance" - see the site.'
    """
    plain = text if text.isascii() else text.translate(PLAIN)
    low = _match_end(MARGIN, plain, 0)
    high = len(plain)
    edits = _Edits(low)
    line_start = _match_end(LINE_MARK, plain, low)
    if low < line_start < high:
        edits.replace(low, line_start)
    emphasis_end = link_end = -1
    for match in SPECIAL.finditer(plain, low, high):
        start, end = match.span()
        if start < edits.done:
            continue
        kind = match.lastgroup
        if kind == "gap":
            _clean_gap(text, plain, start, end, high, edits)
        elif kind == "ligature":
            edits.replace(start, end, LIGATURES[match[0]])
        elif kind == "link":
            if link := LINK.match(plain, start, high):
                edits.replace(start, end)
                link_end = link.start("target")
                link_stop = link.end()
        elif kind == "link_end":
            if start == link_end:
                edits.replace(start, link_stop)
        elif end - start == 1 and start == emphasis_end:
            edits.replace(start, end)
        elif end - start == 1:
            if _is_word(plain, start - 1):
                continue
            if emphasis := EMPHASIS.match(plain, start, high):
                edits.replace(start, end)
                emphasis_end = emphasis.end() - 1
        elif end - start <= 3 and _is_strong(plain, start, end, high):
            edits.replace(start, end)
    return edits.apply(plain, low, high)


def _clean_gap(text: str, plain: str, start: int, end: int, high: int, edits: _Edits) -> None:
    """Decide what a run of whitespace and invisible characters becomes."""
    if end == high:
        edits.replace(start, end)
        return
    run = plain[start:end]
    breaks = sum(map(run.count, NEWLINES)) + sum(map(run.count, PAGE_BREAKS))
    if not breaks:
        edits.replace(start, end, " " if any(map(str.isspace, run)) else "")
        return
    mark = LINE_MARK.match(plain, end, high)
    after = mark.end() if mark else end
    heading = bool(mark and mark["hashes"])
    following = plain[after] if after < high else ""
    if following.islower() and not heading:
        if text[start - 1] in "-\u2010\u2011" and _is_word(plain, start - 2):
            word = last_word(plain, start - 1).lower()
            hyphen = start if word in KEEP_HYPHEN else start - 1
            edits.replace(max(hyphen, edits.done), after)
            return
        if run[0] == "\xad" and _is_word(plain, start - 1):
            edits.replace(start, after)
            return
    if heading or (LIST_MARK.match(plain, after, high) if breaks == 1 else True):
        goes_on = not heading and breaks > 1 and continues(plain, start, after)
        edits.replace(start, after, " " if goes_on else "\n")
    else:
        edits.replace(start, after, " ")


def continues(text: str, start: int, end: int) -> bool:
    """Whether a sentence goes on across the break ``text[start:end]``.

    It does when the text before ends in no sentence mark and the text after begins in lower case,
    or when the last word before is one that cannot end a sentence ("the", "of", "and").
    """
    if start <= 0 or end >= len(text):
        return False
    before, after = text[start - 1], text[end]
    if before in ".!?:;…。！？":
        return False
    if after.islower():
        return not LIST_MARK.match(text, end)
    if not (after.isalnum() or after in "\"'“‘("):
        return False
    return last_word(text, start) in OPEN_WORDS and not LIST_MARK.match(text, end)


def last_word(text: str, end: int) -> str:
    """The letters just before ``end``, at most twenty."""
    start = end
    while start > max(0, end - 20) and text[start - 1].isalpha():
        start -= 1
    return text[start:end]


def _is_strong(text: str, start: int, end: int, high: int) -> bool:
    """Whether ``**`` or ``__`` is markup: it leans on a word, but is not inside one."""
    if _is_word(text, start - 1) and end < high and _is_word(text, end):
        return False
    before = start > 0 and not text[start - 1].isspace()
    after = end < high and not text[end].isspace()
    return before or after


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isalnum()


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
