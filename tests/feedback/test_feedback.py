from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.cli import feedback as feedback_command
from qa_bot.errors import QuestionError, TestSetError
from qa_bot.evaluation.check import check_against
from qa_bot.evaluation.importers import load_test_set
from qa_bot.feedback import store as feedback
from qa_bot.feedback.store import Entry, FeedbackStore, grouped
from qa_bot.settings import Settings

ROOT = Path(__file__).parents[2]


def entry(question: str, **more: str) -> Entry:
    return Entry(more.pop("kind", "not found"), question, **more)


def test_an_answer_that_did_not_help_is_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "feedback")
    turns = [(f"q{i}", f"a{i}") for i in range(9)]
    assert store.keep("thumbs down", "Who pays?", "donors", turns)
    (kept,) = store.entries()
    assert (kept.kind, kept.question, kept.answer) == ("thumbs down", "Who pays?", "donors")
    assert kept.history == tuple(turns[-5:])
    assert FeedbackStore(tmp_path / "feedback").entries() == [kept]


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    assert FeedbackStore.from_settings(Settings(keep_feedback=False)) is None
    store = FeedbackStore.from_settings(Settings(feedback=tmp_path))
    assert store is not None
    assert store.path.parent == tmp_path


def test_nothing_is_kept_when_nothing_may_be(tmp_path: Path) -> None:
    assert FeedbackStore.from_settings(Settings(feedback=tmp_path, keep_nothing=True)) is None


def test_of_a_thumb_up_only_the_count_is_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "feedback")
    assert store.counts() == {}
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: store.keep("thumbs up", "Who?", "She"), range(20)))
    store.keep("thumbs down", "Who pays?", reason="too short")
    assert store.counts() == {"thumbs up": 20, "thumbs down": 1}
    assert [e.reason for e in store.entries()] == ["too short"]
    assert "She" not in "".join(f.read_text() for f in (tmp_path / "feedback").iterdir())
    (tmp_path / "feedback" / feedback.COUNTS).write_text("[broken")
    assert store.counts() == {}


def test_old_entries_expire(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    assert store.expire(90) == 0  # nothing is there yet
    now = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
    for when in ("2026-08-23 11:59", "2026-08-23 12:00", "2026-11-21 11:59", ""):
        store.add(entry(f"asked {when}?", when=when))
    with store.path.open("a") as file:
        file.write("{broken\n")
    assert store.expire(90, now) == 3
    assert [e.when for e in store.entries()] == ["2026-08-23 12:00", "2026-11-21 11:59"]
    assert "broken" not in store.path.read_text()


def test_entries_from_before_there_were_reasons_are_read(tmp_path: Path) -> None:
    old = {"kind": "not found", "question": "Who?", "answer": "", "history": [], "when": ""}
    (tmp_path / feedback.FILE).write_text(json.dumps(old) + "\n")
    assert [e.question for e in FeedbackStore(tmp_path).entries()] == ["Who?"]


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: store.add(entry(f"question {i} " + "x" * 3000)), range(64)))
    assert len(store.entries()) == 64


@given(st.text())
def test_any_question_comes_back(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    store = FeedbackStore(tmp_path_factory.mktemp("f"))
    store.add(entry(question))
    assert [e.question for e in store.entries()] == [question]


def test_a_full_or_broken_store_never_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not FeedbackStore(tmp_path / "file").add(entry("Who?"))
    store = FeedbackStore(tmp_path)
    assert store.add(entry("Who?"))
    monkeypatch.setattr(feedback, "MAX_BYTES", store.path.stat().st_size + 10)
    assert not store.add(entry("Who else?"))
    with store.path.open("a") as file:
        file.write('{broken\n[]\n{"kind": "not found", "question": 7}\n')
    assert [e.question for e in store.entries()] == ["Who?"]


def test_near_duplicates_are_one_group() -> None:
    turn = (("Who closed it?", "Laura Thompson"),)
    groups = grouped(
        [
            entry("How old is she?"),
            entry("How much is in the start-up fund?"),
            entry("how much is in the startup fund ?"),
            entry("How much in the start-up funds"),
            Entry("not found", "How old is she?", history=turn),
            entry("?!"),
        ]
    )
    assert [len(g.entries) for g in groups] == [3, 1, 1, 1]
    assert groups[0].question == "How much is in the start-up fund?"
    assert len({g.key for g in groups}) == 4


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., int]:
    store = FeedbackStore(tmp_path)
    store.add(entry("Where will it be signed?"))
    store.add(entry("where will it be signed"))
    store.add(entry("Who pays for the network?"))

    def run(*argv: str, typed: str = "") -> int:
        parser = argparse.ArgumentParser()
        feedback_command.add_arguments(parser)
        places = ["--feedback", str(tmp_path), "--to", str(tmp_path / "grown.jsonl")]
        args = parser.parse_args([*places, "--corpus", str(ROOT / "corpus"), *argv])
        return feedback_command.run(args, lambda prompt: typed)

    return run


def test_list_add_and_drop(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--json") == 0
    signed, pays = (g["key"] for g in json.loads(capsys.readouterr().out))
    assert command() == 0
    assert "Where will it be signed?" in capsys.readouterr().out
    with pytest.raises(TestSetError, match="does not occur"):
        command("add", signed, "--answer", "Atlantis")
    assert command("add", signed, typed="marrakesh") == 0
    assert command("add", pays, "--no-answer") == 0
    grown = check_against(load_test_set(tmp_path / "grown.jsonl"), ROOT / "corpus")
    assert not grown.problems
    where, who = grown.questions
    assert where.answers[0][0].text == "Marrakesh"
    assert not who.answerable
    assert FeedbackStore(tmp_path).entries() == []


def test_adding_never_spoils_the_test_set(command: Callable[..., int], tmp_path: Path) -> None:
    store, grown = FeedbackStore(tmp_path), tmp_path / "grown.jsonl"
    signed, pays = (group.key for group in grouped(store.entries()))
    grown.write_text('{"id": "mine", "question": "Who?"}', encoding="utf-8")  # no line end
    assert command("add", signed, "--no-answer") == 0
    assert [q.id for q in load_test_set(grown).questions] == ["mine", f"feedback-{signed}"]
    store.add(entry("Where will it be signed?"))  # asked in vain again
    with pytest.raises(TestSetError, match="already"):
        command("add", signed, "--no-answer")
    with pytest.raises(TestSetError, match="jsonl"):
        command("add", pays, "--no-answer", "--to", str(tmp_path / "mine.csv"))
    assert not (tmp_path / "mine.csv").exists()
    assert {e.question for e in store.entries()} == {
        "Where will it be signed?", "Who pays for the network?"
    }  # fmt: skip
    assert len(load_test_set(grown).questions) == 2


def test_drop_and_unknown_keys(command: Callable[..., int], tmp_path: Path) -> None:
    with pytest.raises(QuestionError):
        command("drop", "000000")
    with pytest.raises(QuestionError):
        command("add")
    key = grouped(FeedbackStore(tmp_path).entries())[0].key
    assert command("drop", key) == 0
    assert [e.question for e in FeedbackStore(tmp_path).entries()] == ["Who pays for the network?"]
