"""Plots as SVG files: how good against how fast, and what growth costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_bot.evaluation.plots import Frame, round_ticks

# Told apart in grey, too: each has its letter beside it.
STYLE = (
    "<style>text{font:11px sans-serif;fill:#444}.grid{stroke:#ddd}.line{fill:none;stroke:#999;"
    "stroke-width:1.5}.dot{fill:#999}.qa-bot{fill:#b3450b}.line.qa-bot{fill:none;stroke:#b3450b;"
    "stroke-width:2.5}svg{background:#fff}</style>"
)
Figures = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Picture:
    """`label` says what it shows, the systems' letters included."""

    name: str
    label: str
    svg: str


def accuracy_and_speed(name: str, title: str, figures: Figures) -> Picture:
    """F1 against the median time of an answer, one lettered dot for each system."""
    shown = {s: f for s, f in figures.items() if not (math.isnan(f["p50"]) or math.isnan(f["f1"]))}
    most = max((f["p50"] for f in shown.values()), default=1.0) * 1.1
    frame = Frame((0, most), (0, 1), "p50, ms", "F1, %").ticks(round_ticks(most), _SHARES)
    for letter, (system, of) in zip(_LETTERS, shown.items(), strict=False):
        frame.dot(of["p50"], of["f1"], _style(system), f"{letter}: {system}")
        _letter(frame, of["p50"], of["f1"], letter)
    return _picture(name, f"{title}: F1 by the median time of an answer", shown, frame)


def growth(grown: Mapping[int, Figures]) -> list[Picture]:
    """Time of an answer, F1, time to build and memory, by the number of passages."""
    titles = {"p50": "p50, ms", "f1": "F1, %", "build_s": "build, s", "peak_mb": "memory, MB"}
    sizes = sorted(grown)
    systems = list(grown[sizes[0]])
    pictures = []
    for key, title in titles.items():
        values = [of.get(key, math.nan) for figures in grown.values() for of in figures.values()]
        highest = max((v for v in values if not math.isnan(v)), default=1.0)
        most = 1.0 if key == "f1" else 1.1 * highest
        ends = (math.log10(sizes[0]) - 0.2, math.log10(sizes[-1]) + 0.3)
        frame = Frame(ends, (0, most), "passages", title)
        marks = _SHARES if key == "f1" else round_ticks(most)
        frame.ticks({math.log10(n): f"{n:,}" for n in sizes}, marks)
        for letter, system in zip(_LETTERS, systems, strict=False):
            found = {n: grown[n].get(system, {}).get(key, math.nan) for n in sizes}
            points = [(math.log10(n), value) for n, value in found.items() if not math.isnan(value)]
            if points:
                frame.line(points, _style(system))
                _letter(frame, *points[-1], letter)
        pictures.append(_picture(f"growth-{key}", f"{title}, by passages", systems, frame))
    return pictures


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHARES = {0.0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1.0: "100"}


def _letter(frame: Frame, x: float, y: float, letter: str) -> None:
    frame._text(frame.px(x) + 6, frame.py(y) + 4, letter, "start")


def _style(system: str) -> str:
    return "qa-bot" if system.startswith("qa-bot") else "other"


def _picture(name: str, title: str, systems: Sequence[str] | Figures, frame: Frame) -> Picture:
    letters = ", ".join(f"{a} {system}" for a, system in zip(_LETTERS, systems, strict=False))
    label = f"{title}: {letters}"
    svg = frame.svg(label).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    at = svg.index(">") + 1
    return Picture(name, label, svg[:at] + STYLE + svg[at:])
