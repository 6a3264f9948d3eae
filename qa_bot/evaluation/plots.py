"""Plots as inline SVG: no library, no script, colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from qa_bot.evaluation.abstention import Bin

WIDTH, HEIGHT = 360, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 12, 42


class Frame:
    """Axes with ticks and labels; maps data to pixels.

    Args:
        x, y: (lowest, highest) value of each axis.
        x_label, y_label: what the axes show.
    """

    def __init__(
        self, x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str
    ) -> None:
        self._x, self._y = x, y
        self._parts: list[str] = []
        self._labels(x_label, y_label)

    def px(self, value: float) -> float:
        low, high = self._x
        return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def py(self, value: float) -> float:
        low, high = self._y
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def ticks(self, x: Mapping[float, str], y: Mapping[float, str]) -> Frame:
        """Grid lines and their numbers."""
        for value, text in x.items():
            self._text(self.px(value), HEIGHT - BOTTOM + 16, text, "middle")
        for value, text in y.items():
            at = self.py(value)
            self._parts.append(
                f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
            )
            self._text(LEFT - 6, at + 4, text, "end")
        return self

    def line(self, points: Sequence[tuple[float, float]], style: str) -> Frame:
        """A line through the points."""
        joined = " ".join(f"{self.px(x):.1f},{self.py(y):.1f}" for x, y in points)
        self._parts.append(f'<polyline class="line {style}" points="{joined}"/>')
        return self

    def dot(self, x: float, y: float, style: str, note: str, radius: float = 4) -> Frame:
        """A mark with a note that shows on hovering."""
        self._parts.append(
            f'<circle class="dot {style}" cx="{self.px(x):.1f}" cy="{self.py(y):.1f}" '
            f'r="{radius:.1f}"><title>{escape(note)}</title></circle>'
        )
        return self

    def bar(self, left: float, right: float, top: float, style: str, note: str) -> Frame:
        """A bar from the bottom axis up."""
        x, width = self.px(left), max(0.5, self.px(right) - self.px(left) - 1)
        y, height = self.py(top), self.py(self._y[0]) - self.py(top)
        self._parts.append(
            f'<rect class="bar {style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}"><title>{escape(note)}</title></rect>'
        )
        return self

    def upright(self, x: float, note: str) -> Frame:
        """A vertical marker line with a short label."""
        at = self.px(x)
        self._parts.append(
            f'<line class="mark" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        )
        anchor = "end" if at > WIDTH * 0.6 else "start"
        self._text(at + (-4 if anchor == "end" else 4), TOP + 10, note, anchor)
        return self

    def svg(self, label: str) -> str:
        """The picture; ``label`` says what it shows to those who cannot see it."""
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
            + "".join(self._parts)
            + "</svg>"
        )

    def _labels(self, x_label: str, y_label: str) -> None:
        self._text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x_label, "middle", "label")
        middle = (TOP + HEIGHT - BOTTOM) / 2
        self._parts.append(
            f'<text class="label" transform="translate(12 {middle:.0f}) rotate(-90)" '
            f'text-anchor="middle">{escape(y_label)}</text>'
        )

    def _text(self, x: float, y: float, text: str, anchor: str, style: str = "tick") -> None:
        self._parts.append(
            f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )


_SHARES = {0.0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1.0: "100"}


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Share right against confidence; on the diagonal the confidence means what it says."""
    frame = Frame((0, 1), (0, 1), "confidence, %", "right, %").ticks(_SHARES, _SHARES)
    frame.line([(0, 0), (1, 1)], "ideal")
    frame.line([(b.confidence, b.accuracy) for b in bins], "fused")
    largest = max((b.count for b in bins), default=1)
    for b in bins:
        note = f"{b.count} questions: {b.confidence:.0%} sure, {b.accuracy:.0%} right"
        frame.dot(b.confidence, b.accuracy, "fused", note, 3 + 3 * (b.count / largest) ** 0.5)
    return frame.svg("Reliability diagram: share of right answers by confidence")


def risk_coverage_curve(points: Sequence[Sequence[float]], answered: float) -> str:
    """Mean loss of the answers given when only the surest questions are answered."""
    frame = Frame((0, 1), (0, 1), "questions answered, %", "risk (1 − F1), %")
    frame.ticks(_SHARES, _SHARES).upright(answered, f"answered: {answered:.0%}")
    frame.line([(c, r) for c, r in points], "fused")
    return frame.svg("Risk-coverage curve")


def recall_by_k(recall: Mapping[str, Mapping[int, float]]) -> str:
    """Recall at each cut-off, one line for each ranking; cut-offs evenly spaced."""
    cutoffs = sorted({k for values in recall.values() for k in values})
    lowest = min((v for values in recall.values() for v in values.values()), default=0.0)
    floor = max(0.0, int(lowest * 5 - 0.5) / 5)
    marks = {i / 5: f"{20 * i}" for i in range(round(5 * floor), 6)}
    frame = Frame((-0.2, len(cutoffs) - 0.8), (floor, 1), "passages looked at (k)", "recall, %")
    frame.ticks({i: str(k) for i, k in enumerate(cutoffs)}, marks)
    for ranking, values in recall.items():
        points = [(i, values[k]) for i, k in enumerate(cutoffs) if k in values]
        frame.line(points, ranking)
        for i, value in points:
            frame.dot(i, value, ranking, f"{ranking}, k = {cutoffs[int(i)]}: {value:.1%}")
    return frame.svg("Recall by number of passages, for each ranking")


def outcome_bars(shares: Mapping[str, Sequence[float]], outcomes: Sequence[str]) -> str:
    """One bar for each kind of question, made of the shares of the outcomes."""
    row, start = 20, 130
    parts = []
    for number, (name, values) in enumerate(shares.items()):
        top, left = number * row, float(start)
        parts.append(
            f'<text x="{start - 6}" y="{top + 13}" text-anchor="end">{escape(name)}</text>'
        )
        for outcome, value in zip(outcomes, values, strict=True):
            width = value * (WIDTH - start)
            if width > 0:
                parts.append(
                    f'<rect class="bar {outcome}" x="{left:.1f}" y="{top + 2}" '
                    f'width="{width:.1f}" height="{row - 5}">'
                    f"<title>{escape(name)}: {outcome} {value:.0%}</title></rect>"
                )
            left += width
    return (
        f'<svg viewBox="0 0 {WIDTH} {max(1, len(shares)) * row}" role="img" '
        f'aria-label="Outcomes by kind of question">{"".join(parts)}</svg>'
    )


def latency_histogram(milliseconds: Sequence[float]) -> str:
    """How many questions took how long; the slowest one in a hundred are put in the last bar."""
    took = np.asarray(milliseconds, dtype=np.float64)
    top = max(float(np.percentile(took, 99)), 1.0)
    counts, edges = np.histogram(np.minimum(took, top), bins=24, range=(0, top))
    most = max(int(counts.max()), 1)
    frame = Frame((0, top), (0, most * 1.1), "milliseconds a question", "questions")
    frame.ticks(round_ticks(top), round_ticks(most))
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            frame.bar(left, right, float(count), "fused", f"{left:.0f}–{right:.0f} ms: {count}")
    for q in (50, 95):
        frame.upright(min(float(np.percentile(took, q)), top), f"p{q}")
    return frame.svg("Histogram of the time a question takes")


def round_ticks(top: float) -> dict[float, str]:
    """Ticks from 0 to at most ``top`` at round steps: 1, 2 or 5 times a power of ten.

    >>> list(round_ticks(47).values())
    ['0', '10', '20', '30', '40']
    """
    step = 10.0 ** np.floor(np.log10(max(top, 1) / 2))
    step = next(step * m for m in (1, 2, 5, 10) if top / (step * m) <= 5)
    step = max(step, 1.0)
    return {float(step * i): f"{step * i:.0f}" for i in range(int(top / step) + 1)}
