"""Ask a collection of speeches; get the exact words that answer, and where they stand.

>>> from qa_bot import QABot                                        # doctest: +SKIP
>>> answer = QABot.open().ask("Where was the dialogue held?")       # doctest: +SKIP
>>> answer.citations[0].quote                                       # doctest: +SKIP
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

# Spinning OpenMP threads make a short query 50 times slower beside any other busy process; the
# policy is read once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from qa_bot.schema import Answer, Citation, Document, Filters, Hit, Passage
from qa_bot.version import __version__

if TYPE_CHECKING:
    from qa_bot.bot import QABot

__all__ = ["Answer", "Citation", "Document", "Filters", "Hit", "Passage", "QABot", "__version__"]


def __getattr__(name: str) -> Any:
    # The bot pulls in torch and faiss: import it when it is asked for, so that `qa-bot --help`
    # and the schema stay instant.
    if name == "QABot":
        from qa_bot.bot import QABot

        return QABot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
