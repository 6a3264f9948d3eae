"""Questions about the speeches themselves: who gave them, when, where, at what, which there are.

A question is taken for one only if all of its words fit: "Who gave the closing remarks?" does, "Who
gave the closing remarks their title?" does not and is read for an answer in the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from qa_bot.schema import Chip, DocumentInfo
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.entity_mentions import EntityMention, documents_of
from qa_bot.understanding.linking import LinkedQuestion, link_entities
from qa_bot.understanding.restrictions import date_chips, question_words

MOST = 50  # facts in one answer

_GAVE = r"(?:gave|delivered|made|held|presented)"
_GIVEN = r"(?:given|delivered|made|held|presented)"
_GIVE = r"(?:give|deliver|make|hold|present)"
_S = r"(?:the |our )?S\d+"
_OF = rf"(?: (?:by|of|from|in|at) (?:{_S}|(?:the )?[DE]\d+))"
_ONE = rf"(?:(?:the )?T\d+|(?:the |this |that )?A\d+){_OF}?"
_ALL = r"(?:all )?(?:of )?(?:the )?A\d+"
# What leaves only some speeches over, at the end of the question. One way only to read a run of
# dates: two ways for each would take exponential time.
_TAIL = (
    r"(?: (?:(?:in|on|at|during|of|from|by|to) )?(?:the )?(?:year )?[DEPT]\d+"
    rf"| (?:{_GIVEN} )?(?:by|of|from) {_S})*"
)
_SPOKE = rf"(?:speak|talk|(?:{_GIVE} (?:T\d+|(?:the |a |an |her |his |their )?A\d+)))"
_WHEN = r"(?:when|(?:on |in )?(?:what|which) (?:date|day|year|month))"
_WHERE = r"(?:where|(?:in |at )?(?:what|which) (?:city|town|place|location|venue))"
_WHICH = r"(?:what|which|how many) A\d+"
_OCCASION = r"(?:at |on |during )?(?:what|which) (?:event|occasion|conference|meeting)"

_PATTERNS = {
    "speaker": (
        rf"(?:who|which speakers?) {_GAVE} {_ONE}{_TAIL}",
        rf"(?:who|which speakers?) (?:spoke|speaks|talked){_TAIL}",
        rf"by who(?:m)? (?:was|were) {_ONE} {_GIVEN}{_TAIL}",
        rf"who (?:was|were) {_ONE} {_GIVEN} by{_TAIL}",
        rf"who (?:is|was|are|were) (?:the )?speakers?(?: of {_ONE})?{_TAIL}",
        rf"(?:what|which) speakers (?:are|were) there{_TAIL}",
        rf"whose A\d+ (?:is|was) (?:this|it|{_ONE})",
    ),
    "date": (
        rf"{_WHEN} (?:did|does) {_S} {_SPOKE}{_TAIL}",
        rf"{_WHEN} (?:was|were|is|are) {_ONE} {_GIVEN}{_TAIL}",
        rf"(?:what|which) (?:is|was) the date of {_ONE}{_TAIL}",
        rf"{_WHEN} (?:was|were|is|are) {_S} s {_ONE}(?: {_GIVEN})?{_TAIL}",
    ),
    "place": (
        rf"{_WHERE} (?:did|does) {_S} {_SPOKE}{_TAIL}",
        rf"{_WHERE} (?:was|were|is|are) {_ONE} {_GIVEN}{_TAIL}",
        rf"{_WHERE} (?:was|were|is|are) {_S} s {_ONE}(?: {_GIVEN})?{_TAIL}",
    ),
    "event": (
        rf"{_OCCASION} (?:did|does) {_S} {_SPOKE}{_TAIL}",
        rf"{_OCCASION} (?:was|were|is|are) {_ONE} {_GIVEN}{_TAIL}",
        rf"(?:what|which) (?:is|was) the occasion of {_ONE}{_TAIL}",
    ),
    "title": (
        rf"{_WHICH} (?:are|were) (?:there|available|in the (?:corpus|collection)){_TAIL}",
        rf"{_WHICH} (?:do|can|could) (?:you|i|we) (?:know|have|ask about){_TAIL}",
        rf"{_WHICH} (?:are|were|was)(?: {_GIVEN})?{_TAIL}",
        rf"{_WHICH} (?:did|does|has) {_S} (?:{_GIVE}|{_GIVEN}){_TAIL}",
        rf"(?:please )?(?:list|show|name)(?: me)? {_ALL}{_TAIL}",
        rf"(?:what|which) (?:is|was) the title of {_ONE}{_TAIL}",
    ),
}
_COMPILED = {name: [re.compile(p) for p in patterns] for name, patterns in _PATTERNS.items()}


@dataclass(frozen=True)
class CatalogueQuestion:
    """A question about speeches themselves.

    Attributes:
        field: the field of the catalogue that answers it.
        documents: the speeches it is about, in corpus order, each with that field known.
        chips: the words that leave only these speeches over.
    """

    field: str
    documents: tuple[DocumentInfo, ...]
    chips: tuple[Chip, ...]


def catalogue_question(
    question: str,
    entities: Entities,
    *,
    ignore: Collection[str] = (),
    within: frozenset[str] | None = None,
) -> CatalogueQuestion | None:
    """The question about the catalogue that this is, or None.

    Args:
        question: self-contained.
        entities: of the speeches that the asking person sees.
        ignore: keys of chips that were taken away; a question that needs one is no longer about
            the catalogue.
        within: ids of the speeches that controls leave over.

    Example:
        >>> talks = [DocumentInfo("a", speaker="Ana Silva", place="Lima"),
        ...          DocumentInfo("b", speaker="Bo Lund", place="Oslo")]
        >>> asked = catalogue_question("Where did Ana Silva speak?", Entities(talks))
        >>> asked.field, [document.place for document in asked.documents]
        ('place', ['Lima'])
        >>> catalogue_question("Where did Ana Silva grow up?", Entities(talks)) is None
        True
    """
    linked = link_entities(question, entities)
    field = next(
        (name for name, ps in _COMPILED.items() if any(p.fullmatch(linked.text) for p in ps)), None
    )
    left = entities.ids() if within is None else within
    if field is None or not left:
        return None
    chips: list[Chip] = []
    for mention in linked.mentions.values():
        if mention.kind == "A":
            continue
        documents = documents_of(mention, entities, certain=True)
        if mention.kind == "S" and len({entry.value for entry in mention.entries}) > 1:
            documents = frozenset()
        left &= documents
        chips += _chips(linked, mention, left)
    singular = any(m.kind == "A" and not m.plural for m in linked.mentions.values())
    wholes = {d.whole for d in entities.documents if d.id in left}
    if singular and field != "title" and len(wholes) > 1 and not _speaker_named(linked):
        return None  # "Who gave the speech?" of many
    about = tuple(d for d in entities.documents if d.id in left and getattr(d, field))
    if field != "speaker":  # of a debate not once for each who speaks
        about = tuple({d.whole: replace(d, id=d.whole) for d in reversed(about)}.values())[::-1]
    if not about or any(chip.key in ignore for chip in chips):
        return None
    return CatalogueQuestion(field, about[:MOST], tuple(chips))


def _speaker_named(linked: LinkedQuestion) -> bool:
    return any(mention.kind == "S" for mention in linked.mentions.values())


def _chips(
    linked: LinkedQuestion, mention: EntityMention, left: frozenset[str]
) -> tuple[Chip, ...]:
    words = question_words(linked, mention)
    if mention.kind == "D":
        return date_chips(mention, words)
    if mention.kind == "T":
        entries = [entry for entry in mention.entries if entry.documents & left]
        return tuple(Chip("document", entry.value, words) for entry in entries)
    return tuple(Chip(entry.field, entry.value, words) for entry in mention.entries[:1])
