"""Asks questions once, of one reader or of both, and keeps what was said."""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from qa_bot.bot import QABot
from qa_bot.calibration.asked import Asked, Said, load
from qa_bot.calibration.data import Recorder
from qa_bot.errors import QABotError
from qa_bot.evaluation.scoring import candidate_scores
from qa_bot.evaluation.testset import Question
from qa_bot.evaluation.text_metrics import best_over_golds
from qa_bot.reading.confidence import Calibration
from qa_bot.reading.prepare import Prepared
from qa_bot.reading.reader import Reader
from qa_bot.reading.two_stage import TwoStageReader
from qa_bot.schema import Passage, Span

KEPT = 12  # spans of each reader


class Asking:
    """A bot whose readers are recorded.

    With two readers each question is answered by the first alone and by both; the first one reads
    only once.
    """

    def __init__(self, bot: QABot, reader: Reader) -> None:
        self._recorder = Recorder()
        readers = [reader]
        if isinstance(reader, TwoStageReader):
            cascade = copy.copy(reader)
            cascade.first = _remembering(reader.first)
            cascade.sure = float("inf")  # where the first one is sure its own confidence speaks
            readers = [cascade.first, cascade]
        self._bots = [(r.name, bot.with_reader(_recorded(r, self._recorder))) for r in readers]

    def ask(self, question: Question) -> Asked | None:
        """One question through the whole path; None when it was answered without reading."""
        by: dict[str, Said] = {}
        for name, bot in self._bots:
            recorder = self._recorder
            recorder.spans, recorder.hits = [], []
            try:
                answer = bot.ask(question.question, question.history, question.filters)
            except QABotError:
                return None
            if answer.facts or not recorder.hits:
                return None
            golds = [span.text for item in question.answers for span in item]
            spans = recorder.spans[:KEPT]
            f1 = [best_over_golds(s.text, golds)[1] if golds else 0.0 for s in spans]
            if f1:  # the first one as the evaluation judges it: a list by its items
                f1[0] = candidate_scores(answer, question)["candidate_f1"]
            by[name] = Said(tuple(spans), tuple(f1))
        return Asked(
            question.id,
            question.type,
            question.answerable,
            recorder.question,
            tuple(recorder.hits),
            by,
        )


def ask_missing(
    questions: Sequence[Question],
    asking: Callable[[], Asking],
    place: Path,
    name: str,
    seconds: float = float("inf"),
) -> list[Asked]:
    """Answers kept at `place`, and those that were missing asked and added; in their order.

    `asking` is called only when something is missing. Stops asking after `seconds`.
    """
    known = {a.id: a for a in load(place)}
    missing = [q for q in questions if q.id not in known]
    if missing and seconds > 0:
        place.parent.mkdir(parents=True, exist_ok=True)
        made = asking()
        begun = time.monotonic()
        with place.open("a", encoding="utf-8") as file:
            file.write("\n" if file.tell() else "")  # a killed run may have left half a line
            for done, question in enumerate(missing):
                if time.monotonic() - begun > seconds:
                    break
                asked = made.ask(question)
                if asked is not None:
                    known[asked.id] = asked
                    file.write(json.dumps(asked.to_row()) + "\n")
                    file.flush()
                if done % 20 == 0:
                    took = time.monotonic() - begun
                    sys.stderr.write(f"{name}: {done + 1} of {len(missing)}, {took:.0f} s\n")
    return [known[q.id] for q in questions if q.id in known]


def _recorded(reader: Reader, recorder: Recorder) -> Reader:
    """The same reader, its confidences asked of the recorder; it reads one look only."""
    made = copy.copy(reader)
    made.calibration = cast(Calibration, recorder)
    read = reader.read_and_scan

    def once(
        question: str, passages: Sequence[Passage], **given: Any
    ) -> tuple[list[Span], list[Span]]:
        return ([], []) if recorder.spans else read(question, passages, **given)

    made.read_and_scan = once  # type: ignore[method-assign]
    return made


def _remembering(reader: Reader) -> Reader:
    """The same reader, which need not run again for what it was asked last."""
    made = copy.copy(reader)
    logits = reader.word_logits
    last: list[Any] = [None, None]

    def word_logits(
        question: str, prepared: Sequence[Prepared], progress: Any = None, before: Any = ()
    ) -> Any:
        key = (question, *before, *(p.clean.text for p in prepared))
        if last[0] != key:
            last[:] = [key, logits(question, prepared, progress, before)]
        return last[1]

    made.word_logits = word_logits  # type: ignore[method-assign]
    return made


__all__ = ("Asking", "ask_missing")
