"""When a question is looked at again without the restrictions it may not have meant."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.answering.search_pass import SearchPass, relax_filters_if_better, telling
from qa_bot.reading.confidence import Calibration
from qa_bot.schema import Chip, DocumentInfo, Filters, Hit, Passage, Span
from qa_bot.understanding.query import Query
from qa_bot.understanding.restrictions import Restriction

YEAR = Restriction((Chip("date_from", "2016", "in 2016"),), frozenset("a"), certain=False)
SPEAKER = Restriction((Chip("speaker", "Silva", "Silva"),), frozenset("ab"))


def found(text: str, sure: float) -> SearchPass:
    span = Span(Passage("a", 0, len(text), text), 0, len(text), 1.0)
    return SearchPass([], [span], [sure], {"retrieve": 0.1, "read": 0.2})


def look(
    narrow: SearchPass, wide: SearchPass, *, certain: bool = False, min_confidence: float = 0.2
) -> tuple[str, list[str]]:
    asked: list[Query] = []
    restrictions = (SPEAKER,) if certain else (YEAR, SPEAKER)

    def looked(request: Query) -> SearchPass:
        asked.append(request)
        return wide if len(asked) > 1 else narrow

    kept, request = relax_filters_if_better(
        looked, Query("q", Filters(), restrictions), min_confidence
    )
    return kept.spans[0].text if kept.spans else "", [chip.key for chip in request.chips]


def test_an_answer_that_names_the_year_stands() -> None:
    assert look(found("in 2016 it rained", 0.3), found("in 2016", 0.9)) == (
        "in 2016 it rained",
        ["date_from:2016", "speaker:Silva"],
    )


def test_nothing_found_is_looked_for_beyond_the_year_but_not_beyond_the_speaker() -> None:
    assert look(found("no", 0.1), found("rain", 0.5)) == ("rain", ["speaker:Silva"])
    assert look(SearchPass([], [], [], {"retrieve": 0, "read": 0}), found("rain", 0.5))[0] == "rain"
    assert look(found("no", 0.1), found("rain", 0.5), certain=True)[0] == "no"


def test_where_anything_counts_as_an_answer_nothing_does_not() -> None:
    nothing = SearchPass([], [], [], {"retrieve": 0, "read": 0})
    assert look(nothing, found("rain", 0.1), min_confidence=0.0) == ("rain", ["speaker:Silva"])
    assert look(nothing, nothing, min_confidence=0.0)[0] == ""
    assert look(found("rain", 0.0), nothing, min_confidence=0.0)[0] == "rain"


def test_an_answer_gives_way_only_to_a_surer_one_that_names_the_year() -> None:
    assert look(found("rain", 0.3), found("in 2016", 0.9))[0] == "in 2016"
    assert look(found("rain", 0.3), found("in 2016", 0.25))[0] == "rain"
    assert look(found("rain", 0.3), found("snow", 0.9))[0] == "rain"


def test_a_speech_by_itself_keeps_ranks_and_its_least_rival() -> None:
    """What the list of spans left out scores like its last one at most, not like nothing."""
    passages = [Passage(name, 0, 6, "Geneva") for name in "abc"]
    hits = [Hit(p, DocumentInfo(p.document_id), 1.0 - n / 3) for n, p in enumerate(passages)]
    spans = [
        Span(passages[0], 0, 6, 5.0),
        Span(passages[1], 0, 3, 4.0),
        Span(passages[2], 2, 6, 3.5),
    ]
    seen: list[tuple[list[str], list[str]]] = []

    class Watching(Calibration):
        def confidence(
            self, spans: Sequence[Span], hits: Sequence[Hit], question: str = ""
        ) -> list[float]:
            assert question == "Where?"
            seen.append(([s.passage.document_id for s in spans], [h.document.id for h in hits]))
            return super().confidence(spans, hits)

    looked = SearchPass(
        hits, spans, [0.9, 0.5, 0.4], question="Where?", judge=Watching().confidence
    )
    assert looked.alone("b") == Calibration().confidence(spans[1:], hits)[0]
    assert seen == [(["b", "c"], ["a", "b", "c"])]


def test_a_speaker_with_a_year_of_theirs_gives_way_only_to_words_that_name_the_year() -> None:
    def kept(narrow: SearchPass, wide: SearchPass) -> str:
        passes = iter((narrow, wide))
        query = Query("q", Filters(), (YEAR, SPEAKER), pinned=True)
        return relax_filters_if_better(lambda _: next(passes), query, 0.2)[0].spans[0].text

    assert kept(found("rain", 0.3), found("in 2016", 0.9)) == "rain"
    assert kept(found("rain", 0.1), found("snow", 0.9)) == "rain"
    assert kept(found("rain", 0.1), found("in 2016", 0.9)) == "in 2016"


def test_words_of_the_question_alone_are_no_answer() -> None:
    def said(question: str, *texts: str) -> list[str]:
        return [span.text for span in telling(question, [found(t, 0.5).spans[0] for t in texts])]

    assert said("What are the four points?", "four-point", "a plan") == ["a plan"]
    assert said("Was it Oslo or Lima?", "Lima") == ["Lima"]  # a choice
    assert said("How many are all?", "all", "all of us") == ["all", "all of us"]  # no word counts
