"""Whether the files in the corpus folder are still those that the index was built from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Literal

from qa_bot.corpus.catalogue import CATALOGUES
from qa_bot.corpus.files import find_files
from qa_bot.errors import QABotError
from qa_bot.index import Index
from qa_bot.index.apart import build_apart
from qa_bot.index.fingerprints import corpus_files
from qa_bot.index.open import describe_changes
from qa_bot.settings import Settings

log = logging.getLogger("qa_bot.web")

State = Literal["current", "changed", "indexing"]
Shape = tuple[tuple[str, int, int], ...]


class CorpusWatch:
    """Looks at names, sizes and times of the files, and reads them only where these changed.

    With the setting ``watch`` it brings the index up to date, once nothing has changed between two
    looks: a file that is still being copied is left alone. What cannot be built is named in the log
    and tried again after the next change.

    Attributes:
        state: "current", "changed" since the index was built, or "indexing" until an index with
            the changes is in use.
        changes: what changed, in words, with names of files: not for everybody.
    """

    def __init__(self, settings: Settings, build: Callable[[Settings], None] = build_apart) -> None:
        self.state: State = "current"
        self.changes = ""
        self._settings = settings
        self._build = build
        self._compared: tuple[str, Shape] | None = None  # index version, and the files then
        self._tried: tuple[str, Shape] | None = None

    def look(self, index: Index) -> None:
        """Compare the folder with an index, and build a newer one where that is wanted.

        A folder that is not there is no change: an index can be deployed alone.
        """
        if not self._settings.corpus.is_dir():
            return
        seen = (index.version, tuple(sorted(self._files())))
        settled = seen == self._compared
        if not settled:
            self._compare(index)
            self._compared = seen
        elif self.changes and self._settings.watch and seen != self._tried:
            self._tried = seen
            self._bring_up_to_date()
        elif self.state == "indexing":  # built, but the index in use is still the old one
            self.state = "changed"

    def _files(self) -> Iterator[tuple[str, int, int]]:
        root = self._settings.corpus.resolve()
        places = [(file.path, file.location) for file in find_files(root)[0]]
        for name, place in [*places, *((name, root / name) for name in CATALOGUES)]:
            try:
                about = place.stat()
            except OSError:
                continue
            yield name, about.st_size, about.st_mtime_ns

    def _compare(self, index: Index) -> None:
        before, now = index.record.corpus_files, corpus_files(self._settings.corpus)
        changes = describe_changes(before, now) if dict(before) != now else ""
        if changes and changes != self.changes:
            log.warning("the speeches have changed since the index was built: %s", changes)
        self.changes = changes
        self.state = "changed" if changes else "current"

    def _bring_up_to_date(self) -> None:
        self.state = "indexing"
        try:
            self._build(self._settings)
        except (QABotError, OSError) as error:
            log.warning("the changed speeches cannot be indexed: %s", error)
            self.state = "changed"
