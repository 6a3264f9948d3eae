"""The whole path over the two speeches, with the real models."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.errors import (
    CorpusError,
    DocumentNotFoundError,
    IndexDamagedError,
    IndexStaleError,
    QuestionError,
)
from qa_bot.retrieval import Retriever
from qa_bot.schema import Answer, Filters

pytestmark = [
    pytest.mark.numeric,
    pytest.mark.skipif(
        os.environ.get("QA_BOT_PRECISION") == "bf16",
        reason="promised in fp32; bf16 takes minutes where it is imitated",
    ),
]

OPENING = "001_5b8a24bf23cb4d48"
CLOSING = "000_605e54f1ab177411"

# question → document, and words that must be in the quotation or its sentence
ANSWERED = [
    (
        "what did IOM commit to as Network secretariat?",
        OPENING,
        "full and open spirit of partnership and cooperation",
    ),
    ("Where will the Global Compact be signed?", OPENING, "Marrakesh"),
    ("Who is the Special Representative for International Migration?", OPENING, "Louise Arbour"),
    ("What is the Global Mayoral Forum?", OPENING, "annual dialogue led by cities"),
    ("What platform is launched later today?", OPENING, "iDiaspora"),
    ("Who said the ones that share their stories may have the solutions?", CLOSING, "Ms. Bralo"),
    ("What is Boost Africa?", CLOSING, "initiative"),
    ("wher was the first sesion held?", CLOSING, "New York"),
]
UNANSWERED = [
    "How many people drowned in the Mediterranean in 2017?",
    "What is the capital of Australia?",
    "How much money is in the start-up fund?",
    "When was the Global Mayoral Forum founded?",
]


@pytest.fixture(scope="module")
def ask(bot: QABot) -> Callable[[str], Answer]:
    """Its answer to a question alone, read once for all tests that look at it."""
    return functools.cache(bot.ask)


def test_finds_the_words_of_the_first_question(ask: Callable[[str], Answer]) -> None:
    question, document, words = ANSWERED[0]
    answer = ask(question)
    assert answer.found
    assert answer.citations[0].document.id == document
    assert words in answer.text


def test_most_questions_are_answered_from_the_right_words(ask: Callable[[str], Answer]) -> None:
    """Guards the path, not the model: `qa-bot evaluate --gate` measures the model."""
    missed = []
    for question, document, words in ANSWERED:
        found = ask(question).citations
        sentence = " ".join(found[0].sentence.split()) if found else ""
        if not found or found[0].document.id != document or words not in sentence:
            missed.append((question, sentence))
    assert len(missed) <= 2, missed


def test_most_unanswerable_questions_are_declined(ask: Callable[[str], Answer]) -> None:
    answered = [q for q in UNANSWERED if ask(q).found]
    assert len(answered) <= 1, answered


def test_it_answers_when_as_sure_as_set_or_else_as_fitted(
    bot: QABot, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = ANSWERED[0][0]
    sure, fitted = bot.ask(question).confidence, bot.reader.calibration
    monkeypatch.setattr(bot.reader, "calibration", replace(fitted, min_confidence=sure - 0.001))
    assert bot.ask(question).found
    monkeypatch.setattr(bot.reader, "calibration", replace(fitted, min_confidence=sure + 0.001))
    assert not bot.ask(question).found
    settings = bot.settings.model_copy(update={"min_confidence": 0.0})
    assert QABot(bot.index, bot.retriever, bot.reader, settings).ask(question).found


def test_nothing_found_has_no_text_and_no_citation(ask: Callable[[str], Answer]) -> None:
    answer = ask("What is the capital of Australia?")
    assert (answer.found, answer.text, answer.citations) == (False, "", ())
    assert answer.passages


@pytest.mark.parametrize("question", [q for q, _, _ in ANSWERED] + UNANSWERED)
def test_every_quotation_is_verbatim(
    bot: QABot, ask: Callable[[str], Answer], question: str
) -> None:
    answer = ask(question)
    for c in answer.citations + answer.alternatives:
        text = bot.document(c.document.id).text
        assert text[c.start : c.end] == c.quote
        assert text[c.sentence_start : c.sentence_end] == c.sentence
        assert c.sentence_start <= c.start < c.end <= c.sentence_end
        assert 0 <= c.confidence <= 1
    for hit in answer.passages:
        assert bot.document(hit.document.id).text[hit.start : hit.end] == hit.text


def test_a_follow_up_uses_the_conversation(bot: QABot) -> None:
    first = bot.ask("What is the Global Mayoral Forum?")
    then = bot.ask("What does it highlight?", [(first.question, first.text)])
    assert "Global Mayoral Forum" in then.understood
    assert "role of cities" in then.text


def test_filters_keep_other_speeches_out(bot: QABot) -> None:
    answer = bot.ask("Where will the Compact be signed?", filters=Filters(speaker="Thompson"))
    for citation in answer.citations + answer.alternatives:
        assert citation.document.id == CLOSING
    assert {hit.document.id for hit in answer.passages} == {CLOSING}


def test_a_filter_that_allows_nothing_finds_nothing(bot: QABot) -> None:
    answer = bot.ask("Where will it be signed?", filters=Filters(speaker="Nobody"))
    assert not answer.found
    assert answer.passages == ()


def test_same_question_same_answer_from_many_threads(
    bot: QABot, ask: Callable[[str], Answer]
) -> None:
    questions = [q for q, _, _ in ANSWERED[:2]] * 2
    alone = [ask(q) for q in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(bot.ask, questions))
    assert [a.text for a in together] == [a.text for a in alone]
    assert [a.citations for a in together] == [a.citations for a in alone]


@pytest.mark.parametrize("question", ["", "   ", "🎉", "x" * 20_000])
def test_what_is_no_question_is_said_clearly(bot: QABot, question: str) -> None:
    with pytest.raises(QuestionError):
        bot.ask(question)


@pytest.mark.parametrize(
    "question", ["<b>where</b> & <script>x</script>", "ما هو الميثاق العالمي؟"]
)
def test_odd_questions_get_an_answer_object(bot: QABot, question: str) -> None:
    assert bot.ask(question).question == question


def test_an_unknown_document_is_named(bot: QABot) -> None:
    with pytest.raises(DocumentNotFoundError, match="nothing-here"):
        bot.document("nothing-here")


def test_search(bot: QABot) -> None:
    hits = bot.search("start-up fund", top_k=3)
    assert len(hits) == 3
    assert "start-up fund" in hits[0].text
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_examples_are_questions_it_can_answer(bot: QABot) -> None:
    examples = bot.examples(2)
    assert len(examples) == 2
    assert all(bot.ask(question).found for question in examples)


def test_life_of_an_index(tmp_path: Path) -> None:
    """Missing: built. Stale or damaged: said, with the command that mends it."""
    corpus = tmp_path / "corpus"
    with pytest.raises(CorpusError):
        QABot.open(corpus=corpus)
    corpus.mkdir()
    with pytest.raises(CorpusError):
        QABot.open(corpus=corpus)
    (corpus / "one.txt").write_text("The harvest festival takes place in Lima every spring.")
    bot = QABot.open(corpus=corpus)
    assert bot.ask("Where does the harvest festival take place?").text == "Lima"

    (corpus / "two.txt").write_text("The budget was adopted in June.")
    with pytest.raises(IndexStaleError) as stale:
        QABot.open(corpus=corpus)
    assert "qa-bot index" in str(stale.value)
    (corpus / "two.txt").unlink()
    QABot.open(corpus=corpus)

    victim = max((tmp_path / "index").rglob("*.*"), key=lambda p: p.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    with pytest.raises(IndexDamagedError) as damaged:
        QABot.open(corpus=corpus)
    assert "qa-bot index --force" in str(damaged.value)


def test_a_person_without_the_group_sees_nothing_of_a_document(bot: QABot) -> None:
    from dataclasses import replace

    hidden = {OPENING: replace(bot.index.documents[OPENING], groups=("board",))}
    index = replace(bot.index, documents={**bot.index.documents, **hidden})
    closed = QABot(
        index, Retriever(index, bot.retriever.embedder, bot.settings), bot.reader, bot.settings
    )
    staff, board = closed.seen_by(("staff",)), closed.seen_by(("board",))
    question = ANSWERED[0][0]

    assert [info.id for info in staff.documents] == [CLOSING]
    assert {hit.document.id for hit in staff.search(question, top_k=50)} == {CLOSING}
    assert {
        hit.document.id for hit in staff.search(question, filters=Filters(groups=("board",)))
    } <= {CLOSING}
    answer = staff.ask(question)
    assert all(hit.document.id == CLOSING for hit in answer.passages)
    assert all(c.document.id == CLOSING for c in (*answer.citations, *answer.alternatives))
    with pytest.raises(DocumentNotFoundError):
        staff.document(OPENING)
    with pytest.raises(DocumentNotFoundError):
        staff.ask(question, filters=Filters(documents=(OPENING,)))
    assert board.ask(question).citations[0].document.id == OPENING
    assert {info.id for info in closed.documents} == {OPENING, CLOSING}


def test_progress_is_told_by_stage(bot: QABot) -> None:
    told: list[tuple[str, int, int]] = []
    bot.ask(ANSWERED[0][0], progress=lambda *stage: told.append(stage))
    assert [stage for stage, _, _ in told] == sorted((s for s, _, _ in told), reverse=True)
    assert {stage for stage, _, _ in told} == {"retrieve", "read"}
    last = told[-1]
    assert last[1] == last[2] > 0


def test_the_conversation_can_be_left_out(bot: QABot) -> None:
    history = [("What is the Global Mayoral Forum?", "an annual dialogue led by cities")]
    assert bot.ask("What does it highlight?", history, rewrite=False).understood == (
        "What does it highlight?"
    )


def test_words_of_the_question_restrict_it_until_taken_away(bot: QABot) -> None:
    question = "What did the Deputy Director General say about the Compact?"
    answer = bot.ask(question)
    assert [(chip.key, chip.words) for chip in answer.chips] == [
        ("speaker:Laura Thompson", "the Deputy Director General")
    ]
    assert {hit.document.id for hit in answer.passages} == {CLOSING}
    free = bot.ask(question, ignore=["speaker:Laura Thompson"])
    assert free.chips == ()
    assert {hit.document.id for hit in free.passages} == {CLOSING, OPENING}


def test_words_cannot_reach_what_controls_or_groups_leave_out(bot: QABot) -> None:
    question = "What was said about the Compact in the closing speech?"
    answer = bot.ask(question, filters=Filters(documents=(OPENING,)))
    assert (answer.found, answer.passages) == (False, ())
    assert [c.key for c in answer.chips] == [f"document:{OPENING}", f"document:{CLOSING}"]
    with pytest.raises(DocumentNotFoundError):
        bot.ask("Who spoke in 2018?", filters=Filters(documents=("nope",)))


def test_who_and_when_of_a_speech_are_quoted_or_facts_of_the_catalogue(bot: QABot) -> None:
    said = bot.ask("Who gave the closing remarks?")
    assert [(c.quote, c.document.id) for c in said.citations] == [("Laura Thompson", CLOSING)]
    assert said.facts == ()
    known = bot.ask("When did the Director General speak?")
    assert known.citations == ()
    assert [(f.field, f.value, f.document.id) for f in known.facts] == [
        ("date", "2018-10-08", OPENING)
    ]
    assert (known.found, known.text) == (True, "2018-10-08")
    one = bot.ask("Who spoke in 2018?", filters=Filters(documents=(OPENING,)))
    assert [c.document.id for c in one.citations] == [OPENING]


def test_a_phrase_must_occur_word_for_word(bot: QABot) -> None:
    answer = bot.ask("Who is at “the CORE of national sovereignty”?")
    assert [chip.key for chip in answer.chips] == ["phrase:the CORE of national sovereignty"]
    assert answer.passages
    assert all("core of national sovereignty" in hit.text for hit in answer.passages)
    missing = bot.ask('Who is at "the core of the national sovereignty"?')
    assert (missing.found, missing.passages) == (False, ())
    assert [len(bot.search(q)) > 0 for q in ('"start-up fund"', '"fund start-up"')] == [True, False]


def test_who_said_that_is_the_speaker_of_the_quoted_speech(bot: QABot) -> None:
    first = bot.ask("Where will the Global Compact be signed?")
    then = bot.ask("Who said that?", [(first.question, first.text)])
    speaker = first.citations[0].document.speaker
    assert (then.text, then.understood) == (speaker, f"Who said “{first.text}”?")


def test_who_said_words_that_the_sentence_gives_to_somebody_else(bot: QABot) -> None:
    words = "The ones that share their stories of migration"
    assert words in bot.document(CLOSING).text
    answer = bot.ask("Who said that?", [("What is possible?", words)])
    assert answer.text == "Ms. Bralo"
    assert [citation.document.id for citation in answer.citations] == [CLOSING]


def test_a_phrase_that_stands_verbatim_is_always_found(bot: QABot) -> None:
    phrase = "panicked narrative of crisis"
    who = bot.ask(f'Who spoke of "{phrase}"?')
    assert who.text == "Director General of IOM"
    assert not bot.ask(f'Who spoke of "{phrase}"?', filters=Filters(documents=(CLOSING,))).found
    alone = bot.ask(f"“{phrase}”")
    assert (alone.text, alone.confidence) == (phrase, 1.0)
    assert phrase in alone.citations[0].sentence
    unsure = bot.ask(f'What is the cost of the "{phrase}"?')
    assert unsure.found
    assert unsure.confidence < 0.5 or unsure.text != phrase
