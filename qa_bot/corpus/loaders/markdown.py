"""Markdown: kept as written; cleaning drops the markup for the models."""

from __future__ import annotations

import re

import yaml

from qa_bot.corpus.catalogue import FACTS
from qa_bot.corpus.cleaning import clean
from qa_bot.corpus.loaders.base import Loaded
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header
from qa_bot.corpus.loaders.text import pages_of
from qa_bot.schema import valid_date

FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?P<lines>.{0,5000}?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
FIELD = re.compile(r"^(?P<key>\w+):[ \t]+(?P<value>\S.*)$", re.MULTILINE)
MOMENT = re.compile(r"[T ]\d\d:\d\d.*")  # the time behind a date
HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>\S.*)$", re.MULTILINE)
HEADING_WITHIN = 5000  # characters


def load(data: bytes) -> Loaded:
    """Text as written. Facts come from front matter (YAML between two ``---``), then the first
    heading, then the first lines."""
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
    for name, value in _front_matter(lines).items():
        key = str(name).lower()
        if key not in FACTS or not isinstance(value, str):
            continue
        told = " ".join(value.split())
        if key == "date":
            told = MOMENT.sub("", told)
            if not valid_date(told):
                continue
        if key == "language" and not re.fullmatch("[a-z]{2}", told):
            continue
        found[key] = told
    return {key: told for key, told in found.items() if told}


def _front_matter(lines: str) -> dict[object, object]:
    """The fields as YAML has them, or line by line where it is none ("title: One: two")."""
    try:
        # The barest loader: texts, lists and mappings, no tags; and "no" is Norwegian, not false.
        fields = yaml.load(lines, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError):
        fields = None
    if isinstance(fields, dict):
        return fields
    return {m["key"]: m["value"].strip().strip("\"'") for m in FIELD.finditer(lines)}
