"""What a process of ours for hostile files does first: its channels, its limit of memory."""

from __future__ import annotations

import os
import sys
from typing import IO


def channels() -> tuple[IO[bytes], IO[bytes]]:
    """Where requests come from and where answers go. What a library prints goes elsewhere."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return sys.stdin.buffer, replies


def limit_memory(size: int) -> None:
    """Let this process have no more than ``size`` bytes, where the system knows such a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (OSError, ValueError):  # macOS knows the limit but does not take every value
        return
