"""Sentence spans, exact by construction: boundaries are found in place, nothing is searched for.

pysbd was measured and not used: 30,000 characters a second (a file of 20 MB would take eleven
minutes) and spans found by searching for the sentence's text. These rules run a hundred times
faster on the same paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_bot.text.abbreviations import ALWAYS_FOLLOWED, ANYWHERE, BEFORE_NUMBERS, STARTERS
from qa_bot.text.blocks import INK, blocks, trim
from qa_bot.text.cleaning import CleanText, clean

CLOSERS = r"\"'”’)\]»}*_"
# The number of a footnote: "[3]", raised, or stuck to the full stop behind a word.
NOTE = r"(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹]+|(?<=[a-z]{3}\.)\d{1,2})"
END = re.compile(
    rf"(?P<mark>[.!?…]+|[؟۔।॥]+)(?:[{CLOSERS}]| »)*{NOTE}*(?=\s)|[。！？]+[」』）”’]*(?=.)"
)
OPENERS = " \t\n\"'“‘«(*_¿¡[{-"
FIRST_WORD = re.compile(r"\w*")
ROMAN = re.compile("[IVXLC]{2,6}|[VXLC]")
INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]``, and the same words in the cleaned text.

    Attributes:
        leads: the last sentence of a heading or of a line that ends in a colon.
    """

    start: int
    end: int
    clean_start: int
    clean_end: int
    leads: bool


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text: trimmed, in order, without overlap.

    Every visible character is in exactly one. Headings, list items and table rows are sentences of
    their own; a page break inside a sentence does not end it.

    Example:
        >>> text = "CONCLUSION\\n\\nMs. Bralo spoke. We support the\\n\\nmultitude."
        >>> [text[start:end] for start, end in sentences(text)]
        ['CONCLUSION', 'Ms. Bralo spoke.', 'We support the\\n\\nmultitude.']
    """
    return [(s.start, s.end) for s in find_sentences(text, clean(text))]


def find_sentences(text: str, cleaned: CleanText) -> list[Sentence]:
    """The sentences of a text, given its cleaned form."""
    found = []
    for block in blocks(text):
        low, high = cleaned.locate(block.start, block.end)
        start, clean_start = block.start, low
        for bound in boundaries(cleaned.text[low:high]):
            clean_end = clean_next = low + bound
            while clean_next < high and cleaned.text[clean_next].isspace():
                clean_next += 1
            if clean_next == high:
                break
            end = cleaned.span(clean_end - 1, clean_end)[1]
            # Markup that cleaning dropped here goes with the sentence that it touches.
            while INK.match(text, end) and end < cleaned.offsets[clean_next]:
                end += 1
            found.append(Sentence(start, end, clean_start, clean_end, False))
            start, _ = trim(text, end, block.end)
            clean_start = clean_next
        found.append(Sentence(start, block.end, clean_start, high, block.leads))
    return found


def boundaries(paragraph: str) -> list[int]:
    """Where sentences end inside a paragraph of cleaned text; its own end is left out."""
    ends = []
    start = 0
    for match in END.finditer(paragraph):
        if _ends_sentence(paragraph, start, match):
            ends.append(match.end())
            start = match.end()
    return ends


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match["mark"]
    if mark is None:  # a full-width mark
        return True
    at = match.end()
    following = text[at : at + 60].lstrip(OPENERS)
    if not following:
        return text[at : at + 60].strip() != "" or at >= len(text)
    if following[0].islower() or following[0] in ",;:)":
        return False
    if mark != ".":
        return True
    token = text[max(start, match.start() - 30) : match.start()].split()
    word = token[-1].lstrip(OPENERS) if token else ""
    lower = word.lower()
    if text[match.end("mark") : at].isdecimal() and lower in ALWAYS_FOLLOWED | BEFORE_NUMBERS:
        return False  # "sect.4 The", and no footnote
    if at > match.end("mark"):  # a closing quote or bracket follows the full stop
        return True
    if word.isdigit() and len(word) <= 3:  # "1. Introduction", unless it closes a sentence
        return len(token) > 1
    if lower in ALWAYS_FOLLOWED:
        return False
    next_word = FIRST_WORD.match(following)[0]  # type: ignore[index]  # matches always
    starts = next_word.lower() in STARTERS
    if lower in BEFORE_NUMBERS:
        return not (following[0].isdigit() or ROMAN.fullmatch(next_word))
    if lower in ANYWHERE or (len(word) == 1 and word.isupper()):
        return starts
    if INITIALS.fullmatch(word):
        return starts or (lower in ("a.m", "p.m") and not following[0].isdigit())
    return True
