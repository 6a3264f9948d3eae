"""What the styles of an OpenDocument text say: hidden and raised text, numbers of lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qa_bot.corpus.loaders.list_numbers import BULLET, letters, roman

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
DEEPEST = 10  # levels of a list
FIGURES: Mapping[str, Callable[[int], str]] = {
    "a": letters,
    "A": lambda n: letters(n).upper(),
    "i": roman,
    "I": lambda n: roman(n).upper(),
    "": lambda n: "",
}


class Styles:
    """The styles of a document by their names."""

    def __init__(self, *roots: Any) -> None:
        self.lists: dict[str, dict[int, Any]] = {}
        self.outline: dict[int, Any] = {}
        self._hidden: set[str] = set()
        self._raised: set[str] = set()
        for root in filter(lambda root: root is not None, roots):
            for style in root.iter(f"{STYLE}style"):
                name = style.get(f"{STYLE}name") or ""
                looks = style.find(f"{STYLE}text-properties")
                if looks is None:
                    continue
                if looks.get(f"{TEXT}display") == "none":
                    self._hidden.add(name)
                if _is_raised(looks.get(f"{STYLE}text-position") or ""):
                    self._raised.add(name)
            for kind in ("list-style", "outline-style"):
                for style in root.iter(f"{TEXT}{kind}"):
                    levels = {_integer(level.get(f"{TEXT}level"), 1): level for level in style}
                    self.lists[style.get(f"{STYLE}name") or ""] = levels
                    if kind == "outline-style":
                        self.outline = levels

    def hides(self, node: Any) -> bool:
        """Whether an element's text is not shown."""
        return bool(self._hidden) and node.get(f"{TEXT}style-name") in self._hidden

    def raises(self, node: Any) -> bool:
        """Whether an element's text is raised above the line."""
        return bool(self._raised) and node.get(f"{TEXT}style-name") in self._raised


class Lists:
    """Counts the items of lists and headings in their order."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._open: list[tuple[str, int]] = []  # style and the number so far, by level
        self._last: dict[tuple[str, int], int] = {}  # where each style stopped, by level
        self._headings: dict[int, int] = {}

    def step(self, node: Any, starts: bool) -> None:
        """A list begins or ends, or an item of one."""
        if node.tag == f"{TEXT}list" and starts:
            outer = self._open[-1][0] if self._open else ""
            style = node.get(f"{TEXT}style-name") or outer
            level = len(self._open) + 1
            shape = self._shape(style, level)
            start = _integer(shape.get(f"{TEXT}start-value"), 1) if shape is not None else 1
            goes_on = node.get(f"{TEXT}continue-numbering") == "true" or bool(
                node.get(f"{TEXT}continue-list")
            )
            before = self._last.get((style, level), start - 1) if goes_on else start - 1
            self._open.append((style, before))
        elif node.tag == f"{TEXT}list":
            style, number = self._open.pop()
            self._last[style, len(self._open) + 1] = number
        elif node.tag == f"{TEXT}list-item" and starts and self._open:
            style, number = self._open[-1]
            own = node.get(f"{TEXT}start-value")
            self._open[-1] = (style, _integer(own, number + 1))

    def label(self, node: Any) -> str:
        """The number or bullet of the item that began, with a space behind it."""
        if node.tag != f"{TEXT}list-item" or not self._open:
            return ""
        style, _ = self._open[-1]
        shape = self._shape(style, len(self._open))
        if shape is None or shape.tag == f"{TEXT}list-level-style-bullet":
            return f"{BULLET} "
        return _label(shape, [n for _, n in self._open], lambda at: self._shape(style, at))

    def heading(self, node: Any) -> str:
        """The number of a heading, where headings are numbered."""
        level = _integer(node.get(f"{TEXT}outline-level"), 1)
        shape = self._styles.outline.get(level)
        if shape is None or not shape.get(f"{STYLE}num-format"):
            return ""
        self._headings = {at: n for at, n in self._headings.items() if at <= level}
        self._headings[level] = self._headings.get(level, 0) + 1
        numbers = [self._headings.get(at, 1) for at in range(1, level + 1)]
        return _label(shape, numbers, self._styles.outline.get)

    def _shape(self, style: str, level: int) -> Any:
        return self._styles.lists.get(style, {}).get(min(level, DEEPEST))


def _label(shape: Any, numbers: list[int], at_level: Callable[[int], Any]) -> str:
    shown = _integer(shape.get(f"{TEXT}display-levels"), 1)
    parts = []
    for level in range(max(1, len(numbers) - shown + 1), len(numbers) + 1):
        its = shape if level == len(numbers) else at_level(level)
        format = its.get(f"{STYLE}num-format") or "" if its is not None else "1"
        parts.append(FIGURES.get(format, str)(numbers[level - 1]))
    figures = ".".join(filter(None, parts))
    before, after = (shape.get(f"{STYLE}num-{side}") or "" for side in ("prefix", "suffix"))
    label = f"{before}{figures}{after}".strip() if figures else ""
    return f"{label} " if label else ""


def _is_raised(position: str) -> bool:
    first = position.split(" ")[0]
    return first == "super" or (first.endswith("%") and _integer(first[:-1], 0) > 0)


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int((text or "")[:9])
    except ValueError:
        return otherwise
