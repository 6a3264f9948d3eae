"""One loader for each type of file. To add one: write the function, add its suffixes here."""

from __future__ import annotations

from pathlib import PurePosixPath

from qa_bot.corpus.loaders.base import Loaded, Loader, UnusableFileError
from qa_bot.corpus.loaders.text import load_text

LOADERS: dict[str, Loader] = {
    ".txt": load_text,
    ".text": load_text,
    ".md": load_text,
    ".markdown": load_text,
}
SUFFIXES = tuple(LOADERS)

__all__ = ["SUFFIXES", "Loaded", "UnusableFileError", "load"]


def load(path: str, data: bytes) -> Loaded:
    """Read a file of a known type.

    Args:
        path: its name; only the suffix counts.
        data: its bytes.

    Raises:
        UnusableFileError: it cannot be read, or holds no text.
    """
    suffix = PurePosixPath(path).suffix.lower()
    try:
        loaded = LOADERS[suffix](data)
    except UnusableFileError:
        raise
    except Exception as error:  # a parser met something it was not written for
        raise UnusableFileError(
            f"damaged, or not a {suffix} file ({type(error).__name__})"
        ) from error
    if not loaded.text.strip():
        raise UnusableFileError("holds no text")
    return loaded
