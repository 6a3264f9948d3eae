from __future__ import annotations

import pytest

from qa_bot.schema import DocumentInfo
from qa_bot.understanding.comparisons import sides_of
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.preferences import preferred

TALKS = [
    DocumentInfo("l62", speaker="Abraham Lincoln", date="1862-12-01"),
    DocumentInfo("l64", speaker="Abraham Lincoln", date="1864-12-06"),
    DocumentInfo("t02", speaker="Theodore Roosevelt", date="1902-12-02"),
    DocumentInfo("f42", speaker="Franklin Roosevelt", date="1942-01-06"),
]
ENTITIES = Entities(TALKS)
ALL = frozenset(talk.id for talk in TALKS)


@pytest.mark.parametrize(
    ("question", "speeches"),
    [
        ("Where was Lincoln shot?", {"l62", "l64"}),
        ("lincoln homestead law 1862", {"l62"}),
        ("How many planes did Roosevelt want in 1942?", {"f42"}),
        ("What did Roosevelt fear?", {"t02", "f42"}),  # either
        ("What did Lincoln say in 1950?", {"l62", "l64"}),  # no speech of that year
        ("What is said of the harvest?", set()),
    ],
)
def test_named_speakers_and_dates_make_speeches_likelier(question: str, speeches: set[str]) -> None:
    assert preferred(question, ENTITIES, None) == speeches


@pytest.mark.parametrize(
    ("named", "within", "sides"),
    [
        (["Lincoln", "Theodore Roosevelt"], ALL, [{"l62", "l64"}, {"t02"}]),
        (["1862", "1864"], frozenset({"l62", "l64"}), [{"l62"}, {"l64"}]),
        (["Lincoln", "somebody else"], ALL, []),
        ([], frozenset({"l64", "l62"}), [{"l62"}, {"l64"}]),  # oldest first
        ([], frozenset({"l62"}), []),
    ],
)
def test_sides_are_speeches(
    named: list[str], within: frozenset[str], sides: list[set[str]]
) -> None:
    assert [set(side.documents) for side in sides_of(named, ENTITIES, within)] == sides


def test_many_speeches_are_compared_by_periods() -> None:
    talks = [DocumentInfo(str(year), date=str(year)) for year in range(1901, 1911)]
    sides = sides_of([], Entities(talks), frozenset(talk.id for talk in talks))
    assert [side.label for side in sides] == ["1901–1903", "1904–1906", "1907–1909", "1910"]
    assert frozenset().union(*(side.documents for side in sides)) == {t.id for t in talks}
