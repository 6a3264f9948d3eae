"""The numbers of lists and headings in a Word document, counted as Word counts them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from qa_bot.corpus.loaders.list_numbers import BULLET, letters, roman
from qa_bot.corpus.loaders.symbols import readable

VALUE = qn("w:val")
DEEPEST_STYLE = 20  # styles that are based on each other in a circle
LONGEST_LABEL = 40
PLACE = re.compile(r"%([1-9])")

FORMATS: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda n: letters(n).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda n: roman(n).upper(),
    "decimalZero": lambda n: f"{n:02}",
    "none": lambda n: "",
}


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered: from where, in what figures, and around them."""

    start: int
    format: str
    text: str
    font: str
    restarts: bool


class Numbering:
    """Labels of the numbered paragraphs of a document, asked for in their order.

    Args:
        numbering: the root of the document's numbering, or None if it has none.
        styles: the root of its styles, or None.
    """

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}  # num → its pattern and starts
        self._patterns: dict[str, dict[int, Level]] = {}
        self._level_of_style: dict[tuple[str, str], int] = {}
        self._styles: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if styles is not None:
            self._styles = {s.get(qn("w:styleId")): s for s in styles.findall(qn("w:style"))}
        if numbering is not None:
            self._read(numbering)

    def label(self, paragraph: Any) -> str:
        """The number or bullet of a paragraph, without a space behind it; empty without one."""
        num, level = self._place(paragraph)
        if num not in self._lists:
            return ""
        pattern, starts = self._lists[num]
        levels = self._patterns.get(pattern, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(pattern, {})
        if level in starts and (num, level) not in self._begun:
            counts[level] = starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = levels[level].start
        self._begun.add((num, level))
        for deeper in [n for n in counts if n > level and n in levels and levels[n].restarts]:
            del counts[deeper]
        return _label(levels, level, counts)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and the level of a paragraph, by itself or by its style."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        num, level = _number(own)
        if num is not None and level is not None:
            return num, level
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        name: str = (style.get(VALUE) or "") if style is not None else ""
        for _ in range(DEEPEST_STYLE):
            found = self._styles.get(name)
            if found is None or (num is not None and level is not None):
                break
            its_num, its_level = _number(found.find(f"{qn('w:pPr')}/{qn('w:numPr')}"))
            num = num if num is not None else its_num
            if level is None and its_num is not None:
                pattern = self._lists.get(its_num, ("", {}))[0]
                level = self._level_of_style.get((pattern, name), its_level)
            based = found.find(qn("w:basedOn"))
            name = (based.get(VALUE) or "") if based is not None else ""
        return num or "", level or 0

    def _read(self, root: Any) -> None:
        linked: dict[str, str] = {}
        for pattern in root.findall(qn("w:abstractNum")):
            id = pattern.get(qn("w:abstractNumId"))
            self._patterns[id] = {}
            for level in pattern.findall(qn("w:lvl")):
                at = _integer(level.get(qn("w:ilvl")), 0)
                self._patterns[id][at] = _level(level)
                if style := _value(level, "w:pStyle"):
                    self._level_of_style[id, style] = at
            if link := _value(pattern, "w:numStyleLink"):
                linked[id] = link
        by_style = {
            style: _value(pattern, "w:numStyleLink") or pattern.get(qn("w:abstractNumId"))
            for pattern in root.findall(qn("w:abstractNum"))
            if (style := _value(pattern, "w:styleLink"))
        }
        for num in root.findall(qn("w:num")):
            pattern = _value(num, "w:abstractNumId")
            pattern = by_style.get(linked.get(pattern, ""), pattern)
            starts = {}
            for override in num.findall(qn("w:lvlOverride")):
                at = _integer(override.get(qn("w:ilvl")), 0)
                if (start := _value(override, "w:startOverride")) != "":
                    starts[at] = _integer(start, 1)
            self._lists[num.get(qn("w:numId"))] = (pattern, starts)


def _label(levels: Mapping[int, Level], level: int, counts: Mapping[int, int]) -> str:
    here = levels[level]
    if here.format == "bullet":
        sign = readable(here.text, here.font).strip()
        return sign if sign in ("-", "–", "—", "*") else BULLET

    def figures(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        if at not in levels:
            return ""
        return FORMATS.get(levels[at].format, str)(counts.get(at, levels[at].start))

    return PLACE.sub(figures, here.text)[:LONGEST_LABEL].strip()


def _level(level: Any) -> Level:
    fonts = level.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    return Level(
        start=_integer(_value(level, "w:start"), 0),
        format=_value(level, "w:numFmt") or "decimal",
        text=_value(level, "w:lvlText"),
        font=(fonts.get(qn("w:ascii")) or "") if fonts is not None else "",
        restarts=_value(level, "w:lvlRestart") != "0",
    )


def _number(properties: Any) -> tuple[str | None, int | None]:
    if properties is None:
        return None, None
    num, level = _value(properties, "w:numId"), _value(properties, "w:ilvl")
    return (num or None), (_integer(level, 0) if level else (0 if num == "0" else None))


def _value(parent: Any, name: str) -> str:
    child = parent.find(qn(name))
    return (child.get(VALUE) or "") if child is not None else ""


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int((text or "")[:9])
    except ValueError:
        return otherwise
