"""Which files of the corpus folder are speeches."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from qa_bot.corpus.catalogue import CATALOGUES
from qa_bot.corpus.loaders import SUFFIXES, UnusableFileError

# As browsers name the folder of a saved page, in the languages they speak.
SAVED_WITH_PAGE = re.compile(r"(.+)(?:[_-](?:files|fichiers|dateien|archivos|file)|\.files)")


@dataclass(frozen=True)
class SkippedFile:
    """A file (or a folder, or a line of the catalogue) that was not used, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class SpeechFile:
    """A file of a known type: ``path`` inside the corpus with forward slashes, and where it is."""

    path: str
    location: Path


def find_files(root: Path) -> tuple[list[SpeechFile], list[SkippedFile]]:
    """Files of known types under ``root``, sorted by path, and what was left out.

    Hidden files and folders (a leading dot), Office lock files (``~$…``), the catalogue and the
    folders that browsers save beside a page ("speech_files") are left out silently. Links are
    followed to files inside the corpus only.
    """
    files: list[SpeechFile] = []
    skipped: list[SkippedFile] = []
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            name = _shown(folder, root)
            skipped.append(SkippedFile(name, f"the folder cannot be opened ({error.strerror})"))
            continue
        names = {entry.name.lower() for entry in entries}
        for entry in entries:
            location = Path(entry.path)
            path = _shown(location, root)
            if entry.name.startswith((".", "~$")) or path in CATALOGUES:
                continue
            if entry.is_dir(follow_symlinks=False):
                if _belongs_to_page(entry.name.lower(), names):
                    continue
                folders.append(location)
            elif reason := _unusable(entry, root):
                skipped.append(SkippedFile(path, reason))
            else:
                files.append(SpeechFile(path, location))
    files.sort(key=lambda file: file.path)
    return files, skipped


def read_bytes(file: SpeechFile, max_mb: int) -> bytes:
    """The file's bytes.

    Raises:
        UnusableFileError: it is empty, too large, or cannot be opened.
    """
    limit = max_mb * 1_000_000
    try:
        with file.location.open("rb") as stream:
            data = stream.read(limit + 1)
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        raise UnusableFileError(f"cannot be opened ({error.strerror})") from error
    if len(data) > limit:
        raise UnusableFileError(
            f"larger than {max_mb} MB ({size / 1_000_000:.1f} MB); "
            "split it, or raise the setting max_file_mb"
        )
    if not data:
        raise UnusableFileError("the file is empty")
    return data


def _belongs_to_page(folder: str, names: set[str]) -> bool:
    """Whether a folder holds the pictures and scripts of a page that was saved beside it."""
    page = SAVED_WITH_PAGE.fullmatch(folder)
    return page is not None and not names.isdisjoint((f"{page[1]}.html", f"{page[1]}.htm"))


def _unusable(entry: os.DirEntry[str], root: Path) -> str:
    """Why this entry is no speech, or an empty string."""
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return "the file's name is not valid UTF-8; rename it"
    suffix = Path(entry.name).suffix.lower()
    try:
        if entry.is_symlink():
            if not Path(entry.path).resolve(strict=True).is_relative_to(root):
                return "a link that leads out of the corpus folder; copy the file here instead"
            if entry.is_dir():
                return "a link to a folder; links are followed to files only"
        if not stat.S_ISREG(entry.stat().st_mode):
            return "not a regular file"
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return "a link that leads nowhere"
    if re.fullmatch(r"catalogu?e?\.(toml|csv|json|ya?ml|xlsx)", entry.name, re.IGNORECASE):
        return (
            "no catalogue: that is named catalogue.toml or catalogue.csv and lies at the top of "
            "the folder"
        )
    if suffix not in SUFFIXES:
        return f"not a type of file that can be read ({', '.join(SUFFIXES)})"
    return ""


def _shown(location: Path, root: Path) -> str:
    path = location.relative_to(root).as_posix()
    return path.encode("utf-8", "replace").decode()
