"""One line of qa-bot doctor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        state: "ok", "note" (works, but worth knowing) or "wrong".
        remedy: what to do, for notes and wrongs.
    """

    what: str
    state: str
    detail: str
    remedy: str = ""
