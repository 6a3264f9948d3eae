"""Two readers: a fast one reads every passage, a better one those that it liked best."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from qa_bot.reading.calibration import Calibration
from qa_bot.reading.reader import SPANS_PER_WINDOW, Reader
from qa_bot.schema import Passage, Span

FILE = "calibration-second.json"  # beside the second reader's weights: of both readers together


class Cascade(Reader):
    """The second reader, shown only the passages that the first one likes best.

    A large network is several times slower than a small one, and most of what the retriever brings
    can be told from an answer by the small one. All spans are the second reader's, so that their
    scores compare; what the first one found elsewhere is dropped.

    Attributes:
        first: reads all passages.
        passages: how many of them the second one reads.

    Example:
        >>> from qa_bot.reading import load_reader
        >>> from qa_bot.settings import Settings
        >>> settings = Settings(second_reader="models/base")
        >>> load_reader(settings).name                                      # doctest: +SKIP
        'small+base'
    """

    def __init__(
        self,
        first: Reader,
        second: Reader,
        passages: int,
        calibration: Calibration | None = None,
    ) -> None:
        super().__init__(
            second.runtime,
            second._windows,
            calibration or Calibration(),
            f"{Path(first.name).name}+{Path(second.name).name}",
            hashlib.sha256(f"{first.fingerprint} {second.fingerprint}".encode()).hexdigest()[:16],
            second._pad_id,
            second.folder,
        )
        self.first = first
        self.passages = passages

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        limit: int = 20,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Span]:
        """The second reader's best spans over the passages chosen; see `Reader.read`."""
        batches = 0

        def told(done: int, of: int) -> None:
            nonlocal batches
            batches = of + 1  # the second reader's count as one: how many is not known before
            if progress:
                progress(done, batches)

        # A passage has one window or two: this many spans name all passages that are wanted.
        enough = 2 * SPANS_PER_WINDOW * self.passages
        spans = self.first.read(question, passages, limit=enough, progress=told)
        found = super().read(question, self._chosen(spans, passages), limit=limit)
        if progress and batches:
            progress(batches, batches)
        return found

    @property
    def calibration_file(self) -> Path | None:
        """Where the calibration of both readers is, or would be."""
        return self.folder / FILE if self.folder else None

    def _chosen(self, spans: Sequence[Span], passages: Sequence[Passage]) -> list[Passage]:
        """The passages of the first reader's best spans; then the retriever's best others."""
        liked = dict.fromkeys(span.passage for span in spans)
        return list(dict.fromkeys([*liked, *passages]))[: self.passages]
