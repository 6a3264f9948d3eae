"""What the XML formats of debates share: text of elements, and turns as they are put together."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from qa_bot.schema import Turn

XML = "{http://www.w3.org/XML/1998/namespace}"
APART = "\n\n"
TOKENS = {"w", "pc"}  # words and signs of an annotated text
LINE_ENDS = {"lb", "eol", "br"}


def local_name(element: Any) -> str:
    """The name of an element without its namespace; "" for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """The child elements, or those with these names."""
    for child in element:
        name = local_name(child)
        if name and (not names or name in names):
            yield child


def below(element: Any, name: str) -> Iterator[Any]:
    """The elements of this name below another."""
    return element.iter(f"{{*}}{name}")  # type: ignore[no-any-return]


def attribute(element: Any, *names: str) -> str:
    """The first of these attributes that is there, whatever its namespace."""
    return next((value for name in names if (value := element.get(name))), "").strip()


def words_of(element: Any, left_out: Set[str] = frozenset()) -> str:
    """The text below an element on one line, without what stands in elements ``left_out``.

    Words that are marked one by one are put together as they say they belong.
    """
    pieces: list[str] = []
    closed = False  # the next token follows without a space
    depth = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment")):
        name = local_name(node)
        if event == "comment":
            pieces.append((node.tail or "") if not depth else "")
        elif event == "start":
            if name in left_out:
                depth += 1
            elif not depth:
                text = node.text or ""
                pieces.append(text.lstrip() if closed else text)
                closed = closed and not text.strip()
                if name in LINE_ENDS:
                    pieces.append(" ")
        else:
            if name in left_out:
                depth -= 1
            if name in TOKENS and not depth:
                closed = node.get("join") in ("right", "both")
            if node is not element and not depth:
                tail = node.tail or ""
                pieces.append(tail.lstrip() if closed else tail)
                closed = closed and not tail.strip()
    return " ".join("".join(pieces).split())


class SpokenText:
    """A text that grows by paragraphs, and who speaks them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._turns: list[Turn] = []
        self._length = 0
        self._turn: object = None

    def add(self, words: str, speaker: str = "", role: str = "", turn: object = None) -> None:
        """Add a paragraph.

        Args:
            turn: what tells this turn from others; None between turns.
        """
        if not words:
            return
        if self._pieces:
            self._pieces.append(APART)
            self._length += len(APART)
        start, end = self._length, self._length + len(words)
        self._pieces.append(words)
        self._length = end
        if turn is not None:
            if turn is self._turn:
                start = self._turns.pop().start
            self._turns.append(Turn(start, end, speaker, role))
        self._turn = turn

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(self._turns)
