"""What a classifier sees of a question: its words, their order, its letters and its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 8192  # hashed features
FIRST, LAST = 40, 20  # words that are looked at; what is asked stands at either end
LONGEST = 24  # letters of a word
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[?!\"“”«»:;]|,")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d(?:s|'s)?")
# Words that say how something is asked rather than what about: all others count as a gap in the
# skeleton of a question ("what did _ say about _").
FRAME = frozenset(
    """
    a about according address after agree all also am an and any anyone anything are as asked at
    be been before best better between but by called can change changed collection compare
    compared could describe did differ difference differences different do documents does else
    ever everything example examples explain find first for from gave get give had has have he
    hello help her him his history how i i'd i'm in is isn't it its key kind kinds know last line
    list main many may me mean mention mentioned mentions message more most much my name names
    need no not of on one opinion or other our out over overview passage people please point
    points position quotation quote quotes said same say says she should show some somebody
    someone something speak speaker speakers speech speeches spoke stand summarise summarize
    summary take talk talked tell than thank thanks that the their them then there these they
    thing things think this those thought to two us versus view views vs want wanted was wasn't
    we were what what's when where whether which who who's whom whose why will with would wrong
    yes you your
    """.split()  # noqa: SIM905 - words read better than strings
)
ASKING = ("what", "who", "whom", "whose", "which", "when", "where", "why", "how")
AUXILIARY = frozenset(
    """
    is are was were do does did has have had will would can could should may might must shall am
    isn't aren't wasn't weren't don't doesn't didn't hasn't haven't won't wouldn't can't
    """.split()  # noqa: SIM905
)
SHAPE = (
    "one word", "two words", "three words", "to six words", "to twelve words", "to 25 words",
    "more words", "asking word first", "asking word somewhere", "auxiliary first", "no frame word",
    "share of frame words", "question mark", "quotes", "year", "two years", "number",
    "capital inside", "two asking words", "ends in plural",
)  # fmt: skip


def words(question: str) -> list[str]:
    """The words and telling marks of a question, the middle of a very long one left out.

    Example:
        >>> words("Who's there, and why?")
        ["Who's", 'there', ',', 'and', 'why', '?']
    """
    found = [w.replace("’", "'") for w in WORD.findall(question[:8000])]
    return found if len(found) <= FIRST + LAST else found[:FIRST] + found[-LAST:]


@lru_cache(maxsize=4096)
def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) % BUCKETS


def _sort(word: str) -> str:
    low = word.lower()
    if low in FRAME or not word[0].isalnum():
        return low
    if _YEAR.fullmatch(word):
        return "<year>"
    if word[0].isdigit():
        return "<number>"
    return "_"


def _skeleton(found: list[str]) -> list[str]:
    """The words with a gap for each run of words that only say what about."""
    sorts = [_sort(w) for w in found]
    return [s for i, s in enumerate(sorts) if s != "_" or i == 0 or sorts[i - 1] != "_"]


def _grams(items: list[str], mark: str, longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for i in range(len(items) - size + 1):
            yield mark + " ".join(items[i : i + size])


def hashed(question: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Buckets of the words, skeleton and letters of a question, and how much each counts."""
    found = words(question)
    low = [w.lower()[:LONGEST] for w in found]
    groups = (
        list(_grams(["^", *low, "$"], "w:", 3)),
        list(_grams(["^", *_skeleton(found), "$"], "s:", 4)),
        [
            f"c:{padded[i : i + size]}"
            for padded in (f"<{w}>" for w in low if w[0].isalpha())
            for size in (3, 4, 5)
            for i in range(len(padded) - size + 1)
        ],
    )
    total: dict[int, float] = {}
    for group in groups:
        once = {_bucket(feature) for feature in group}
        for bucket in once:
            total[bucket] = total.get(bucket, 0.0) + 1 / np.sqrt(len(once))
    order = sorted(total)
    return np.array(order, dtype=np.intp), np.array([total[b] for b in order], dtype=np.float32)


def shape(question: str) -> NDArray[np.float32]:
    """Length, kinds of words and marks, as named by ``SHAPE``."""
    found = words(question)
    plain = [w for w in found if w[0].isalnum()]
    low = [w.lower() for w in plain]
    n = len(low)
    frame = sum(w in FRAME for w in low)
    asking = sum(w.split("'")[0] in ASKING for w in low)
    years = sum(bool(_YEAR.fullmatch(w)) for w in low)
    return np.array(
        [
            n == 1, n == 2, n == 3, 3 < n <= 6, 6 < n <= 12, 12 < n <= 25, n > 25,
            bool(low) and low[0].split("'")[0] in ASKING, asking > 0,
            bool(low) and low[0] in AUXILIARY, frame == 0, frame / n if n else 0.0,
            "?" in found, any(w in '"“”«»' for w in found), years > 0, years > 1,
            any(w[0].isdigit() for w in low) and not years,
            any(w[0].isupper() for w in plain[1:]), asking > 1,
            bool(low) and low[-1].endswith("s") and low[-1] not in FRAME,
        ],
        dtype=np.float32,
    )  # fmt: skip
