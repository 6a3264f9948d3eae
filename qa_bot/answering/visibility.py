"""What is known of the opened documents, by what people may see of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import RLock
from typing import Any, TypeVar

from qa_bot.schema import Document, DocumentInfo, Filters
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.spelling import Lexicon, Spelling, counted

Groups = tuple[str, ...] | None  # None: everything may be seen
MOST_KEPT = 64  # of a kind: one for each set of groups that people are in

_Kept = TypeVar("_Kept")


class Visibility:
    """Lists, names and words of documents. Everything is made when first asked for, once.

    Safe from many threads: who asks for what is being made waits for it.

    Example:
        >>> talks = [Document("a", text="In Geneva."), Document("b", groups=("board",))]
        >>> known = Visibility({talk.id: talk for talk in talks}, lambda: [])
        >>> [info.id for info in known.documents(())], known.groups(["board", "staff"])
        (['a'], ('board',))
    """

    def __init__(
        self, documents: Mapping[str, Document], language: Callable[[], Sequence[str]]
    ) -> None:
        """
        Args:
            documents: by their ids.
            language: gives words that need not occur in the documents, frequent ones first.
        """
        self._documents = documents
        self._words = language
        self._named = {group for document in documents.values() for group in document.groups}
        self._kept: dict[type, dict[Any, Any]] = {}
        self._lock = RLock()

    def groups(self, groups: Collection[str]) -> tuple[str, ...]:
        """Those groups that any document is kept to: the others make no difference."""
        return tuple(sorted(self._named & set(groups)))

    def documents(self, groups: Groups) -> tuple[DocumentInfo, ...]:
        """What is known about every document that these groups may see, in corpus order."""
        mine = Filters(groups=groups)
        return self._made(
            DocumentInfo,
            groups,
            lambda: tuple(d.info for d in self._documents.values() if mine.allows(d)),
        )

    def entities(self, groups: Groups) -> Entities:
        """The names of these documents' speakers, events and speeches."""
        mine = Filters(groups=groups)
        return self._made(
            Entities,
            groups,
            lambda: Entities(
                tuple(part for d in self._documents.values() if mine.allows(d) for part in d.parts)
            ),
        )

    def spelling(self, groups: Groups) -> Spelling:
        """Which words mistyped ones are, among those of these documents."""

        def make() -> Spelling:
            words: Counter[str] = Counter()
            mine = Filters(groups=groups)
            for named, often in self._counted().items():
                if mine.allows(DocumentInfo("", groups=named)):
                    words.update(often)
            language = self._made(Lexicon, None, lambda: Lexicon.of_language(self._words()))
            return Spelling(Lexicon.of_speeches(words), language)

        return self._made(Spelling, groups, make)

    def _counted(self) -> dict[tuple[str, ...], Counter[str]]:
        """The words of the documents kept to the same groups: read once for all people."""

        def make() -> dict[tuple[str, ...], Counter[str]]:
            words: dict[tuple[str, ...], Counter[str]] = {}
            for document in self._documents.values():
                about = document.info
                names = " ".join(
                    filter(None, (about.title, about.speaker, about.event, about.place))
                )
                for text in (names, document.text):
                    words.setdefault(document.groups, Counter()).update(counted(text))
            return words

        return self._made(Counter, None, make)

    def _made(self, kind: type, groups: Groups, make: Callable[[], _Kept]) -> _Kept:
        with self._lock:
            kept: dict[Groups, _Kept] = self._kept.setdefault(kind, {})
            if groups not in kept:
                made = make()
                while len(kept) >= MOST_KEPT:
                    kept.pop(next(iter(kept)))  # the oldest
                kept[groups] = made
            return kept[groups]
