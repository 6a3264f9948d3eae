"""TEI: the records of parliaments as ParlaMint and ParlaCLARIN write them, and plain texts."""

from __future__ import annotations

import re
from collections import Counter
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
from qa_bot.text.folding import plain

# What is told about the speeches and the room, and what annotates words.
NOTES = frozenset(["note", "vocal", "kinesic", "incident", "gap", "pb", "desc", "linkGrp", "bibl"])
PARAGRAPHS = frozenset(["p", "seg", "head", "ab", "item", "l", "opener", "closer", "salute"])
ORDINARY = ("regular", "")  # a member who speaks
UNKNOWN = re.compile(r"unknown|anonym|#?$", re.IGNORECASE)
SAMPLE = re.compile(r"\s*\[ParlaMint[^\]]{0,80}\]\s*$")
NAME_PARTS = re.compile(r"[^\W\d_a-z][^\W\d_A-Z]+", re.UNICODE)
NOT_OUTSIDE = "notes of the record (applause, times, who comes next)"


def read(root: Any, corpus: Any = None) -> Loaded:
    """The record with its turns; speakers by their full names where the file lists them.

    Args:
        root: the record.
        corpus: the element around it that lists the speakers, if there is one.

    Raises:
        UnusableFileError: it holds no text.
    """
    body = next(below(root, "body"), None)
    if body is None:
        raise UnusableFileError("TEI without a text: a header or a list that belongs to speeches")
    reader = _Reader(_persons(root if corpus is None else corpus))
    reader.read(body)
    omissions = (Omission(NOT_OUTSIDE, reader.notes),) if reader.notes else ()
    spoken = reader.spoken
    return Loaded(spoken.text, facts=_facts(root), turns=spoken.turns, omissions=omissions)


def name_of(root: Any) -> str:
    """What the record is called among others."""
    return attribute(root, f"{XML}id")


class _Reader:
    """Goes through the body of a record, in order."""

    def __init__(self, persons: dict[str, str]) -> None:
        self.spoken = SpokenText()
        self.notes = 0
        self._persons = persons
        self._label = ""  # the printed name of whoever speaks next

    def read(self, body: Any) -> None:
        waiting = [body]
        while waiting:
            node = waiting.pop()
            name = local_name(node)
            if name == "u":
                self._utterance(node, self._name(attribute(node, "who")))
                self._label = ""
            elif name == "sp":
                label = next((words_of(n) for n in children(node, "speaker")), "")
                self._utterance(node, self._name(attribute(node, "who")) or label.rstrip(" :."))
            elif name in NOTES:
                self.notes += name != "gap"
                if name == "note" and node.get("type") == "speaker":
                    self._label = words_of(node)
            elif name in PARAGRAPHS:
                self.spoken.add(words_of(node, NOTES))
            else:
                waiting += reversed(list(children(node)))

    def _utterance(self, node: Any, speaker: str) -> None:
        role = attribute(node, "ana").split(" ")[0].rpartition("#")[2].rpartition(":")[2]
        role = "" if role in ORDINARY else role
        parts = [part for part in children(node) if local_name(part) in PARAGRAPHS]
        for part in parts or [node]:
            words = words_of(part, NOTES | {"speaker"})
            self.spoken.add(words, speaker, role, turn=node)
        self.notes += sum(local_name(n) in NOTES for n in node.iter()) if len(node) else 0

    def _name(self, who: str) -> str:
        """The full name of a person; where only the id is told, its parts in the order of the
        printed name before the speech."""
        id = who.split(" ")[0].rpartition("#")[2].rpartition(":")[2]
        if id in self._persons:
            return self._persons[id]
        if UNKNOWN.match(id):
            return ""
        parts = NAME_PARTS.findall(id)
        printed = plain(self._label)
        places = [printed.find(plain(part)) for part in parts]
        if len(parts) > 1 and min(places) >= 0:
            parts = [part for _, part in sorted(zip(places, parts, strict=True))]
            self._persons[id] = " ".join(parts)
        return " ".join(parts) or id


def _persons(root: Any) -> dict[str, str]:
    """Full names by the ids of persons that the file lists."""
    found = {}
    for person in below(root, "person"):
        name = next(below(person, "persName"), None)
        if name is None:
            continue
        first = [words_of(part) for part in children(name, "forename")]
        last = [words_of(part) for part in children(name, "nameLink", "surname")]
        found[attribute(person, f"{XML}id")] = " ".join([*first, *last]) or words_of(name)
    return found


def _facts(root: Any) -> dict[str, str]:
    language = attribute(root, f"{XML}lang").split("-")[0].lower()
    facts = {"language": language if re.fullmatch("[a-z]{2}", language) else ""}
    titles = [
        (n.get(f"{XML}lang", ""), SAMPLE.sub("", words_of(n)))
        for statement in below(root, "titleStmt")
        for n in children(statement, "title")
    ]
    own = [title for tongue, title in titles if tongue == language]
    facts["title"] = next(iter(own or [title for _, title in titles]), "")
    settings = list(below(root, "setting"))
    for node in (node for setting in settings for node in children(setting, "name")):
        if node.get("type") in ("city", "place"):
            facts["place"] = words_of(node)
    for source in (*settings, *below(root, "sourceDesc")):
        days = Counter(attribute(node, "when", "from")[:10] for node in below(source, "date"))
        day = next(iter(days), "")
        if valid_date(day):
            facts["date"] = day
            break
    for node in (node for source in below(root, "sourceDesc") for node in below(source, "idno")):
        if node.get("type") == "URI":
            facts.setdefault("source", words_of(node))
    return facts
