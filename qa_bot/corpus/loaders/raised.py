"""Raised signs: which are the marks of notes and which are part of the words."""

from __future__ import annotations

import re

# What a note is marked by: "3", "[3]", "(3)", "*", "†", "a)" or several of them, "1, 2".
NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶]{1,4})(?:\s?[,;–-]\s?\d{1,3}){0,9}[\])]?")
IN_BRACKETS = re.compile(r"\[[\w*†‡]{1,5}\]")
# Units that are raised to the second or third: "450 km2".
UNIT = re.compile(r"(?:^|[\d\s/(·.])(?:[kcdmnµμ]?m|ha|ft|in|yd|mi|miles?|feet|s|sec)$")
POWER = re.compile(r"(?:^|[^\w.,])(?:\d[\d.,]{0,12}\s?[x×·*]\s?)?10$")
RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
LOOKED_AT = 24  # characters before the sign


def raised(before: str, sign: str) -> str:
    """What a raised sign adds to the text before it: nothing if it is the mark of a note.

    A number that is raised to a power keeps the raised form, as "10" and "6" would read "106".

    Args:
        before: the text of the paragraph so far, or its end.
        sign: the raised characters.

    Example:
        >>> raised("in 2011", "4"), raised("450 km", "2"), raised("2 × 10", "6")
        ('', '2', '⁶')
    """
    mark = sign.strip()
    before = before[-LOOKED_AT:]
    if not before.strip() or not mark:
        return sign
    if IN_BRACKETS.fullmatch(mark):
        return ""
    if before[-1:].isspace() or not NOTE_MARK.fullmatch(mark):
        return _as_power(before, sign)
    if mark in ("2", "3") and UNIT.search(before):
        return sign
    return mark.translate(RAISED) if mark.isdigit() and POWER.search(before) else ""


def _as_power(before: str, sign: str) -> str:
    power = re.fullmatch(r"[+−-]\d{1,3}", sign)
    return sign.translate(RAISED) if power and before[-1:].isalnum() else sign
