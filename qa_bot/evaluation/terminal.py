"""The report in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from qa_bot.evaluation.compare import COMPARED, Comparison
from qa_bot.evaluation.gate import Verdict
from qa_bot.evaluation.intervals import Measure
from qa_bot.evaluation.results import Evaluation, Result
from qa_bot.evaluation.summary import PART_METRICS, RANKING_METRICS, RANKINGS, USERS_METRICS
from qa_bot.evaluation.wording import (
    SECTIONS,
    expected,
    headline,
    interval,
    name_of,
    number,
    said,
    unserved,
    worst,
)

FAILURES = 8
CHANGES = 8
GROUPS = 20


def show(run: Evaluation, console: Console) -> None:
    """Print every section of a run and its worst failures."""
    console.print(Text(headline(run), style="bold"))
    if run.problems:
        console.print(f"{len(run.problems)} rows could not be used:", style="yellow")
        for problem in run.problems[:FAILURES]:
            console.print(Text(f"  {problem}", style="yellow"))
    for section, title in SECTIONS.items():
        measured = {n: m for n, m in run.measures.get(section, {}).items() if m.n}
        if section == "retrieval" and measured:
            count = next(iter(measured.values())).n
            _print(console, f"{title}, {count} questions", _rankings(measured))
        elif measured:
            _print(console, title, _measures(measured))
        if section == "users" and run.by_intent:
            _print(console, "By kind of question", _intents(run.by_intent))
    for title, parts in (("By type", run.by_type), ("By document", run.by_document)):
        if parts:
            _print(console, title, _parts(title, parts))
    for title, failures in (
        ("Not served", unserved(run.results, FAILURES)),
        ("Worst failures", worst(run.results, FAILURES)),
    ):
        if failures:
            _print(console, title, _failures(failures))


def _failures(results: Sequence[Result]) -> Table:
    table = Table(show_lines=True)
    for column in ("id", "question", "expected", "answered", "sure"):
        table.add_column(column, overflow="fold")
    for r in results:
        table.add_row(
            *(escape(_cut(t)) for t in (r.id, r.question, expected(r), said(r))),
            f"{r.confidence:.2f}",
        )
    return table


def show_comparison(compared: Comparison, console: Console) -> None:
    """Print what got better and worse against an earlier run."""
    table = Table()
    for column in ("score", "change", "95 %", "p"):
        table.add_column(column, justify="left" if column == "score" else "right")
    for name, difference in compared.differences.items():
        if difference.n:
            table.add_row(
                COMPARED[name],
                f"{100 * difference.mean:+.1f}",
                f"{100 * difference.low:+.1f} – {100 * difference.high:+.1f}",
                f"{difference.p:.4f}",
            )
    _print(console, f"Against the earlier run, {len(compared.pairs)} questions in both", table)
    for title, pairs, style in (
        ("better", compared.better, "green"),
        ("worse", compared.worse, "red"),
    ):
        console.print(Text(f"{len(pairs)} {title}", style=style))
        for pair in pairs[:CHANGES]:
            console.print(Text(f"  {pair.gain:+.2f}  {pair.new.id}  {_cut(pair.new.question)}"))
            console.print(Text(f"         was: {_cut(said(pair.old))}", style="dim"))
            console.print(Text(f"         now: {_cut(said(pair.new))}", style="dim"))
        if len(pairs) > CHANGES:
            console.print(f"  … and {len(pairs) - CHANGES} more", style="dim")
    for count, where in ((len(compared.only_new), "this"), (len(compared.only_old), "the earlier")):
        if count:
            console.print(f"{count} questions only in {where} run", style="yellow")


def show_verdict(verdict: Verdict, console: Console) -> None:
    """Print whether the gate is open."""
    for note in verdict.notes:
        console.print(Text(f"note: {note}", style="yellow"))
    if verdict.open:
        console.print("gate: open, no drop beyond noise", style="bold green")
        return
    console.print("gate: CLOSED", style="bold red")
    for reason in verdict.reasons:
        console.print(Text(f"  {reason}", style="red"))


def _print(console: Console, title: str, table: Table) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(table)


def _measures(measured: Mapping[str, Measure]) -> Table:
    table = Table()
    table.add_column("score")
    for column in ("value", "95 %", "n"):
        table.add_column(column, justify="right")
    for name, m in measured.items():
        table.add_row(escape(name_of(name)), number(name, m.value), interval(name, m), str(m.n))
    return table


def _rankings(measured: Mapping[str, Measure]) -> Table:
    table = Table()
    table.add_column("ranking")
    for metric in RANKING_METRICS:
        table.add_column(name_of(metric), justify="right")
    for ranking in RANKINGS:
        cells = []
        for metric in RANKING_METRICS:
            m = measured.get(f"{metric}/{ranking}")
            cells.append(f"{number(metric, m.value)}\n{interval(metric, m)}" if m else "–")
        table.add_row(name_of(ranking), *cells)
    return table


def _parts(title: str, parts: Mapping[str, Mapping[str, Measure]]) -> Table:
    table = Table()
    table.add_column(title.lower().removeprefix("by "), overflow="fold")
    table.add_column("n", justify="right")
    columns = (*PART_METRICS, "found")
    for metric in columns:
        table.add_column(name_of(metric).split(" (")[0], justify="right")
    for name, measured in list(parts.items())[:GROUPS]:
        cells = [number(metric, measured[metric].value) for metric in columns]
        table.add_row(escape(_cut(name, 40)), str(measured["found"].n), *cells)
    if len(parts) > GROUPS:
        table.add_row(f"… and {len(parts) - GROUPS} more, in the HTML report")
    return table


def _intents(parts: Mapping[str, Mapping[str, Measure]]) -> Table:
    table = Table()
    table.add_column("kind of question", overflow="fold")
    for column in ("n", *(name_of(m).split(" (")[0] for m in USERS_METRICS)):
        table.add_column(column, justify="right")
    for name, measured in parts.items():
        cells = [number(metric, measured[metric].value) for metric in USERS_METRICS]
        table.add_row(escape(_cut(name, 40)), str(measured["users_score"].n), *cells)
    return table


def _cut(text: str, length: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
