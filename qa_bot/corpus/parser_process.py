"""The process that parses files which may be hostile: ``python -m qa_bot.corpus.parser_process``.

It reads requests on standard input and answers on standard output until that is closed. What a
parser prints goes to standard error.
"""

from __future__ import annotations

from qa_bot.corpus.inside_child import channels, limit_memory
from qa_bot.corpus.loaders import UnusableFileError, load_all
from qa_bot.corpus.loaders.base import Contents
from qa_bot.corpus.parser_wire import read_request, write_reply

TOO_MUCH_MEMORY = "takes more memory than a speech may (an attack, or far too large)"


def main() -> None:
    """Answer requests until there are no more."""
    requests, replies = channels()
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


if __name__ == "__main__":
    main()
