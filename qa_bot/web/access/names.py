"""Names of keys, people and groups."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.errors import QABotError

MAX_NAME = 100


def checked_name(name: str) -> str:
    """The name without spaces around it.

    Raises:
        QABotError: it is empty, too long, or holds what cannot be shown.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable() or name.startswith("-"):
        raise QABotError(f"{name[:MAX_NAME]!r} cannot be a name.", "Use letters and digits.")
    return name


def checked_groups(groups: Sequence[str]) -> tuple[str, ...]:
    """The groups in order, each once. They may come as one text with commas.

    Raises:
        QABotError: one of them is too long, or holds what cannot be shown.

    Example:
        >>> checked_groups(["staff,board", "staff"])
        ('staff', 'board')
    """
    names = (name.strip() for group in groups for name in group.split(","))
    return tuple(dict.fromkeys(checked_name(name) for name in names if name))
