"""One loader for each type of file.

To add a type: write a module here with a function ``load(data: bytes) -> Loaded`` and enter its
suffixes in ``LOADERS``. Modules are imported when a file of their type turns up, so that answering
a question does not wait for the parsers.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError

LOADERS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".srt": "subtitles",
    ".vtt": "subtitles",
    ".pdf": "pdf",
}
SUFFIXES = tuple(LOADERS)

__all__ = ["LOADERS", "SUFFIXES", "Loaded", "UnusableFileError", "load"]


def load(path: str, data: bytes) -> Loaded:
    """Read a file of a known type.

    Args:
        path: its name; only the suffix counts.
        data: its bytes.

    Raises:
        UnusableFileError: it cannot be read, or holds no text.

    Example:
        >>> load("a.html", b"<title>Opening</title><p>Welcome.</p>").text
        'Welcome.'
    """
    suffix = PurePosixPath(path).suffix.lower()
    module = import_module(f"{__name__}.{LOADERS[suffix]}")
    try:
        loaded: Loaded = module.load(data)
    except UnusableFileError:
        raise
    except Exception as error:  # a parser met something it was not written for
        raise UnusableFileError(
            f"damaged, or not a {suffix} file ({type(error).__name__})"
        ) from error
    if not loaded.text.strip():
        raise UnusableFileError("holds no text")
    return loaded
