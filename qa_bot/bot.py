"""QABot: open, ask, search, document. What happens in between: ``answering/pipeline.py``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from qa_bot.answering.also_in import AlsoIn
from qa_bot.answering.pipeline import Pipeline, no_report
from qa_bot.answering.quoting import Quoter
from qa_bot.answering.visibility import Visibility
from qa_bot.errors import DocumentNotFoundError
from qa_bot.index import Index, load_embedder, ready_index
from qa_bot.reading import Reader, load_reader
from qa_bot.retrieval import Retriever
from qa_bot.retrieval.evidence import EvidenceRanker
from qa_bot.schema import Answer, Document, DocumentInfo, Filters, Hit
from qa_bot.settings import Settings, load_settings, with_sample_speeches
from qa_bot.suggestions.pool import Pool
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.kind import KindClassifier
from qa_bot.understanding.query import Asked
from qa_bot.understanding.question import checked_question, quoted
from qa_bot.understanding.spelling import Spelling
from qa_bot.understanding.understand import Understanding


class QABot:
    """Answers questions about a collection of speeches with the exact words that answer.

    Make one with :meth:`open`. All methods may be called from many threads.

    Example:
        >>> bot = QABot.open(corpus="corpus")                           # doctest: +SKIP
        >>> answer = bot.ask("Where was the dialogue held?")            # doctest: +SKIP
        >>> [citation.quote for citation in answer.citations]           # doctest: +SKIP
        ['Geneva']
    """

    def __init__(
        self, index: Index, retriever: Retriever, reader: Reader, settings: Settings
    ) -> None:
        self.index = index
        self.retriever = retriever
        self.reader = reader
        self.settings = settings
        ranker = EvidenceRanker(index, retriever.embedder)
        quoter = Quoter(index.documents)
        self._pipeline = Pipeline(
            retriever, ranker, reader, quoter, AlsoIn(index, quoter), settings
        )
        self._classifier = KindClassifier.load()
        self._visibility = Visibility(index.documents, reader.words)
        self._groups: tuple[str, ...] | None = None  # None: everything may be seen
        self._suggestions = Pool(self)

    @classmethod
    def open(
        cls,
        settings: Settings | None = None,
        *,
        progress: Callable[[str, int, int], None] | None = None,
        **given: Any,
    ) -> QABot:
        """Open the index, building it first if there is none, and load the models.

        Args:
            settings: all settings at once; else they come from ``given``, the environment
                (``QA_BOT_*``) and ``qa_bot.toml``.
            progress: called with (stage, done, total) while a missing index is built.

        Raises:
            IndexStaleError, IndexDamagedError: with the command that mends it.
            CorpusError: there is no index and no speech to build one from.
            ModelError, SettingsError: a model or a setting cannot be used.
        """
        settings, _ = with_sample_speeches(settings or load_settings(**given))
        # Both models first: a wrong name is found before an index is built, which may take long.
        reader, embedder = load_reader(settings), load_embedder(settings)
        index = ready_index(settings, embedder=embedder, progress=progress)
        return cls(index, Retriever(index, embedder, settings), reader, settings)

    def seen_by(self, groups: Collection[str] | None) -> QABot:
        """This bot as somebody in these groups sees it; None sees everything.

        What a person may not see is not there: not in answers, passages, the list of documents,
        under its address, or in an example. Shares index and models with this bot.
        """
        if groups is None:
            return self
        seen = copy.copy(self)
        seen._groups = self._visibility.groups(groups)
        return seen

    def over(self, index: Index) -> QABot:
        """This bot over another index, with the same models and settings; it sees everything."""
        return QABot(index, self.retriever.over(index), self.reader, self.settings)

    def with_reader(self, reader: Reader) -> QABot:
        """This bot with another reader over the same index; it sees everything."""
        return QABot(self.index, self.retriever, reader, self.settings)

    def retire(self) -> None:
        """Look for no more questions to suggest: another bot takes over. Does not wait."""
        self._suggestions.stop(wait=False)

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        filters: Filters | None = None,
        *,
        ignore: Collection[str] = (),
        progress: Callable[[str, int, int], None] | None = None,
        rewrite: bool = True,
    ) -> Answer:
        """The exact words that answer ``question``, or that the speeches hold no answer.

        Args:
            question: in plain words.
            history: earlier (question, answer) pairs of the conversation, oldest first: they say
                what "it" and "she" mean.
            filters: which documents may be used.
            ignore: keys of chips of an earlier answer (:attr:`qa_bot.schema.Chip.key`): the words
                that set them restrict nothing this time.
            progress: called with (stage, done, total), the stage being "retrieve" or "read".
            rewrite: whether the conversation and the spelling of the speeches may change the
                question; False takes it as it stands.

        Raises:
            QuestionError: the question is blank, holds no word, or is too long.
            DocumentNotFoundError: the filters name a document that is not there.
        """
        question = checked_question(question, self.settings.max_question_chars)
        filters = self._allowed(filters)
        # Names and words, too, are those of the documents that these groups may see.
        person = self if filters.groups is None else self.seen_by(filters.groups)
        asked = Asked(question, tuple(history), filters, frozenset(ignore), rewrite)
        with self._suggestions.standing_aside():
            return self._pipeline.answer(asked, person._understanding(), progress or no_report)

    def search(
        self, question: str, top_k: int | None = None, filters: Filters | None = None
    ) -> list[Hit]:
        """The passages nearest to ``question``, best first; each holds its "quoted words".

        Raises:
            QuestionError: the question is blank, holds no word, or is too long.
            DocumentNotFoundError: the filters name a document that is not there.
        """
        question = checked_question(question, self.settings.max_question_chars)
        filters = self._allowed(filters)
        top_k = self.settings.top_k if top_k is None else max(1, min(top_k, 1000))
        return self.retriever.search(
            question, top_k=top_k, filters=filters, phrases=quoted(question)
        )

    def document(self, document_id: str) -> Document:
        """The document that citations with this id point into.

        Raises:
            DocumentNotFoundError: no document has that id.
        """
        document = self.index.documents.get(document_id)
        if document is None or not Filters(groups=self._groups).allows(document):
            raise DocumentNotFoundError(
                f"There is no document {document_id[:100]!r}.",
                "`qa-bot index --list` shows the documents.",
            )
        return document

    def file_hash(self, document_id: str) -> str:
        """SHA-256 of the file that a document was read from, as it was then; "" if unknown.

        Raises:
            DocumentNotFoundError: no document has that id.
        """
        return self.index.record.corpus_files.get(self.document(document_id).path, "")

    @property
    def documents(self) -> tuple[DocumentInfo, ...]:
        """What is known about every document, in corpus order."""
        return self._visibility.documents(self._groups)

    @property
    def entities(self) -> Entities:
        """The names of speakers, events and speeches that this bot's person may see."""
        return self._visibility.entities(self._groups)

    @property
    def min_confidence(self) -> float:
        """How sure it must be to answer: as set, else as fitted with the reader's confidence."""
        return self.reader.min_confidence(self.settings)

    @property
    def spelling(self) -> Spelling:
        """Which words mistyped ones are, among those that this bot's person may see."""
        return self._visibility.spelling(self._groups)

    def examples(self, count: int = 4) -> list[str]:
        """Questions that these speeches can answer, made from their own sentences.

        Waits until so many were found, or no more can be: some seconds the first time.
        """
        return self._suggestions.first(count, [info.id for info in self.documents])

    def next_questions(
        self, answer: Answer, history: Sequence[tuple[str, str]] = (), count: int = 3
    ) -> list[str]:
        """Questions to go on with after ``answer`` that these speeches can answer.

        Never waits: [] or fewer while they are still being looked for in the background.

        Args:
            history: the turns before the answer; what was asked is not suggested again.
        """
        return self._suggestions.next(answer, history, count, [info.id for info in self.documents])

    def _understanding(self) -> Understanding:
        """What the questions of this bot's person are understood with."""
        embedder = self.retriever.embedder
        same = embedder.fingerprint == self._classifier.embedder
        return Understanding(
            self.entities,
            self.spelling,
            self._classifier,
            embed=lambda text: embedder.encode_questions([text])[0] if same else None,
            longest=self.settings.max_question_chars,
        )

    def _allowed(self, filters: Filters | None) -> Filters:
        """The filters, and no more than this bot's person may see."""
        filters = filters or Filters()
        if self._groups is not None:
            asked = self._groups if filters.groups is None else filters.groups
            filters = replace(filters, groups=tuple(sorted(set(asked) & set(self._groups))))
        elif filters.groups is not None:
            filters = replace(filters, groups=self._visibility.groups(filters.groups))
        self.retriever.check(filters)
        return filters
