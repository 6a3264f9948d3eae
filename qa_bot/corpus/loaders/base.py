"""What every loader gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Loaded:
    """The text of a file as it will be kept and shown.

    Attributes:
        text: with ``\\n`` as the only line end.
        pages: offset at which each page begins; empty for files without pages.
        facts: what the file itself says: ``title``, ``date``, ``language``, …
    """

    text: str
    pages: tuple[int, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


class UnusableFileError(Exception):
    """A file cannot be used; ``reason`` is for the maintainer of the corpus."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
