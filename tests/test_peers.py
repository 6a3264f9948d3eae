"""The side-by-side benchmark: its scorer, and a run with a system that only pretends."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from benchmarks.peers import plots, report
from benchmarks.peers.child import Child, ChildError
from benchmarks.peers.measure import build, cold, in_turn, rush
from benchmarks.peers.scoring import as_answer, score, summary
from benchmarks.peers.sets import evenly
from benchmarks.peers.systems import HERE, chosen
from qa_bot.evaluation.testset import GoldSpan, Question, Wanted
from qa_bot.schema import Document

TEXT = "We met in Geneva. The pact will be signed in Marrakesh. Thank you."
DOCUMENTS = {"a": Document(id="a", text=TEXT)}
WHERE = Question("1", "Where?", ((GoldSpan("Marrakesh", "a", 45, 54),),), split="test")
NEVER = Question("2", "Who won?", ())
PERSON = Question("3", "where is it signed", wanted=Wanted((("signed in Marrakesh",),), need=1))
RIGHT = {"document": "a", "start": 45, "end": 54, "quote": "Marrakesh"}

PRETENDER = """
import sys
sys.path.insert(0, {workers!r})
import loop

class Pretender:
    alone = False
    def __init__(self, config):
        self.reply = config["reply"]
    @staticmethod
    def build(config):
        print("a library that prints")
        open(config["index"] + "/index", "w").write("x" * 2**20)
    def ask(self, question):
        if question == "Die.":
            import os
            os._exit(1)
        if question == "Fail.":
            raise ValueError("no")
        return self.reply

loop.main(Pretender)
"""


def replied(*answers: dict[str, object], found: bool = True) -> dict[str, object]:
    return {"found": found, "confidence": 0.5, "said": 1, "answers": list(answers)}


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """A process that gives the right answer whatever it is asked."""
    script, config = tmp_path / "pretender.py", tmp_path / "config.json"
    script.write_text(PRETENDER.format(workers=str(HERE / "workers")))
    given = {"reply": replied(RIGHT), "index": str(tmp_path / "index"), "clients": 4}
    config.write_text(json.dumps(given))
    return [sys.executable, str(script), "serve", str(config)]


def test_the_right_words_are_right_and_verbatim() -> None:
    row = score(WHERE, replied(RIGHT), DOCUMENTS)
    assert row["scores"]["em"] == row["scores"]["f1"] == 1.0
    assert row["scores"]["quotes"] == row["scores"]["faithful"] == 1.0


def test_words_that_stand_elsewhere_are_no_exact_citation() -> None:
    row = score(WHERE, replied({**RIGHT, "start": 0, "end": 9}), DOCUMENTS)
    assert (row["scores"]["em"], row["scores"]["faithful"]) == (1.0, 0.0)


def test_only_the_first_answer_counts_for_a_precise_question() -> None:
    other = {"document": "a", "start": 10, "end": 16, "quote": "Geneva"}
    assert score(WHERE, replied(RIGHT, other), DOCUMENTS)["scores"]["em"] == 1.0
    assert score(WHERE, replied(other, RIGHT), DOCUMENTS)["scores"]["em"] == 0.0
    assert score(PERSON, replied(other, RIGHT), DOCUMENTS)["scores"]["satisfied"] == 1.0


def test_a_person_sees_the_sentence_around_the_answer() -> None:
    assert as_answer(replied(RIGHT), DOCUMENTS).citations[0].sentence == (
        "The pact will be signed in Marrakesh."
    )
    assert score(PERSON, replied(RIGHT), DOCUMENTS)["scores"]["satisfied"] == 1.0
    closest = {**replied(found=False), "closest": [RIGHT]}
    assert score(PERSON, closest, DOCUMENTS)["scores"]["users_score"] == 0.5


def test_declining_counts_where_there_is_no_answer() -> None:
    replies = [(WHERE, replied(RIGHT)), (NEVER, replied(RIGHT, found=False))]
    rows = [score(q, r, DOCUMENTS) | {"ms": 10.0} for q, r in replies]
    figures = summary(rows)
    assert figures["f1"] == figures["silent_recall"] == figures["silent_precision"] == 1.0
    assert figures["held_out"] == 1.0
    assert math.isnan(figures["users"])


def test_the_best_threshold_is_found_where_there_is_a_score() -> None:
    claims = [(WHERE, 0.9), (NEVER, 0.2)]
    rows = [
        score(q, replied(RIGHT) | {"confidence": c}, DOCUMENTS) | {"ms": 1.0} for q, c in claims
    ]
    assert summary(rows)["f1"] == 0.5
    assert summary(rows)["best"] == 1.0
    assert math.isnan(summary([row | {"confidence": None} for row in rows])["best"])


def test_a_process_builds_answers_and_ends(command: list[str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    built = build(
        ["build" if word == "serve" else word for word in command], tmp_path / "index", log, 1
    )
    assert built["index_mb"] == 1.0
    assert built["build_s"] > 0
    took = cold(command, log, "Where?", 1)
    assert all(a < b for a, b in zip(took["first_answer_s"], took["exit_s"], strict=True))
    hurried = rush(command, log, [WHERE] * 9, 1)
    assert set(hurried["rush"]) == {"1", "4", "16"}
    assert hurried["rush_errors"] == 0


def test_a_failure_is_an_error_and_an_end_is_told(command: list[str], tmp_path: Path) -> None:
    with Child(command, tmp_path / "log") as child:
        assert child.read() == {"ready": True}
        assert child.ask("Fail.")[0]["error"] == "ValueError: no"
        with pytest.raises(ChildError):
            child.ask("Die.")


class Noting:
    """Notes in what order systems are asked; ends at the third question."""

    def __init__(self, name: str, order: list[str], lasts: int = 99) -> None:
        self.name, self.order, self.left = name, order, lasts

    def ask(self, question: str) -> tuple[dict[str, object], float]:
        self.order.append(self.name)
        self.left -= 1
        if self.left < 0:
            raise ChildError("gone")
        return replied(RIGHT), 0.01


def test_systems_take_turns_and_one_that_ends_does_not_stop_the_others() -> None:
    order: list[str] = []
    systems = {name: Noting(name, order, 2 if name == "b" else 99) for name in "abc"}
    rows = in_turn(systems, [WHERE, NEVER, PERSON], DOCUMENTS)
    assert "".join(order) == "abcbcacabac"
    assert [len(rows[name]) for name in "abc"] == [3, 3, 3]
    assert [bool(row["error"]) for row in rows["b"]] == [False, True, True]


def test_the_report_says_where_another_is_better(tmp_path: Path) -> None:
    def measured(reply: dict[str, object], ms: float) -> dict[str, object]:
        questions = [WHERE, NEVER, PERSON] * 10
        rows = [score(q, reply, DOCUMENTS) | {"ms": ms} for q in questions]
        return {"rows": rows, "first_answer_s": [1.0], "exit_s": [1.5], "peak_mb": 100.0}

    rivals = {name: {"install_mb": 9.0, "versions": {"torch": "1"}} for name in ("qa-bot", "txtai")}
    about = {"date": "2026-11-29", "machine": "m", "threads": 1, "limit": 3, "busy": False}
    cost = {"build_s": 1.0, "build_peak_mb": 1.0, "index_mb": 1.0}
    systems = {
        "qa-bot": measured(replied(RIGHT), 20.0),
        "txtai, small": measured(replied(RIGHT, found=False), 10.0),
    }
    made = {
        "title": "Two speeches",
        "passages": 3,
        "about": about | {"rivals": rivals},
        "builds": dict.fromkeys(rivals, cost),
        "systems": systems,
    }
    sizes = {f"growth-{n}": made | {"passages": n} for n in (1000, 10_000)}
    report.write({"speeches": made, **sizes}, tmp_path / "RESULTS.md")
    written = (tmp_path / "RESULTS.md").read_text()
    assert "A trial run" in written
    assert "- p50, ms: txtai, small 10; qa-bot 20" in written
    assert "- not found: recall: txtai, small 1.00; qa-bot 0.00" in written
    assert "- EM: " not in written
    assert (tmp_path / "peers-growth-p50.svg").is_file()


def test_a_plot_leaves_out_what_was_not_measured() -> None:
    figures = {"qa-bot": {"p50": 10.0, "f1": 0.5}, "other": {"p50": float("nan"), "f1": 0.5}}
    assert "other" not in plots.accuracy_and_speed("x", "Set", figures).label


def test_questions_are_taken_evenly_and_systems_by_name() -> None:
    assert evenly([WHERE, NEVER, PERSON, WHERE], 2) == [WHERE, PERSON]
    assert {s.rival.name for s in chosen(["txtai"])} == {"txtai"}
    with pytest.raises(SystemExit):
        chosen(["nothing"])
