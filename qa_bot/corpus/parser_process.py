"""The process that parses files which may be hostile: ``python -m qa_bot.corpus.parser_process``.

It reads requests on standard input and answers on standard output until that is closed. What a
parser prints goes to standard error.
"""

from __future__ import annotations

import os
import sys

from qa_bot.corpus.loaders import UnusableFileError, load_all
from qa_bot.corpus.loaders.base import Contents
from qa_bot.corpus.parser_wire import read_request, write_reply

TOO_MUCH_MEMORY = "takes more memory than a speech may (an attack, or far too large)"


def main() -> None:
    """Answer requests until there are no more."""
    requests = sys.stdin.buffer
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library may print
    while request := read_request(requests):
        path, data, memory, ocr = request
        limit_memory(memory)
        write_reply(replies, _contents(path, data, ocr))


def _contents(path: str, data: bytes, ocr: bool) -> Contents | str:
    try:
        return load_all(path, data, ocr=ocr)
    except UnusableFileError as error:
        if isinstance(error.__cause__, MemoryError):
            return TOO_MUCH_MEMORY
        return error.reason
    except (MemoryError, RecursionError):
        return TOO_MUCH_MEMORY


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


if __name__ == "__main__":
    main()
