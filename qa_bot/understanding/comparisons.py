"""The sides of a comparison, as speeches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.schema import DocumentInfo
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.preferences import preferred
from qa_bot.understanding.query import Side

FEW = 4  # speeches that are compared one by one where the question names no sides
PERIODS = 4  # groups of speeches by date that a change is shown in


def sides_of(named: Sequence[str], entities: Entities, within: frozenset[str]) -> tuple[Side, ...]:
    """The speeches of each side that a question compares.

    Args:
        named: the sides in the question's words; () when it names none.
        entities: the names of the speeches that the asking person sees.
        within: ids of the speeches that the rest of the question leaves over.

    Returns:
        Two or more sides, in the question's order or else oldest first; () when the speeches of a
        named side are not known or there is nothing to compare.

    Example:
        >>> talks = [DocumentInfo("a", speaker="Ana Silva"), DocumentInfo("b", speaker="Bo Lund")]
        >>> [sorted(side.documents) for side in sides_of(["Lund", "Silva"], Entities(talks),
        ...                                              frozenset("ab"))]
        [['b'], ['a']]
    """
    if named:
        found = [Side(name, _speeches(name, entities, within)) for name in named]
        return tuple(found) if all(side.documents for side in found) else ()
    infos = [info for info in entities.documents if info.id in within]
    if all(info.speaker and info.id != info.whole for info in infos):
        return _by_date(infos)  # people of a debate
    return _by_date(list({info.whole: replace(info, id=info.whole) for info in infos}.values()))


def _speeches(name: str, entities: Entities, within: frozenset[str]) -> frozenset[str]:
    """The speeches that a side names; "the opening" is short for "the opening speech"."""
    for words in (name, f"{name} speech"):
        if documents := preferred(words, entities, None):
            return (documents & within) or documents
    return frozenset()


def _by_date(documents: Sequence[DocumentInfo]) -> tuple[Side, ...]:
    """Speech by speech when they are few, else periods of about as many speeches each."""
    ordered = sorted(documents, key=lambda info: info.date)
    if len(ordered) < 2:
        return ()
    if len(ordered) <= FEW:
        return tuple(Side(label_of(info), frozenset([info.id])) for info in ordered)
    dated = [info for info in ordered if info.date]
    size = -(-len(dated) // PERIODS)
    groups = [dated[at : at + size] for at in range(0, len(dated), max(size, 1))]
    return tuple(
        Side(_years(group[0], group[-1]), frozenset(info.id for info in group)) for group in groups
    )


def label_of(info: DocumentInfo) -> str:
    """Who and when, or else what a speech is called."""
    told = ", ".join(part for part in (info.speaker, info.date) if part)
    return told or info.title or info.id


def _years(first: DocumentInfo, last: DocumentInfo) -> str:
    years = dict.fromkeys((first.date[:4], last.date[:4]))
    return "–".join(years)
