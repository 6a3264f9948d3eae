"""The reader: a question and passages in, answer spans out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from qa_bot.reading.boundaries import says_something
from qa_bot.reading.confidence import FILE, Calibration
from qa_bot.reading.decoder import WordLogits, best_spans, span_scores, stack, word_logits
from qa_bot.reading.prepare import Prepared, prepare, to_span
from qa_bot.reading.runtimes import Runtime
from qa_bot.reading.span_expansion import grow
from qa_bot.reading.windows import Window, Windows
from qa_bot.recent import Recent
from qa_bot.schema import Hit, Passage, Span
from qa_bot.settings import Settings
from qa_bot.text.cleaning import clean

BATCH = 8
PORTION = 6  # passages: where the answer stands in nineteen questions of twenty
SURE = 6.0  # logits of the best span: it is right, and what was not read cannot beat it
REMEMBERED = 512  # passages read, with their questions: some kilobytes each
SCANNED = 60  # spans that tell which sentences bear on a question
MAX_PASSAGES = 200
MAX_WINDOWS = 512
SPANS_PER_WINDOW = 5


class Reader:
    """Finds the spans of passages that answer a question.

    Make one with `load_reader`. `read` may be called from many threads.

    Attributes:
        name: the model's name or folder.
        fingerprint: changes with the model's files.
        runtime: what runs the network; `runtime.name` says it in words.
        calibration: turns spans into probabilities.
        folder: where the model's files are; None for one fetched by name.
        sure: as `SURE`; infinite to read everything every time.

    Example:
        >>> from qa_bot.reading import load_reader
        >>> from qa_bot.settings import Settings
        >>> reader = load_reader(Settings())                                # doctest: +SKIP
        >>> text = "The dialogue was held in Geneva in October 2018."
        >>> passage = Passage("talk", 0, len(text), text)
        >>> reader.read("Where was it held?", [passage])[0].text            # doctest: +SKIP
        'Geneva'
    """

    def __init__(
        self,
        runtime: Runtime,
        windows: Windows,
        calibration: Calibration,
        name: str,
        fingerprint: str,
        pad_id: int = 0,
        folder: Path | None = None,
    ) -> None:
        self.runtime = runtime
        self.calibration = calibration
        self.name = name
        self.fingerprint = fingerprint
        self.folder = folder
        self._windows = windows
        self._pad_id = pad_id
        self.sure = SURE
        # A wider second look, a follow-up and a reload read many of the same passages again.
        self._known: Recent[tuple[str, str, str], list[WordLogits]] = Recent(REMEMBERED)

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        limit: int = 20,
        progress: Callable[[int, int], None] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> list[Span]:
        """The best spans over all passages, best first, overlapping duplicates merged.

        Args:
            question: any text; only its first 64 tokens are read.
            passages: where to look; at most the first 200 are read.
            limit: most spans returned.
            progress: called with (batches done, batches in all) after each run of the network.
            told: by document or passage, what is read before its passages (`headings`).

        Returns:
            Spans whose scores compare across passages: above 0 the reader prefers the span to "no
            answer in this passage". Empty when the question or all passages are blank.
        """
        return self.read_and_scan(question, passages, limit=limit, progress=progress, told=told)[0]

    def read_and_scan(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        limit: int = 20,
        progress: Callable[[int, int], None] | None = None,
        told: Mapping[str, str] | None = None,
        whole: bool = True,
    ) -> tuple[list[Span], list[Span]]:
        """(what `read` gives, more spans of all passages whose scores compare with each other).

        The second are for telling which sentences bear on the question: up to :data:`SCANNED`.

        Args:
            whole: read all passages; else only the first :data:`PORTION` where the best span of
                those is sure (:data:`SURE`).
        """
        spans: list[Span] = []
        if not whole:
            first = passages[:PORTION]
            spans = self._all(question, first, max(limit, SCANNED), progress, told)
        if whole or not self._is_sure(spans):
            spans = self._all(question, passages, max(limit, SCANNED), progress, told)
        return spans[: max(limit, 0)], spans[:SCANNED]

    def _is_sure(self, spans: Sequence[Span]) -> bool:
        return bool(spans) and spans[0].score >= self.sure

    def _all(
        self,
        question: str,
        passages: Sequence[Passage],
        limit: int,
        progress: Callable[[int, int], None] | None,
        told: Mapping[str, str] | None,
    ) -> list[Span]:
        question = clean(question).text
        if not question or limit < 1:
            return []
        passages = passages[:MAX_PASSAGES]
        prepared = [prepare(passage.text) for passage in passages]
        before = [_before(passage, told or {}) for passage in passages]
        found = self.word_logits(question, prepared, progress, before)
        return merge(_spans(found, prepared, passages), limit)

    @property
    def quick(self) -> Reader:
        """The fastest reader at hand: for questions that whole sentences answer."""
        return self

    def confidence(
        self, spans: Sequence[Span], hits: Sequence[Hit], question: str = ""
    ) -> list[float]:
        """The probability (0..1) that each span answers, of spans that this reader found.

        As :meth:`qa_bot.reading.confidence.Calibration.confidence`.
        """
        return self.calibration.confidence(spans, hits, question)

    @property
    def calibration_file(self) -> Path | None:
        """Where the calibration that comes with the model is, or would be."""
        return self.folder / FILE if self.folder else None

    def min_confidence(self, settings: Settings) -> float:
        """The least probability to answer at: as set, else as fitted with the confidence."""
        given = settings.min_confidence
        return self.calibration.min_confidence if given is None else given

    def words(self) -> list[str]:
        """What the model knows as whole words, in lower case; most have the frequent ones first."""
        return self._windows.words()

    def word_logits(
        self,
        question: str,
        prepared: Sequence[Prepared],
        progress: Callable[[int, int], None] | None = None,
        before: Sequence[str] = (),
    ) -> list[tuple[int, WordLogits]]:
        """(number of the passage, its words' logits) for each window.

        `before`: what is read in front of each passage; it holds none of the words.
        """
        before = before or [""] * len(prepared)
        texts = [told + p.clean.text for told, p in zip(before, prepared, strict=True)]
        keys = [(question, told, text) for told, text in zip(before, texts, strict=True)]
        known = {key: kept for key in keys if (kept := self._known.get(key)) is not None}
        missing = [number for number, key in enumerate(keys) if key not in known]
        made = self._windows.make(question, [texts[number] for number in missing], MAX_WINDOWS)
        found: dict[int, list[WordLogits]] = {number: [] for number in missing}
        order = sorted(range(len(made)), key=lambda i: len(made[i].ids))
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        placed: list[WordLogits | None] = [None] * len(made)
        for done, group in enumerate(batches, start=1):
            start, end = self._forward([made[i] for i in group])
            for row, i in enumerate(group):
                window, number = made[i], missing[made[i].passage]
                part = slice(window.first, window.first + len(window.offsets))
                placed[i] = word_logits(
                    start[row, part],
                    end[row, part],
                    float(start[row, window.null] + end[row, window.null]),
                    window.offsets - len(before[number]),
                    prepared[number].words,
                )
            if progress:
                progress(done, len(batches))
        if progress and texts and not batches:
            progress(1, 1)  # all of it is remembered
        for window, own in zip(made, placed, strict=True):
            if own is not None:
                found[missing[window.passage]].append(own)
        if len(made) < MAX_WINDOWS:  # else some texts may have been cut
            for number in missing:
                self._known.put(keys[number], found[number])
        return [
            (number, logits)
            for number, key in enumerate(keys)
            for logits in (found[number] if number in found else known[key])
        ]

    def _forward(self, windows: Sequence[Window]) -> tuple[np.ndarray, np.ndarray]:
        ids = stack([w.ids for w in windows], self._pad_id)
        types = stack([w.types for w in windows], 0)
        mask = stack([np.ones_like(w.ids) for w in windows], 0)
        return self.runtime.logits(ids, mask, types)


def _before(passage: Passage, told: Mapping[str, str]) -> str:
    """What is read in front of a passage: who speaks, and what was asked."""
    named = told.get(passage.id, told.get(passage.document_id, ""))
    return f"{named}{clean(passage.context).text} " if passage.context else named


def _spans(
    found: Sequence[tuple[int, WordLogits]],
    prepared: Sequence[Prepared],
    passages: Sequence[Passage],
) -> list[Span]:
    """The best spans of each window, in document offsets."""
    if not found:
        return []
    starts, ends, groups = [], [], []
    for number, logits in found:
        part = slice(logits.first, logits.first + len(logits.start))
        starts.append(logits.start + prepared[number].start_prior[part])
        ends.append(logits.end + prepared[number].end_prior[part])
        groups.append(prepared[number].paragraphs[part])
    scores = span_scores(stack(starts, -np.inf), stack(ends, -np.inf), stack(groups, -2))
    values, firsts, lasts = best_spans(scores, SPANS_PER_WINDOW)
    spans: list[Span] = []
    for row, (number, logits) in enumerate(found):
        own = prepared[number]
        own_words = own.tokens[logits.first : logits.first + len(logits.start)]
        for value, i, j in zip(values[row], firsts[row], lasts[row], strict=True):
            if np.isfinite(value):
                # The priors choose the span; its score is the model's own. A span that grew keeps
                # the score of the part that the model was surest of.
                score = float(logits.start[i] + logits.end[j])
                grown = grow(own_words, groups[row], starts[row], ends[row], int(i), int(j))
                first, last = (logits.first + place for place in grown)
                spans.append(to_span(passages[number], own, first, last, score))
    return spans


def merge(spans: Sequence[Span], limit: int) -> list[Span]:
    """Best first; of spans that overlap by more than half of the shorter one, only the best.

    Spans of function words alone say nothing and are left out. Equal scores: document order, the
    earlier passage, then the earlier and shorter span.
    """
    ordered = sorted(
        spans, key=lambda s: (-s.score, s.passage.ordinal, s.passage.document_id, s.start, s.end)
    )
    kept: list[Span] = []
    for span in ordered:
        if len(kept) == limit:
            break
        if says_something(span.text) and not any(same_place(span, k) for k in kept):
            kept.append(span)
    return kept


def same_place(a: Span, b: Span) -> bool:
    """Whether two spans share more than half of the shorter one."""
    if a.passage.document_id != b.passage.document_id:
        return False
    shared = min(a.end, b.end) - max(a.start, b.start)
    return 2 * shared > min(a.end - a.start, b.end - b.start)
