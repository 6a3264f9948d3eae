"""The file of a speech as it was given, to look at or to save, never to run."""

from __future__ import annotations

import codecs
from pathlib import Path

from starlette.responses import FileResponse, Response

from qa_bot.schema import DocumentInfo

SAMPLE = 100_000  # bytes that are looked at to tell an encoding
# Shown by the browser; everything else is saved. Text is named as text whatever it holds.
_SHOWN = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/plain",
    ".markdown": "text/plain",
}


def original(file: Path, document: DocumentInfo) -> Response:
    """The bytes of the file. A browser shows PDF and text, and saves the rest under its name."""
    suffix = file.suffix.casefold()
    kind = _SHOWN.get(suffix)
    name = document.path.rpartition("/")[2].encode("utf-8", "replace").decode()
    reply = FileResponse(
        file,
        media_type=kind or "application/octet-stream",
        filename=name,
        content_disposition_type="inline" if kind else "attachment",
    )
    if kind == "text/plain":
        # Named as UTF-8 only if it is; else the browser has to find out, as the corpus loader had.
        reply.headers["Content-Type"] = "text/plain; charset=utf-8" if _is_utf8(file) else kind
    # Browsers show no PDF in a sandbox; theirs runs apart from our pages as it is.
    sandbox = "" if suffix == ".pdf" else "; sandbox"
    reply.headers["Content-Security-Policy"] = (
        f"default-src 'none'; frame-ancestors 'self'{sandbox}"
    )
    reply.headers["Cache-Control"] = "private, no-cache"
    return reply


def _is_utf8(file: Path) -> bool:
    """Whether the first part of the file is UTF-8."""
    with file.open("rb") as stream:
        sample = stream.read(SAMPLE)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return False
    return True
