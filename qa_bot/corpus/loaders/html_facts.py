"""What a page says about itself: its own title, not the site's name; its date; its language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_bot.corpus.loaders.html_text import shown
from qa_bot.schema import valid_date
from qa_bot.text.folding import plain

LONGEST_TITLE = 200
# What stands between a page's title and the name of its site.
BETWEEN = re.compile(r"\s+[|–—·•»:›\-]+\s+|\s*[|»›]\s*|:\s+")
HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+|home/?|[a-z]{2}/?)?(?:[?#].*)?")
DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?", re.DOTALL)
MOST_JSON = 200_000  # characters
# Where pages say when they were published, surest first.
DATES = (
    "meta[property='article:published_time']",
    "meta[itemprop=datePublished]",
    "meta[name=date], meta[name='dc.date'], meta[name='DC.date'], meta[name='dcterms.date']",
    "meta[name='DC.date.issued'], meta[name='dcterms.issued'], meta[name='dcterms.created']",
    "meta[name=pubdate], meta[name=publish_date], meta[name=citation_date]",
)


@dataclass(frozen=True)
class Headings:
    """The headings of a page or a part of it, by level; those that lead home are left out."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    home: tuple[str, ...]  # of the site

    @classmethod
    def of(cls, root: LexborNode | None) -> Headings:
        if root is None:
            return cls((), (), ())
        found: dict[str, list[str]] = {"h1": [], "h2": [], "home": []}
        for node in root.css("h1, h2"):
            words = " ".join("".join(shown(node)).split())
            if 0 < len(words) <= LONGEST_TITLE:
                found["home" if _leads_home(node) else str(node.tag)].append(words)
        return cls(tuple(found["h1"]), tuple(found["h2"]), tuple(found["home"]))


def title_of(tree: LexborHTMLParser, inside: Headings, everywhere: Headings) -> str:
    """The title of the speech, or an empty string.

    The only first heading of the speech; else its heading that the page's title repeats; else the
    page's title, without the site's name.

    Args:
        inside: the headings of the speech.
        everywhere: those of the whole page.
    """
    if len(inside.first) == 1:
        return inside.first[0]
    told = [_meta(tree, "meta[property='og:title']"), _text(tree.css_first("head > title"))]
    site = _meta(tree, "meta[property='og:site_name']")
    sites = {plain(name) for name in (site, *everywhere.home) if name}
    for heading in (*inside.first, *inside.second):
        whole = plain(heading)
        if whole not in sites and any(whole in plain(title) for title in told):
            return heading
    only = {*everywhere.first} - {*everywhere.home}
    if len(only) == 1 and plain(name := only.pop()) not in sites:
        return name
    titles = (_without_site(title, sites) for title in told)
    return next((title for title in titles if 0 < len(title) <= LONGEST_TITLE), "")


def date_of(tree: LexborHTMLParser, content: LexborNode | None) -> str:
    """The day that the page was published on, as it says to machines: ``YYYY-MM-DD`` or empty."""
    times = content.css("time[datetime]") if content is not None else []
    days = {day for node in times if (day := _day(node.attributes.get("datetime")))}
    if len(days) == 1:
        return days.pop()
    for thing in _linked_data(tree):
        if day := _day(thing.get("datePublished")):
            return day
    return next((day for selector in DATES if (day := _day(_meta(tree, selector)))), "")


def language_of(tree: LexborHTMLParser) -> str:
    """Two letters, or empty."""
    page = tree.css_first("html")
    tag = (page.attributes.get("lang") or "") if page else ""
    language = tag.split("-")[0].lower()
    return language if re.fullmatch("[a-z]{2}", language) else ""


def _leads_home(node: LexborNode) -> bool:
    link = node.css_first("a[href]")
    if link is None and node.parent is not None and node.parent.tag == "a":
        link = node.parent
    address = link.attributes.get("href") if link is not None else None
    return bool(address) and HOME.fullmatch(address or "") is not None


def _without_site(title: str, sites: set[str]) -> str:
    """A title without the pieces at its ends that name the site."""
    for between in list(BETWEEN.finditer(title))[:4]:
        before, after = title[: between.start()], title[between.end() :]
        if plain(before).strip() in sites:
            return after
        if plain(after).strip() in sites:
            return before
    return "" if plain(title) in sites else title


def _linked_data(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """What scripts of the type ``application/ld+json`` say, thing by thing."""
    for script in tree.css("script[type='application/ld+json']"):
        try:
            told = json.loads(script.text()[:MOST_JSON])
        except (ValueError, RecursionError):
            continue
        for thing in told if isinstance(told, list) else [told]:
            if isinstance(thing, dict):
                yield thing
                parts = thing.get("@graph")
                yield from (
                    p for p in (parts if isinstance(parts, list) else ()) if isinstance(p, dict)
                )


def _day(value: object) -> str:
    found = DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found and valid_date(found[1]) else ""


def _meta(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join((node.attributes.get("content") or "").split()) if node is not None else ""


def _text(node: LexborNode | None) -> str:
    return " ".join(node.text().split()) if node is not None else ""
