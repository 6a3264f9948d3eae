"""What the first lines of a speech say about it: a title, a date."""

from __future__ import annotations


def title_in_header(text: str) -> str:
    """The first line, if it is short enough for a title; else empty."""
    line = next((line.strip() for line in text[:2000].splitlines() if line.strip()), "")
    return " ".join(line.split()) if len(line) <= 120 and any(map(str.isalpha, line)) else ""


def date_in_header(text: str) -> str:
    """Empty until dates are recognised."""
    return ""
