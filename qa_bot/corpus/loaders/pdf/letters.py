"""Letters that a PDF's font does not tell, most often the ligatures fi and fl, found from words.

Of a lost glyph only its width is known. A candidate must be as wide as its letters are in this
file, and make a word: one of ``ligature_words.txt`` or one that the file holds elsewhere. What
stays unknown is shown as U+FFFD and counted, never left out.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path

from qa_bot.corpus.loaders.pdf.glyphs import LOST
from qa_bot.corpus.loaders.pdf.words import Line, Word

LIGATURES = ("fi", "fl", "ff", "ffi", "ffl", "ft", "tt", "ti", "fj", "Th", "st", "ct")
WIDTH = 0.22  # how far a ligature's width may be from that of its letters
MOST_IN_WORD = 3
ENDING = 4  # letters that a known word of five or more may have behind it
SURE = 0.8  # part of the words that must agree on what a glyph is
PRIVATE = re.compile("[\ue000-\uf8ff]")
TOKEN = re.compile(rf"[^\W\d_{LOST}]*(?:{LOST}[^\W\d_{LOST}]*)+")


@lru_cache
def ligature_words() -> frozenset[str]:
    """Words with ff, fi or fl, in lower case."""
    text = Path(__file__).with_name("ligature_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def recover_letters(pages: Sequence[Sequence[Line]]) -> tuple[int, list[int]]:
    """Put letters in place of lost glyphs, where words tell which.

    Returns:
        how many glyphs stay unknown, and on which pages (from 1).
    """
    holed = [
        (number, word)
        for number, rows in enumerate(pages, start=1)
        for row in rows
        for word in row.words
        if LOST in word.text or _private_inside(word)
    ]
    if not holed:
        return 0, []
    every = [word for rows in pages for row in rows for word in row.words]
    widths, known = _widths(every), _words_of(every)
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for _, word in holed:
        for at, letters in _readings(word, widths, known).items():
            votes[_width(word, at)][letters] += 1
    left = 0
    where: list[int] = []
    for number, word in holed:
        found = _readings(word, widths, known)
        for at, sign in enumerate(word.text):
            if sign == LOST and at not in found:
                best = votes[_width(word, at)].most_common(1)
                if best and best[0][1] >= max(2, SURE * sum(votes[_width(word, at)].values())):
                    found[at] = best[0][0]
        missing = word.text.count(LOST) - len(found)
        _fill(word, found)
        if missing:
            left += missing
            where += [number] * (where[-1:] != [number])
    return left, where


def _private_inside(word: Word) -> bool:
    """Whether a sign of a font's own stands between letters; it is then taken for a lost one."""
    text = PRIVATE.sub(LOST, word.text)
    if text == word.text or not any(map(str.isalpha, text)):
        return False
    word.text = text
    return True


def _width(word: Word, at: int) -> int:
    """Width of a character, in hundredths of the font size."""
    return round(100 * (word.edges[2 * at + 1] - word.edges[2 * at]) / max(word.size, 0.1))


def _widths(words: Iterable[Word]) -> dict[str, float]:
    """The mean width of each letter."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
    for word in words:
        for at, sign in enumerate(word.text):
            if sums[sign][1] < 200:
                sums[sign][0] += _width(word, at)
                sums[sign][1] += 1
    return {sign: total / count for sign, (total, count) in sums.items() if count}


def _words_of(words: Iterable[Word]) -> frozenset[str]:
    """The whole words of the file, in lower case."""
    return frozenset(
        part.lower()
        for word in words
        if LOST not in word.text
        for part in re.findall(r"[^\W\d_]{3,}", word.text)
    )


def _readings(word: Word, widths: dict[str, float], known: frozenset[str]) -> dict[int, str]:
    """What each lost glyph of a word is, where exactly one reading makes words."""
    found: dict[int, str] = {}
    for match in TOKEN.finditer(word.text):
        holes = [match.start() + n for n, sign in enumerate(match[0]) if sign == LOST]
        if len(holes) > MOST_IN_WORD or len(match[0]) > 40:
            continue
        choices = [_candidates(_width(word, at), widths) for at in holes]
        good = []
        for choice in product(*choices):
            letters = iter(choice)
            if _is_word("".join(next(letters) if c == LOST else c for c in match[0]), known):
                good.append(choice)
        if len(good) == 1:
            found |= dict(zip(holes, good[0], strict=True))
    return found


def _candidates(width: int, widths: dict[str, float]) -> list[str]:
    fits = []
    for letters in LIGATURES:
        parts = [widths.get(letter, 0.0) for letter in letters]
        if not all(parts) or abs(width - sum(parts)) <= WIDTH * sum(parts):
            fits.append(letters)
    return fits


def _is_word(text: str, known: frozenset[str]) -> bool:
    lower = text.lower()
    if lower in known or lower in ligature_words():
        return True
    return any(
        lower[:cut] in ligature_words() for cut in range(max(5, len(lower) - ENDING), len(lower))
    )


def _fill(word: Word, found: dict[int, str]) -> None:
    """Write the letters into the word, each with its part of the glyph's width."""
    text: list[str] = []
    edges = array("f")
    for at, sign in enumerate(word.text):
        letters = found.get(at, sign)
        x0, x1 = word.edges[2 * at], word.edges[2 * at + 1]
        for part, letter in enumerate(letters):
            text.append(letter)
            step = (x1 - x0) / len(letters)
            edges.extend((x0 + part * step, x0 + (part + 1) * step))
    word.text, word.edges = "".join(text), edges
