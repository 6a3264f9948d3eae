"""Document ids: short, safe in a URL, and the same whatever other files come and go."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from qa_bot.corpus.loaders import SUFFIXES

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def slug(path: str) -> str:
    """A path as a URL-safe id; empty when nothing of it can be kept.

    Accents are dropped from letters; any other run of characters outside ``[A-Za-z0-9._-]`` becomes
    one ``-``; slashes stay; no part begins with a dot or is ``..``.

    Example:
        >>> slug("2018/Opening remarks (Genève)")
        '2018/Opening-remarks-Geneve'
    """
    parts = []
    for part in path.split("/"):
        letters = unicodedata.normalize("NFKD", part)
        letters = "".join(c for c in letters if not unicodedata.combining(c))
        kept = re.sub(r"\.{2,}", ".", UNSAFE.sub("-", letters)).strip(".-")
        if not kept:
            return ""
        parts.append(kept)
    return "/".join(parts)


def assign_ids(paths: Sequence[str], wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """An id for each path, all different.

    An id is the path's slug without the suffix. When several files would get the same one, the
    first by type (text before PDF) keeps it and the others add their suffix, then a short hash of
    the path. ``wanted`` holds the ids that the catalogue sets; they come first.

    Returns:
        ids by path, and warnings about ids of the catalogue that cannot be used.
    """
    ids: dict[str, str] = {}
    warnings: list[str] = []
    taken: set[str] = set()
    for path, id in sorted(wanted.items()):
        if slug(id) != id:
            warnings.append(f"[{path!r}] id {id!r}: use letters, digits, '.', '_', '-', '/' only")
        elif id in taken:
            warnings.append(f"[{path!r}] id {id!r} is another file's id already")
        else:
            ids[path] = id
            taken.add(id)
    for path in sorted(set(paths) - set(ids), key=_precedence):
        stem = str(PurePosixPath(path).with_suffix(""))
        digest = hashlib.sha256(path.encode()).hexdigest()[:8]
        short = slug(stem)
        choices = [short, slug(path), f"{short}-{digest}"] if short else [f"speech-{digest}"]
        ids[path] = next(id for id in choices if id not in taken)
        taken.add(ids[path])
    return ids, warnings


def row_ids(file: str, names: Sequence[str], taken: set[str]) -> list[str]:
    """An id for each speech of a file: the file's, or below it where it holds several.

    Args:
        file: the id of the file.
        names: of its speeches; "" for a file that is one.
        taken: ids that are used; those given are added.

    Example:
        >>> row_ids("debates", ["USA 2017", "NOR"], {"debates", "debates/NOR"})[0]
        'debates/USA-2017'
    """
    ids = []
    for name in names:
        short = f"{file}/{slug(name.replace('/', '-'))}" if name else file
        if name and (short in taken or not slug(name)):
            digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
            short = f"{file}/{slug(name.replace('/', '-')) or 'speech'}-{digest}"
        taken.add(short)
        ids.append(short)
    return ids


def _precedence(path: str) -> tuple[bool, int, str]:
    """Files whose name is its own slug come first, then by type, then by path."""
    file = PurePosixPath(path)
    stem = str(file.with_suffix(""))
    return slug(stem) != stem, SUFFIXES.index(file.suffix.lower()), path
