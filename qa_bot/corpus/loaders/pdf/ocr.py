"""Text of scanned PDF pages, recognised by an installed ``tesseract``."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from time import monotonic

from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.corpus.loaders.pdf.file import Frame, Opened
from qa_bot.corpus.loaders.pdf.glyphs import Box, Glyph

PROGRAM = "tesseract"
SCALE = 300 / 72  # pixels a point: what tesseract is made for
SECONDS = 60.0  # for one page
MOST_SECONDS = 3600.0  # for a file: pages that are not reached stay without text
SURE = 30.0  # per cent; less sure words are most often specks and drawings
MISSING = (
    f"ocr is on, but the program {PROGRAM} is not installed; install it (Debian: apt-get install "
    "tesseract-ocr) or switch ocr off"
)


def program() -> str | None:
    """Where tesseract is installed; None if it is not."""
    return shutil.which(PROGRAM)


class Recogniser:
    """Reads pages from their pictures.

    Raises:
        UnusableFileError: a page is to be read and tesseract is not installed.
    """

    def __init__(self) -> None:
        self._languages = ""
        self._until = monotonic() + MOST_SECONDS

    def glyphs(self, file: Opened, number: int) -> list[Glyph]:
        """The characters of a page, each with its part of its word's box."""
        path = program()
        if path is None:
            raise UnusableFileError(MISSING)
        picture = file.picture(number, SCALE) if monotonic() < self._until else None
        if picture is None:
            return []
        stream = io.BytesIO()
        picture.convert("L").save(stream, "PNG")
        table = self._run(
            [path, "stdin", "stdout", *self._with_languages(path), "tsv"], stream.getvalue()
        )
        return _glyphs(table, file.frame(number), picture.width)

    def _with_languages(self, path: str) -> list[str]:
        """All languages that are installed, English first."""
        if not self._languages:
            listed = self._run([path, "--list-langs"], b"").splitlines()[1:]
            names = [name for name in listed if name.isascii() and name not in ("osd", "equ")]
            names.sort(key=lambda name: (name != "eng", name))
            self._languages = "+".join(names[:6])
        return ["-l", self._languages] if self._languages else []

    @staticmethod
    def _run(command: list[str], given: bytes) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program, no shell
                command,
                input=given,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},  # its threads wait for each other
            )
        except (subprocess.TimeoutExpired, OSError):
            return ""
        return done.stdout.decode("utf-8", "replace")


def _glyphs(table: str, frame: Frame, pixels: int) -> list[Glyph]:
    """Characters of tesseract's table of words; all words of a line stand on one height.

    Args:
        pixels: width of the picture.
    """
    lines: dict[tuple[str, ...], list[tuple[str, Box]]] = {}
    scale = pixels / max(frame.width, 1.0)
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        try:
            text, sure = row["text"].strip(), float(row["conf"])
            left, top, wide, high = (
                float(row[name]) / scale for name in ("left", "top", "width", "height")
            )
            line = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        if text and sure >= SURE:
            low = frame.height - top - high
            lines.setdefault(line, []).append((text, (left, low, left + wide, low + high)))
    glyphs: list[Glyph] = []
    order = 0
    for piece, words in enumerate(lines.values()):
        # Every word is as high as its letters: the line's height and size are those of all of it.
        low = min(box[1] for _, box in words)
        size = max(max(box[3] - box[1] for _, box in words), 1.0)
        for text, (left, _, right, _) in words:
            step = (right - left) / len(text)
            for at, sign in enumerate(text):
                x0 = left + at * step
                order += 1 + (at == 0)  # a space is told between words, however narrow
                box = frame.inside((x0, low, x0 + step, low + size))
                glyphs.append(
                    Glyph(sign, *box, box[1], size, frame.turn, at == 0, order, piece, False)
                )
    return glyphs
