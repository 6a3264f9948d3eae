"""Which speeches the words of a question restrict it to.

Only clear forms count: "according to Laura Thompson", "what did the Director General say", "in the
closing speech", "in the 2018 dialogue". A bare "in 2018" may mean the speech or what it is about,
so that it holds only as long as something is found under it. Words that mean nothing in the
catalogue, or several things, restrict nothing. A date that no speech has is no reason to answer
from others in silence: where it is surely that of the speech nothing is left, else it is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from qa_bot.schema import PART, Chip
from qa_bot.text.names import word_set
from qa_bot.text.verbs import SAYING
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.entity_mentions import EntityMention, documents_of
from qa_bot.understanding.linking import EVENT_WORDS, LinkedQuestion, link_entities

_DOES = r"(?:did|does|do|has|had|have|would|will|can|could)"
_WHO = r"(?:both )?(?:the |our |your )?(?P<x>S\d+)"
_ADVERB = r"(?:(?:also|then|really|specifically|not|ever|actually|first|have) )?"
# What people of a debate do by speaking.
_ACTS = (
    r"(?:answer|reply|respond|demand|agree|disagree|reject|refuse|deny|object|oppose|withdraw|admit|"
    r"apologi[sz]e|accuse|concede)"
)
_TALK = r"(?:T\d+|A\d+|speech|speeches|remarks|address|statement)"
_VIEW = rf"(?:{_TALK}|views?|opinion|words|perspective|point of view|message|position)"
_GOES_ON = word_set(
    "what who whom which when where why how is are was were do does did has have should must can "
    "could will would in on at during the and or to for about"
)
_EVENT = rf"(?:E\d+|{'|'.join(sorted(EVENT_WORDS))})"

# What may stand before a name: "john thompson" is not Thompson.
_AFTER = (
    r"(?:\b(?:what|that|why|how|when|where|who|whom|which|as|if|because|and|but|whether|things?|"
    r"points?|in|from|of|about|does|did|is|was|are|were|to|on|with|at|during) |^)"
)

_ACTED = rf"\b{_DOES} {_WHO} {_ADVERB}{_ACTS}\b"
# (pattern, whether the words only say where to look and can be left out for the models)
_SPEAKER = (
    (rf"\b(?:according to|as per) {_WHO}\b", True),
    (rf"\b(?:in|from) {_WHO} s (?:own )?{_VIEW}(?! \d)\b", True),
    (rf"\b(?:in|from) the (?:opinion|view|words|eyes) of {_WHO}\b", True),
    (rf"\b{_DOES} {_WHO} {_ADVERB}{SAYING}\b", False),
    (rf"{_AFTER}{_WHO} {_ADVERB}{SAYING}\b", False),
    (rf"{_AFTER}{_WHO} s (?:own )?{_VIEW}\b", False),
    (rf"\b{_TALK} (?:given |made |delivered )?(?:by|of|from) {_WHO}\b", False),
    (rf"\b(?:{SAYING}|given|made|delivered) by {_WHO}\b", False),
    (_ACTED, False),
)
_SPEECH = (
    (r"\b(?:in|during|from|at|within|according to) (?P<x>T\d+)\b", True),
    (r"\b(?:of|s) (?P<x>T\d+)\b", False),
    (rf"\b{_DOES} (?P<x>T\d+) {_ADVERB}{SAYING}\b", False),
    (rf"\b(?P<x>T\d+) {_ADVERB}{SAYING}\b", False),
)
# "What did the closing speech say?" is put to the models as "What did the speech say?": they read
# nothing but that speech, whose words do not call it closing.
_IT_SAYS = re.compile(rf"\b{_DOES} (?P<x>T\d+) {_ADVERB}{SAYING}\b")
_EVENTS = ((r"\b(?:at|during|in) (?:the |this |that )?(?:D\d+ )?(?P<x>E\d+)\b", False),)
_PLACES = (
    (rf"\b(?:{_TALK}|{SAYING}|speaking|spoken|given|made|delivered) in (?P<x>P\d+)\b", False),
)
# Of the speech, not of what it tells: "the speech given in 2018", "said in 2018". "Delivered in
# 2018" may be vaccines, "said on 2018 prices" a year of prices.
_SPEECHES = r"(?:T\d+|A\d+|speech|speeches|remarks)(?: (?:given|made|delivered))?"
_SAID = r"(?:said|say|spoke|speak|speaking|spoken)"
_NO_NOUN = (
    r"(?! (?!(?:what|who|about|on|in|at|and|or|that|to|by|regarding|when|where|why|how|which)\b)"
    r"[a-z])"
)
_CERTAIN_DATES = (
    (rf"\b{_SPEECHES} (?:(?:in|of|from|on|during) (?:the (?:year )?)?)?(?P<x>D\d+)\b", False),
    (rf"\b{_SAID} (?:(?:in|from|on|during) (?:the year )?)?(?P<x>D\d+)\b{_NO_NOUN}", False),
    (rf"\b(?:in|at|during|from|of) the (?P<x>D\d+) {_TALK}\b", False),
    (rf"\b(?P<x>D\d+)(?: s)? {_TALK}\b", False),
)
# An event may be one that is told of.
_DATED_EVENTS = (
    (rf"\b(?:in|at|during|from|of) the (?P<x>D\d+) {_EVENT}\b", False),
    (rf"\b{_EVENT} (?:of|in) (?P<x>D\d+)\b", False),
)
_ASKS_WHAT_IS = re.compile(r"\b(?:is|was|are|were) $")  # "What is in the closing speech?"
_LEAD = re.compile(r"\b(?:(?:in|on|during|at)\s+(?:the\s+)?|the\s+)$", re.IGNORECASE)
# What may stand between two names that are meant alike: "Silva and the Minister", "in A or in B".
_AND = (
    r" (?:(?:and|or|nor|and also|as well as) (?:(?:in|at|from|by|of|according to) )?)?"
    r"(?:the |our )?"
)
_BARE_DATES = ((r"\b(?:in|on|during) (?:the (?:year )?)?(?P<x>D\d+)\b(?! s\b)", False),)


@dataclass(frozen=True)
class Restriction:
    """Words of a question that leave only some speeches over.

    Attributes:
        chips: what to show; a time has one for each end.
        documents: ids of the speeches left over.
        certain: the words cannot well mean anything else.
        place: (start, end) of words that only say where to look; None when they say more.
        instead: what the models read in that place.
    """

    chips: tuple[Chip, ...]
    documents: frozenset[str]
    certain: bool = True
    place: tuple[int, int] | None = None
    instead: str = ""


@dataclass(frozen=True)
class Scope:
    """What the words of a question restrict it to.

    Attributes:
        question: without the words that only say where to look: what the models are asked.
        unmatched: times that no speech has, and that need not be those of a speech.
    """

    question: str
    restrictions: tuple[Restriction, ...] = ()
    unmatched: tuple[Chip, ...] = ()

    @property
    def certain(self) -> tuple[Restriction, ...]:
        """The restrictions that hold whatever is found."""
        return tuple(r for r in self.restrictions if r.certain)


def read_scope(
    question: str,
    entities: Entities,
    *,
    ignore: Collection[str] = (),
    within: frozenset[str] | None = None,
) -> Scope:
    """The restrictions in the words of a question.

    Args:
        question: self-contained.
        entities: of the speeches that the asking person sees.
        ignore: keys of chips that were taken away. One end of a time takes away the other too.
        within: ids of the speeches that controls leave over; they may tell who "Silva" is.

    Example:
        >>> from qa_bot.schema import DocumentInfo
        >>> talks = [DocumentInfo("a", speaker="Ana Silva"), DocumentInfo("b", speaker="Bo Lund")]
        >>> scope = read_scope("What is essential according to Ana Silva?", Entities(talks))
        >>> scope.question, [chip.key for chip in scope.restrictions[0].chips]
        ('What is essential?', ['speaker:Ana Silva'])
    """
    if not entities.documents:
        return Scope(question)
    linked = link_entities(question, entities)
    found = list(_restrictions(linked, entities, within or entities.ids(), ignore))
    kept = [r for r in found if not any(chip.key in ignore for chip in r.chips)]
    places = [(*r.place, r.instead) for r in kept if r.place]
    return Scope(
        _without(question, places),
        tuple(r for r in kept if r.certain or r.documents),
        tuple(chip for r in kept if not (r.certain or r.documents) for chip in r.chips),
    )


def _restrictions(
    linked: LinkedQuestion, entities: Entities, within: frozenset[str], ignore: Collection[str]
) -> Iterator[Restriction]:
    seen: set[str] = set()
    left = within
    dated = all(document.date for document in entities.documents if document.id in within)
    speaker = False  # whether somebody's words are asked for already
    for patterns, certain in (
        (_CERTAIN_DATES, True),
        (_DATED_EVENTS, True),
        (_BARE_DATES, False),
        (_EVENTS, False),
        (_PLACES, False),
        (_SPEAKER, True),
        (_SPEECH, True),
    ):
        for pattern, idle in patterns:
            for match in re.finditer(pattern, linked.text):
                symbol = match["x"]
                if symbol in seen or not _fits(linked, match, idle):
                    continue
                if pattern is _ACTED and not _speaks_in_debates(linked.mentions[symbol]):
                    continue
                names = _named_together(linked, match)
                if len(names) > 1:
                    seen.update(names)
                    made = _any_of(linked, names, entities, left, ignore)
                    if made:
                        yield Restriction(*made, certain)
                        left = left & made[1] or left
                        speaker = speaker or symbol[0] == "S"
                    continue
                mention = linked.mentions[symbol]
                words = _shown_words(linked, match, idle)
                made = _restriction(mention, words, entities, left)
                sure = certain
                if made and symbol[0] == "D" and not made[1]:
                    sure = dated and patterns is _CERTAIN_DATES
                    if not (sure or _is_past(mention)):
                        continue
                if made and speaker and symbol[0] == "S" and not made[1] & left:
                    continue  # "What did Silva say about Lund's remarks?" is Silva's alone
                if made:
                    seen.add(symbol)
                    speaker = speaker or symbol[0] == "S"
                    idle = idle and not _ASKS_WHAT_IS.search(linked.text[: match.start()])
                    place = linked.slice(*match.span()) if idle else None
                    instead = ""
                    says = _IT_SAYS.search(linked.text)
                    if says and says["x"] == symbol:
                        place = linked.slice(*says.span("x"))
                        instead = "the speeches" if mention.plural else "the speech"
                    yield Restriction(made[0], made[1], sure, place, instead)
                    left = left & made[1] or left
    for symbol, mention in linked.mentions.items():
        told = mention.date and (mention.date.joined or mention.date.relative)
        if told and symbol not in seen and not re.search(rf"\b{symbol} s\b", linked.text):
            documents = documents_of(mention, entities)
            if not documents and not _is_past(mention):
                continue
            if not documents or not documents >= within:  # "since 2015" may be no restriction
                words = question_words(linked, mention)
                chips = date_chips(mention, words, empty=not documents)
                yield Restriction(chips, documents, certain=False)


def _is_past(mention: EntityMention) -> bool:
    """Whether a time has begun: a speech may have been given in it."""
    return mention.date is not None and mention.date.start <= date.today().isoformat()


def _speaks_in_debates(mention: EntityMention) -> bool:
    """Whether somebody speaks only where others do, too: their words tell what they do there."""
    return all(PART in name for name in mention.documents)


def _named_together(linked: LinkedQuestion, match: re.Match[str]) -> list[str]:
    """The symbol of a match and those it is joined to: "Ana Silva and Bo Lund"."""
    symbol = match["x"]
    alike = rf"{symbol[0]}\d+"
    for chain in re.finditer(rf"\b{alike}(?:{_AND}{alike})+\b", linked.text):
        names = re.findall(rf"\b{alike}\b", chain[0])
        if symbol in names and chain.start() <= match.start("x") < chain.end():
            return names
    return [symbol]


def _any_of(
    linked: LinkedQuestion,
    names: list[str],
    entities: Entities,
    left: frozenset[str],
    ignore: Collection[str],
) -> tuple[tuple[Chip, ...], frozenset[str]] | None:
    """(chips, documents) of names joined by "and" or "or": the speeches of any of them.

    None when one of them means nothing or several things, and for dates: two ends of two times say
    nothing that a person could read.
    """
    chips: list[Chip] = []
    documents: frozenset[str] = frozenset()
    for mention in (linked.mentions[name] for name in names):
        words = question_words(linked, mention)
        made = None if mention.date else _restriction(mention, words, entities, left)
        if made is None:
            return None
        if not any(chip.key in ignore for chip in made[0]):
            chips += made[0]
            documents |= made[1]
    return (tuple(chips), documents) if chips else None


def _fits(linked: LinkedQuestion, match: re.Match[str], idle: bool) -> bool:
    """Whether the words end where the name ends: not "according to Young migrants"."""
    if not idle or match["x"][0] != "S":
        return True
    end = linked.slice(*match.span())[1]
    after = linked.text[match.end() :].split(" ", 2)
    following = after[1] if len(after) > 1 else ""
    gap = linked.question[end : end + 1]
    return not following or gap in ",;:.?!" or following in _GOES_ON or following[0].isupper()


def _restriction(
    mention: EntityMention, words: str, entities: Entities, left: frozenset[str]
) -> tuple[tuple[Chip, ...], frozenset[str]] | None:
    """(chips, documents), or None when the words mean nothing or several things."""
    if mention.kind == "D":
        documents = documents_of(mention, entities)
        return date_chips(mention, words, empty=not documents), documents
    if mention.kind == "T":
        documents = mention.documents & left or mention.documents
        ids = dict.fromkeys(d.whole for d in entities.documents if d.id in documents)
        if len(ids) > 1 and not mention.plural:
            return None
        return tuple(Chip("document", name, words) for name in ids), documents
    entries = mention.entries
    if len(entries) > 1:
        entries = tuple(entry for entry in entries if entry.documents & left)
    if len(entries) != 1:
        return None
    entry = entries[0]
    return (Chip(entry.field, entry.value, words),), entry.documents


def _shown_words(linked: LinkedQuestion, match: re.Match[str], idle: bool) -> str:
    """The words that a chip shows: all that say where to look, or the name and what leads to it."""
    if idle:
        start, end = linked.slice(*match.span())
        return linked.question[start:end]
    start, end = linked.slice(*match.span("x"))
    lead = _LEAD.search(linked.question[:start])
    return linked.question[lead.start() if lead else start : end]


def question_words(linked: LinkedQuestion, mention: EntityMention) -> str:
    """A mention as it was typed."""
    return linked.question[linked.words[mention.first].start : linked.words[mention.last].end]


def date_chips(mention: EntityMention, words: str, empty: bool = False) -> tuple[Chip, ...]:
    """A chip for each end of the time that a mention means.

    Args:
        empty: no speech has it.
    """
    if mention.date is None:
        return ()
    return tuple(
        Chip(name, value, words, empty)
        for start, end in mention.date.readings
        for name, value in (("date_from", start), ("date_to", end))
        if value
    )


def _without(question: str, places: list[tuple[int, int, str]]) -> str:
    """The question without these stretches, or with others instead, if a question is left."""
    left = question
    if not places:
        return question
    for start, end, instead in sorted(places, reverse=True):
        between = f" {instead} " if instead else " " if start else ""
        left = left[:start].rstrip() + between + left[end:].lstrip(" ,;:")
    left = re.sub(r"\s+([?.!,;:])", r"\1", " ".join(left.split())).lstrip(" ,;:")
    if len(re.findall(r"\w+", left)) < 2:
        return question
    return left[0].upper() + left[1:]
