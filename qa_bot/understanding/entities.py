"""What people may call the speakers, events, places and speeches of the opened corpus.

Nothing is wired in: every name comes from the catalogue's own fields. A speaker answers to the full
name, the last name and the office; an event to its name with and without the words after a comma,
and to its initials; a speech to its title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qa_bot.schema import DocumentInfo, Turn
from qa_bot.text.folding import plain
from qa_bot.text.names import (
    HONORIFICS,
    KINDS_OF_SPEECH,
    LONGEST_NAME,
    ORDINALS,
    PARTICLES,
    SMALL,
    SPEECH,
    SPEECHES,
    Name,
    _plain,
    gender_of,
    initials_of,
    name_of,
    plain_words,
    word_set,
)

# Words that offices are called by, and names that mean nobody: every collection has "speakers".
OFFICE_WORDS = word_set(
    "president speaker chair chairman chairwoman chairperson moderator minister secretary prime "
    "deputy acting vice presiding officer director general clerk governor mayor commissioner"
)
NOBODYS = frozenset(
    {("speaker",), ("answer",), ("question",), ("member",), ("members",), ("voice",)}
)
_CUT = re.compile(r"\s*(?:[,;:(]|\s[-–—]\s)")


@dataclass(frozen=True)
class Entity:
    """Somebody or something of the catalogue.

    Attributes:
        field: "speaker", "event", "place" or "document".
        value: as the catalogue writes it; for a document its id.
        documents: ids of the speeches it belongs to.
        office: known here by the office, not by a name of its own.
    """

    field: str
    value: str
    documents: frozenset[str]
    office: bool = False


@dataclass
class Entities:
    """The names of one corpus, as one person sees it.

    Attributes:
        documents: in corpus order; one in which several people speak as its parts, each with its
            own speaker (:attr:`qa_bot.schema.Document.parts`). "Documents" are both, everywhere in
            this package.
        names: what each run of words may mean.
        titled: ids of the speeches whose title has a word.

    Example:
        >>> talk = DocumentInfo("a", speaker="Ms. Ana Silva", role="Minister of Health, Peru")
        >>> [entry.value for entry in Entities([talk]).names["minister", "of", "health"]]
        ['Ms. Ana Silva']
    """

    documents: Sequence[DocumentInfo]
    names: dict[Name, tuple[Entity, ...]] = field(init=False)
    titled: dict[str, frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[Name, dict[tuple[str, Name], Entity]] = defaultdict(dict)
        self._speakers(found)
        for document in self.documents:
            here = frozenset([document.id])
            for name, value in _event_names(document.event):
                _add(found, name, Entity("event", value, here), name)
            if name := name_of(document.place):
                _add(found, name, Entity("place", document.place, here), name)
                city = name_of(_CUT.split(document.place)[0])
                _add(found, city, Entity("place", _CUT.split(document.place)[0], here), city)
            for name in _title_names(document.title):
                _add(found, name, Entity("document", document.whole, here), (document.whole,))
        self.names = {
            name: tuple(entries.values())
            for name, entries in found.items()
            if name and len(name) <= LONGEST_NAME
        }
        titled: dict[str, set[str]] = defaultdict(set)
        for document in self.documents:
            for word in plain_words(document.title):
                titled[word.text].add(document.id)
        idle = SMALL | SPEECHES | set(ORDINALS) | (SPEECH - KINDS_OF_SPEECH)
        self.titled = {word: frozenset(ids) for word, ids in titled.items() if word not in idle}

    def _speakers(self, found: dict[Name, dict[tuple[str, Name], Entity]]) -> None:
        people: dict[tuple[Name, str], list[DocumentInfo]] = defaultdict(list)
        for document in self.documents:
            if key := speaker_name(document.speaker):
                people[key, self._apart(document)].append(document)
        for (key, told), documents in people.items():
            value, ids = documents[0].speaker, frozenset(d.id for d in documents)
            names = dict.fromkeys(_personal_names(value), False)
            if told:
                names |= dict.fromkeys(_telling_names(key, documents[0].role), False)
            if documents[0].whole != documents[0].id and set(key) & OFFICE_WORDS >= set(key):
                names = dict.fromkeys(names, True)  # "The President" of a debate
            for role in dict.fromkeys(d.role for d in documents):
                names |= dict.fromkeys(_office_names(role), True)
            if len(key) > 1 and any(key[: len(n)] == n for n, office in names.items() if office):
                names[key] = True  # "Director General of IOM" stands where a name should
            for name, office in names.items():
                if name not in NOBODYS:
                    _add(found, name, Entity("speaker", value, ids, office), (*key, told))

    @staticmethod
    def _apart(document: DocumentInfo) -> str:
        """What parts two speakers of one name: of a debate, the honorific and what each is."""
        if document.id == document.whole:
            return ""
        return f"{gender_of(document.speaker)} {plain(document.role)}".strip()

    def ids(self) -> frozenset[str]:
        """The ids of all documents."""
        return frozenset(document.id for document in self.documents)


def _add(
    found: dict[Name, dict[tuple[str, Name], Entity]], name: Name, entry: Entity, same: Name
) -> None:
    """Note that ``name`` may mean ``entry``; ``same`` entries become one with all documents."""
    known = found[name].get((entry.field, same))
    if known:
        entry = Entity(entry.field, known.value, known.documents | entry.documents, known.office)
    found[name][entry.field, same] = entry


def speaker_name(speaker: str) -> Name:
    """The words that a speaker is recognised by; of "Question (Le Courrier)" the newspaper's.

    Example:
        >>> speaker_name("Ms. Ana Silva"), speaker_name("Question (Le Courrier)")
        (('ana', 'silva'), ('le', 'courrier'))
    """
    if Turn(0, 0, speaker).asks:
        return name_of(speaker.partition("(")[2])
    return name_of(speaker)


def _telling_names(name: Name, role: str) -> Iterable[Name]:
    """A name with what tells it from others: "Jones of Guyana"."""
    of = name_of(_CUT.split(role)[0])
    if of and len(of) < 4:
        yield (*name, "of", *of)
        yield (*name, "from", *of)
        yield (*name, *of)


def _personal_names(speaker: str) -> Iterable[Name]:
    """Full name and, when it looks like a person's, the last name."""
    yield speaker_name(speaker)
    if Turn(0, 0, speaker).asks:
        return
    if speaker.count(",") == 1:  # "Thompson, Laura"
        last, first = speaker.split(",")
        yield name_of(f"{first} {last}")
        yield name_of(last)
        return
    words = speaker.split()
    while len(words) > 1 and all(word.text in HONORIFICS for word in plain_words(words[0])):
        words = words[1:]
    personal = all(word[0].isupper() or _plain(word) in PARTICLES for word in words)
    if personal and 2 <= len(words) <= 5:
        yield name_of(words[-1])
        yield initials_of(" ".join(words))  # "JFK"
        for at in range(1, len(words) - 1):
            if words[at][0].islower():  # "de la Cruz"
                yield name_of(" ".join(words[at:]))
                break


def _office_names(role: str) -> Iterable[Name]:
    """An office with and without the body it belongs to, in the ways people put the two."""
    pieces = [piece.strip() for piece in _CUT.split(role) if piece.strip()]
    if not pieces:
        return
    head = name_of(pieces[0])
    yield head
    yield name_of(role)
    for body in pieces[1:]:
        of = name_of(body)
        for short in (of, initials_of(body)):
            if short:
                yield (*head, "of", *short)
                yield (*short, *head)
                yield (*short, "s", *head)
    if "of" in head and " of " in pieces[0]:  # "Director General of IOM"
        office, _, body = pieces[0].partition(" of ")
        if len(name_of(office)) > 1:
            yield name_of(office)
        yield (*name_of(body), *name_of(office))
        yield (*name_of(body), "s", *name_of(office))


def _event_names(event: str) -> Iterable[tuple[Name, str]]:
    """(name, the part of the catalogue's text that it stands for)."""
    full = name_of(event)
    if not full:
        return
    yield full, event
    head = _CUT.split(event)[0]
    yield name_of(head), head
    words = head.split()
    while len(words) > 2 and (
        _plain(words[0]) in {*ORDINALS, "the", "annual"} or words[0][0].isdigit()
    ):
        words = words[1:]
    while len(words) > 2 and (words[-1].isdigit() or _plain(words[-1]) in {"in", "of"}):
        words = words[:-1]
    short = " ".join(words)
    if len(words) > 1:
        yield name_of(short), short
    if initials := initials_of(short):
        yield initials, short


def _title_names(title: str) -> Iterable[Name]:
    """A title, and the part before its subtitle when that is more than a word or two.

    "Closing remarks" is no name: those words are understood as "the closing speech" is.
    """
    head = name_of(_CUT.split(title)[0])
    for name in (name_of(title), head if len(head) >= 3 else ()):
        if name and name[-1] not in SPEECH | SPEECHES:
            yield name
