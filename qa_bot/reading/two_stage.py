"""Two readers: a fast one reads every passage, a better one those that it liked best."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qa_bot.reading.confidence import Calibration
from qa_bot.reading.reader import (
    MAX_WINDOWS,
    SCANNED,
    SPANS_PER_WINDOW,
    Reader,
    merge,
    same_place,
)
from qa_bot.schema import Hit, Passage, Span

FILE = "calibration-second.json"  # beside the second reader's weights: of both readers together
# In logits; docs/reading.md, "A second look", says how they were chosen.
MARGIN = 4.0  # below the first reader's best span
ENOUGH = 6.0  # of the second reader's best span: what the first one liked less cannot beat it


class TwoStageReader(Reader):
    """The second reader, shown only the passages that the first one likes best.

    A large network is several times slower than a small one, and most of what the retriever brings
    can be told from an answer by the small one. Where the small one is torn between passages, the
    second one reads more of them: all whose best span comes within `MARGIN` of the best of all. All
    spans are the second reader's, so that their scores compare; what the first one found elsewhere
    is dropped.

    Where the first one is sure (`reader.SURE`) and not everything is to be read, the second one
    reads nothing and all spans are the first one's; a span's `first` tells the two cases apart.

    Attributes:
        first: reads all passages.
        passages: how many of them the second one reads at most.
        enough: as `ENOUGH`; infinite to have the second reader read all that it may.

    Example:
        >>> from qa_bot.reading import load_reader
        >>> from qa_bot.settings import Settings
        >>> load_reader(Settings()).name                                    # doctest: +SKIP
        'small+base'
    """

    def __init__(self, first: Reader, second: Reader, passages: int) -> None:
        super().__init__(
            second.runtime,
            second._windows,
            Calibration(),  # neither reader's own: both together need another
            f"{Path(first.name).name}+{Path(second.name).name}",
            hashlib.sha256(
                f"{first.fingerprint} {second.fingerprint} {MARGIN}".encode()
            ).hexdigest()[:16],
            second._pad_id,
            second.folder,
        )
        self.first = first
        self.passages = passages
        self.enough = ENOUGH

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
        """The second reader's best spans over the passages chosen, and the first one's over all."""
        report = progress or _nobody
        later = self.passages
        earlier = 0

        def first(done: int, of: int) -> None:
            nonlocal earlier
            earlier = of
            report(done, of + later)

        most = SPANS_PER_WINDOW * MAX_WINDOWS
        spans, _ = self.first.read_and_scan(
            question, passages, limit=most, progress=first, told=told, whole=whole
        )
        if self._is_sure(spans) and not whole:
            return spans[: max(limit, 0)], spans[:SCANNED]
        found: list[Span] = []
        for done, passage in enumerate(self._chosen(spans, passages), start=1):
            found = merge([*found, *self._all(question, [passage], limit, None, told)], limit)
            report(earlier + done, earlier + later)
            if found and found[0].score >= self.enough and not whole:
                break
        return with_first(found, spans), spans[:SCANNED]

    def confidence(
        self, spans: Sequence[Span], hits: Sequence[Hit], question: str = ""
    ) -> list[float]:
        """By the confidence of both readers, or the first one's for spans that are its own."""
        own = spans and spans[0].first is None
        return (self.first.calibration if own else self.calibration).confidence(
            spans, hits, question
        )

    def words(self) -> list[str]:
        """What the first reader knows as whole words."""
        return self.first.words()

    @property
    def calibration_file(self) -> Path | None:
        """Where the calibration of both readers is, or would be."""
        return self.folder / FILE if self.folder else None

    def _chosen(self, spans: Sequence[Span], passages: Sequence[Passage]) -> list[Passage]:
        """Those with a span near the first reader's best; or else the retriever's best."""
        best = best_scores(spans)
        least = max(best.values(), default=0.0) - MARGIN
        near = [passage for passage, score in best.items() if score >= least]
        if len(passages) <= self.passages:
            return list(passages)
        return (near or list(passages))[: self.passages]


def with_first(found: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """The second reader's spans, each with what the first one gave the same words.

    That is the best of the first one's `spans` that share more than half of the shorter one; where
    there is none, the least that it gave to any span of the passage.
    """
    own: dict[str, list[Span]] = {}
    for span in spans:
        own.setdefault(span.passage.document_id, []).append(span)
    least = {span.passage: span.score for span in sorted(spans, key=lambda s: -s.score)}
    return [
        replace(
            span,
            first=max(
                (s.score for s in own.get(span.passage.document_id, ()) if same_place(s, span)),
                default=least.get(span.passage),
            ),
        )
        for span in found
    ]


def best_scores(spans: Sequence[Span]) -> dict[Passage, float]:
    """The score of each passage's best span, best first, of spans that come best first."""
    best: dict[Passage, float] = {}
    for span in spans:
        best.setdefault(span.passage, span.score)
    return best


def _nobody(done: int, of: int) -> None:
    """Progress that nobody asked for."""
