"""One set asked of all systems: build, cold start, questions in turn, several at a time."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from benchmarks.peers import scoring
from benchmarks.peers.child import LONGEST_BUILD, Child, ChildError, Reply
from benchmarks.peers.scoring import Row
from benchmarks.peers.sets import Set
from benchmarks.peers.systems import System, python, size_mb
from qa_bot.evaluation.testset import Question
from qa_bot.schema import Document

COLD_STARTS = 3
CLIENTS = (1, 4, 16)
RUSHED = 32  # questions at each number of clients


class Asked(Protocol):
    """What takes a question: a process, or in tests something that pretends to be one."""

    def ask(self, question: str) -> tuple[Reply, float]: ...


def measure(
    this: Set, systems: Sequence[System], work: Path, weights: Mapping[str, Path],
    embedder: Path, threads: int,
) -> dict[str, Any]:  # fmt: skip
    """All figures of one set: {"systems": {name: …}, "builds": {rival: …}}."""
    work = work.absolute()
    folder = work / "sets" / this.name
    commands = {
        system.name: _command(this, system, work, weights, embedder, threads) for system in systems
    }
    builds: dict[str, Any] = {}
    for system in systems:
        if system.rival.name not in builds:
            print(f"{this.name}: {system.rival.name} builds …", flush=True)
            index = folder / "indexes" / system.rival.name
            command = _as(commands[system.name], "build")
            builds[system.rival.name] = build(command, index, work / "build.log", threads)
    made: dict[str, dict[str, Any]] = {}
    for system in systems:
        print(f"{this.name}: {system.name} starts cold, and is asked at once …", flush=True)
        log = work / f"{system.slug}.log"
        made[system.name] = cold(commands[system.name], log, this.questions[0].question, threads)
        if this.rush:
            made[system.name] |= rush(commands[system.name], log, this.questions, threads)
    with ExitStack() as running:
        children = {}
        for system in systems:
            child = Child(commands[system.name], work / f"{system.slug}.log", threads)
            children[system.name] = running.enter_context(child)
            child.read()
        rows = in_turn(children, this.questions, this.documents)
        for name, child in children.items():
            made[name] |= {"rows": rows[name], "peak_mb": child.stop()}
    return {"builds": builds, "systems": made}


def build(command: Sequence[str], index: Path, log: Path, threads: int) -> dict[str, float]:
    """Build into an empty folder: seconds, from the start of the process; MB of memory and disk."""
    shutil.rmtree(index, ignore_errors=True)
    with Child(command, log, threads) as child:
        peak = float(child.read(LONGEST_BUILD)["peak_mb"])
        return {
            "build_s": time.perf_counter() - child.began,
            "build_peak_mb": peak,
            "index_mb": size_mb(index),
        }


def cold(command: Sequence[str], log: Path, question: str, threads: int) -> dict[str, Any]:
    """Seconds from the start of a process to its first answer, and to its end; a few times."""
    answered, ended = [], []
    for _ in range(COLD_STARTS):
        with Child(command, log, threads) as child:
            child.read()
            child.ask(question)
            answered.append(time.perf_counter() - child.began)
            child.stop()
            ended.append(time.perf_counter() - child.began)
    return {"first_answer_s": answered, "exit_s": ended}


def rush(
    command: Sequence[str], log: Path, questions: Sequence[Question], threads: int
) -> dict[str, Any]:
    """Questions a second with so many clients, each time in a new process."""
    first, *others = [q.question for q in questions][: RUSHED + 1]
    made: dict[str, Any] = {"rush": {}, "rush_errors": 0}
    for clients in CLIENTS:  # the questions are the same: what a process remembers must not help
        with Child(command, log, threads) as child:
            child.read()
            child.ask(first)
            rate, errors = child.rush(others, clients)
            made["rush"][str(clients)] = rate
            made["rush_errors"] += errors
            made["rush_peak_mb"] = child.stop()  # of the last, with the most clients
    return made


def in_turn(
    systems: Mapping[str, Asked], questions: Sequence[Question], documents: Mapping[str, Document]
) -> dict[str, list[Row]]:
    """Every question to every system before the next one; who is first changes each time.

    The first question is asked once before, uncounted: it allocates. A system that ends is asked no
    more, and each question that it leaves is an error.
    """
    names = list(systems)
    rows: dict[str, list[Row]] = {name: [] for name in names}
    gone: dict[str, str] = {}
    for number, question in enumerate([questions[-1], *questions]):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            reply, seconds = _asked(systems[name], name, question.question, gone)
            if number:
                row = scoring.score(question, reply, documents)
                rows[name].append(row | {"ms": 1000 * seconds})
        if number % 20 == 0:
            print(f"  {number} of {len(questions)} questions", flush=True)
    return rows


def _asked(system: Asked, name: str, question: str, gone: dict[str, str]) -> tuple[Reply, float]:
    if name not in gone:
        try:
            return system.ask(question)
        except ChildError as error:
            gone[name] = str(error)
            print(f"{name} is out: {error}", flush=True)
    return {"error": gone[name]}, float("nan")


def _command(
    this: Set, system: System, work: Path, weights: Mapping[str, Path], embedder: Path, threads: int
) -> list[str]:
    options = dict(system.options)
    config = {
        "corpus": str(this.corpus),
        "passages": str(this.passages),
        "index": str(work / "sets" / this.name / "indexes" / system.rival.name),
        "embedder": str(embedder),
        "reader": str(weights[system.reader]),
        "options": options,
        "threads": threads,
        "clients": max(CLIENTS),
    }
    path = work / f"{system.slug}.json"
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return [python(system.rival, work), str(system.rival.worker), "serve", str(path)]


def _as(command: Sequence[str], what: str) -> list[str]:
    return [what if part == "serve" else part for part in command]
