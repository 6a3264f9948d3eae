"""Which sentences bear on a question: one score for each, comparable over passages and speeches.

The score is the log-odds of a small logistic model over what can be told without reading: how near
the sentence's vector is to the question's, which of the question's words it holds, how its passage
and its neighbours do; and, where the reader has been there, what it thinks of the words in it.
Weights and how they were fitted: ``evidence.json`` and docs/research/2026-11-sentences.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_bot.index import Embedder, Index
from qa_bot.passages.marks import ADDRESS, BARE, DATE, LEADS, LEANS, NAME, NUMBER, REASON
from qa_bot.retrieval.overview import overview
from qa_bot.schema import Filters, Hit, Span
from qa_bot.text.cleaning import clean
from qa_bot.text.cleaning import words as listed
from qa_bot.text.folding import plain
from qa_bot.text.stems import stem, words

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

WEIGHTS = Path(__file__).with_name("evidence.json")
HITS = 24  # passages whose sentences are scored, at least
FEW = 1500  # sentences: when the filters leave no more, all of them are scored
NO_EVIDENCE = LEADS | ADDRESS | BARE
ALIKE = 0.985  # cosine of two sentences that say the same
FARTHEST = 400  # characters between a sentence and the neighbour that it leans on

FEATURES = (
    "question",  # cosine of question and sentence
    "subject",  # cosine of subject and sentence
    "lead",  # how far the first lies below the best of all candidates
    "neighbour",  # the better of the sentences before and after: cosine of question
    "overlap",  # share of the subject's word weights that the sentence holds
    "around",  # the same with both neighbours
    "rarest",  # whether it holds the subject's rarest word
    "passage",  # fused score of its best passage, 0..1
    "dense",  # cosine of its best passage
    "speech",  # 1 / rank of its speech among those found
    "length",  # log of its characters, against 120
    "short",  # fewer than 40 characters
    "leans",  # begins with a word that means something said before
    "asked",  # holds the kind of thing asked for: a number, a date, a name, a reason
    "lacking",  # a kind of thing is asked for and it holds none
)
READ = (
    "read",  # whether the reader saw it
    "spans",  # log-sum-exp of its spans' scores, in tens of logits
    "best",  # how far that lies below the best sentence's
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
_ASKED = (
    (NUMBER, re.compile(r"\bhow (?:many|much|long|old|far|large|big|often)\b|\bwhat (?:percent"
                        r"|share|number|amount|sum|rate|cost)|\bnumber of\b", re.IGNORECASE)),
    (DATE | NUMBER, re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month)\b", re.I)),
    (NAME, re.compile(r"\bwho(?:m|se)?\b|\bwhere\b|\b(?:what|which) (?:country|countries|city|place"
                      r"|state|person|man|woman|president|nation)\b", re.IGNORECASE)),
    (REASON, re.compile(r"\bwhy\b|\bwhat (?:reason|cause)|\bhow come\b", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may bear on a question: ``document.text[start:end]``, whole.

    Attributes:
        score: log-odds; comparable over passages, speeches and questions.
        probability: that it answers, or holds the answer; 0..1.
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

    def rank(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        subject: str = "",
        spans: Sequence[Span] = (),
        read: Sequence[Hit] = (),
        filters: Filters | None = None,
        limit: int = 8,
    ) -> list[ScoredSentence]:
        """The sentences that bear on a question, best first, equal ones in document order.

        Args:
            question: self-contained, without the words that only say where to look.
            hits: the passages found for it; :data:`HITS` or more are worth having.
            subject: the question without its frame ("atomic energy" of "what did he say about
                atomic energy?"); its content words when left out.
            spans: what the reader found in the passages ``read``.
            filters: only documents that they allow are looked at. When those hold few sentences
                (:data:`FEW`) all are scored, not only the hits'.
            limit: most sentences returned; those that say the same count once.
        """
        numbers = self.candidates(hits, filters)
        if limit < 1 or not len(numbers):
            return []
        asked = subject or question
        table = self.features(question, numbers, hits, subject=subject)
        model = _model("plain")
        if spans:
            read_by = read or [hit for hit in hits if hit.passage in {s.passage for s in spans}]
            table = np.hstack([table, self.read_features(numbers, spans, read_by)])
            model = _model("read")
        scores = np.round(model.score(table), 6)
        order = np.argsort(-scores, kind="stable")
        chosen = self._different(numbers[order], limit)
        place = {int(n): i for i, n in enumerate(numbers)}
        stems = frozenset(content(asked) or content(question))
        return [self._scored(n, float(scores[place[n]]), stems) for n in chosen]

    def candidates(self, hits: Sequence[Hit], filters: Filters | None = None) -> Rows:
        """Numbers of the sentences to score, in document order: no headings, no greetings."""
        sentences = self._index.sentences
        rows = self._allowed(filters)
        if rows is not None:
            parts = [sentences.of(row) for row in rows]
            if sum(part.stop - part.start for part in parts) <= FEW:
                return self._worth(_numbers(parts))
        kept = None if rows is None else set(rows)
        used = [hit for hit in hits if kept is None or self._row[hit.document.id] in kept]
        return self._worth(_numbers(map(slice, *self._of_hits(used))))

    def features(
        self, question: str, numbers: Rows, hits: Sequence[Hit], *, subject: str = ""
    ) -> Floats:
        """The columns :data:`FEATURES` of each sentence, shape (len(numbers), 15)."""
        sentences = self._index.sentences
        about = subject or " ".join(_content_words(question)) or question
        vectors = self._embedder.encode_questions([question, about])
        # Neighbours are looked up too, once each.
        before = self._neighbour(numbers, -1)
        after = self._neighbour(numbers, 1)
        seen, where = np.unique(np.concatenate([numbers, before, after]), return_inverse=True)
        here, back, on = where.reshape(3, -1)
        near = sentences.vectors[seen].astype(np.float32) @ vectors.T
        cosine = near[:, 0]
        neighbour = np.maximum(
            np.where(before == numbers, 0, cosine[back]), np.where(after == numbers, 0, cosine[on])
        )
        holds, weight = self._holds(content(subject or question) or content(question), seen)
        total = weight.sum() or 1.0
        rarest = int(np.argmax(weight)) if len(weight) else 0
        around = (holds[here] | holds[back] | holds[on]) @ weight[: holds.shape[1]] / total
        own = holds[here] @ weight[: holds.shape[1]] / total
        passage, dense, speech = self._passages(numbers, hits)
        bits = sentences.marks[numbers]
        length = (sentences.ends[numbers] - sentences.starts[numbers]).astype(np.float64)
        kind = _kind_asked(question)
        met = (bits & kind) > 0
        columns = [
            cosine[here],
            near[here, 1],
            cosine[here] - cosine[here].max(initial=0.0),
            neighbour,
            own,
            around,
            holds[here, rarest] if rarest < holds.shape[1] else np.zeros(len(numbers)),
            passage,
            dense,
            speech,
            np.log(np.maximum(length, 1) / 120),
            length < 40,
            (bits & LEANS) > 0,
            met if kind else np.zeros(len(numbers)),
            ~met if kind else np.zeros(len(numbers)),
        ]
        return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)

    def read_features(self, numbers: Rows, spans: Sequence[Span], read: Sequence[Hit]) -> Floats:
        """The columns :data:`READ` of each sentence, shape (len(numbers), 3)."""
        sentences = self._index.sentences
        seen = _numbers(map(slice, *self._of_hits(read)))
        place = {int(n): i for i, n in enumerate(numbers)}
        scores = np.full(len(numbers), -np.inf)
        for span in spans:
            part = sentences.within(self._row[span.passage.document_id], span.start, span.end)
            for number in range(part.start, part.stop):
                at = place.get(number)
                if at is not None:
                    scores[at] = np.logaddexp(scores[at], span.score)
        lowest = min((span.score for span in spans), default=0.0)
        was_read = np.isin(numbers, seen)
        scores = np.where(np.isfinite(scores), scores, lowest)
        scores = np.clip(np.where(was_read, scores, lowest), -15, 15) / 10
        best = scores.max(initial=-1.5)
        return np.stack([was_read.astype(np.float64), scores, scores - best], axis=1)

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
            if near and not sentences.marks[at - 1] & (LEADS | BARE):
                start = int(sentences.starts[at - 1])
        if bits & LEADS and at + 1 < len(sentences) and sentences.rows[at + 1] == row:
            end = int(sentences.ends[at + 1])
        return start, end

    def overview(self, filters: Filters, count: int, *, about: str = "") -> list[ScoredSentence]:
        """Sentences that cover the documents which the filters allow, in document order.

        Args:
            count: at most so many.
            about: what it is to be about; all that the documents hold when left out.
        """
        rows = self._allowed(filters)
        subject = self._embedder.encode_questions([about])[0] if about else None
        every = range(len(self._documents)) if rows is None else rows
        numbers = overview(self._index.sentences, list(every), count, subject=subject)
        return [self._scored(number, 0.0, frozenset()) for number in numbers]

    def _allowed(self, filters: Filters | None) -> list[int] | None:
        """Numbers of the documents that the filters allow; None when they allow all."""
        if filters is None or not filters.any:
            return None
        return [row for row, d in enumerate(self._documents) if filters.allows(d)]

    def _of_hits(self, hits: Sequence[Hit]) -> tuple[Rows, Rows]:
        """First and end number of the sentences of each hit."""
        rows = np.array([self._row[hit.document.id] for hit in hits], dtype=np.int64)
        starts = np.array([hit.start for hit in hits], dtype=np.int64)
        ends = np.array([hit.end for hit in hits], dtype=np.int64)
        return self._index.sentences.spans(rows, starts, ends)

    def _worth(self, numbers: Rows) -> Rows:
        """Without the sentences that are no evidence whatever they hold."""
        marks = self._index.sentences.marks[numbers]
        return numbers[(marks & NO_EVIDENCE) == 0]

    def _neighbour(self, numbers: Rows, step: int) -> Rows:
        """The sentence before or after each in its document; itself where there is none."""
        rows = self._index.sentences.rows
        other = np.clip(numbers + step, 0, len(rows) - 1)
        return np.where(rows[other] == rows[numbers], other, numbers)

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

    def _passages(self, numbers: Rows, hits: Sequence[Hit]) -> tuple[Floats, Floats, Floats]:
        """Of each sentence: fused score and cosine of its best passage, and 1 / rank of its speech.

        0 where no hit holds it.
        """
        sentences = self._index.sentences
        fused, dense, speech = (np.zeros(len(numbers)) for _ in range(3))
        ranks: dict[str, int] = {}
        begins, stops = self._of_hits(hits)
        firsts, lasts = np.searchsorted(numbers, [begins, stops])
        for hit, first, last in zip(hits, firsts, lasts, strict=True):
            ranks.setdefault(hit.document.id, len(ranks) + 1)
            fused[first:last] = np.maximum(fused[first:last], hit.score)
            dense[first:last] = np.maximum(dense[first:last], hit.dense or 0.0)
        for name, rank in ranks.items():
            own = sentences.of(self._row[name])
            first, last = np.searchsorted(numbers, [own.start, own.stop])
            speech[first:last] = 1 / rank
        return fused, dense, speech

    def _different(self, ordered: Rows, limit: int) -> list[int]:
        """The first ``limit`` sentences of which none says what one before it says."""
        sentences = self._index.sentences
        chosen: list[int] = []
        said: list[NDArray[np.float32]] = []
        for number in ordered.tolist():
            vector = sentences.vectors[number].astype(np.float32)
            if not said or float(np.max(np.stack(said) @ vector)) < ALIKE:
                chosen.append(number)
                said.append(vector)
            if len(chosen) == limit:
                break
        return chosen

    def _scored(self, number: int, score: float, stems: frozenset[str]) -> ScoredSentence:
        sentences = self._index.sentences
        document = self._documents[int(sentences.rows[number])]
        start, end = int(sentences.starts[number]), int(sentences.ends[number])
        return ScoredSentence(
            document_id=document.id,
            start=start,
            end=end,
            score=score,
            probability=round(float(1 / (1 + np.exp(-score))), 6),
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


def _content_words(text: str) -> list[str]:
    """The words of a question that :func:`content` keeps, as they were written."""
    kept = set(content(text))
    return [word for word in _WORD.findall(text) if stem(plain(word)) in kept]


def matched(text: str, start: int, end: int, stems: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """Where words of ``text[start:end]`` have one of these stems, in offsets into ``text``.

    Example:
        >>> matched("They spoke of energy.", 0, 21, frozenset(["energi"]))
        ((14, 20),)
    """
    return tuple(
        word.span() for word in _WORD.finditer(text, start, end) if stem(plain(word[0])) in stems
    )


def _kind_asked(question: str) -> int:
    """Bits of :mod:`qa_bot.passages.marks`, any of which an answer is likely to have; 0: none."""
    return next((bits for bits, pattern in _ASKED if pattern.search(question)), 0)


def _numbers(parts: Iterable[slice]) -> Rows:
    """The numbers in some slices, each once, ascending."""
    found = [np.arange(part.start, part.stop) for part in parts]
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Model:
    """A logistic model: ``weights`` of the named columns, and the ``constant``."""

    names: tuple[str, ...]
    weights: Floats
    constant: float

    def score(self, table: Floats) -> Floats:
        """Log-odds of each row of the table, whose columns are ``names``."""
        return table @ self.weights + self.constant


@lru_cache(maxsize=2)
def _model(kind: str) -> Model:
    """The shipped model "plain" or "read"."""
    shape = json.loads(WEIGHTS.read_text(encoding="utf-8"))[kind]
    names = FEATURES if kind == "plain" else (*FEATURES, *READ)
    return Model(names, np.array([shape["weights"][n] for n in names]), float(shape["constant"]))
