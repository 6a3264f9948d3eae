"""What people thought of the answers: questions that were not helped, and a count of thumbs."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_bot.settings import Settings
from qa_bot.text.stems import words

log = logging.getLogger("qa_bot.feedback")

KINDS = ("not found", "thumbs down")  # kept with their words
UP = "thumbs up"  # kept as a count only: nothing is to be mended
FILE = "questions.jsonl"
COUNTS = "counts.json"
LOCK = ".lock"
MAX_BYTES = 20_000_000  # a stranger must not fill the disk
MAX_TURNS = 5
WHEN = "%Y-%m-%d %H:%M"
ALIKE = 0.6


@dataclass(frozen=True)
class Entry:
    """One question that somebody was not helped with.

    Attributes:
        kind: "not found" or "thumbs down".
        answer: what the bot said; empty when it found nothing.
        history: the earlier (question, answer) pairs that the question leans on, newest last.
        when: UTC, ``YYYY-MM-DD HH:MM``.
        reason: why it did not help, in the person's words.
    """

    kind: str
    question: str
    answer: str = ""
    history: tuple[tuple[str, str], ...] = ()
    when: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Group:
    """Entries that ask much the same.

    Attributes:
        key: short name that stays the same while the first question of the group stays.
    """

    key: str
    entries: tuple[Entry, ...]

    @property
    def question(self) -> str:
        return self.entries[0].question


class FeedbackStore:
    """Appends to one JSON-lines file in ``folder`` and counts beside it.

    Safe from many threads and processes. Nothing about who asked is kept.

    Example:
        >>> import tempfile
        >>> store = FeedbackStore(Path(tempfile.mkdtemp()))
        >>> store.keep("not found", "Who pays for it?")
        True
        >>> [group.question for group in grouped(store.entries())]
        ['Who pays for it?']
        >>> store.counts()
        {'not found': 1}
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._threads = threading.Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> FeedbackStore | None:
        """The store that the settings name, or None when they switch it off."""
        if settings.keep_nothing or not settings.keep_feedback:
            return None
        return cls(settings.feedback)

    def keep(
        self,
        kind: str,
        question: str,
        answer: str = "",
        history: Sequence[tuple[str, str]] = (),
        reason: str = "",
    ) -> bool:
        """Keep what somebody thought of an answer, now; see :meth:`add`.

        Args:
            kind: "not found", "thumbs down", or "thumbs up", of which only the count is kept.

        Raises:
            ValueError: the kind is unknown.
        """
        if kind == UP:
            return self._count(kind)
        now = datetime.datetime.now(datetime.UTC).strftime(WHEN)
        turns = tuple(history[-MAX_TURNS:])
        return self.add(Entry(kind, question, answer, turns, now, reason)) and self._count(kind)

    def add(self, entry: Entry) -> bool:
        """Append one entry. A full disk or file costs the entry, never the answer: False then.

        Raises:
            ValueError: the kind is unknown.
        """
        if entry.kind not in KINDS:
            raise ValueError(f"unknown kind of feedback {entry.kind!r}")
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        try:
            with self._alone(), self.path.open("ab") as file:
                if file.tell() + len(line) > MAX_BYTES:
                    log.warning("%s is full: feedback is no longer kept", self.path)
                    return False
                file.write(line.encode("utf-8", "replace"))
        except OSError as error:
            log.warning("feedback cannot be kept: %s", error)
            return False
        return True

    def entries(self) -> list[Entry]:
        """All entries, oldest first. Lines that cannot be read are left out."""
        entries = (_entry(line) for line in self._lines())
        return [entry for entry in entries if entry is not None]

    def counts(self) -> dict[str, int]:
        """How often each kind of feedback was given, expired entries included."""
        try:
            shape = json.loads((self.path.parent / COUNTS).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        known = shape if isinstance(shape, dict) else {}
        return {kind: known[kind] for kind in (*KINDS, UP) if isinstance(known.get(kind), int)}

    def remove(self, entries: Iterable[Entry]) -> int:
        """Drop these entries and return how many lines went; everything else stays as it is."""
        gone = set(entries)
        return self._rewrite(lambda entry: entry not in gone)

    def expire(self, days: int, now: datetime.datetime | None = None) -> int:
        """Drop what is older than ``days`` and return how many lines went.

        A line without a readable time goes too: nobody could say that it is young enough.

        Raises:
            OSError: the folder cannot be written.
        """
        now = now or datetime.datetime.now(datetime.UTC)
        oldest = (now - datetime.timedelta(days=days)).strftime(WHEN)
        if not self.path.exists():
            return 0
        return self._rewrite(lambda entry: entry is not None and entry.when >= oldest)

    def _rewrite(self, stays: Callable[[Entry | None], bool]) -> int:
        with self._alone():
            lines = self._lines()
            kept = [line for line in lines if stays(_entry(line))]
            if len(kept) < len(lines):
                _replace(self.path, "".join(f"{line}\n" for line in kept))
        return len(lines) - len(kept)

    def _count(self, kind: str) -> bool:
        try:
            with self._alone():
                counts = self.counts()
                counts[kind] = counts.get(kind, 0) + 1
                _replace(self.path.parent / COUNTS, json.dumps(counts) + "\n")
        except OSError as error:
            log.warning("feedback cannot be counted: %s", error)
            return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other thread or process writes here. Makes the folder."""
        with self._threads:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with (self.path.parent / LOCK).open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # freed with the file
                yield

    def _lines(self) -> list[str]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return [line for line in text.split("\n") if line.strip()]


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def grouped(entries: Sequence[Entry]) -> list[Group]:
    """Near-duplicates together, the group with most entries first.

    Two questions are alike when the share of word stems they have in common (Dice) is at least
    ``ALIKE``; questions that lean on a conversation are alike only when its last turn is the same.
    An entry joins the first group whose first question is like its own.
    """
    groups: list[tuple[frozenset[str], object, list[Entry]]] = []
    for entry in entries:
        stems, last = _stems(entry.question), entry.history[-1:]
        for known, turn, members in groups:
            if turn == last and _dice(stems, known) >= ALIKE:
                members.append(entry)
                break
        else:
            groups.append((stems, last, [entry]))
    made = [Group(_key(members[0]), tuple(members)) for _, _, members in groups]
    return sorted(made, key=lambda group: -len(group.entries))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def _stems(question: str) -> frozenset[str]:

    return frozenset(words(question)) or frozenset([question.casefold()])


def _key(entry: Entry) -> str:
    whole = json.dumps([entry.question, entry.history])
    return hashlib.sha256(whole.encode()).hexdigest()[:6]


def _entry(line: str) -> Entry | None:
    try:
        row: Any = json.loads(line)
        entry = Entry(
            kind=row["kind"],
            question=row["question"],
            answer=row["answer"],
            history=tuple((turn[0], turn[1]) for turn in row["history"]),
            when=row["when"],
            reason=row.get("reason", ""),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return None
    turns = (text for turn in entry.history for text in turn)
    texts = (entry.question, entry.answer, entry.when, entry.reason, *turns)
    readable = all(isinstance(text, str) for text in texts) and entry.kind in KINDS
    return entry if readable else None
