"""What counts as a question."""

from __future__ import annotations

import unicodedata

from qa_bot.errors import QuestionError


def checked_question(question: str, longest: int) -> str:
    """The question on one line, without control characters.

    Args:
        question: as typed.
        longest: most characters allowed.

    Raises:
        QuestionError: it is blank, holds no letter or digit, or is longer than ``longest``.

    Example:
        >>> checked_question("  Where\\nwas it? ", 100)
        'Where was it?'
    """
    if len(question) > longest:
        raise QuestionError(
            f"The question is {len(question):,} characters long; at most {longest:,} can be read.",
            "Ask it in a sentence or two.",
        )
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in question)
    visible = " ".join(visible.split())
    if not visible:
        raise QuestionError("The question is empty.", "Type a question about the speeches.")
    if not any(c.isalnum() for c in visible):
        raise QuestionError("The question holds no word.", "Ask it in words.")
    return visible
