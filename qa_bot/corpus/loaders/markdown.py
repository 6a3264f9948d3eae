"""Markdown: kept as written; cleaning drops the markup for the models."""

from __future__ import annotations

import re

import yaml

from qa_bot.corpus.catalogue import FACTS, is_web_address
from qa_bot.corpus.loaders.base import Loaded
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header
from qa_bot.corpus.loaders.text import pages_of
from qa_bot.schema import valid_date
from qa_bot.text.cleaning import INVISIBLE, clean

FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?P<lines>.{0,5000}?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
FIELD = re.compile(r"^(?P<key>\w+):[ \t]+(?P<value>\S.*)$", re.MULTILINE)
NULL = "tag:yaml.org,2002:null"
MOMENT = re.compile(r"[T ]\d{1,2}:\d\d.*")  # the time behind a date
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
        told = _shown(value)
        if key == "date":
            told = MOMENT.sub("", told)
            if not valid_date(told):
                continue
        if key == "media" and not is_web_address(told):
            continue
        if key == "language" and not re.fullmatch("[a-z]{2}", told):
            continue
        found[key] = told
    return {key: told for key, told in found.items() if told}


def _front_matter(lines: str) -> dict[object, object]:
    """The fields as YAML has them, or line by line where it is none ("title: One: two")."""
    fields = _yaml(lines)
    if isinstance(fields, dict):
        return fields
    return {
        m["key"]: told if isinstance(told := _yaml(m["value"]), str) else m["value"].strip("\"' ")
        for m in FIELD.finditer(lines)
    }


def _yaml(text: str) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - texts, lists and mappings alone
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):
        return None


class _Loader(yaml.BaseLoader):
    """The barest loader: no tags, no numbers; "no" is Norwegian, not false, but null is nothing."""


_Loader.add_implicit_resolver(NULL, re.compile(r"~|null|Null|NULL|\Z"), ["~", "n", "N", ""])
_Loader.add_constructor(NULL, lambda loader, node: None)


def _shown(value: str) -> str:
    """A value in one line, without what no page shows; emoji written in two halves made whole."""
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(re.sub(f"[{INVISIBLE}]", "", whole).split())
