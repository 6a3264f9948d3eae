"""Sentences that bear on a question: the right ones first, whole, and none that may not be seen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hash_embedder import HashEmbedder, make_settings
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_bot.index import Index, build_index, open_index
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import FEATURES, READ, WEIGHTS, EvidenceRanker, content, matched
from qa_bot.retrieval.overview import overview
from qa_bot.schema import Filters, Span
from qa_bot.settings import Settings
from qa_bot.text.sentences import sentences

SPEECH = """Remarks on the harbour

Ladies and gentlemen, thank you all for coming to the harbour today.

The harbour needs a lighthouse. It was promised in 1921 and never built.
We ask for 40 million crowns for the lighthouse because ships were lost.

Schools

Our schools have no roofs, and 300 children sit in the rain.
The minister of education will speak about the schools tomorrow.
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = make_settings(tmp_path_factory.mktemp("evidence"))
    (made.corpus / "harbour.txt").write_text(SPEECH)
    (made.corpus / "secret.txt").write_text(SPEECH.replace("1921", "1922"))
    (made.corpus / "catalogue.toml").write_text('["secret.txt"]\ngroups = ["board"]\n')
    return made


@pytest.fixture(scope="module")
def index(settings: Settings) -> Index:
    build_index(settings, embedder=HashEmbedder())
    return open_index(settings, embedder=HashEmbedder())


@pytest.fixture(scope="module")
def retriever(index: Index, settings: Settings) -> Retriever:
    return Retriever(index, HashEmbedder(), settings)


@pytest.fixture(scope="module")
def ranker(index: Index) -> EvidenceRanker:
    return EvidenceRanker(index, HashEmbedder())


def _text(index: Index, found: object) -> str:
    return index.documents[found.document_id].text[found.start : found.end]  # type: ignore[attr-defined]


def test_the_sentence_with_the_words_comes_first(
    index: Index, retriever: Retriever, ranker: EvidenceRanker
) -> None:
    question = "How much does the lighthouse cost?"
    only = Filters(documents=("harbour",))
    hits = retriever.search(question, top_k=24, filters=only)
    found = ranker.rank(question, hits, subject="million crowns for the lighthouse", filters=only)
    assert _text(index, found[0]).startswith("We ask for 40 million crowns")
    words = [index.documents["harbour"].text[a:b] for a, b in found[0].matched]
    assert words == ["million", "crowns", "lighthouse"]
    shown = [_text(index, one) for one in found]
    assert not any(text.startswith(("Remarks", "Schools", "Ladies")) for text in shown)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= one.probability <= 1 for one in found)


def test_what_the_reader_found_lifts_its_sentence(
    index: Index, retriever: Retriever, ranker: EvidenceRanker
) -> None:
    question = "What was promised?"
    only = Filters(documents=("harbour",))
    hits = retriever.search(question, top_k=24, filters=only)
    passage = next(hit.passage for hit in hits if "roofs" in hit.text)
    at = index.documents["harbour"].text.index("roofs")
    before = [_text(index, one) for one in ranker.rank(question, hits, filters=only)]
    spans = [Span(passage, at, at + 5, 9.0)]
    after = [_text(index, one) for one in ranker.rank(question, hits, spans=spans, filters=only)]
    roofs = next(text for text in before if "roofs" in text)
    assert after.index(roofs) < before.index(roofs)


@pytest.mark.parametrize("few", [0, 10**6])
def test_filters_and_groups_hold(
    retriever: Retriever, ranker: EvidenceRanker, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("qa_bot.retrieval.evidence.FEW", few)
    everything = retriever.search("lighthouse", top_k=50)
    assert any(hit.document.id == "secret" for hit in everything)
    for filters in (Filters(groups=("staff",)), Filters(documents=("harbour", "a"))):
        found = ranker.rank("lighthouse", everything, filters=filters, limit=50)
        assert found and "secret" not in {one.document_id for one in found}


def test_the_same_words_are_shown_once(retriever: Retriever, ranker: EvidenceRanker) -> None:
    hits = retriever.search("roofs of schools", top_k=50)
    found = ranker.rank("roofs of schools", hits, limit=50)
    assert len({(one.start, one.end) for one in found if one.document_id == "harbour"}) > 2
    doubled = [one for one in found if one.document_id == "secret"]
    assert all(
        "1922" in retriever._index.documents["secret"].text[o.start : o.end] for o in doubled
    )


def test_a_sentence_that_leans_is_shown_with_the_one_before(
    index: Index, retriever: Retriever, ranker: EvidenceRanker
) -> None:
    hits = retriever.search("When was it promised and never built?", top_k=24)
    found = ranker.rank("When was it promised and never built?", hits, limit=50)
    one = next(f for f in found if f.document_id == "harbour" and _text(index, f)[:3] == "It ")
    start, end = ranker.with_neighbours(one)
    text = index.documents["harbour"].text
    assert text[start:end].startswith("The harbour needs") and end == one.end
    other = next(f for f in found if _text(index, f).startswith("The harbour"))
    assert ranker.with_neighbours(other) == (other.start, other.end)  # a heading is no neighbour


def test_nothing_to_rank(ranker: EvidenceRanker, retriever: Retriever) -> None:
    assert ranker.rank("lighthouse", []) == []
    assert ranker.rank("lighthouse", retriever.search("lighthouse", top_k=5), limit=0) == []


@given(st.text(max_size=60), st.integers(1, 12), st.sampled_from(["", "schools", "zzz"]))
def test_what_is_returned_is_whole_sentences_in_a_fixed_order(
    index: Index,
    retriever: Retriever,
    ranker: EvidenceRanker,
    question: str,
    limit: int,
    subject: str,
) -> None:
    question = f"harbour {question}"
    hits = retriever.search(question, top_k=10)
    found = ranker.rank(question, hits, subject=subject, limit=limit)
    assert len(found) <= limit
    assert found == ranker.rank(question, list(hits), subject=subject, limit=limit)
    for one in found:
        text = index.documents[one.document_id].text
        assert (one.start, one.end) in sentences(text)
        assert all(one.start <= a < b <= one.end for a, b in one.matched)
        start, end = ranker.with_neighbours(one)
        assert 0 <= start <= one.start < one.end <= end <= len(text)


def test_the_shipped_weights_are_those_of_the_columns() -> None:
    shape = json.loads(Path(WEIGHTS).read_text(encoding="utf-8"))
    assert set(shape["plain"]["weights"]) == set(FEATURES)
    assert set(shape["read"]["weights"]) == {*FEATURES, *READ}


def test_content_words() -> None:
    assert content("What did the President say about civil rights?") == ["presid", "civil", "right"]
    text = "Rights, and what is right."
    assert matched(text, 0, len(text), frozenset(["right"])) == ((0, 6), (20, 25))


def own(index: Index, row: int) -> NDArray[np.int64]:
    """The numbers of a document's sentences."""
    part = index.sentences.of(row)
    return np.arange(part.start, part.stop)


def test_an_overview_covers_what_the_filters_leave(index: Index) -> None:
    names = list(index.documents)
    rows = [names.index("harbour"), names.index("a")]
    speeches = [own(index, row) for row in rows]
    chosen = overview(index.sentences, speeches, 5)
    assert chosen == sorted(set(chosen)) and len(chosen) == 5
    assert {int(index.sentences.rows[n]) for n in chosen} == set(rows)
    assert chosen == overview(index.sentences, speeches[::-1], 5)
    texts = [
        index.documents[names[index.sentences.rows[n]]].text[
            index.sentences.starts[n] : index.sentences.ends[n]
        ]
        for n in chosen
    ]
    assert not any(text.startswith(("Remarks", "Ladies", "Schools")) for text in texts)
    assert overview(index.sentences, [], 5) == []
    assert overview(index.sentences, speeches, 0) == []


def test_an_overview_of_a_subject(index: Index) -> None:
    row = list(index.documents).index("harbour")
    subject = HashEmbedder().encode_questions(["schools have no roofs children rain"])[0]
    chosen = overview(index.sentences, [own(index, row)], 1, subject=subject)
    text = index.documents["harbour"].text
    assert "roofs" in text[index.sentences.starts[chosen[0]] : index.sentences.ends[chosen[0]]]


def test_passages_are_lifted_by_their_best_sentence(
    index: Index, retriever: Retriever, settings: Settings
) -> None:
    from qa_bot.retrieval.nearest import NearestSentence

    rows = np.array([list(index.documents).index(p.document_id) for p in index.passages])
    nearest = NearestSentence(index.sentences, index.passages, rows)
    vector = HashEmbedder().encode_questions(["We ask for 40 million crowns"])[0]
    ordinals = np.arange(len(index.passages))
    scores, numbers = nearest.scores(vector, ordinals)
    for ordinal in ordinals.tolist():
        passage = index.passages[ordinal]
        part = index.sentences.within(int(rows[ordinal]), passage.start, passage.end)
        own = index.sentences.vectors[part].astype(np.float32) @ vector
        assert scores[ordinal] == pytest.approx(max(float(own.max()), 0), abs=1e-5)
        assert own[numbers[ordinal] - part.start] == pytest.approx(float(own.max()), abs=1e-5)
    assert np.array_equal(nearest.scores(vector, ordinals[:0])[0], np.empty(0))


def test_what_is_about_a_subject_needs_no_reader(
    retriever: Retriever, ranker: EvidenceRanker
) -> None:
    question = "What was said about the lighthouse?"
    hits = retriever.search(question, top_k=24)
    first, *_ = ranker.rank(question, hits, subject="the lighthouse", topical=True)
    held = ranker.rank("What was said about whales?", hits, subject="whales", topical=True)
    assert 0.5 < first.probability <= 0.95
    assert all(sentence.probability < 0.2 for sentence in held)
