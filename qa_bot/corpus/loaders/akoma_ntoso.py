"""Akoma Ntoso: debates as parliaments publish them, and plain statements."""

from __future__ import annotations

from typing import Any

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.spoken_xml import (
    XML,
    SpokenText,
    attribute,
    below,
    children,
    local_name,
    words_of,
)
from qa_bot.schema import Omission, valid_date

BODIES = ("debateBody", "mainBody", "body")
SPOKEN = frozenset(["speech", "question", "answer"])
NOTES = frozenset(["authorialNote", "noteRef", "note", "from"])
PARAGRAPHS = frozenset(["p", "heading", "subheading", "narrative", "scene", "summary", "li", "tr"])
INLINE_BLOCKS = frozenset(["p", "li", "tr", "ul", "ol", "table"])
MARKS = "notes"


def read(root: Any) -> Loaded:
    """The record with its turns: speakers and roles as the file's references show them.

    Raises:
        UnusableFileError: it holds no debate.
    """
    body = next((found for name in BODIES for found in below(root, name)), None)
    if body is None:
        raise UnusableFileError("Akoma Ntoso without a debate or a text (a law?)")
    shown = {
        attribute(node, "eId", "id", f"{XML}id"): " ".join(attribute(node, "showAs").split())
        for node in root.iter()
        if local_name(node).startswith("TLC")
    }
    spoken = SpokenText()
    notes = _read(body, shown, spoken)
    omissions = (Omission(MARKS, notes),) if notes else ()
    return Loaded(spoken.text, facts=_facts(root), turns=spoken.turns, omissions=omissions)


def _read(body: Any, shown: dict[str, str], spoken: SpokenText) -> int:
    """Add paragraphs in their order; returns how many notes were left out."""
    notes = 0
    waiting: list[tuple[Any, Any]] = [(body, None)]
    while waiting:
        node, speech = waiting.pop()
        name = local_name(node)
        if name in NOTES:
            notes += name in ("authorialNote", "note")
            continue
        if name in SPOKEN:
            speech = node
        parts = list(children(node))
        blocks = any(local_name(part) in INLINE_BLOCKS for part in parts)
        if name in PARAGRAPHS and not blocks:
            speaker, role = _speaker(speech, shown) if speech is not None else ("", "")
            spoken.add(words_of(node, NOTES), speaker, role, turn=speech)
            notes += sum(local_name(inner) in ("authorialNote", "note") for inner in node.iter())
        else:
            waiting += [(part, speech) for part in reversed(parts)]
    return notes


def _speaker(speech: Any, shown: dict[str, str]) -> tuple[str, str]:
    """The name and the role of whoever speaks; the printed name where the file has no other."""
    name = shown.get(attribute(speech, "by").rpartition("#")[2], "")
    role = shown.get(attribute(speech, "as").rpartition("#")[2], "")
    printed = next((words_of(node) for node in children(speech, "from")), "")
    return name or printed.rstrip(" :.-–—"), role


def _facts(root: Any) -> dict[str, str]:
    facts = {}
    title = next((words_of(node) for node in below(root, "docTitle")), "")
    aliases = (attribute(node, "value") for node in below(root, "FRBRalias"))
    facts["title"] = title or next(filter(None, aliases), "")
    for node in below(root, "FRBRWork"):
        for date in children(node, "FRBRdate"):
            if valid_date(day := attribute(date, "date")[:10]):
                facts.setdefault("date", day)
    for node in below(root, "FRBRlanguage"):
        language = LANGUAGES.get(attribute(node, "language").lower(), "")
        facts.setdefault("language", language)
    for node in below(root, "docProponent"):
        facts.setdefault("event", words_of(node))
    return facts


# Three letters, as the format has them, to two.
LANGUAGES = {
    "eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "deu": "de", "ger": "de", "por": "pt",
    "ita": "it", "nld": "nl", "dut": "nl", "gle": "ga", "swa": "sw", "afr": "af", "pol": "pl",
    "ell": "el", "gre": "el", "ara": "ar", "rus": "ru", "zho": "zh",
}  # fmt: skip
