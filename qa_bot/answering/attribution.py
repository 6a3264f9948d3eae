"""Whose words a quotation is: what its sentence says of who spoke."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.schema import DocumentInfo, Hit, Span
from qa_bot.text.lexicon import is_stop
from qa_bot.text.names import name_of, plain_words
from qa_bot.text.sentences import sentences
from qa_bot.understanding.quote_attribution import LONGEST
from qa_bot.understanding.speaker_attribution import ANY_KIND, SAYING_FORMS, TALK

_SAID = (
    r"(?:said|says|noted|notes|stated|states|stressed|stresses|emphasi[sz]e[sd]|observed|remarked|"
    r"explained|argued|argues|added|told|reminded|reminds|underlined|underlines|underscored|"
    r"highlighted|highlights|pointed\s+out|points\s+out|recalled|mentioned|reported|asserted|"
    r"claimed|warned|concluded|declared|acknowledged|wrote|writes|put\s+it|puts\s+it)"
)


_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?[A-Z][\w’'-]*"
    r"(?:\s+(?:(?:of|the|and|for|de)\s+){0,2}[A-Z][\w’'-]*){0,9}"
)


_SOME = (
    r"(?:(?:he|she|they)|(?:the|one|our|several|many|some|other|another|all)\s+(?:\w+\s+){0,2}"
    r"(?:panell?ists?|speakers?|participants?|delegates?|delegations?|representatives?|migrants?)"
    rf"(?:\s+(?:from|of|for)\s+(?:the\s+)?{_NAME})?)"
)


_SOMEBODY = re.compile(rf"{_SOME}\Z", re.I)


_ATTRIBUTED = re.compile(
    rf"\b(?P<who>{_NAME}|(?i:{_SOME}))\s+(?:(?:has|have|had|also|rightly|just|so|once)\s+){{0,3}}"
    rf"{_SAID}\b|\b(?i:according\s+to|in\s+the\s+words\s+of|quot(?:e|es|ing))\s+(?P<to>{_NAME})"
)


# "Kenya noted its concern, and in our country we have …": what follows is the speaker's own again;
# so is what contradicts, "Russia claimed to win, but it loses": nobody gets an opponent's words.
_OWN_CLAUSE = re.compile(
    r"(?:;|,\s+(?:and|but|while|whereas|yet|so)\b(?! that\b))[^;]*\b(?:we|I|our|my)\b"
    r"|,\s+(?:but|yet|while|whereas|although|though)\b(?! that\b)(?![^;]*[\"“”])"
)


# "A young woman from Syria told me": not Syria.
_PART_OF = re.compile(r"\b(?:from|in|of|at|near|to)\s+(?:the\s+)?\Z", re.I)


def attributed(sentence: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a sentence names somebody to whom it gives the words at [start, end); None if nowhere.

    Words that name the speaker, "I" and "we", give them to nobody else.

    Example:
        >>> text = "As Ms. Bralo said today, they may have the solutions."
        >>> found = attributed(text, 25, 53)
        >>> text[slice(*found)]
        'Ms. Bralo'
        >>> text = "Kenya noted its concern, and here we have opened twelve centres."
        >>> attributed(text, 49, 63) is None
        True
    """
    for match in _ATTRIBUTED.finditer(sentence[:LONGEST]):
        name = "who" if match["who"] else "to"
        first, last = match.span(name)
        for word in re.finditer(r"\S+\s*", match[name]):
            if not is_stop(word[0].strip()) or _SOMEBODY.match(match[name]):
                break
            first = match.start(name) + word.end()  # "As UNICEF (said)"
        if first >= last or (first < end and start < last):
            continue  # "I said"; or the words themselves name somebody who spoke
        if match["who"] and _PART_OF.search(sentence, 0, first):
            continue
        said_by = match.end() <= start and not _OWN_CLAUSE.search(
            sentence, match.end(), end
        )  # "X said that words"
        put_so = match.start() >= end and re.fullmatch(
            r"[\s,;:–—”\"’-]*(?:(?:as|so)\s+)?(?:the\s+)?", sentence[end : match.start()], re.I
        )  # "words, as X said"
        if said_by or put_so:
            return first, last
    return None


def is_pronoun(name: str) -> bool:
    """Whether a name is only "she", which says nothing to who did not read what comes before."""
    return name.casefold() in ("he", "she", "they")


BEFORE = 2  # sentences before the quoted one that may name who speaks


NEAR = 200  # characters between a name and its verb


_SPEAKS = re.compile(
    rf"(?:(?!\b(?:I|we|us|our|let)\b).){{0,{NEAR}}}?\b(?:{SAYING_FORMS}|saying|noting|stating|stressing)\b",
    re.I | re.S,
)


_OWN = re.compile(rf"['’]s?\s+{ANY_KIND}(?:{TALK}|words?|message|views?|call)\b|\s*:", re.I)


_GIVES = re.compile(
    r"\b(?:said|says|according\s+to|(?:words|speech|remarks)\s+(?:of|by)|(?:given|delivered)\s+by|"
    r"quot\w+)\s+(?:\S+\s+){0,6}\Z",
    re.I,
)


# Somebody else speaks to them, or of them.
_ADDRESSED = re.compile(
    r"\b(?:thank|thanks|thanking|welcome|congratulate|tell|told|tribute|grateful|with|to)\s+"
    r"(?:\S+\s+){0,12}\Z",
    re.I,
)


_WHO = re.compile(r"[\s,]*who\b", re.I)


def may_be_words_of(who: str, text: str, start: int, end: int, about: DocumentInfo) -> bool:
    """Whether words of a passage may be somebody's own.

    They may in a speech of theirs or of nobody knows whom, or where the sentence of the words, or
    one of the two before it, has them speak: "Ms. Bralo noted that", "in the words of Ms. Bralo",
    "Ms. Bralo's message".

    Args:
        who: a name.
        text: of the passage; the words stand at [start, end).
        about: the speech that the passage is from.

    Example:
        >>> talk = DocumentInfo("a", speaker="Ana Silva")
        >>> thanks = "I thank Louise Arbour, for her dedication. Ms. Bralo said that it helps."
        >>> may_be_words_of("Louise Arbour", thanks, 28, 41, talk)
        False
        >>> may_be_words_of("Ms. Bralo", thanks, 63, 71, talk)
        True
    """
    name = name_of(who)
    known = (about.speaker, about.role, about.title, about.event, about.place)
    told = {word.text for word in plain_words(" ".join(known))}
    if not name or not about.speaker or name[-1] in told:
        return True
    bounds = sentences(text) or [(0, len(text))]
    own = next((n for n, (a, b) in enumerate(bounds) if a <= start < b), 0)
    near = [*bounds[max(0, own - BEFORE) : own], (bounds[own][0], max(end, bounds[own][1]))]
    return any(_speaks(name[-1], text[low:high]) for low, high in near)


def _speaks(name: str, sentence: str) -> bool:
    for word in plain_words(sentence):
        if word.text != name:
            continue
        before = sentence[max(0, word.start - NEAR) : word.start]
        after = sentence[word.end : word.end + 2 * NEAR]
        if _OWN.match(after) or _GIVES.search(before):
            return True
        addressed = _ADDRESSED.search(before) and not _WHO.match(after)
        if not addressed and _SPEAKS.match(after):
            return True
    return False


def own_words(
    who: str, spans: Sequence[Span], sure: Sequence[float], hits: Sequence[Hit]
) -> tuple[list[Span], list[float]]:
    """The spans, and their probabilities, that may be somebody's own words, in their order."""
    about = {hit.passage.id: hit.about for hit in hits}
    kept = [
        (span, chance)
        for span, chance in zip(spans, sure, strict=True)
        if may_be_words_of(
            who,
            span.passage.text,
            span.start - span.passage.start,
            span.end - span.passage.start,
            about[span.passage.id],
        )
    ]
    return [span for span, _ in kept], [chance for _, chance in kept]
