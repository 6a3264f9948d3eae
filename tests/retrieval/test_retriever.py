"""The retriever over made-up speeches: filters, order, threads, strange questions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hash_embedder import HashEmbedder, write_speech

from qa_bot.errors import DocumentNotFoundError
from qa_bot.index import build_index, open_index
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.fusion import minmax
from qa_bot.schema import Filters, Hit
from qa_bot.settings import Settings, load_settings

TOPICS = ("water", "roads", "schools", "bridges", "health")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("retriever")
    corpus = folder / "corpus"
    corpus.mkdir()
    tables = []
    for n, topic in enumerate(TOPICS):
        write_speech(corpus, f"s{n}", topic)
        tables.append(f'["s{n}.txt"]\nspeaker = "Speaker {n}"\ndate = "201{n}-05-01"\n')
    # The same words again, for members of the board only; and in two more places, to tie.
    for name in ("secret", "twin-1", "twin-2"):
        (corpus / f"{name}.txt").write_text("The emerald treaty was signed at dawn in Lima.")
    tables.append('["secret.txt"]\ngroups = ["board"]\n')
    (corpus / "catalogue.toml").write_text("\n".join(tables))
    settings = load_settings(
        corpus=corpus, index=folder / "index", passage_tokens=48, passage_overlap=0
    )
    build_index(settings, embedder=HashEmbedder())
    return settings


def make(settings: Settings, **change: object) -> Retriever:
    embedder = HashEmbedder()
    return Retriever(
        open_index(settings, embedder=embedder),
        embedder,
        settings.model_copy(update=change),
        sentence_share=0,  # single sentences look alike to an embedder that only hashes words
    )


def test_the_right_speech_comes_first(settings: Settings) -> None:
    retriever = make(settings)
    for n, topic in enumerate(TOPICS):
        hits = retriever.search(f"What matters about {topic}?", top_k=5)
        assert hits[0].document.id == f"s{n}"
        assert hits[0].document.speaker == f"Speaker {n}"


@pytest.mark.parametrize("fusion", ["minmax", "rrf"])
def test_hits_are_ordered_bounded_and_whole(settings: Settings, fusion: str) -> None:
    retriever = make(settings, fusion=fusion)
    hits = retriever.search("number 7 of the speech on water", top_k=12)
    assert len(hits) == 12
    assert all(0 <= hit.score <= 1 for hit in hits)
    keys = [(-hit.score, hit.passage.ordinal) for hit in hits]
    assert keys == sorted(keys)
    assert len({hit.passage.id for hit in hits}) == 12
    assert all(hit.dense is not None and hit.sparse is not None for hit in hits)
    assert retriever.search("number 7 of the speech on water", top_k=3) == hits[:3]


def whole(hits: list[Hit]) -> list[Hit]:
    """The hits and what says the same as they do."""
    return [one for hit in hits for one in (hit, *hit.also)]


@pytest.mark.parametrize("fusion", ["minmax", "rrf"])
def test_equal_passages_come_in_document_order(settings: Settings, fusion: str) -> None:
    hits = whole(make(settings, fusion=fusion).search("emerald treaty", top_k=1))
    assert [hit.document.id for hit in hits] == ["secret", "twin-1", "twin-2"]
    assert len({hit.dense for hit in hits}) == 1
    assert len({hit.sparse for hit in hits}) == 1


def test_filters_never_leak(settings: Settings) -> None:
    retriever = make(settings)
    for filters in (
        Filters(groups=()),
        Filters(groups=("staff",)),
        Filters(documents=("s1", "s2")),
        Filters(speaker="speaker 3"),
        Filters(date_from="2011", date_to="2013"),
        Filters(speaker="speaker", groups=("board",)),
    ):
        allowed = {d.id for d in retriever._documents if filters.allows(d)}
        for question in ("emerald treaty signed at dawn in Lima", "water roads schools", "zzz"):
            hits = retriever.search(question, top_k=50, filters=filters)
            assert {hit.document.id for hit in whole(hits)} == allowed, (filters, question)
    board = retriever.search("emerald", top_k=3, filters=Filters(groups=("board",)))
    assert "secret" in {hit.document.id for hit in whole(board)}


def test_a_forbidden_document_leaves_no_trace_in_the_scores(settings: Settings) -> None:
    retriever = make(settings)
    question = "emerald treaty on water signed at dawn"
    hits = retriever.search(question, top_k=50, filters=Filters(documents=("s0", "s1")))
    # Scaled over the allowed passages alone: the treaty, nearest of all, has not shifted the range.
    dense, sparse = ([getattr(hit, name) for hit in hits] for name in ("dense", "sparse"))
    assert [hit.score for hit in hits] == pytest.approx(minmax(dense, sparse).tolist())
    assert retriever.search(question, top_k=1)[0].document.id == "secret"


def test_filters_that_allow_nothing(settings: Settings) -> None:
    assert make(settings).search("water", top_k=5, filters=Filters(speaker="nobody")) == []


def test_filters_that_allow_everything_change_nothing(settings: Settings) -> None:
    retriever = make(settings)
    hits = retriever.search("water", top_k=5)
    assert retriever.search("water", top_k=5, filters=Filters()) == hits
    assert retriever.search("water", top_k=5, filters=Filters(groups=("board",))) == hits


@pytest.mark.parametrize(
    "question",
    ["🌊🌊", "<script>alert(1)</script>", "متى وقعت المعاهدة", "a" * 10_000, "?", "\x00", "\ud800"],
)
@pytest.mark.parametrize("fusion", ["minmax", "rrf"])
def test_strange_questions_find_the_nearest(settings: Settings, question: str, fusion: str) -> None:
    hits = make(settings, fusion=fusion).search(question, top_k=5)
    assert len(hits) == 5
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_more_wanted_than_there_are(settings: Settings) -> None:
    retriever = make(settings)
    everything = retriever.search("water", top_k=1000)
    assert len(whole(everything)) == len(retriever._index.passages)
    assert retriever.search("water", top_k=0) == []


def test_many_threads_get_what_one_gets(settings: Settings) -> None:
    retriever = make(settings)
    questions = [f"speech on {topic} number {n}" for topic in TOPICS for n in range(8)]
    alone = [retriever.search(q, top_k=5) for q in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda q: retriever.search(q, top_k=5), questions)) == alone


@pytest.mark.parametrize(
    "filters", [Filters(documents=("nope",)), Filters(documents=("secret",), groups=("staff",))]
)
def test_a_document_that_is_not_there_is_named(settings: Settings, filters: Filters) -> None:
    with pytest.raises(DocumentNotFoundError, match=filters.documents[0]):
        make(settings).search("water", top_k=5, filters=filters)


def test_a_phrase_must_stand_in_the_passage(settings: Settings) -> None:
    retriever = make(settings)
    staff = Filters(groups=())
    hits = retriever.search("water", top_k=50, phrases=["Emerald treaty was SIGNED"], filters=staff)
    assert {hit.document.id for hit in whole(hits)} == {"twin-1", "twin-2"}
    assert retriever.search("emerald treaty", top_k=50, phrases=["treaty emerald"]) == []
    assert retriever.search("x", top_k=50, phrases=["emerald", "speech on water"]) == []
