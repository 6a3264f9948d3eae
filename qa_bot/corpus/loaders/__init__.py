"""One loader for each type of file.

To add a type: write a module here with a function ``load(data: bytes) -> Loaded``, or
``load_all(data: bytes) -> Contents`` where a file may hold several speeches, and enter its suffixes
in ``LOADERS``. Modules are imported when a file of their type turns up, so that answering
a question does not wait for the parsers.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath

from qa_bot.corpus.loaders.base import Contents, Loaded, UnusableFileError

LOADERS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".srt": "subtitles",
    ".vtt": "subtitles",
    ".csv": "speech_rows",
    ".tsv": "speech_rows",
    ".xml": "debate_xml",
    ".pdf": "pdf",
}
SUFFIXES = tuple(LOADERS)
SCANNED = ("pdf",)  # loaders that can read pages from their picture
SEVERAL = (".csv", ".tsv")  # types whose files hold several speeches

__all__ = [
    "LOADERS",
    "SEVERAL",
    "SUFFIXES",
    "Contents",
    "Loaded",
    "UnusableFileError",
    "load",
    "load_all",
]


def load(path: str, data: bytes) -> Loaded:
    """The speech in a file of a known type, the first of several.

    Raises:
        UnusableFileError: it cannot be read, or holds no text.

    Example:
        >>> load("a.html", b"<title>Opening</title><p>Welcome.</p>").text
        'Welcome.'
    """
    return load_all(path, data).speeches[0]


def load_all(path: str, data: bytes, *, ocr: bool = False) -> Contents:
    """Read a file of a known type, in this process.

    Args:
        path: its name; only the suffix counts.
        data: its bytes.
        ocr: read scanned pages from their picture.

    Raises:
        UnusableFileError: it cannot be read, or holds no text.
    """
    suffix = PurePosixPath(path).suffix.lower()
    module = import_module(f"{__name__}.{LOADERS[suffix]}")
    try:
        if hasattr(module, "load_all"):
            contents: Contents = module.load_all(data)
        else:
            more = {"ocr": True} if ocr and LOADERS[suffix] in SCANNED else {}
            contents = Contents((module.load(data, **more),))
    except UnusableFileError:
        raise
    except Exception as error:  # a parser met something it was not written for
        raise UnusableFileError(
            f"damaged, or not a {suffix} file ({type(error).__name__})"
        ) from error
    if not any(loaded.text.strip() for loaded in contents.speeches):
        raise UnusableFileError("holds no text")
    return contents
