"""The report as one HTML file that opens offline: no script, no other file, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files

from qa_bot.evaluation.compare import COMPARED, LOWER_IS_BETTER, Comparison, Pair
from qa_bot.evaluation.gate import Verdict
from qa_bot.evaluation.intervals import NOTHING, Measure
from qa_bot.evaluation.plots import (
    latency_histogram,
    outcome_bars,
    recall_by_k,
    reliability_diagram,
    risk_coverage_curve,
)
from qa_bot.evaluation.results import Evaluation, Result
from qa_bot.evaluation.runner import CUTOFFS
from qa_bot.evaluation.summary import PART_METRICS, RANKING_METRICS, RANKINGS, USERS_METRICS
from qa_bot.evaluation.users import OUTCOMES
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

FAILURES = 25
CHANGES = 50
QUESTIONS = 2000
TILES = (
    ("users", "users_score", "users’ score (satisfied + half of helped)"),
    ("users", "misled", "users misled, %"),
    ("answer", "right", "answers right, %"),
    ("answer", "f1", "answer F1"),
    ("retrieval", "recall@5/fused", "recall@5, %"),
    ("abstention", "not found: precision", "“not found” precision, %"),
    ("abstention", "not found: recall", "“not found” recall, %"),
    ("abstention", "ece", "calibration error (ECE)"),
    ("citations", "quote fidelity", "quotations verbatim, %"),
    ("speed", "total: p95 ms", "p95, milliseconds"),
)
# Nothing may be loaded from anywhere, whatever a quotation holds.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(
    run: Evaluation, compared: Comparison | None = None, verdict: Verdict | None = None
) -> str:
    """The whole page."""
    style = files("qa_bot.evaluation").joinpath("report.css").read_text(encoding="utf-8")
    title = f"Evaluation: {run.about.get('test_set', '')}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="about">{escape(headline(run))}</p>',
        _verdict(verdict) if verdict else "",
        _tiles(run),
        _plots(run),
        _comparison(compared) if compared else "",
        _section(run, "users", SECTIONS["users"]),
        _intents(run),
        *(_section(run, name, title) for name, title in SECTIONS.items() if name != "users"),
        _parts("By type", run.by_type),
        _parts("By document", run.by_document),
        _unserved(run),
        _failures(run),
        _problems(run),
        _questions(run),
        _footnotes(run),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body></html>\n"
    )


def _tiles(run: Evaluation) -> str:
    made = []
    for section, metric, label in TILES:
        measure = run.measures.get(section, {}).get(metric)
        if measure and measure.n:
            made.append(
                f'<div class="tile"><b>{number(metric, measure.value)}</b><span>{escape(label)}'
                f"</span><small>{interval(metric, measure)}</small></div>"
            )
    return f'<div class="tiles">{"".join(made)}</div>'


def _plots(run: Evaluation) -> str:
    figures = []
    if run.by_intent:
        shares = {
            f"{name} ({m['users_score'].n})": [m[outcome].value for outcome in OUTCOMES]
            for name, m in run.by_intent.items()
        }
        key = "".join(f'<i class="key {o}"></i>{o}' for o in OUTCOMES)
        figures.append(_figure("Who is served?", key, outcome_bars(shares, OUTCOMES), html=True))
    if run.curves.get("reliability"):
        caption = "Does confidence mean what it says?", "ten bins of equally many questions"
        figures.append(_figure(*caption, reliability_diagram(run.curves["reliability"])))
    if run.curves.get("risk_coverage"):
        plot = risk_coverage_curve(run.curves["risk_coverage"], run.curves.get("answered", 0.0))
        figures.append(_figure("What does it cost to answer more?", "surest first", plot))
    recall = {
        ranking: {
            k: run.value("retrieval", f"recall@{k}/{ranking}")
            for k in CUTOFFS
            if run.measures.get("retrieval", {}).get(f"recall@{k}/{ranking}", NOTHING).n
        }
        for ranking in RANKINGS
    }
    if any(recall.values()):
        key = "".join(f'<i class="key {r}"></i>{name_of(r)}' for r in RANKINGS)
        figures.append(_figure("Is the right passage found?", key, recall_by_k(recall), html=True))
    took = [1000 * r.seconds["total"] for r in run.results if "total" in r.seconds]
    if took:
        figures.append(
            _figure("How long does a question take?", "whole path", latency_histogram(took))
        )
    return f'<div class="plots">{"".join(figures)}</div>' if figures else ""


def _figure(title: str, note: str, plot: str, html: bool = False) -> str:
    note = note if html else escape(note)
    return f"<figure><figcaption>{escape(title)}<small>{note}</small></figcaption>{plot}</figure>"


def _section(run: Evaluation, section: str, title: str) -> str:
    measured = {n: m for n, m in run.measures.get(section, {}).items() if m.n}
    if not measured:
        return ""
    if section == "retrieval":
        rows = [
            [escape(name_of(ranking))]
            + [_cell(metric, measured.get(f"{metric}/{ranking}")) for metric in RANKING_METRICS]
            for ranking in RANKINGS
        ]
        count = next(iter(measured.values())).n
        return _titled(
            f"{title}, {count} questions", _table(["ranking", *map(name_of, RANKING_METRICS)], rows)
        )
    rows = [
        [escape(name_of(n)), number(n, m.value), interval(n, m), str(m.n)]
        for n, m in measured.items()
    ]
    return _titled(title, _table(["score", "value", "95 %", "n"], rows, style="scores"))


def _parts(title: str, parts: Mapping[str, Mapping[str, Measure]]) -> str:
    if not parts:
        return ""
    columns = (*PART_METRICS, "found")
    rows = [
        [escape(name), str(m["found"].n)] + [_cell(metric, m.get(metric)) for metric in columns]
        for name, m in parts.items()
    ]
    heads = [title.removeprefix("By "), "n", *(name_of(c).split(" (")[0] for c in columns)]
    return _titled(title, _table(heads, rows))


def _intents(run: Evaluation) -> str:
    if not run.by_intent:
        return ""
    rows = [
        [escape(name), str(m["users_score"].n)]
        + [_cell(metric, m[metric]) for metric in USERS_METRICS]
        for name, m in run.by_intent.items()
    ]
    heads = ["kind", "n", *(name_of(m).split(" (")[0] for m in USERS_METRICS)]
    return _titled("By kind of question", _table(heads, rows))


def _unserved(run: Evaluation) -> str:
    gone = unserved(run.results, len(run.results))
    if not gone:
        return ""
    shown = gone[:FAILURES]
    note = f'<p class="note">{len(shown)} of {len(gone)}: misled first, then the surest.</p>'
    return _titled("Not served", note + _answers(shown))


def _failures(run: Evaluation) -> str:
    failures = worst(run.results, FAILURES)
    if not failures:
        return ""
    wrong = sum(not r.score("right") for r in run.results)
    note = f'<p class="note">{len(failures)} of {wrong} wrong answers, the surest first.</p>'
    return _titled("Worst failures", note + _answers(failures))


def _questions(run: Evaluation) -> str:
    shown = run.results[:QUESTIONS]
    more = len(run.results) - len(shown)
    note = f'<p class="note">and {more} more, in the JSON file</p>' if more else ""
    return f"<details><summary>All questions</summary>{_answers(shown)}{note}</details>"


def _answers(results: Iterable[Result]) -> str:
    rows = [
        [
            escape(r.id),
            _asked(r),
            escape(expected(r)),
            escape(said(r)),
            f"{r.confidence:.2f}",
            f"{r.score('users_score' if r.outcome else 'f1'):.2f}",
        ]
        for r in results
    ]
    return _table(
        ["id", "question", "expected", "answered", "sure", "score"], rows, (1, 2, 3), "answers"
    )


def _asked(result: Result) -> str:
    if result.understood == result.question:
        return escape(result.question)
    return f"{escape(result.question)}<br><small>{escape(result.understood)}</small>"


def _comparison(compared: Comparison) -> str:
    rows = [
        [
            escape(COMPARED[name]),
            f'<span class="{_mood(d.mean, name)}">{100 * d.mean:+.1f}</span>',
            f"{100 * d.low:+.1f} – {100 * d.high:+.1f}",
            f"{d.p:.4f}",
            str(d.n),
        ]
        for name, d in compared.differences.items()
        if d.n
    ]
    parts = [_table(["score", "change, points", "95 %", "p (paired)", "n"], rows)]
    for title, pairs in (("Better", compared.better), ("Worse", compared.worse)):
        if pairs:
            parts.append(f"<h3>{title}: {len(pairs)} questions</h3>" + _pairs(pairs[:CHANGES]))
    only = len(compared.only_new), len(compared.only_old)
    if any(only):
        parts.append(
            f'<p class="note">{only[0]} questions only in this run, '
            f"{only[1]} only in the earlier one.</p>"
        )
    return _titled(
        f"Against the earlier run, {len(compared.pairs)} questions in both", "".join(parts)
    )


def _pairs(pairs: Sequence[Pair]) -> str:
    rows = [
        [
            escape(p.new.id),
            escape(p.new.question),
            escape(expected(p.new)),
            escape(said(p.old)),
            escape(said(p.new)),
            f"{p.gain:+.2f}",
        ]
        for p in pairs
    ]
    heads = ["id", "question", "expected", "before", "now", "change"]
    return _table(heads, rows, (1, 2, 3, 4), "answers")


def _verdict(verdict: Verdict) -> str:
    notes = "".join(f"<br>{escape(note)}" for note in verdict.notes)
    if verdict.open:
        return f'<p class="open"><b>Gate open</b>: no drop beyond noise.{notes}</p>'
    reasons = "".join(f"<br>{escape(reason)}" for reason in verdict.reasons)
    return f'<p class="closed"><b>Gate closed</b>{reasons}{notes}</p>'


def _problems(run: Evaluation) -> str:
    if not run.problems:
        return ""
    rows = "".join(f"<li>{escape(problem)}</li>" for problem in run.problems)
    return _titled(f"{len(run.problems)} rows could not be used", f"<ul>{rows}</ul>")


def _footnotes(run: Evaluation) -> str:
    settings = ", ".join(f"{k} {v}" for k, v in run.about.get("settings", {}).items())
    return (
        '<p class="note">Scores are in per cent; intervals are 95 % bootstrap intervals over '
        "questions. What each score means: docs/evaluation.md. "
        f"qa-bot {escape(str(run.about.get('version', '')))}; {escape(settings)}.</p>"
    )


def _cell(metric: str, measure: Measure | None) -> str:
    if measure is None or not measure.n:
        return "–"
    return f"{number(metric, measure.value)} <small>{interval(metric, measure)}</small>"


def _table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    texts: Sequence[int] = (),
    style: str = "",
) -> str:
    """A table of cells that are HTML already; the first column and ``texts`` are text, the other
    columns numbers."""

    def kind(column: int) -> str:
        return "" if column == 0 else ' class="text"' if column in texts else ' class="n"'

    head = "".join(f"<th{kind(i)}>{escape(h)}</th>" for i, h in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{kind(i)}>{cell}</td>" for i, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="{style}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _titled(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _mood(change: float, score: str) -> str:
    change = -change if score in LOWER_IS_BETTER else change
    return "good" if change > 0 else "bad" if change < 0 else ""
