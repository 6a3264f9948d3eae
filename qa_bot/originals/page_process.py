"""The process that reads pages of PDFs: ``python -m qa_bot.originals.page_process``."""

from __future__ import annotations

import sys

from qa_bot.corpus.inside_child import channels, limit_memory
from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.originals.pdf_page import opened, picture, places
from qa_bot.originals.wire import Told, Wanted, read_wanted, write_told

TOO_MUCH_MEMORY = "takes more memory than a page may"


def main() -> None:
    """Answer requests until there are no more."""
    requests, replies = channels()
    while request := read_wanted(requests):
        wanted, data = request
        limit_memory(wanted.memory)
        write_told(replies, _told(wanted, data))


def _told(wanted: Wanted, data: bytes) -> Told | str:
    try:
        with opened(data, wanted.page) as page:
            width, height = page.get_size()
            if wanted.width:
                return Told(width, height, *picture(page, wanted.width))
            found = places(page, wanted.text)
            if sys.byteorder == "big":
                found.byteswap()
            return Told(width, height, "", found.tobytes())
    except UnusableFileError as error:
        return error.reason
    except (MemoryError, RecursionError):
        return TOO_MUCH_MEMORY
    except Exception as error:  # of a file that attacks: this process goes on
        return f"the page cannot be drawn ({type(error).__name__})"


if __name__ == "__main__":
    main()
