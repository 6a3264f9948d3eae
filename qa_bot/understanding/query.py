"""What is asked of the speeches: a question for the models, and the restrictions it is under."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from qa_bot.schema import Chip, Exchange, Filters, whole_id
from qa_bot.understanding.catalogue_questions import CatalogueQuestion
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.kind import KindGuess
from qa_bot.understanding.question import IN_MARKS, quoted
from qa_bot.understanding.restrictions import Restriction, read_scope


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Attributes:
        label: as the question names it, or the speech's speaker and date.
        documents: ids of its speeches.
    """

    label: str
    documents: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """A question as it came in.

    Attributes:
        question: as typed, checked.
        history: earlier (question, answer) pairs, oldest first.
        filters: from controls, no wider than what the person may see.
        ignore: keys of chips that were taken away.
        rewrite: whether the conversation and the spelling of the speeches may change the question.
    """

    question: str
    history: tuple[Exchange, ...] = ()
    filters: Filters = field(default_factory=Filters)
    ignore: frozenset[str] = frozenset()
    rewrite: bool = True


@dataclass(frozen=True)
class Query:
    """A question as understood, and what its answer must keep to.

    Attributes:
        question: for the retriever and the reader.
        filters: from controls.
        restrictions: from words of the question.
        phrases: must occur word for word.
        understood: the question made self-contained, restrictions included.
        asked: what was asked, as it came in.
        attributed: the words whose speaker is asked for, () if the question is another one.
        about_speeches: what is asked about the speeches themselves, or None.
        guess: which kind of question it is.
        subject: what it asks about, without the words around it; "" where that is not told.
        sides: of a comparison.
        context: the question behind the earlier ones that it follows up on; "" if it does not.
        named: ids of what people say in debates whom the question names; () if it names none.
        preferred: ids of speeches that are searched first, () if none are likelier than others.
        pinned: whether it names a speaker and a date of theirs: hardly another speech is meant.
        topic: the question, with the one that it follows up on, without the names and dates of the
            speeches that it is asked of: what sentences of those are compared with.
        language: of a question that the models do not read, a two-letter code; else "".
        parts: the questions that it consists of, if it asks for several things.
        unmatched: times in its words that no speech has, and that it need not mean as a speech's.

    Example:
        >>> Query("What?", Filters(date_from="2018"), (), ("ripple effect",)).chips[0].key
        'date_from:2018'
    """

    question: str
    filters: Filters
    restrictions: tuple[Restriction, ...] = ()
    phrases: tuple[str, ...] = ()
    understood: str = ""
    asked: Asked = Asked("")
    attributed: tuple[str, ...] = ()
    about_speeches: CatalogueQuestion | None = None
    guess: KindGuess | None = None
    subject: str = ""
    sides: tuple[Side, ...] = ()
    context: str = ""
    preferred: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    pinned: bool = False
    topic: str = ""
    language: str = ""
    parts: tuple[str, ...] = ()
    unmatched: tuple[Chip, ...] = ()

    def asks_for(self, *kinds: str, least: float = 0.5) -> bool:
        """Whether the question is likely of one of these kinds."""
        return self.guess is not None and self.guess.of(*kinds) >= least

    @property
    def chips(self) -> tuple[Chip, ...]:
        """All restrictions in force, each once, those of controls first."""
        words = [chip for restriction in self.restrictions for chip in restriction.chips]
        phrases = [Chip("phrase", phrase, f'"{phrase}"') for phrase in self.phrases]
        chips = [*self.filters.chips, *words, *phrases]
        return tuple({chip.key: chip for chip in reversed(chips)}.values())[::-1]

    @property
    def allowed(self) -> Filters | None:
        """The filters with what the words leave over among the ids; None when nothing is left."""
        if not self.restrictions and not self.preferred:
            return self.filters
        parts = [r.documents for r in self.restrictions]
        parts += [self.preferred] if self.preferred else []
        left = frozenset.intersection(*parts)
        if self.filters.documents:
            own = frozenset(self.filters.documents)
            left = frozenset(name for name in left if {name, whole_id(name)} & own)
        return replace(self.filters, documents=tuple(sorted(left))) if left else None

    @property
    def times(self) -> frozenset[str]:
        """The years of the times that the question may not have meant."""
        return frozenset(
            chip.value[:4]
            for restriction in self.restrictions
            if not restriction.certain
            for chip in restriction.chips
            if chip.field in ("date_from", "date_to")
        )

    def names_time(self, text: str) -> bool:
        """Whether a text names one of these years."""
        return any(year in text for year in self.times)

    @property
    def whose(self) -> bool:
        """Whether a speaker or a speech is chosen already."""
        return any(chip.field in ("speaker", "document") for chip in self.chips)

    @property
    def wider(self) -> Query:
        """The same without the restrictions that the words may not have meant."""
        certain = tuple(r for r in self.restrictions if r.certain)
        return replace(self, restrictions=certain, preferred=frozenset())

    def without(self, chips: Collection[Chip]) -> Query:
        """The same without what only makes speeches likelier, and without these restrictions."""
        kept = tuple(r for r in self.restrictions if not any(chip in chips for chip in r.chips))
        return replace(self, restrictions=kept, preferred=frozenset())

    @property
    def may_widen(self) -> bool:
        """Whether such a restriction leaves anything out."""
        return self.allowed != self.wider.allowed


def read_query(
    understood: str,
    entities: Entities,
    filters: Filters,
    *,
    ignore: Collection[str],
    typed: Sequence[str],
) -> Query:
    """Take restrictions and phrases from the words of a question.

    Args:
        understood: the self-contained question.
        entities: of the speeches that the person sees.
        filters: from controls.
        ignore: keys of chips that were taken away.
        typed: this question and the earlier ones as typed: quotation marks that came with an
            earlier answer's words ask for nothing.
    """
    asked_for = {phrase for text in typed for phrase in quoted(text)}
    phrases = tuple(
        phrase
        for phrase in quoted(understood)
        if phrase in asked_for and Chip("phrase", phrase).key not in ignore
    )
    scope = read_scope(understood, entities, ignore=ignore, within=within(filters, entities))
    return Query(scope.question, filters, scope.restrictions, phrases, unmatched=scope.unmatched)


def only_phrases(question: str) -> bool:
    """Whether a question is nothing but words in quotation marks.

    Example:
        >>> [only_phrases(text) for text in ("“a ripple effect”?", "Is it a “ripple”?", "ripple")]
        [True, False, False]
    """
    left = IN_MARKS.sub(" ", question)
    return left != question and not re.search(r"\w", left)


def within(filters: Filters, entities: Entities) -> frozenset[str] | None:
    """Ids of the documents that controls leave over; None when they filter nothing."""
    if not filters.chips:
        return None
    return frozenset(d.id for d in entities.documents if filters.allows(d))
