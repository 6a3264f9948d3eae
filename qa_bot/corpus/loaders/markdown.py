"""Markdown: kept as written; cleaning drops the markup for the models."""

from __future__ import annotations

import re

from qa_bot.corpus.catalogue import FACTS
from qa_bot.corpus.cleaning import clean
from qa_bot.corpus.loaders.base import Loaded
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header
from qa_bot.corpus.loaders.text import pages_of
from qa_bot.schema import valid_date

FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?P<lines>.{0,5000}?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
FIELD = re.compile(r"(?P<key>\w+):[ \t]+(?P<value>\S.*)")
HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>\S.*)$", re.MULTILINE)
HEADING_WITHIN = 5000  # characters


def load(data: bytes) -> Loaded:
    """Text as written. Facts come from simple front matter (``key: value`` lines between two
    ``---``), then the first heading, then the first lines."""
    text = decode(data)
    front = FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    heading = HEADING.search(body[:HEADING_WITHIN])
    title = clean(heading["title"].rstrip("# ")).text if heading else title_in_header(body)
    facts = {"title": title, "date": date_in_header(body)}
    if front:
        facts |= _fields(front["lines"])
    return Loaded(text, pages_of(text), facts)


def _fields(lines: str) -> dict[str, str]:
    found = {}
    for line in lines.splitlines():
        field = FIELD.fullmatch(line.rstrip())
        if not field or field["key"].lower() not in FACTS:
            continue
        key, value = field["key"].lower(), field["value"].strip("\"'").strip()
        if key == "date" and not valid_date(value):
            continue
        if key == "language" and not re.fullmatch("[a-z]{2}", value):
            continue
        found[key] = value
    return found
