"""Hard unanswerable examples made from answerable ones.

Five kinds: the question with a *sibling* passage of the same title, with a passage that *BM25*
ranks high for it, with its own passage *cut* by the sentence that answers, with one of its names or
numbers *swapped* for another of the same article, and turned into its *opposite*.
Everything random comes from the generator that is handed in, so the same seed makes the same ones.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterable, Sequence

from qa_bot.evaluation.text_metrics import normalise
from qa_bot.text.sentences import sentences
from qa_bot_training.altered import altered
from qa_bot_training.data import Example
from qa_bot_training.opposites import opposite
from qa_bot_training.ranking import STOP, PassageIndex

KINDS = ("sibling", "bm25", "swap", "opposite", "cut")
# No negatives: whether these have an answer, and which, is the teacher's to say.
UNLABELLED, ALTERED = "unlabelled", "altered"
JUDGED = (UNLABELLED, ALTERED)
# Its label is the row's own (reworded.py).
REWORDED = "reworded"

# A capitalised span of up to four words; the word before it must be a lower-case one, so the first
# word of a sentence is never taken for a name.
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+(?: (?:(?:of|the|de|von) )?[A-Z][\w'’-]+){0,3}")
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b(?![,.]?\d)")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")


# Scripts that put no space between words: Thai to Khmer, kana, Chinese characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def holds_answer(passage: str, answers: Iterable[str]) -> bool:
    """Whether the passage holds one of the answer texts, compared as normalised whole words.

    In a script without spaces between words, as normalised characters.

    A long answer (four content words or more) also counts as held when three in five of its content
    words occur: a clause is rarely repeated word for word, and a wrong "unanswerable" label teaches
    the reader to be silent.
    """
    plain = f" {normalise(passage)} "
    words: set[str] | None = None
    for answer in answers:
        wanted = normalise(answer)
        if not wanted:
            # "The" and "?" normalise to nothing; fall back to the characters themselves.
            if answer.strip().lower() in passage.lower():
                return True
            continue
        if f" {wanted} " in plain or (_UNSPACED.search(wanted) and wanted in plain):
            return True
        content = {word for word in wanted.split() if word not in STOP}
        if len(content) >= 4:
            words = set(plain.split()) if words is None else words
            if len(content & words) >= 0.6 * len(content):
                return True
    return False


def mentions(text: str, name: str) -> bool:
    """Whether the name or number stands in the text as whole words.

    >>> mentions("in 1950", "5"), mentions("the 5,000", "5"), mentions("Of the 5.", "5")
    (False, False, True)
    """
    whole = rf"(?<!\w)(?<!\d[.,]){re.escape(name)}(?!\w)(?![.,]\d)"
    return re.search(whole, text) is not None


def without_answer(example: Example) -> str | None:
    """The passage less the sentences that any answer touches.

    None when fewer than two sentences are left, or when those hold an answer too.

    >>> from qa_bot_training.data import Gold
    >>> text = "The fair was held. Ann sang at noon. It rained."
    >>> without_answer(Example("1", "Who sang?", text, (Gold("Ann", 19),), "", ""))
    'The fair was held. It rained.'
    """
    text = example.context
    kept = [
        text[begin:end]
        for begin, end in sentences(text)
        if not any(a.start < end and a.start + len(a.text) > begin for a in example.answers)
    ]
    rest = " ".join(kept)
    if len(kept) < 2 or holds_answer(rest, [answer.text for answer in example.answers]):
        return None
    return rest


class NegativeMaker:
    """Makes unanswerable examples out of answerable ones, over the passages of all data sets.

    >>> from qa_bot_training.data import Gold
    >>> ask = Example("1", "Who sang?", "Ann sang.", (Gold("Ann", 0),), "Concert", "")
    >>> other = Example("2", "Who danced?", "Bob danced.", (Gold("Bob", 0),), "Concert", "")
    >>> maker = NegativeMaker([[ask, other]])
    >>> maker.make("sibling", ask, 0, random.Random(0)).context
    'Bob danced.'
    """

    def __init__(
        self,
        datasets: Sequence[Sequence[Example]],
        depth: int = 12,
        speeches: Sequence[str] = (),
    ) -> None:
        """Index the passages. `depth` is how many BM25 hits are looked at for each question.

        `speeches` are further passages, for `unlabelled` alone.
        """
        self._siblings: list[dict[str, list[str]]] = []
        self._questions: list[dict[str, list[str]]] = []
        for rows in datasets:
            questions: dict[str, list[str]] = {}
            for row in rows:
                questions.setdefault(row.title, []).append(row.question)
            self._questions.append(questions)
            by_title: dict[str, dict[str, None]] = {}
            for row in rows:
                if row.title:
                    by_title.setdefault(row.title, {}).setdefault(row.context)
            self._siblings.append({title: list(held) for title, held in by_title.items()})
        self._index = PassageIndex(row.context for rows in datasets for row in rows)
        self._speeches = PassageIndex(speeches) if speeches else None
        self._depth = depth

    def make(self, kind: str, example: Example, dataset: int, rng: random.Random) -> Example | None:
        """An unanswerable example of the kind, or None when this row allows none.

        `example` must be answerable; `dataset` is the place of its data set in the constructor's
        list (titles of different sets do not mix). Raises KeyError for an unknown kind.
        """
        if kind == "swap":
            return self._swap(example, dataset, rng)
        if kind == "opposite":
            question = opposite(example.question, example.context, rng)
            return _unanswerable(example, kind, question=question) if question else None
        if kind == "cut":
            rest = without_answer(example)
            return _unanswerable(example, kind, context=rest) if rest else None
        if kind == "sibling":
            passages = list(self._siblings[dataset].get(example.title, ()))
            rng.shuffle(passages)
        elif kind == "bm25":
            passages = self._index.ranked(example.question, self._depth)
            # Not always the very first: the first hit is the likeliest to hold the answer in other
            # words, and the same passage would come back each time the question is drawn.
            head = passages[:6]
            rng.shuffle(head)
            passages = head + passages[6:]
        else:
            raise KeyError(kind)
        texts = [answer.text for answer in example.answers]
        for passage in passages:
            if passage != example.context and not holds_answer(passage, texts):
                return _unanswerable(example, kind, context=passage)
        return None

    def unlabelled(self, example: Example, dataset: int, rng: random.Random) -> Example | None:
        """The question with another passage, answer or not: of its title, or a high BM25 hit.

        Hits among the speeches are a source of their own. None when there is no other passage.
        """
        sources: list[PassageIndex | None] = [None, self._index]
        if self._speeches:
            sources.append(self._speeches)
        for index in rng.sample(sources, len(sources)):
            passages = (
                index.ranked(example.question, self._depth)
                if index
                else self._siblings[dataset].get(example.title, [])
            )
            others = [passage for passage in passages if passage != example.context]
            if others:
                return _unanswerable(example, UNLABELLED, context=rng.choice(others))
        return None

    def altered(self, example: Example, dataset: int, rng: random.Random) -> Example | None:
        """A row with one or two words of its question left out or replaced; None without such.

        The words that replace come from its passage or from other questions of its title.
        """
        asked = self._questions[dataset].get(example.title, [])
        question = altered(example.question, (example.context, rng.choice(asked or [""])), rng)
        return _unanswerable(example, ALTERED, question=question) if question else None

    def _swap(self, example: Example, dataset: int, rng: random.Random) -> Example | None:
        article = self._siblings[dataset].get(example.title, [])
        if len(article) > 3:
            article = rng.sample(article, 3)
        # The passage itself first: a name that stands in the passage makes the harder question.
        texts = [example.context, *(text for text in article if text != example.context)]
        patterns = [_YEAR, _NUMBER, _NAME]
        rng.shuffle(patterns)
        for pattern in patterns:
            # A name the passage does not mention does not decide the answer: swapping it proves
            # nothing.
            spans = [
                m for m in pattern.finditer(example.question) if mentions(example.context, m[0])
            ]
            if not spans:
                continue
            span = rng.choice(spans)
            asked = set(normalise(example.question).split())
            for text in texts:
                # "Knowles" for "Beyoncé Knowles" would ask the same thing: no word in common.
                others = sorted(
                    other
                    for other in {m[0] for m in pattern.finditer(text)}
                    if not asked & set(normalise(other).split())
                )
                if others:
                    other = rng.choice(others)
                    question = example.question[: span.start()] + other
                    question += example.question[span.end() :]
                    return _unanswerable(example, "swap", question=question)
        return None


def _unanswerable(example: Example, kind: str, **changes: str) -> Example:
    return dataclasses.replace(
        example,
        id=f"{example.id}#{kind}",
        answers=(),
        **changes,  # type: ignore[arg-type]
    )
