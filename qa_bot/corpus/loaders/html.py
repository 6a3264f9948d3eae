"""HTML: the words of the main content, nothing else, and nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header

DROPPED = frozenset(
    [
        "head", "script", "style", "template", "noscript", "nav", "footer", "aside", "iframe",
        "object", "svg", "canvas", "audio", "video", "button", "select", "textarea", "dialog",
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
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
SPACES = re.compile(r"[ \t\n\r\f]+")
LONGEST_TITLE = 200
# The parser's time grows with the square of the depth; a page a person wrote is 50 deep.
DEEPEST = 2000
TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*)")
# Elements that close by themselves, or nest without cost.
SHALLOW = frozenset(
    [
        "p", "li", "dd", "dt", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot",
        "colgroup", "col", "caption", "br", "hr", "img", "input", "meta", "link", "wbr", "area",
        "base", "embed", "source", "track", "param", "html", "head", "body", "a", "b", "big",
        "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
    ]
)  # fmt: skip


def load(data: bytes) -> Loaded:
    """The text of ``<main>`` or the one ``<article>``, else of the body, without navigation.

    Block elements become paragraphs, ``<br>`` a line end, cells of a table row are set apart by
    ``" | "``. The title is the page's only ``<h1>``, else its ``<title>``; the language is the
    ``lang`` of ``<html>``.
    """
    declared = CHARSET.search(data[:4096])
    source = decode(data, declared[1].decode() if declared else "")
    if _depth(source) > DEEPEST:
        raise UnusableFileError("its elements are nested too deeply for a page")
    tree = LexborHTMLParser(source)
    text = _text(_main(tree))
    facts = {
        "title": _title(tree) or title_in_header(text),
        "date": date_in_header(text),
        "language": _language(tree),
    }
    return Loaded(text, facts=facts)


def _depth(source: str) -> int:
    """About how deeply elements are nested."""
    depth = deepest = 0
    for tag in TAG.finditer(source):
        if tag["name"].lower() not in SHALLOW:
            depth = max(0, depth - 1) if tag["close"] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    body = tree.body or tree.root
    for selector, share in (("main, [role=main]", 0.1), ("article", 0.5)):
        found = tree.css(selector)
        if len(found) == 1 and len(_text(found[0])) >= share * len(_text(body)):
            return found[0]
    return body


def _title(tree: LexborHTMLParser) -> str:
    headings = tree.css("h1")
    for nodes in (headings if len(headings) == 1 else [], tree.css("head > title")):
        for node in nodes:
            title = " ".join(node.text().split())
            if 0 < len(title) <= LONGEST_TITLE:
                return title
    return ""


def _language(tree: LexborHTMLParser) -> str:
    page = tree.css_first("html")
    tag = (page.attributes.get("lang") or "") if page else ""
    language = tag.split("-")[0].lower()
    return language if re.fullmatch("[a-z]{2}", language) else ""


def _text(root: LexborNode | None) -> str:
    """The visible text below a node."""
    pieces: list[str] = []
    gap = ""  # what stands between the text so far and the next: "", " ", a line end, a blank line
    preformatted = 0
    for node, entering in _walk(root):
        tag = node.tag
        if tag == "-text" and entering:
            raw = node.text_content or ""
            text = raw if preformatted else SPACES.sub(" ", raw)
            words = text if preformatted else text.strip(" ")
            if text[:1] == " " and not gap:
                gap = " "
            if words:
                pieces += (gap if pieces else "", words)
                gap = " " if not preformatted and text[-1:] == " " else ""
        elif tag == "pre":
            preformatted += 1 if entering else -1
            gap = "\n\n"
        elif tag in BLOCKS:
            gap = "\n\n"
        elif tag == "br" and entering:
            gap = "\n\n" if "\n" in gap else "\n"
        elif tag == "tr" and gap != "\n\n":
            gap = "\n"
        elif tag in ("td", "th") and not entering and "\n" not in gap:
            gap = " | "
    return "".join(pieces)


def _walk(root: LexborNode | None) -> Iterator[tuple[LexborNode, bool]]:
    """Nodes in document order, each when entered and when left; deep nesting costs no stack."""
    if root is None:
        return
    path: list[LexborNode] = []  # the nodes that are entered and not left
    node: LexborNode | None = root
    while node is not None:
        if not _is_dropped(node):
            yield node, True
            if (child := node.first_child) is not None:
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


def _is_dropped(node: LexborNode) -> bool:
    return node.tag in DROPPED or (node.is_element_node and "hidden" in node.attributes)
