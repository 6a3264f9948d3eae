"""QABot: open, ask, search. The whole path of a question on one screen."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from qa_bot.conversation import understand
from qa_bot.conversation.attribution import words_asked_about
from qa_bot.conversation.catalogue import Catalogue
from qa_bot.conversation.facts import catalogue_question
from qa_bot.conversation.mentions import BETWEEN_QUOTES
from qa_bot.conversation.own_speech import whose_speech
from qa_bot.conversation.request import Request, only_phrases, read_request, within
from qa_bot.conversation.spelling import Spelling
from qa_bot.conversation.suggestions import Pool
from qa_bot.errors import DocumentNotFoundError
from qa_bot.from_catalogue import from_catalogue
from qa_bot.known import Known
from qa_bot.looking import Looked, look_wider_if_better, own_words
from qa_bot.question import checked_question, quoted
from qa_bot.quoting import Quoter, merged, shown
from qa_bot.reading.headings import headings
from qa_bot.reading.lists import is_list_question
from qa_bot.said_by import said_by
from qa_bot.schema import Answer, Chip, Citation, Document, DocumentInfo, Filters, Hit
from qa_bot.settings import Settings, load_settings, with_sample_speeches

if TYPE_CHECKING:
    from qa_bot.index import Index
    from qa_bot.reading import Reader
    from qa_bot.retrieval import Retriever

Report = Callable[[str, int, int], None]

MOST_PLACES = 50  # of words whose speaker is asked for: any more are nobody's own words


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
        self._quoter = Quoter(index.documents)
        self._known = Known(index.documents, reader.words)
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
        from qa_bot.index import load_embedder, ready_index
        from qa_bot.reading import load_reader
        from qa_bot.retrieval import Retriever

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
        seen._groups = self._known.groups(groups)
        return seen

    def over(self, index: Index) -> QABot:
        """This bot over another index, with the same models and settings; it sees everything."""
        return QABot(index, self.retriever.over(index), self.reader, self.settings)

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
        with self._suggestions.standing_aside():
            return self._ask(question, history, filters, ignore, progress or _nobody, rewrite)

    def _ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        filters: Filters | None,
        ignore: Collection[str],
        progress: Report,
        rewrite: bool,
    ) -> Answer:
        began = time.perf_counter()
        question = checked_question(question, self.settings.max_question_chars)
        filters = self._allowed(filters)
        if filters.groups is not None and filters.groups != self._groups:
            seen = self.seen_by(filters.groups)  # names and words, too, are kept to these groups
            return seen._ask(question, history, filters, ignore, progress, rewrite)
        spelt = self.spelling.respelled(question) if rewrite else question
        words = words_asked_about(spelt, history if rewrite else ())
        if words and (known := self._said_by(question, words, history, filters, ignore, began)):
            return known
        understood = spelt
        if rewrite:
            longest = self.settings.max_question_chars
            understood = understand(spelt, history).question[:longest]
        if not quoted(understood):
            limits = within(filters, self.catalogue)
            asked = catalogue_question(understood, self.catalogue, ignore=ignore, within=limits)
            if asked:
                return from_catalogue(question, understood, asked, self._quoter, began)
        request = read_request(
            understood,
            self.catalogue,
            filters,
            ignore=ignore,
            typed=(question, *(earlier for earlier, _ in history)),
        )
        look = partial(self._look, report=progress)
        looked, kept = look_wider_if_better(look, request, self.answer_at)
        citations, others = shown(
            looked,
            self._quoter,
            self.reader.calibration,
            self.answer_at,
            several_wanted=is_list_question(understood),
            most_others=self.settings.answers - 1,
        )
        sure = looked.best
        if looked.hits and kept.phrases and (not citations or only_phrases(understood)):
            citations, others = self._word_for_word(kept, looked), ()
            sure = citations[0].confidence if citations else sure
        return Answer(
            question=question,
            understood=understood,
            found=bool(citations),
            text=BETWEEN_QUOTES.join(citation.quote for citation in citations),
            confidence=sure,
            citations=citations,
            alternatives=others,
            passages=tuple(looked.hits[: self.settings.top_k]),
            chips=kept.chips,
            set_aside=tuple(chip for chip in request.chips if chip not in kept.chips),
            seconds={**looked.seconds, "total": time.perf_counter() - began},
        )

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

    @property
    def documents(self) -> tuple[DocumentInfo, ...]:
        """What is known about every document, in corpus order."""
        return self._known.documents(self._groups)

    @property
    def catalogue(self) -> Catalogue:
        """The names of speakers, events and speeches that this bot's person may see."""
        return self._known.catalogue(self._groups)

    @property
    def answer_at(self) -> float:
        """How sure it must be to answer: as set, else as fitted with the reader's confidence."""
        return self.reader.answer_at(self.settings)

    @property
    def spelling(self) -> Spelling:
        """Which words mistyped ones are, among those that this bot's person may see."""
        return self._known.spelling(self._groups)

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

    def _allowed(self, filters: Filters | None) -> Filters:
        """The filters, and no more than this bot's person may see."""
        filters = filters or Filters()
        if self._groups is not None:
            asked = self._groups if filters.groups is None else filters.groups
            filters = replace(filters, groups=tuple(sorted(set(asked) & set(self._groups))))
        elif filters.groups is not None:
            filters = replace(filters, groups=self._known.groups(filters.groups))
        self.retriever.check(filters)
        return filters

    def _said_by(
        self,
        question: str,
        words: Sequence[str],
        history: Sequence[tuple[str, str]],
        filters: Filters,
        ignore: Collection[str],
        began: float,
    ) -> Answer | None:
        """Who said these words; None when that is not known."""
        typed = quoted(question)
        chips = tuple(Chip("phrase", phrase, f'"{phrase}"') for phrase in typed)
        if any(chip.key in ignore for chip in chips):
            return None
        found = [self.retriever.places(text, filters, most=MOST_PLACES) for text in words]
        if not all(found) or max(map(len, found)) >= MOST_PLACES:
            return None
        places = [place for some in found for place in some]
        if not typed and len(places) > len(words):  # which of them the last answer meant
            earlier, answer = history[-1]
            again = self._ask(earlier, history[:-1], filters, ignore, _nobody, True)
            if again.text == answer and again.citations:
                cited = [c for first in again.citations for c in (first, *first.also)]
                places = [(c.document, c.start, c.end) for c in cited]
        return said_by(question, words, places, self._quoter, began, (*filters.chips, *chips))

    def _word_for_word(self, request: Request, looked: Looked) -> tuple[Citation, ...]:
        """The phrases of a question where the passages found hold them.

        As sure as what the reader found: that the words stand there does not mean that they answer,
        unless nothing else was asked.
        """
        sure = 1.0 if only_phrases(request.question) else looked.best
        return merged(
            [
                self._quoter.cite(info.id, start, end, score=0.0, confidence=sure)
                for phrase in request.phrases
                for info, start, end in self.retriever.places(phrase, request.allowed)
                if any(
                    hit.document.id == info.id and hit.start < end and start < hit.end
                    for hit in looked.hits
                )
            ]
        )

    def _look(self, request: Request, *, report: Report) -> Looked:
        """Retrieve and read under the restrictions of a request."""
        began = time.perf_counter()
        report("retrieve", 0, 1)
        hits: list[Hit] = []
        if request.allowed is not None:
            hits = self.retriever.search(
                request.question,
                top_k=self.settings.candidates,
                filters=request.allowed,
                phrases=request.phrases,
            )
        report("retrieve", 1, 1)
        retrieved = time.perf_counter()
        spans = self.reader.read(
            request.question,
            [hit.passage for hit in hits],
            progress=partial(report, "read"),
            told=headings(request.question, [hit.document for hit in hits]),
        )
        sure = self.reader.calibration.confidence(spans, hits, request.question)
        if not request.whose and (who := whose_speech(request.question)):
            spans, sure = own_words(who, spans, sure, hits)
        seconds = {"retrieve": retrieved - began, "read": time.perf_counter() - retrieved}
        return Looked(hits, spans, sure, seconds, request.question)


def _nobody(stage: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""
