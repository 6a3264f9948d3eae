from __future__ import annotations

import pytest

from qa_bot.cli import common


def test_a_log_hears_how_far_it_is_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 10.0, 61.0, 70.0, 130.0])
    monkeypatch.setattr(common.time, "monotonic", lambda: next(clock))
    with common.progress_bar() as report:
        for done in range(1, 5):
            report("embed", 1000 * done, 9000)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "embed: 2,000 of 9,000\nembed: 4,000 of 9,000\n"
