"""The visible text below an element of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from selectolax.lexbor import LexborNode

from qa_bot.corpus.loaders.list_numbers import letters, roman
from qa_bot.corpus.loaders.raised import raised

DROPPED = frozenset(
    [
        "head", "script", "style", "template", "noscript", "nav", "footer", "aside", "iframe",
        "object", "svg", "canvas", "audio", "video", "button", "select", "textarea", "dialog",
        "s", "del", "strike", "rt", "rp", "datalist", "map",
    ]
)  # fmt: skip
BLOCKS = frozenset(
    [
        "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
        "thead", "ul", "caption",
    ]
)  # fmt: skip
SPACES = re.compile(r"[ \t\n\r\f]+")
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
UNSEEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|(?:visually|element)-?hidden|screen-reader-text|hidden|d-none|noprint)"
    r"(?:\s|$)",
    re.IGNORECASE,
)
NOTE_ROLES = ("doc-noteref", "doc-backlink")
NUMBERS_OF_PAGE = re.compile(
    r"(?:^|\s)(?:col(?:umn)?[_-]?(?:num(?:ber)?|only)|page[_-]?n(?:o|um|umber)"
    r"|line[_-]?num(?:ber)?s?)(?:\s|$)",
    re.IGNORECASE,
)
LONGEST_NUMBER = 60  # characters, with a date before it
# An official record's own numbers: "Column 12", "3 May 2016 : Column 12WH", "[Pg 12]".
PRINTED_NUMBER = re.compile(
    r"\[?(?:\d{1,2} \w{3,9} \d{4}\s*:\s*)?(?:Column|Col\.|Pg|Page)\s?\d{1,5}[A-Z]{0,2}\]?"
)
BACK = re.compile(r"[\s↩↑⏎^]+\ufe0e?")
NO_MARKER = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
FIGURES: Mapping[str, Callable[[int], str]] = {
    "a": letters,
    "A": lambda n: letters(n).upper(),
    "i": roman,
    "I": lambda n: roman(n).upper(),
}
LARGEST = 1_000_000  # a list's first number


def text_of(root: LexborNode | None) -> str:
    """The visible text: paragraphs apart by a blank line."""
    pieces: list[str] = []
    gap = ""  # what stands between the text so far and the next: "", " ", a line end, a blank line
    preformatted = 0
    label = ""  # number of the item of a list, until its first words come
    lists: list[_List] = []

    def add(words: str, after: str = "") -> None:
        nonlocal gap, label
        pieces.extend((gap if pieces else "", label, words))
        gap, label = after, ""

    for node, entering in walk(root):
        tag = node.tag
        if tag == "-text" and entering:
            raw = node.text_content or ""
            text = raw if preformatted else SPACES.sub(" ", raw)
            words = text if preformatted else text.strip(" ")
            if text[:1] == " " and not gap:
                gap = " "
            if words:
                add(words, " " if not preformatted and text[-1:] == " " else "")
        elif tag == "sup":
            sign = "".join(shown(node)).strip() if entering else ""
            before = "" if "\n" in gap else "".join((*pieces[-12:], gap))
            if kept := "" if before and _is_link_to_note(node) else raised(before, sign):
                add(kept)
        elif tag == "pre":
            preformatted += 1 if entering else -1
            gap = "\n\n"
        elif tag in BLOCKS:
            gap = "\n\n"
            if tag in ("ol", "ul"):
                lists.append(_List(node)) if entering else lists.pop()
            elif tag == "li":
                label = lists[-1].next(node) if entering and lists else ""
        elif tag == "br" and entering:
            gap = "\n\n" if "\n" in gap else "\n"
        elif tag == "tr" and gap != "\n\n":
            gap = "\n"
        elif tag in ("td", "th") and not entering and "\n" not in gap:
            gap = " | "
    return "".join(pieces)


def shown(root: LexborNode) -> Iterator[str]:
    """The texts that are shown below an element."""
    for node, entering in walk(root, into_raised=True):
        if entering and node.tag == "-text":
            yield node.text_content or ""


def walk(
    root: LexborNode | None, *, into_raised: bool = False
) -> Iterator[tuple[LexborNode, bool]]:
    """Nodes in document order, each when entered and when left; deep nesting costs no stack.

    Hidden ones are passed over; of raised text the element alone is given.
    """
    if root is None:
        return
    path: list[LexborNode] = []  # the nodes that are entered and not left
    node: LexborNode | None = root
    while node is not None:
        if not is_hidden(node):
            yield node, True
            closed = node.tag == "sup" and not into_raised
            if not closed and (child := node.first_child) is not None:
                path.append(node)
                node = child
                continue
            yield node, False
        following = node.next if path else None
        while path and following is None:
            node = path.pop()
            yield node, False
            following = node.next if path else None
        node = following


def is_hidden(node: LexborNode) -> bool:
    """Whether a page does not show an element, shows it struck, or as a number of its own."""
    if node.tag in DROPPED:
        return True
    if not node.is_element_node or not (attributes := node.attributes):
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if attributes.get("role") in NOTE_ROLES or UNSEEN.search(attributes.get("style") or ""):
        return True
    classes = attributes.get("class") or ""
    if node.tag in ("html", "body"):
        return False
    if UNSEEN_CLASS.search(classes):
        return True
    if NUMBERS_OF_PAGE.search(classes) and len(node.text()) <= LONGEST_NUMBER:
        return True
    if node.tag == "a" and _is_link_inside(attributes.get("href")):
        words = node.text()
        return len(words) <= LONGEST_NUMBER and bool(
            BACK.fullmatch(words) or PRINTED_NUMBER.fullmatch(words.strip())
        )
    return False


def _is_link_inside(address: str | None) -> bool:
    return (address or "#").startswith("#")


def _is_link_to_note(node: LexborNode) -> bool:
    """Whether a raised sign leads elsewhere on the page."""
    link = node.css_first("a")
    if link is None and node.parent is not None and node.parent.tag == "a":
        link = node.parent
    return link is not None and "#" in (link.attributes.get("href") or "")


class _List:
    """Counts the items of a list as browsers do."""

    def __init__(self, node: LexborNode) -> None:
        attributes = node.attributes
        unnumbered = NO_MARKER.search(attributes.get("style") or "")
        self._figures: Callable[[int], str] | None = None
        if node.tag == "ol" and not unnumbered:
            self._figures = FIGURES.get(attributes.get("type") or "", str)
        self._step = -1 if "reversed" in attributes else 1
        items = sum(child.tag == "li" for child in node.iter()) if self._step < 0 else 1
        self._at = _integer(attributes.get("start"), items)

    def next(self, item: LexborNode) -> str:
        """The label of the next item, with a space behind it; empty in a list without numbers."""
        if self._figures is None:
            return ""
        number = _integer(item.attributes.get("value"), self._at)
        self._at = number + self._step
        return f"{self._figures(number)}. "


def _integer(text: str | None, otherwise: int) -> int:
    found = re.fullmatch(r"\s*([+-]?\d{1,9})\s*", text or "")
    return max(-LARGEST, min(LARGEST, int(found[1]))) if found else otherwise
