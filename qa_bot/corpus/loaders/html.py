"""HTML: the words of the speech, nothing else of the page, and nothing fetched."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header
from qa_bot.corpus.loaders.html_content import hide_furniture, main_content
from qa_bot.corpus.loaders.html_facts import Headings, date_of, language_of, title_of
from qa_bot.corpus.loaders.html_text import text_of

CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
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
    """The text of the speech on a page: of ``<main>``, of the one ``<article>``, or of the
    narrowest element that holds nearly all of its paragraphs.

    Menus, banners, links to other pages, hidden and struck text and the marks of notes are left
    out. Block elements become paragraphs, ``<br>`` a line end, cells of a table row are set apart
    by ``" | "``, items of a numbered list have their numbers. Title, date and language are the
    page's own.
    """
    declared = CHARSET.search(data[:4096])
    source = decode(data, declared[1].decode() if declared else "")
    if _depth(source) > DEEPEST:
        raise UnusableFileError("its elements are nested too deeply for a page")
    tree = LexborHTMLParser(source)
    all_headings = Headings.of(tree.body)
    hide_furniture(tree)
    content = main_content(tree)
    text = text_of(content)
    facts = {
        "title": title_of(tree, Headings.of(content), all_headings) or title_in_header(text),
        "date": date_in_header(text) or date_of(tree, content),
        "language": language_of(tree),
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
