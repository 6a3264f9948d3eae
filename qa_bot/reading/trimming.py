"""The last touch on a quotation's ends: punctuation, quotes and brackets."""

from __future__ import annotations

import unicodedata

_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "‘": "’", "«": "»", '"': '"'}
_CLOSERS = {closer: opener for opener, closer in _PAIRS.items()}
_KEPT_AT_END = "%‰°′″…+€£$¥₹?!"
_KEPT_AT_START = "$€£¥₹#@+-−–§~…¿¡"
_MAX_LOOK = 2  # how far outside the span a missing partner may stand


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`text[start:end]` without loose punctuation at its ends and without half a pair of quotes.

    A quote or bracket whose partner stands right outside is completed, else dropped at the end
    where it stands; a sign that belongs to a number ($5, 30%) stays. A span of nothing but
    punctuation is returned as it is, white space aside.

    >>> text = 'He said ("we will act"), and left.'
    >>> begin, stop = trim(text, 8, 24)
    >>> text[begin:stop]
    '("we will act")'
    """
    original = _strip_space(text, start, end)
    begin, stop = original
    while begin < stop:
        before = (begin, stop)
        begin, stop = _strip_space(text, begin, stop)
        if begin < stop and _loose_at_start(text, begin, stop):
            begin += 1
        elif begin < stop and _loose_at_end(text, begin, stop):
            stop -= 1
        if (begin, stop) == before:
            break
    if begin >= stop:
        return original
    return _complete(text, begin, stop)


def _strip_space(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] == "P" or char in "|│"  # bars part a table's cells


def _loose_at_start(text: str, start: int, end: int) -> bool:
    char = text[start]
    if char in _PAIRS:
        inside = _PAIRS[char] in text[start + 1 : end]
        return not inside and _PAIRS[char] not in text[end : end + _MAX_LOOK]
    if char in _KEPT_AT_START:
        following = text[start + 1 : start + 2]
        return not following or following.isspace()
    return _is_punctuation(char)


def _loose_at_end(text: str, start: int, end: int) -> bool:
    char = text[end - 1]
    if char in _CLOSERS:
        opener = _CLOSERS[char]
        inside = opener in text[start : end - 1]
        return not inside and opener not in text[max(0, start - _MAX_LOOK) : start]
    if char in _KEPT_AT_END:
        return False
    if char == ".":
        # The dot of "U.S." or "p.m." belongs to it; that of a sentence does not.
        return not (end - start >= 4 and text[end - 3] == "." and text[end - 2].isalpha())
    return _is_punctuation(char)


def _complete(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in a partner that stands right outside: closing ones first, then opening ones."""
    for opener, closer in _PAIRS.items():
        inside = text[start:end]
        if opener == closer:
            if inside.count(opener) % 2 == 0:
                continue
        elif inside.count(opener) == inside.count(closer):
            continue
        more_open = opener == closer or inside.count(opener) > inside.count(closer)
        if more_open and closer in (outside := text[end : end + _MAX_LOOK]):
            reach = outside.index(closer) + 1
            if all(_is_punctuation(c) for c in outside[:reach]):
                end += reach
        elif opener in (outside := text[max(0, start - _MAX_LOOK) : start]):
            reach = len(outside) - outside.rindex(opener)
            if all(_is_punctuation(c) for c in outside[-reach:]):
                start -= reach
    return start, end
