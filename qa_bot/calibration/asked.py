"""What the readers saw and said of one question, kept so that features can change without asking.

A row holds the passages, every reader's spans and how good each span is; numbers for a fit are made
of it offline. JSON lines, one question a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_bot.schema import DocumentInfo, Hit, Passage, Span


@dataclass(frozen=True)
class Said:
    """One reader's spans of a question, best first, and the F1 of each; 0 without an answer."""

    spans: tuple[Span, ...]
    f1: tuple[float, ...]


@dataclass(frozen=True)
class Asked:
    """One question after the whole path.

    Attributes:
        question: as the readers were asked it.
        hits: the passages they read, as the retriever gave them.
        by: what each way of reading said: "small", or "small+base" for both readers.
    """

    id: str
    type: str
    answerable: bool
    question: str
    hits: tuple[Hit, ...]
    by: Mapping[str, Said]

    def to_row(self) -> dict[str, Any]:
        """As plain values, to be written as JSON."""
        place = {hit.passage.id: n for n, hit in enumerate(self.hits)}
        return {
            "id": self.id,
            "type": self.type,
            "answerable": self.answerable,
            "question": self.question,
            "hits": [
                [asdict(h.passage), h.document.id, h.score, h.dense, h.sparse, h.pool_size]
                for h in self.hits
            ],
            "documents": {h.document.id: asdict(h.document) for h in self.hits},
            "by": {
                name: [
                    [place[s.passage.id], s.start, s.end, round(s.score, 4), _rounded(s.first)]
                    for s in said.spans
                ]
                + [[round(f, 4) for f in said.f1]]
                for name, said in self.by.items()
            },
        }

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Asked:
        """The same from a row.

        Raises:
            KeyError, TypeError, ValueError: it is no such row.
        """
        documents = {
            name: DocumentInfo(**{**info, "groups": tuple(info["groups"])})
            for name, info in row["documents"].items()
        }
        hits = tuple(
            Hit(Passage(**passage), documents[name], score, dense, sparse, among)
            for passage, name, score, dense, sparse, among in row["hits"]
        )
        by = {
            name: Said(
                tuple(
                    Span(hits[n].passage, start, end, score, first)
                    for n, start, end, score, first in spans
                ),
                tuple(f1),
            )
            for name, (*spans, f1) in row["by"].items()
        }
        return cls(row["id"], row["type"], row["answerable"], row["question"], hits, by)


def load(place: Path) -> Iterator[Asked]:
    """Kept rows; a last line that a killed run left half-written is skipped."""
    if not place.is_file():
        return
    for line in place.read_text(encoding="utf-8").splitlines():
        try:
            yield Asked.of_row(json.loads(line))
        except (KeyError, TypeError, ValueError):
            continue


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
