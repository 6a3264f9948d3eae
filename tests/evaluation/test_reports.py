from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from qa_bot.evaluation.abstention import Bin
from qa_bot.evaluation.compare import compare
from qa_bot.evaluation.gate import judge
from qa_bot.evaluation.html_report import render
from qa_bot.evaluation.plots import (
    latency_histogram,
    recall_by_k,
    reliability_diagram,
    risk_coverage_curve,
)
from qa_bot.evaluation.results import Evaluation
from qa_bot.evaluation.runner import run_evaluation
from qa_bot.evaluation.terminal import show, show_comparison, show_verdict
from qa_bot.evaluation.testset import TestSet
from qa_bot.evaluation.wording import worst

ATTACK = '<script>alert(1)</script><img src="https://example.org/x.png">"\'&[red]'


@pytest.fixture(scope="module")
def broken(make_bot: Callable[..., Any], questions: TestSet) -> Evaluation:
    run = run_evaluation(make_bot(broken=True), questions)
    hurt = {"question": ATTACK, "text": ATTACK, "candidate": ATTACK, "gold": (ATTACK,)}
    results = (replace(run.results[0], id=ATTACK, type=ATTACK, **hurt), *run.results[1:])
    return replace(
        run, results=results, problems=(f"line 1: {ATTACK}",), by_type={ATTACK: run.by_type["fact"]}
    )


class Tags(HTMLParser):
    """Every opened tag must be closed; collects tags and attribute values."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.values += [value for _, value in attrs if value]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_escaped_and_loads_nothing(
    broken: Evaluation, make_bot: Callable[..., Any], questions: TestSet
) -> None:
    good = run_evaluation(make_bot(), questions)
    page = render(broken, compare(broken, good), judge(broken, good))
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert not tags.seen & {"script", "img", "link", "iframe", "object"}
    assert not re.search(r"url\(|@import|https?://", page.replace("https://example.org", ""))
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == 3  # no quotation, so no reliability diagram
    assert render(good).count("<svg") == 4
    assert "Gate closed" in page
    assert "Worse:" in page


def test_the_terminal_shows_every_section(
    broken: Evaluation, make_bot: Callable[..., Any], questions: TestSet
) -> None:
    good = run_evaluation(make_bot(), questions)
    out = StringIO()
    console = Console(file=out, width=120)
    show(broken, console)
    show_comparison(compare(broken, good), console)
    show_verdict(judge(broken, good), console)
    text = out.getvalue()
    for words in (
        "Retrieval, 20 questions",
        "Worst failures",
        "CLOSED",
        "[red]",
        "20 worse",
        "p95",
    ):
        assert words in text, words


def test_an_empty_run_still_makes_a_page() -> None:
    assert "<h1>" in render(Evaluation({"test_set": "none"}, {}))
    show(Evaluation({}, {}), Console(file=StringIO()))


def test_the_surest_of_the_worst_come_first(broken: Evaluation) -> None:
    failures = worst(broken.results, 99)
    assert all(not r.score("right") for r in failures)
    keys = [(r.score("f1"), -r.confidence) for r in failures]
    assert keys == sorted(keys)


def test_plots_put_points_where_the_values_are() -> None:
    svg = reliability_diagram([Bin(5, 0.0, 1.0), Bin(5, 1.0, 0.0)])
    # Plot area: 48..344 across, 12..218 down.
    assert 'cx="48.0" cy="12.0"' in svg
    assert 'cx="344.0" cy="218.0"' in svg
    assert "48.0,12.0 344.0,218.0" in svg
    curve = risk_coverage_curve([[0.5, 0.0], [1.0, 0.5]], 0.75)
    assert "196.0,218.0 344.0,115.0" in curve
    recall = recall_by_k({"fused": {1: 0.8, 10: 1.0}})
    assert "k = 10: 100.0%" in recall
    bars = re.findall(r"ms: (\d+)", latency_histogram([1.0, 2.0, 3.0, 400.0]))
    assert sum(map(int, bars)) == 4
    assert "<svg" in latency_histogram([0.0])
