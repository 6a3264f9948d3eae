"""The pool of verified questions: bounded work, fit for the person, near the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from qa_bot.errors import QuestionError
from qa_bot.schema import Answer, Citation, Document, DocumentInfo, Hit, Passage
from qa_bot.suggestions import pool as suggestions
from qa_bot.suggestions.pool import Pool

VERBS = ["highlights", "requires", "supports", "includes", "offers", "covers", "notes", "shows"]


def speech(number: int, names: int = 8) -> Document:
    lines = [
        f"The {chr(65 + n)}lpha{number} Forum {VERBS[n % len(VERBS)]} the {n}th way of doing it."
        for n in range(names)
    ]
    return Document(id=f"d{number}", text="\n\n".join(lines))


class FakeBot:
    """Answers a candidate with the last words of the sentence that holds its name."""

    def __init__(self, documents: list[Document], seconds: float = 0) -> None:
        self.all = {document.id: document for document in documents}
        self.asked: list[str] = []
        self.seconds = seconds
        self.fails: type[Exception] | None = None

    @property
    def documents(self) -> tuple[DocumentInfo, ...]:
        return tuple(document.info for document in self.all.values())

    def document(self, document_id: str) -> Document:
        return self.all[document_id]

    def ask(self, question: str, progress: object = None) -> Answer:
        self.asked.append(question)
        time.sleep(self.seconds)
        if self.fails:
            raise self.fails("broken")
        name = next(word for word in question.split() if "lpha" in word)
        for document in self.all.values():
            if (at := document.text.find(f"{name} ")) >= 0:
                start = document.text.index("th way", at) - 1
                return answer(question, document, start, start + 7)
        return Answer(question, question, False, "", 0.0)


def answer(question: str, document: Document, start: int, end: int, sure: float = 0.9) -> Answer:
    quote = document.text[start:end]
    citation = Citation(
        quote, start, end, quote, start, end, document.info, None, score=1.0, confidence=sure
    )
    return Answer(question, question, True, quote, sure, (citation,))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Pool]]:
    monkeypatch.setattr(suggestions, "PAUSE", 0.0)
    pools: list[Pool] = []
    yield pools
    for pool in pools:
        pool.stop()


def pool_of(made: list[Pool], bot: FakeBot) -> Pool:
    made.append(Pool(bot))  # type: ignore[arg-type]
    return made[-1]


def ids(bot: FakeBot) -> list[str]:
    return list(bot.all)


def test_starters_come_from_different_documents_and_are_answered(made: list[Pool]) -> None:
    bot = FakeBot([speech(1), speech(2), speech(3)])
    chosen = pool_of(made, bot).first(3, ids(bot))
    assert len(chosen) == 3
    assert {word[-1] for q in chosen for word in q.split() if "lpha" in word} == {"1", "2", "3"}
    assert set(chosen) <= set(bot.asked)


def test_work_is_bounded_on_a_big_corpus(made: list[Pool], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    candidates = suggestions.candidates
    monkeypatch.setattr(suggestions, "candidates", lambda d: looked.append(d.id) or candidates(d))
    bot = FakeBot([speech(n, 3) for n in range(100)])
    pool = pool_of(made, bot)
    pool.first(1000, ids(bot))
    assert len(looked) <= suggestions.DOCUMENTS
    assert 20 <= len(bot.asked) <= suggestions.TRIED
    assert len(set(looked)) == len(looked)
    assert looked[-1] > "d2"  # spread over the corpus, not its beginning


def test_nobody_sees_a_question_of_a_hidden_document(made: list[Pool]) -> None:
    bot = FakeBot([speech(1), speech(2)])
    pool = pool_of(made, bot)
    chosen = pool.first(100, ["d1"])
    assert chosen and all("1 Forum" in question for question in chosen)
    last = answer("What?", bot.all["d1"], 0, 5)
    assert all("1 Forum" in q for q in pool.next(last, (), 100, ["d1"]))
    assert pool.next(last, (), 100, []) == []


def test_next_questions_are_near_new_and_never_wait(made: list[Pool]) -> None:
    bot = FakeBot([speech(1), speech(2)], seconds=0.01)
    pool = pool_of(made, bot)
    text = bot.all["d2"].text
    at = text.index("Clpha2")
    last = answer("What does the Clpha2 Forum support?", bot.all["d2"], at, at + 12)
    began = time.perf_counter()
    assert pool.next(last, (), 3, ids(bot)) == []
    assert time.perf_counter() - began < 0.2
    pool.first(1000, ids(bot))
    chosen = pool.next(last, [("What does the Blpha2 Forum require?", "")], 3, ids(bot))
    assert len(chosen) == 3
    assert chosen[0] == "What does the Dlpha2 Forum include?"  # its neighbour in the text
    assert not any("Clpha2" in q or "Blpha2" in q for q in chosen)


def test_passages_found_for_the_question_come_first(made: list[Pool]) -> None:
    bot = FakeBot([speech(1), speech(2)])
    pool = pool_of(made, bot)
    pool.first(1000, ids(bot))
    document = bot.all["d1"]
    at = document.text.index("The Flpha1")
    hit = Hit(Passage("d1", at, at + 30, document.text[at : at + 30]), document.info, score=1.0)
    found = Answer("Who?", "Who?", False, "", 0.0, passages=(hit,))
    assert "Flpha1" in pool.next(found, (), 1, ids(bot))[0]


def test_answers_elsewhere_or_unsure_are_not_kept() -> None:
    document = speech(1)
    candidate = suggestions.candidates(document)[0]
    right = answer(candidate.question, document, candidate.start, candidate.end)
    assert suggestions.answers(right, candidate)
    elsewhere = answer(candidate.question, document, candidate.end + 5, candidate.end + 20)
    assert not suggestions.answers(elsewhere, candidate)
    unsure = answer(candidate.question, document, candidate.start, candidate.end, sure=0.1)
    assert not suggestions.answers(unsure, candidate)
    name = document.text.index("Alpha1 Forum")
    again = answer(candidate.question, document, name, name + len("Alpha1 Forum"))
    assert not suggestions.answers(again, candidate)


def test_a_bot_that_fails_leaves_what_there_is(made: list[Pool]) -> None:
    bot = FakeBot([speech(1)])
    bot.fails = QuestionError
    assert pool_of(made, bot).first(3, ids(bot), wait=5) == []


def test_many_threads_share_one_pool(made: list[Pool]) -> None:
    bot = FakeBot([speech(n) for n in range(4)], seconds=0.001)
    pool = pool_of(made, bot)
    got: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: got.append(pool.first(4, ids(bot)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(got) == 8 and all(len(chosen) == 4 for chosen in got)
    assert len(bot.asked) == len(set(bot.asked))


def test_an_answer_brings_questions_about_its_document(made: list[Pool]) -> None:
    bot = FakeBot([speech(n, 3) for n in range(100)])
    pool = pool_of(made, bot)
    pool.first(1000, ids(bot))
    document = bot.all["d1"]  # not among the evenly spread ones
    assert not any("lpha1 " in question for question in bot.asked)
    last = answer("What?", document, 0, 5)
    pool.next(last, (), 3, ids(bot))
    pool.first(1000, ids(bot), wait=5)
    assert all("lpha1 " in question for question in pool.next(last, (), 2, ids(bot)))


def test_stopping_ends_the_thread(made: list[Pool]) -> None:
    bot = FakeBot([speech(n) for n in range(10)], seconds=0.02)
    pool = pool_of(made, bot)
    pool.first(1, ids(bot))
    pool.stop()
    tried = len(bot.asked)
    time.sleep(0.1)
    assert len(bot.asked) == tried


def test_the_pool_stands_still_while_somebody_is_answered() -> None:
    bot = FakeBot([speech(1)])
    pool = Pool(bot)  # type: ignore[arg-type]
    with pool.standing_aside(), pool.standing_aside():
        assert pool.first(1, {"d1"}, wait=0.2) == []
        assert bot.asked == []
    assert len(pool.first(1, {"d1"}, wait=10)) == 1
    pool.stop()


def test_the_pool_can_be_stopped_while_somebody_is_answered() -> None:
    bot = FakeBot([speech(1)])
    pool = Pool(bot)  # type: ignore[arg-type]
    with pool.standing_aside():
        pool.first(1, {"d1"}, wait=0.1)
        pool.stop()
    assert bot.asked == []


def test_a_question_in_hand_is_left_off_without_waiting_for_it() -> None:
    class Reading(FakeBot):
        def ask(self, question: str, progress: Any = None) -> Answer:
            while True:
                self.asked.append(question)
                time.sleep(0.01)
                progress("read", 1, 2)

    bot = Reading([speech(1)])
    pool = Pool(bot)  # type: ignore[arg-type]
    pool.first(1, {"d1"}, wait=0.05)
    thread = pool._thread
    assert thread is not None and thread.is_alive()
    pool.stop(wait=False)
    thread.join(10)
    assert not thread.is_alive()
    assert pool.first(1, {"d1"}) == []


def test_who_may_see_what_is_looked_up_once(made: list[Pool]) -> None:
    class Counted(list[str]):
        looks = 0

        def __iter__(self) -> Iterator[str]:
            Counted.looks += 1
            return super().__iter__()

    bot = FakeBot([speech(1), speech(2)])
    pool = pool_of(made, bot)
    assert len(pool.first(1000, ids(bot))) > 2
    Counted.looks = 0
    assert len(pool.first(3, Counted(ids(bot)))) == 3
    assert Counted.looks == 1
