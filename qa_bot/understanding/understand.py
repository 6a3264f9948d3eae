"""The first step of a question's path: conversation, spelling, restrictions, kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa_bot.schema import PART, Exchange
from qa_bot.text.lexicon import PRONOUN, content
from qa_bot.understanding.catalogue_questions import catalogue_question
from qa_bot.understanding.comparisons import sides_of
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.followups import complete
from qa_bot.understanding.kind import KindClassifier, KindGuess
from qa_bot.understanding.language import question_language
from qa_bot.understanding.preferences import preferred
from qa_bot.understanding.query import Asked, Query, read_query, within
from qa_bot.understanding.question import quoted
from qa_bot.understanding.quote_attribution import words_asked_about
from qa_bot.understanding.sides import Parts, parts
from qa_bot.understanding.spelling import Spelling

Embed = Callable[[str], NDArray[np.float32] | None]

COMPARES = 0.8  # least probability of a comparison
TWO_SIDES = 0.4  # … where two sides are named
SEVERAL = 0.5  # … that a question asks for several things
# A follow-up that says so little that the question before must tell what it is about.
FEW_WORDS = 2
_WHO = re.compile(r"\W*(?:(?:and|but|so)\W+)?(?:who|whom|whose)\b", re.IGNORECASE)
# Where a question ends and the next begins: "who signed it and when".
_NEXT_PART = re.compile(
    r",?\s+and\s+(?=(?:who|whom|whose|what|which|when|where|why|how)\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Understanding:
    """What questions of one person are understood with.

    Attributes:
        entities: the names of the speeches that the person may see.
        spelling: which words mistyped ones are.
        classifier: tells kinds of questions.
        embed: the vector of a question, as the classifier was fitted with; None if it was with
            another embedder.
        longest: most characters of the self-contained question.
    """

    entities: Entities
    spelling: Spelling
    classifier: KindClassifier
    embed: Embed
    longest: int

    def query(self, asked: Asked) -> Query:
        """The self-contained question with its restrictions, and what it asks for."""
        language = question_language(asked.question) or ""
        rewrite = asked.rewrite and not language
        spelt = self.spelling.respelled(asked.question) if rewrite else asked.question
        history = asked.history if rewrite else ()
        understood = complete(spelt, history).question[: self.longest] if rewrite else spelt
        query = read_query(
            understood,
            self.entities,
            asked.filters,
            ignore=asked.ignore,
            typed=(asked.question, *(earlier for earlier, _ in asked.history)),
        )
        guess = self._guess(spelt, understood)
        told = parts(understood)
        context = self._context(spelt, understood, guess, history)
        about_speeches = None
        if not quoted(understood):
            about_speeches = catalogue_question(
                understood,
                self.entities,
                ignore=asked.ignore,
                within=within(asked.filters, self.entities),
            )
        query = replace(
            query,
            understood=understood,
            asked=asked,
            attributed=words_asked_about(spelt, history),
            about_speeches=about_speeches,
            guess=guess,
            language=language,
            context=context,
            subject=told.subject,
            parts=self._parts(understood, guess),
        )
        return self._with_speeches(query, told)

    def _guess(self, spelt: str, understood: str) -> KindGuess:
        guess = self.classifier.classify(understood, self.embed(understood))
        if guess.note and understood != spelt:  # a note is what the person wrote, if at all
            return self.classifier.classify(spelt, self.embed(spelt))
        return guess

    def _context(
        self, spelt: str, understood: str, guess: KindGuess, history: tuple[Exchange, ...]
    ) -> str:
        """The question behind the one before it, if it needs that one to be understood."""
        if not history or guess.note:
            return ""
        needs = (
            understood != spelt
            or guess.kind == "elliptic"
            or bool(PRONOUN.search(spelt))
            or len(content(spelt)) <= FEW_WORDS
        )
        return f"{history[-1][0]} {spelt}"[-self.longest :] if needs else ""

    def _parts(self, understood: str, guess: KindGuess) -> tuple[str, ...]:
        """The questions that one asks at once, each as it stands."""
        pieces = _NEXT_PART.split(understood.strip(" ?"))
        if guess.multi_part < SEVERAL or len(pieces) < 2 or quoted(understood):
            return ()
        return tuple(f"{piece[0].upper()}{piece[1:]}?" for piece in pieces if content(piece))

    def _with_speeches(self, query: Query, told: Parts) -> Query:
        """The sides of a comparison, and the speeches that are likelier than others."""
        allowed = replace(query, preferred=frozenset()).allowed
        left = frozenset(
            info.id for info in self.entities.documents if allowed and allowed.allows(info)
        )
        if query.asks_for("compare", least=TWO_SIDES if told.sides else COMPARES):
            outside = _without(query.understood, told.side_places)
            narrower = preferred(outside, self.entities, left) or left
            if sides := sides_of(told.sides, self.entities, narrower):
                return replace(query, sides=sides)
        if query.asked.ignore:  # its names were taken away
            return query
        named = preferred(query.understood, self.entities, left)
        if not named and query.context:
            named = preferred(query.context, self.entities, left)
        spoken = frozenset(name for name in named if PART in name)
        if spoken and _WHO.match(query.understood):  # whoever answers is somebody else
            return query
        return replace(query, preferred=named, named=spoken)


def _without(text: str, places: tuple[tuple[int, int], ...]) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text
