"""Numbers that programs write before the items of a list, which no file holds as text."""

from __future__ import annotations

ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
MOST = 10_000  # a list that counts on from more is written in figures
BULLET = "•"


def letters(number: int) -> str:
    """a, b, … z, then aa, bb, … as Word counts on.

    >>> letters(1), letters(28)
    ('a', 'bb')
    """
    if not 0 < number < MOST:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def roman(number: int) -> str:
    """A number in small Roman figures.

    >>> roman(1994)
    'mcmxciv'
    """
    if not 0 < number < MOST:
        return str(number)
    figures = ""
    for value, figure in ROMAN:
        figures += figure * (number // value)
        number %= value
    return figures
