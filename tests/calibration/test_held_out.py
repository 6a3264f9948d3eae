"""Figures of a collection by a fit on the others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_bot.calibration.data import Outcome
from qa_bot.calibration.fitting import fit
from qa_bot.calibration.held_out import at_threshold, leave_one_out
from qa_bot.reading.confidence import Calibration
from tests.calibration.test_calibration import decided, outcomes


def test_a_collection_is_never_judged_by_its_own_questions() -> None:
    made = [*outcomes("a", 60, 0), *outcomes("b-1", 60, 1), *outcomes("b-2", 60, 2)]
    fitted_on: list[set[str]] = []

    def spied(rows: Sequence[Outcome]) -> Calibration:
        fitted_on.append({row.kind for row in rows})
        return fit(rows)

    figures = leave_one_out(made, {"b-1": "b", "b-2": "b"}, spied)
    assert list(figures) == ["a", "b"]
    assert fitted_on == [{"b-1", "b-2"}, {"a"}]
    assert figures["b"]["questions"] == 120
    assert not leave_one_out(outcomes("a", 60, 0), {})


def test_what_is_answered_and_declined_from_a_threshold_on() -> None:
    rows = decided("a", right=[0.9, 0.3], wrong=[0.8], none=[0.2, 0.6])
    sure = [o.table[0, 0] for o in rows]
    figures = at_threshold(rows, sure, 0.5)
    assert figures["right"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["best_is_right"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["declined"] == 0.5
    answerable = at_threshold(rows[:3], sure[:3], 0.5)
    assert answerable["declined"] is None
