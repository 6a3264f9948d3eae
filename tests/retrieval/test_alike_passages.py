"""Speeches that say the same do not crowd the others out, and are all named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hash_embedder import HashEmbedder

from qa_bot.answering.also_in import AlsoIn
from qa_bot.answering.quoting import Quoter
from qa_bot.index import Index, build_index, open_index
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import EvidenceRanker
from qa_bot.schema import Answer, Citation, Filters
from qa_bot.settings import Settings, load_settings

TOWNS = ("Arvik", "Bodal", "Corin", "Dresk", "Elmo")
SPEECH = (
    "Friends in {0}, the flood relief fund will pay every household that lost its home. "
    "The flood relief fund was set up by the county after the storm. "
    "Ask at your town hall for the form of the flood relief fund, they keep {1} of them."
)
FUND = "the flood relief fund will pay every household"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("alike")
    corpus = folder / "corpus"
    corpus.mkdir()
    tables = []
    for n, town in enumerate(TOWNS):
        (corpus / f"{town}.txt").write_text(SPEECH.format(town, "some"))
        groups = 'groups = ["board"]\n' if town == "Dresk" else ""
        tables.append(f'["{town}.txt"]\nspeaker = "{town[0]}. Berg"\ndate = "201{n}"\n{groups}')
    (corpus / "more.txt").write_text(SPEECH.format("Fargo", "400"))
    (corpus / "board.txt").write_text("The money of the flood relief fund comes from the lottery.")
    (corpus / "catalogue.toml").write_text("\n".join(tables))
    made = load_settings(
        corpus=corpus, index=folder / "index", passage_tokens=128, passage_overlap=0
    )
    build_index(made, embedder=HashEmbedder())
    return made


@pytest.fixture(scope="module")
def index(settings: Settings) -> Index:
    return open_index(settings, embedder=HashEmbedder())


@pytest.fixture(scope="module")
def retriever(settings: Settings, index: Index) -> Retriever:
    return Retriever(index, HashEmbedder(), settings)


def test_one_hit_names_the_others(retriever: Retriever) -> None:
    hits = retriever.search("Who pays into the flood relief fund?", top_k=5)
    assert {hit.document.id for hit in hits} == {"Elmo", "more", "board"}
    named = next(hit for hit in hits if hit.document.id == "Elmo")  # the newest
    assert [other.document.id for other in named.also] == ["Dresk", "Corin", "Bodal", "Arvik"]


def test_what_differs_in_a_number_is_a_hit_of_its_own(retriever: Retriever) -> None:
    hits = retriever.search("How many forms are kept at the town hall?", top_k=5)
    assert not any("more" in [other.document.id for other in hit.also] for hit in hits)
    assert "more" in [hit.document.id for hit in hits]


def test_a_word_of_the_question_picks_the_speech(retriever: Retriever) -> None:
    hits = retriever.search("What will the fund pay, friends in Corin?", top_k=5)
    assert "Corin" in [hit.document.id for hit in hits]


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        (Filters(groups=()), ["Elmo", "Corin", "Bodal", "Arvik"]),
        (Filters(groups=("board",)), ["Elmo", "Dresk", "Corin", "Bodal", "Arvik"]),
        (Filters(date_to="2012"), ["Corin", "Bodal", "Arvik"]),
        (Filters(speaker="A. Berg"), ["Arvik"]),
        (Filters(documents=("Bodal", "Arvik")), ["Bodal", "Arvik"]),
    ],
)
def test_filters_and_groups_hold_for_those_named(
    retriever: Retriever, index: Index, filters: Filters, named: list[str]
) -> None:
    hits = retriever.search(FUND, top_k=5, filters=filters)
    hit = next(hit for hit in hits if hit.document.id == named[0])
    assert [hit.document.id, *(other.document.id for other in hit.also)] == named
    citation = named_beside(index, quoted(index, named[0], FUND), filters)
    also = [named[0], *(other.document.id for other in citation.also)]
    assert [name for name in also if name != "more"] == named


def quoted(index: Index, document_id: str, words: str) -> Citation:
    at = index.documents[document_id].text.index(words)
    quoter = Quoter(index.documents)
    return quoter.cite(document_id, at, at + len(words), score=1.0, confidence=0.8)


def named_beside(index: Index, citation: Citation, filters: Filters | None) -> Citation:
    answer = Answer("q", "q", True, citation.quote, 0.8, citations=(citation,))
    return AlsoIn(index, Quoter(index.documents)).named(answer, filters).citations[0]


def test_the_same_words_are_cited_where_they_stand(index: Index) -> None:
    citation = named_beside(index, quoted(index, "Arvik", FUND), Filters())
    assert len(citation.also) == 5
    for other in citation.also:
        text = index.documents[other.document.id].text
        assert text[other.start : other.end] == other.quote == FUND
        assert not other.nearly


def test_other_words_are_told_as_nearly_the_same(index: Index) -> None:
    citation = named_beside(index, quoted(index, "Arvik", "Arvik"), Filters(groups=()))
    assert {other.document.id for other in citation.also} == {"Bodal", "Corin", "Elmo", "more"}
    assert all(other.nearly and other.quote == other.sentence for other in citation.also)
    sentence = replace(citation, quote=citation.sentence, start=citation.sentence_start,
                       end=citation.sentence_end, also=())  # fmt: skip
    assert all(other.nearly for other in named_beside(index, sentence, Filters()).also)


def test_nothing_is_named_where_nothing_is_allowed(index: Index) -> None:
    assert named_beside(index, quoted(index, "Arvik", FUND), None).also == ()
    known = named_beside(index, quoted(index, "Arvik", FUND), Filters())
    assert named_beside(index, known, Filters()) == known  # once


def test_a_sentence_counts_once_in_rankings_and_overviews(
    index: Index, retriever: Retriever
) -> None:
    ranker = EvidenceRanker(index, HashEmbedder())
    hits = retriever.search(FUND, top_k=5)
    groups = index.sentences.alike
    ranked = ranker.rank(FUND, hits)
    assert len({groups[one.number] for one in ranked}) == len(ranked)
    shown = ranker.overview(count=6)
    assert len({groups[one.number] for one in shown}) == len(shown)
    assert not {one.document_id for one in shown} & {"Arvik", "Bodal", "Corin", "Dresk"}


def test_more_copies_than_are_looked_at_hide_nothing(
    retriever: Retriever, monkeypatch: Any
) -> None:
    monkeypatch.setattr("qa_bot.retrieval.retriever.POOL", 2)
    monkeypatch.setattr("qa_bot.retrieval.retriever.POOL_PER_HIT", 1)
    hits = retriever.search(FUND, top_k=3)
    assert {hit.document.id for hit in hits} == {"Elmo", "more", "board"}
