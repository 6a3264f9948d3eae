"""What files hold beyond the texts made of them, in words for whoever keeps the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qa_bot.schema import Document, Omission

MOST_FILES = 20  # that are named one by one


def by_file(documents: Iterable[Document]) -> dict[str, tuple[Omission, ...]]:
    """The omissions of each file that has some; of all of its speeches, where it holds several."""
    found: dict[str, tuple[Omission, ...]] = {}
    for document in documents:
        if document.omissions:
            found[document.path] = found.get(document.path, ()) + document.omissions
    return found


def in_words(omissions: Iterable[Omission]) -> str:
    """Omissions on one line, with counts and the first places; "" for none.

    Example:
        >>> in_words([Omission("scanned pages", 2, "4-5"), Omission("comments", 3)])
        'scanned pages: 2 (4-5); comments: 3'
    """
    counts: dict[str, int] = {}
    places: dict[str, str] = {}
    for one in omissions:
        counts[one.part] = counts.get(one.part, 0) + one.count
        places.setdefault(one.part, one.where and f" ({one.where})")
    return "; ".join(f"{part}: {count:,}{places[part]}" for part, count in counts.items())


def lines(left_out: Mapping[str, Iterable[Omission]], most: int = MOST_FILES) -> list[str]:
    """A line a file, and one that sums up the files after the first ``most``."""
    told = [f"{path}: {in_words(omissions)}" for path, omissions in left_out.items()]
    if len(told) <= most:
        return told
    rest = [one for omissions in list(left_out.values())[most:] for one in omissions]
    without_places = (Omission(one.part, one.count) for one in rest)
    return [*told[:most], f"… {len(told) - most:,} more files: {in_words(without_places)}"]
