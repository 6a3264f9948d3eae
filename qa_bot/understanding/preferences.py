"""Which speeches the names and dates of a question make likely, without restricting it to them.

"Where was McKinley shot?" names a speaker of the collection, but the speech that tells it may be
somebody else's. Such speeches are searched first; the others when these hold no answer.
"""

from __future__ import annotations

from qa_bot.understanding.entities import Entities
from qa_bot.understanding.entity_mentions import EntityMention, documents_of
from qa_bot.understanding.linking import link_entities

_SPEECHES = ("T", "E")


def preferred(question: str, entities: Entities, within: frozenset[str] | None) -> frozenset[str]:
    """Ids of the speeches that any speaker, and any date, of the question belongs to.

    A speaker whom several people may be ("Roosevelt") stands for all of them; a date that no speech
    of the named speaker has says nothing about which speech is meant.

    Args:
        question: self-contained.
        entities: the names of the speeches that the asking person sees.
        within: ids of the speeches that restrictions leave over; None for all.

    Returns:
        The ids; empty when nothing is named, or what is named leaves out nothing.

    Example:
        >>> from qa_bot.schema import DocumentInfo
        >>> talks = [DocumentInfo("a", speaker="Ana Silva", date="2018"),
        ...          DocumentInfo("b", speaker="Bo Lund", date="2018")]
        >>> sorted(preferred("Where was Silva born?", Entities(talks), None))
        ['a']
    """
    everything = entities.ids() if within is None else within
    mentions = list(link_entities(question, entities).mentions.values())
    left = everything
    for kinds in (_SPEECHES, ("S",), ("D",)):
        named = _documents(mentions, kinds, entities) & left
        left = named or left
    return left if left != everything else frozenset()


def of_speaker_and_date(question: str, entities: Entities) -> frozenset[str]:
    """Ids of the speeches of a named speaker at a named date: hardly anything else is meant.

    Example:
        >>> from qa_bot.schema import DocumentInfo
        >>> talks = [DocumentInfo("a", speaker="Ana Silva", date="2018"),
        ...          DocumentInfo("b", speaker="Ana Silva", date="2019")]
        >>> sorted(of_speaker_and_date("Silva 2019 taxes", Entities(talks)))
        ['b']
    """
    mentions = list(link_entities(question, entities).mentions.values())
    return _documents(mentions, ("S",), entities) & _documents(mentions, ("D",), entities)


def without_names_of(documents: frozenset[str], question: str, entities: Entities) -> str:
    """The question without the names and dates that entries of the catalogue answer to.

    Args:
        documents: ids of the speeches of these entries.

    Example:
        >>> from qa_bot.schema import DocumentInfo
        >>> entities = Entities([DocumentInfo("a", speaker="John F. Kennedy", date="1961")])
        >>> without_names_of(frozenset("a"), "What did JFK say of Cuba in 1961?", entities)
        'What did say of Cuba in ?'
    """
    linked = link_entities(question, entities)
    for mention in sorted(linked.mentions.values(), key=lambda m: -m.first):
        if documents & documents_of(mention, entities):
            start = linked.words[mention.first].start
            question = (
                question[:start].rstrip()
                + " "
                + question[linked.words[mention.last].end :].lstrip()
            )
    return question


def _documents(
    mentions: list[EntityMention], kinds: tuple[str, ...], entities: Entities
) -> frozenset[str]:
    """The speeches of any of the mentions of these kinds; "this year" makes none likelier."""
    found = (
        documents_of(mention, entities)
        for mention in mentions
        if mention.kind in kinds and not (mention.date and mention.date.relative)
    )
    return frozenset().union(*found)
