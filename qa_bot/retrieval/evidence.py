"""Which sentences bear on a question: one score for each, comparable over passages and speeches.

A sentence is near a question by the cosine of their vectors and by the share of the question's
words that it holds, rare ones counting more. Where the reader has been, the scores of its spans are
summed within the sentence. A small logistic model makes a probability of both. Another one tells
what is about a subject, where the reader, trained to find answers, adds nothing. Their weights are
in ``evidence.json``; the many further features that brought nothing, in
docs/research/2026-11-sentences.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_bot.index import Embedder, Index
from qa_bot.passages.marks import ADDRESS, ASKED, BARE, LEADS, LEANS
from qa_bot.retrieval.alike import newest_first, one_of_each
from qa_bot.retrieval.overview import overview
from qa_bot.retrieval.parts import Parts
from qa_bot.schema import Filters, Hit, Span
from qa_bot.text.cleaning import clean
from qa_bot.text.cleaning import words as listed
from qa_bot.text.folding import plain
from qa_bot.text.stems import stem, words

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

WEIGHTS = Path(__file__).with_name("evidence.json")
HITS = 24  # passages that a question's sentences are worth looking for in
FEW = 1500  # sentences: when the filters leave no more, all of them are scored
NO_EVIDENCE = LEADS | ADDRESS | BARE
NO_SPAN = -5.0  # logits of a sentence that the reader found nothing in, at most
MOST_LOGITS = 15.0  # of a span's score, either way
ALIKE = 0.985  # cosine of two sentences that say the same
FARTHEST = 400  # characters between a sentence and the neighbour that it leans on

OVERLAP = 0.6  # weight of the share of words beside the cosine

FEATURES = (
    "near",  # cosine of question and sentence + OVERLAP × share of the question's word weights
    "lead",  # how far that lies below the nearest sentence's
)
READ = (
    "spans",  # log-sum-exp of the scores of the reader's spans in it, in tens of logits
    "below",  # how far that lies below the best sentence's
)

_WORD = re.compile(r"\w+")
# Words of the frame that a question puts around its subject; the speeches' own words count.
_FRAME = frozenset(
    map(
        stem,
        listed(
            "say says said saying tell talk talked talks talking mention mentioned mentions speak"
            " spoke discuss discussed describe described explain explained give quote line find"
            " please summarize summarise speech speeches remark remarks know want thing things"
        ),
    )
)


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may bear on a question: ``document.text[start:end]``, whole.

    Attributes:
        score: log-odds; comparable over passages, speeches and questions. 0 in an overview.
        probability: that it holds the answer, or is about the subject, 0..1; 0 in an overview.
        matched: (start, end) of its words that are the question's, offsets into the document.
        number: its place among the sentences of the index.
    """

    document_id: str
    start: int
    end: int
    score: float
    probability: float
    matched: tuple[tuple[int, int], ...] = ()
    number: int = 0


class EvidenceRanker:
    """Scores the sentences of one opened index. Holds no state that a question changes.

    Example:
        >>> from qa_bot import QABot
        >>> bot = QABot.open()                                          # doctest: +SKIP
        >>> ranker = EvidenceRanker(bot.index, bot.retriever.embedder)  # doctest: +SKIP
        >>> hits = bot.search("start-up fund")                          # doctest: +SKIP
        >>> best = ranker.rank("What is the start-up fund?", hits)[0]   # doctest: +SKIP
        >>> bot.document(best.document_id).text[best.start:best.end]    # doctest: +SKIP
        'The mechanism includes a start-up fund …'
    """

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._documents = list(index.documents.values())
        self._row = {document.id: row for row, document in enumerate(self._documents)}
        self._parts = Parts(self._documents)
        self._part = self._parts_of_sentences()
        place = newest_first(self._documents)
        self._place = np.array(place, dtype=np.int64)[index.sentences.rows]

    def rank(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        subject: str = "",
        spans: Sequence[Span] = (),
        filters: Filters | None = None,
        limit: int = 8,
        topical: bool = False,
    ) -> list[ScoredSentence]:
        """The sentences that bear on a question, best first, equal ones in document order.

        Args:
            question: self-contained, without the words that only say where to look.
            hits: the passages found for it; :data:`HITS` or more are worth having.
            subject: the question without its frame ("atomic energy" of "what did he say about
                atomic energy?"); its content words when left out.
            spans: what the reader found, thirty or more of its best.
            filters: only documents that they allow are looked at. When those hold few sentences
                (:data:`FEW`) all are scored, not only the hits'.
            limit: most sentences returned; those that say the same count once.
            topical: whether it asks what was said on a subject, and not for an answer.
        """
        numbers = self._one_of_each(self.candidates(hits, filters), hits)
        if limit < 1 or not len(numbers):
            return []
        table = self.features(question, numbers, subject=subject)
        model = _model("subject" if topical else "read" if spans else "plain")
        if spans and not topical:
            table = np.hstack([table, self.read_features(numbers, spans)])
        scores = model.score(table)
        order = np.argsort(-scores, kind="stable")
        sure = model.probability(scores)
        stems = frozenset(content(subject or question) or content(question))
        return [
            self._scored(int(numbers[at]), stems, float(scores[at]), float(sure[at]))
            for at in self._different(numbers, order, limit)
        ]

    def candidates(self, hits: Sequence[Hit], filters: Filters | None = None) -> Rows:
        """Numbers of the sentences to score, in document order: no headings, no greetings."""
        parts = self._allowed(filters)
        if parts is not None:
            own = np.flatnonzero(parts[self._part])
            if len(own) <= FEW:
                return self._worth(own)
        numbers = _numbers(map(slice, *self._of_hits(hits)))
        return self._worth(numbers if parts is None else numbers[parts[self._part[numbers]]])

    def features(self, question: str, numbers: Rows, *, subject: str = "") -> Floats:
        """The columns :data:`FEATURES` of each sentence, shape (len(numbers), 2)."""
        vector = self._embedder.encode_questions([question])[0]
        cosine = self._index.sentences.vectors[numbers].astype(np.float32) @ vector
        holds, weight = self._holds(content(subject or question) or content(question), numbers)
        share = holds @ weight[: holds.shape[1]] / (weight.sum() or 1.0)
        near = np.round(cosine + OVERLAP * share, 6).astype(np.float64)
        return np.stack([near, near - near.max(initial=-1.0)], axis=1)

    def read_features(self, numbers: Rows, spans: Sequence[Span]) -> Floats:
        """The columns :data:`READ` of each sentence, shape (len(numbers), 2).

        A sentence without a span counts as the worst that has one, or as worse.
        """
        rows = [self._row[span.passage.document_id] for span in spans]
        bounds = self._index.sentences.spans(
            np.array(rows, dtype=np.int64),
            np.array([span.start for span in spans], dtype=np.int64),
            np.array([span.end for span in spans], dtype=np.int64),
        )
        scores = np.full(len(numbers), -np.inf)
        for span, first, last in zip(spans, *np.searchsorted(numbers, bounds), strict=True):
            scores[first:last] = np.logaddexp(scores[first:last], span.score)
        lowest = min([NO_SPAN, *(span.score for span in spans)])
        scores = np.where(np.isfinite(scores), scores, lowest)
        scores = np.round(np.clip(scores, -MOST_LOGITS, MOST_LOGITS) / 10, 6)
        return np.stack([scores, scores - scores.max(initial=-MOST_LOGITS / 10)], axis=1)

    def with_neighbours(self, sentence: ScoredSentence) -> tuple[int, int]:
        """Bounds of the sentence with the one before it, when it means something said there.

        "It was adopted in Marrakesh." is not understood alone. A sentence that ends in a colon is
        shown with what follows. At most one sentence is added on either side.
        """
        sentences = self._index.sentences
        at, bits = sentence.number, int(sentences.marks[sentence.number])
        start, end = sentence.start, sentence.end
        row = sentences.rows[at]
        if bits & LEANS and at > 0 and sentences.rows[at - 1] == row:
            near = start - int(sentences.ends[at - 1]) <= FARTHEST
            near = near and self._same_turn(row, int(sentences.starts[at - 1]), start)
            if near and not sentences.marks[at - 1] & (LEADS | BARE):
                start = int(sentences.starts[at - 1])
        follows = at + 1 < len(sentences) and sentences.rows[at + 1] == row
        if bits & LEADS and follows and self._same_turn(row, start, int(sentences.starts[at + 1])):
            end = int(sentences.ends[at + 1])
        return start, end

    def overview(
        self, *, filters: Filters | None = None, subject: str = "", count: int = 8
    ) -> list[ScoredSentence]:
        """Sentences that stand for what the filters leave, in document order.

        Args:
            subject: what the overview is about, if it is about something.
            count: at most so many.
        """
        parts = self._allowed(filters)
        vector = self._embedder.encode_questions([subject])[0] if subject else None
        numbers = np.arange(len(self._part))
        if parts is not None:
            numbers = numbers[parts[self._part]]
        numbers = self._one_of_each(self._not_asked(numbers))
        numbers = numbers[np.argsort(self._part[numbers], kind="stable")]
        cuts = np.flatnonzero(np.diff(self._part[numbers])) + 1
        found = overview(self._index.sentences, np.split(numbers, cuts), count, subject=vector)
        stems = frozenset(content(subject))
        return [self._scored(number, stems) for number in found]

    def _allowed(self, filters: Filters | None) -> NDArray[np.bool_] | None:
        """Which parts of the documents the filters allow; None when they allow all."""
        if filters is None or not filters.any:
            return None
        return self._parts.allowed(filters)

    def _parts_of_sentences(self) -> Rows:
        """The number of the part that each sentence belongs to."""
        sentences = self._index.sentences
        part = np.array(self._parts.first, dtype=np.int64)[sentences.rows]
        for row, document in enumerate(self._documents):
            if document.turns:
                own = sentences.of(row)
                starts = sentences.starts[own].tolist()
                part[own] = [self._parts.at(row, start) for start in starts]
        return part

    def _same_turn(self, row: int, one: int, other: int) -> bool:
        document = self._documents[row]
        return not document.turns or document.turn_at(one) == document.turn_at(other)

    def _of_hits(self, hits: Sequence[Hit]) -> tuple[Rows, Rows]:
        """First and end number of the sentences of each hit."""
        rows = np.array([self._row[hit.document.id] for hit in hits], dtype=np.int64)
        starts = np.array([hit.start for hit in hits], dtype=np.int64)
        ends = np.array([hit.end for hit in hits], dtype=np.int64)
        return self._index.sentences.spans(rows, starts, ends)

    def _one_of_each(self, numbers: Rows, hits: Sequence[Hit] = ()) -> Rows:
        """Of sentences that say the same the one of the best hit, or else of the newest speech."""
        best = np.full(len(self._place), len(hits), dtype=np.int64)
        for at, part in reversed(list(enumerate(map(slice, *self._of_hits(hits))))):
            best[part] = at
        return one_of_each(
            self._index.sentences, numbers, best[numbers] * len(best) + self._place[numbers]
        )

    def _worth(self, numbers: Rows) -> Rows:
        """Without the sentences that are no evidence whatever they hold."""
        marks = self._index.sentences.marks[numbers]
        return self._not_asked(numbers[(marks & NO_EVIDENCE) == 0])

    def _not_asked(self, numbers: Rows) -> Rows:
        """Without what those say who only ask, unless nothing else is left."""
        said = numbers[(self._index.sentences.marks[numbers] & ASKED) == 0]
        return said if len(said) else numbers

    @cached_property
    def _weights(self) -> Floats:
        """Of each word of the vocabulary: the rarer among the sentences, the more."""
        count = np.bincount(self._index.sentences.words, minlength=self._index.sparse.vocabulary)
        return np.log(1 + len(self._index.sentences) / (1 + count))

    def _holds(self, asked: Sequence[str], numbers: Rows) -> tuple[NDArray[np.bool_], Floats]:
        """Which sentence holds which asked word, (n, k), and the weight of each word, (k + u,).

        The last u are words that no passage has: no sentence can hold them, but they were asked.
        """
        sentences, sparse = self._index.sentences, self._index.sparse
        known = sparse.known(asked)
        unknown = len(set(asked)) - len(known)
        heaviest = float(np.log(1 + len(sentences)))
        weight = np.concatenate([self._weights[known], np.full(unknown, heaviest)])
        holds = np.zeros((len(numbers), len(known)), dtype=bool)
        if known:
            ends = sentences.word_ends[numbers].astype(np.int64)
            starts = np.where(numbers > 0, sentences.word_ends[numbers - 1], 0).astype(np.int64)
            counts = ends - starts
            first = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
            held = sentences.words[first + np.arange(counts.sum())]
            owner = np.repeat(np.arange(len(numbers)), counts)
            for column, word in enumerate(known):
                holds[owner[held == word], column] = True
        return holds, weight

    def _different(self, numbers: Rows, order: Rows, limit: int) -> list[int]:
        """The first ``limit`` places in an order of which none says what one before it says."""
        chosen: list[int] = []
        said: list[NDArray[np.float32]] = []
        for at in order.tolist():
            vector = self._index.sentences.vectors[numbers[at]].astype(np.float32)
            if not said or float(np.max(np.stack(said) @ vector)) < ALIKE:
                chosen.append(at)
                said.append(vector)
            if len(chosen) == limit:
                break
        return chosen

    def _scored(
        self, number: int, stems: frozenset[str], score: float = 0.0, probability: float = 0.0
    ) -> ScoredSentence:
        sentences = self._index.sentences
        document = self._documents[int(sentences.rows[number])]
        start, end = int(sentences.starts[number]), int(sentences.ends[number])
        return ScoredSentence(
            document_id=document.id,
            start=start,
            end=end,
            score=score,
            probability=probability,
            matched=matched(document.text, start, end, stems),
            number=number,
        )


def content(text: str) -> list[str]:
    """Stems of the words that a question is about, each once, in their order.

    Example:
        >>> content("What did he say about atomic energy?")
        ['atom', 'energi']
    """
    return list(dict.fromkeys(word for word in words(clean(text).text) if word not in _FRAME))


def holds(text: str, asked: Collection[str], share: float) -> bool:
    """Whether a text holds such a share of some stems, however often.

    Example:
        >>> holds("They spoke of energy.", content("atomic energy"), 0.5)
        True
    """
    wanted = set(asked)
    return len(wanted.intersection(words(text))) >= share * len(wanted)


def matched(text: str, start: int, end: int, stems: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """Where words of ``text[start:end]`` have one of these stems, in offsets into ``text``.

    Example:
        >>> matched("They spoke of energy.", 0, 21, frozenset(["energi"]))
        ((14, 20),)
    """
    return tuple(
        word.span() for word in _WORD.finditer(text, start, end) if stem(plain(word[0])) in stems
    )


def _numbers(parts: Iterable[slice]) -> Rows:
    """The numbers in some slices, each once, ascending."""
    found = [np.arange(part.start, part.stop) for part in parts]
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Model:
    """A logistic model, and a second one that makes probabilities of its scores.

    Attributes:
        weights, constant: of the columns, for the score.
        scale, first, shift: of the score, of being the best sentence of all, and a constant: the
            best of a hundred is right more often than its score alone would say.
        most: the highest probability: what is surely about a subject may still not be what a person
            wants to know of it.
    """

    weights: Floats
    constant: float
    scale: float
    first: float
    shift: float
    most: float = 1.0

    def score(self, table: Floats) -> Floats:
        """Of each row of the table."""
        return np.round(table @ self.weights + self.constant, 6)

    def probability(self, scores: Floats) -> Floats:
        """That each sentence holds the answer. The order of the scores is kept."""
        odds = self.scale * scores + self.first * (scores == scores.max(initial=-np.inf))
        return np.round(self.most / (1 + np.exp(-(odds + self.shift))), 6)


@lru_cache(maxsize=3)
def _model(kind: str) -> Model:
    """The shipped model "plain", "read" or "subject"."""
    shape = json.loads(WEIGHTS.read_text(encoding="utf-8"))[kind]
    names = (*FEATURES, *READ) if kind == "read" else FEATURES
    weights = shape["weights"]
    chance = shape["probability"]
    return Model(
        np.array([weights.get(name, 0.0) for name in names]),
        shape["constant"],
        chance["score"],
        chance["first"],
        chance["constant"],
        chance.get("most", 1.0),
    )
