"""RESULTS.md: a table for each set, where another system is better, and plots."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers import plots
from benchmarks.peers.scoring import summary
from benchmarks.peers.systems import SYSTEMS
from qa_bot.evaluation.intervals import paired_difference

OURS = [system.name for system in SYSTEMS[:2]]  # the first that took part is compared
SURE = 0.05
Figures = dict[str, dict[str, float]]  # of each system, each figure


@dataclass(frozen=True)
class Column:
    """A figure in a table.

    Attributes:
        more: whether more is better.
        digits: behind the point.
        score: which score of a question it is the mean of, to compare two systems question by
            question; empty where it is none.
        users: of the users' questions, not of the precise ones.
    """

    key: str
    title: str
    more: bool = True
    digits: int = 2
    score: str = ""
    users: bool = False


PRECISE = (
    Column("em", "EM", score="em"),
    Column("f1", "F1", score="f1"),
    Column("right", "right", score="right"),
    Column("held_out", "right, held out"),
    Column("right_known", "right where there is an answer"),
    Column("silent_recall", "not found: recall"),
    Column("silent_precision", "precision"),
    Column("best", "F1 at its best threshold"),
    Column("exact", "citations exact"),
)
USERS = (
    Column("users", "score", score="users_score", users=True),
    Column("users_held_out", "score, held out"),
    Column("satisfied", "satisfied", score="satisfied", users=True),
    Column("misled", "misled", more=False, score="misled", users=True),
)
SPEED = (
    Column("p50", "p50, ms", False, 0),
    Column("p95", "p95, ms", False, 0),
    Column("rush1", "questions/s, 1 client"),
    Column("rush4", "4 clients"),
    Column("rush16", "16 clients"),
    Column("first_answer_s", "start to first answer, s", False, 1),
    Column("exit_s", "to its end, s", False, 1),
    Column("peak_mb", "memory, MB", False, 0),
    Column("rush_peak_mb", "16 clients", False, 0),
    Column("errors", "errors", False, 0),
)
COSTS = (
    Column("build_s", "build, s", False, 1),
    Column("build_peak_mb", "its memory, MB", False, 0),
    Column("index_mb", "index, MB", False, 1),
    Column("install_mb", "installed, MB", False, 0),
)


def write(measured: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """The report in `path`, its plots beside it."""
    parts = [_head(measured)]
    grown: dict[int, Figures] = {}
    pictures = []
    for name, made in measured.items():
        figures = figures_of(made)
        parts.append(section(made, figures))
        if name.startswith("growth-"):
            grown[made["passages"]] = figures
        else:
            pictures.append(plots.accuracy_and_speed(name, made["title"], figures))
    if len(grown) > 1:
        pictures += plots.growth(grown)
    parts.append("## Plots")
    for picture in pictures:
        file = path.with_name(f"peers-{picture.name}.svg")
        file.write_text(picture.svg, encoding="utf-8")
        parts.append(f"![{picture.label}]({file.name})")
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def figures_of(made: Mapping[str, Any]) -> Figures:
    """Every figure of every system of a set."""
    rivals = {s.name: s.rival.name for s in SYSTEMS}
    figures: Figures = {}
    for name, of in made["systems"].items():
        one = summary(of["rows"])
        one |= {k: statistics.median(of[k]) for k in ("first_answer_s", "exit_s")}
        one |= {f"rush{clients}": rate for clients, rate in of.get("rush", {}).items()}
        one |= {k: of[k] for k in ("peak_mb", "rush_peak_mb") if k in of}
        one["errors"] += of.get("rush_errors", 0)
        one |= made["builds"][rivals[name]]
        one["install_mb"] = made["about"]["rivals"][rivals[name]]["install_mb"]
        figures[name] = one
    return figures


def section(made: Mapping[str, Any], figures: Figures) -> str:
    """The tables of one set, and in words where another system is better than ours."""
    some = next(iter(made["systems"].values()))["rows"]
    precise = sum(not row["users"] for row in some)
    silent = sum(not row["users"] and not row["answerable"] for row in some)
    counts = (
        f"{made['passages']:,} passages; {precise} precise questions, {silent} without an answer"
    )
    if len(some) > precise:
        counts += f"; {len(some) - precise} as people ask them"
    parts = [f"## {made['title']}", counts + "."]
    parts.append(table(figures, PRECISE))
    if len(some) > precise:
        parts += ["As people ask:", table(figures, USERS)]
    parts += [table(figures, SPEED), table(figures, COSTS)]
    if ours := next((name for name in OURS if name in figures), None):
        parts += [f"Where another is better than {ours}:", better(made["systems"], figures, ours)]
    return "\n\n".join(parts)


def table(figures: Figures, columns: Sequence[Column]) -> str:
    """A row for each system; columns that nobody has are left out, the best of each is bold."""
    kept = [c for c in columns if any(_has(of, c) for of in figures.values())]
    lines = [
        "| | " + " | ".join(c.title for c in kept) + " |",
        "| --- " + "| --: " * len(kept) + "|",
    ]
    best = {c.key: _best(figures, c) for c in kept}
    for name, of in figures.items():
        cells = []
        for c in kept:
            text = f"{of[c.key]:,.{c.digits}f}" if _has(of, c) else "–"
            cells.append(f"**{text}**" if _has(of, c) and of[c.key] == best[c.key] else text)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def better(systems: Mapping[str, Any], figures: Figures, ours: str) -> str:
    """A line for each figure in which others are ahead, with how much is chance where that can be
    told: a paired test over the questions."""
    lines = []
    for column in (*PRECISE, *USERS, *SPEED, *COSTS):
        own = figures[ours].get(column.key, math.nan)
        ahead = []
        for name, of in figures.items():
            gain = (of.get(column.key, math.nan) - own) * (1 if column.more else -1)
            if name not in OURS and gain > 0:
                chance = _chance(systems[name]["rows"], systems[ours]["rows"], column)
                ahead.append(f"{name} {of[column.key]:,.{column.digits}f}{chance}")
        if ahead:
            lines.append(f"- {column.title}: {'; '.join(ahead)}; {ours} {own:,.{column.digits}f}")
    return "\n".join(lines) or "Nowhere."


def _chance(theirs: Sequence[Any], ours: Sequence[Any], column: Column) -> str:
    if not column.score:
        return ""
    both = [[r["scores"][column.score] for r in rows if r["users"] == column.users]
            for rows in (theirs, ours)]  # fmt: skip
    p = paired_difference(*both).p
    return f" (p {p:.3f})" if p < SURE else f" (may be chance, p {p:.2f})"


def _has(of: Mapping[str, float], column: Column) -> bool:
    return not math.isnan(of.get(column.key, math.nan))


def _best(figures: Figures, column: Column) -> float:
    pick: Callable[..., float] = max if column.more else min
    return pick(of[column.key] for of in figures.values() if _has(of, column))


def _head(measured: Mapping[str, Mapping[str, Any]]) -> str:
    """What was measured, where and with what, from the latest set."""
    about = max((made["about"] for made in measured.values()), key=lambda a: str(a["date"]))
    lines = [
        "# This bot beside others",
        "Written by `python -m benchmarks.peers`. What the figures mean and how each system is set "
        "up: [peers/README.md](peers/README.md).",
    ]
    if any(made["about"]["limit"] for made in measured.values()):
        lines.append("**A trial run, of few questions.**")
    if any(made["about"]["busy"] for made in measured.values()):
        lines.append("**The machine was busy: the figures of speed mean nothing.**")
    lines.append(f"{about['date']}: {about['machine']}; {about['threads']} threads for everybody.")
    for name, of in about["rivals"].items():
        lines.append(f"- {name}: " + ", ".join(f"{k} {v}" for k, v in of["versions"].items()))
    return "\n\n".join(lines)
