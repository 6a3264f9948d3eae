"""Documents in, passages out: sentence-aware, with exact offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_bot.passages.splitter import Splitter

__all__ = ["Splitter"]


def __getattr__(name: str) -> Any:
    # Splitting needs langchain, two seconds of imports that answering a question can do without.
    if name == "Splitter":
        from qa_bot.passages.splitter import Splitter

        return Splitter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
