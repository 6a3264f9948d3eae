"""Which part of a page is the speech: not its menus, banners and links to other pages.

Measured on the 130 pages that Mozilla's readability is tested with: words kept of those that
belong to the article, and how much of what is kept belongs to it, beside trafilatura,
readability-lxml and justext (`benchmarks/pages.py`). Those libraries leave out a speech's heading
or date, keep struck text, or join note marks to numbers; here each element's fate is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_bot.corpus.loaders.html_text import walk
from qa_bot.text.cleaning import words as words_of

ROLES = frozenset(
    [
        "banner", "navigation", "contentinfo", "search", "complementary", "dialog", "alertdialog",
        "menu", "menubar", "toolbar", "tablist", "alert",
    ]
)  # fmt: skip
# Words in the class or the id of an element that is no part of the text.
FURNITURE = words_of(
    "breadcrumb breadcrumbs skiplink skiplinks menu navbar footer sidebar newsletter pagination "
    "pager masthead advert advertisement outbrain taboola sponsored disqus"
)
# The same, if few words in it are outside links: "sharing-with-others" may be a heading's name.
LIKELY_FURNITURE = words_of(
    "share sharing social related skip nav navigation subscribe subscription ads promo toolbar "
    "login popup modal search recommended recommendations trending"
)
LIKELY_PAIRS = words_of(
    "site-header read-more read-also see-also more-stories most-read you-may back-to comment-form"
)
# Whole names.
COMMENTS = words_of("comments commentlist comment-list comments-area respond")
CONSENT = words_of("cookie cookies consent gdpr cookiebar cookiebanner onetrust")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
LONGEST_NAMES = 500  # characters of class and id that are looked at
FEW_WORDS = 400  # characters outside links
MOST_COMMENTS = 0.7  # of the page's words
MOST_OF_PAGE = 0.4  # an element with more of the page's words is no furniture, whatever its name
CONTENT_SHARE = 0.85  # of the words outside links, that the part with the speech holds
LINK_SHARE = 0.8  # of a list's words in links: it leads to other pages
FEWEST_LINKS = 3
SENTENCE = 60  # characters of a text that is more than a label
PARAGRAPHS = frozenset(["p", "blockquote", "li", "dd", "pre", "td", "table", "ul", "ol"])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
LANDMARKS = frozenset(["main", "article"])


@dataclass(slots=True)
class _Weight:
    """What stands below an element: characters, those in links, links, and which landmarks."""

    words: int = 0
    linked: int = 0
    links: int = 0
    heading: bool = False
    first_heading: bool = False
    landmark: bool = False
    controls: bool = False  # a menu or a form

    def add(self, other: _Weight) -> None:
        self.words += other.words
        self.linked += other.linked
        self.links += other.links
        self.heading |= other.heading
        self.first_heading |= other.first_heading
        self.landmark |= other.landmark
        self.controls |= other.controls

    @property
    def running(self) -> int:
        """Characters outside links."""
        return self.words - self.linked


def hide_furniture(tree: LexborHTMLParser) -> None:
    """Mark as hidden what is told to be no part of a page's text, by role, class or id."""
    body = tree.body
    if body is None:
        return
    weights = _weights(body)
    whole = weights[body.mem_id].words
    for node, entering in walk(body):
        weight = weights.get(node.mem_id)
        if not entering or weight is None or node.tag in ("body", *LANDMARKS):
            continue
        if _is_furniture(node, weight, whole) or _is_list_of_links(node, weight, whole):
            # Marked, not removed: the parser frees what is below a node that it removes.
            node.attrs["hidden"] = ""  # type: ignore[index]


def main_content(tree: LexborHTMLParser) -> LexborNode | None:
    """The element that holds the speech."""
    body = tree.body or tree.root
    if body is None:
        return None
    weights = _weights(body)
    whole = weights[body.mem_id].words
    for selector, share in (("main, [role=main]", 0.1), ("article", 0.5)):
        found = [node for node in tree.css(selector) if node.mem_id in weights]
        if len(found) == 1 and weights[found[0].mem_id].words >= share * whole:
            return found[0]
    return _narrowest(body, weights)


def _weights(body: LexborNode) -> dict[int, _Weight]:
    """Of every element that is shown, in one pass."""
    weights: dict[int, _Weight] = {}
    open_links = 0
    path: list[_Weight] = []
    for node, entering in walk(body):
        if node.tag == "-text":
            if entering and path:
                length = len((node.text_content or "").strip())
                path[-1].words += length
                path[-1].linked += length if open_links else 0
        elif not node.is_element_node:
            continue
        elif entering:
            open_links += node.tag == "a"
            path.append(
                _Weight(
                    links=int(node.tag == "a"),
                    heading=node.tag in HEADINGS,
                    first_heading=node.tag == "h1",
                    landmark=node.tag in LANDMARKS or node.attributes.get("role") == "main",
                    controls=node.tag in ("form", "ul"),
                )
            )
        else:
            open_links -= node.tag == "a"
            weights[node.mem_id] = weight = path.pop()
            if path:
                path[-1].add(weight)
    return weights


def _narrowest(node: LexborNode, weights: dict[int, _Weight]) -> LexborNode:
    """Go down while one child holds nearly all the words and no heading stands beside it."""
    while True:
        children = [child for child in node.iter() if child.mem_id in weights]
        if not children or _own_words(node) > SENTENCE:
            return node
        within = [weights[child.mem_id] for child in children]
        best = max(range(len(children)), key=lambda at: within[at].running)
        total = sum(weight.running for weight in within)
        beside = any(weight.heading for at, weight in enumerate(within) if at != best)
        if beside or children[best].tag in PARAGRAPHS or not total:
            return node
        if within[best].running < CONTENT_SHARE * total:
            return node
        node = children[best]


def _own_words(node: LexborNode) -> int:
    """Characters of an element beside its children."""
    inside = node.iter(include_text=True)
    return sum(len((child.text_content or "").strip()) for child in inside if child.tag == "-text")


def _is_furniture(node: LexborNode, weight: _Weight, whole: int) -> bool:
    attributes = node.attributes
    classes = (attributes.get("class") or "")[:LONGEST_NAMES]
    id = (attributes.get("id") or "")[:LONGEST_NAMES]
    words, pairs = _names(f"{classes} {id}")
    if words & CONSENT and not weight.landmark and not weight.first_heading:
        return True
    if weight.heading:  # the id may be made of the heading's words
        id = ""
    if {classes.lower(), id.lower(), *classes.lower().split()} & COMMENTS:
        return not weight.landmark and weight.words <= MOST_COMMENTS * whole
    if weight.landmark or weight.words > MOST_OF_PAGE * whole:
        return False
    if (attributes.get("role") or "").lower() in ROLES:
        return True
    if node.tag == "header":
        return weight.controls
    words, pairs = _names(f"{classes} {id}")
    if words & FURNITURE:
        return True
    return bool(words & LIKELY_FURNITURE or pairs & LIKELY_PAIRS) and weight.running <= FEW_WORDS


def _names(names: str) -> tuple[set[str], set[str]]:
    """The words of a class and an id, and their neighbouring pairs."""
    words: set[str] = set()
    pairs: set[str] = set()
    for name in names.split():
        found = [word.lower() for word in WORD.findall(name)]
        words.update(found)
        pairs.update(map("-".join, pairwise(found)))
    return words, pairs


def _is_list_of_links(node: LexborNode, weight: _Weight, whole: int) -> bool:
    return (
        node.tag in ("ul", "ol")
        and weight.links >= FEWEST_LINKS
        and weight.linked >= LINK_SHARE * max(1, weight.words)
        and weight.words <= MOST_OF_PAGE * whole
    )
