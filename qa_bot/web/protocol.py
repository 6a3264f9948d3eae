"""What the web front asks of a bot. :class:`qa_bot.bot.QABot` is one; so is the tests' fake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from qa_bot.schema import Answer, Document, DocumentInfo, Filters, Hit


class GoneError(Exception):
    """Raised through a bot by the ``progress`` it was given: nobody waits for the answer."""


class Bot(Protocol):
    """Answers questions from its documents. All methods are safe from many threads."""

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        filters: Filters | None = None,
        *,
        ignore: Collection[str] = (),
        progress: Callable[[str, int, int], None] | None = None,
        rewrite: bool = True,
    ) -> Answer: ...

    def search(
        self, question: str, top_k: int | None = None, filters: Filters | None = None
    ) -> list[Hit]: ...

    def document(self, document_id: str) -> Document: ...

    def file_hash(self, document_id: str) -> str: ...

    def examples(self, count: int) -> list[str]: ...

    def next_questions(
        self, answer: Answer, history: Sequence[tuple[str, str]] = (), count: int = 3
    ) -> list[str]: ...

    def seen_by(self, groups: Collection[str] | None) -> Bot: ...

    @property
    def documents(self) -> tuple[DocumentInfo, ...]: ...
