"""Who said it: questions that ask whose words a quotation is.

The one who said a quotation is the speaker of the speech it stands in, unless its sentence gives
the words to somebody else: "As Ms. Bralo said today, …".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.conversation.mentions import BETWEEN_QUOTES, Turn
from qa_bot.conversation.words import is_stop
from qa_bot.question import quoted

SHORTEST, LONGEST = 2, 2000  # characters of words that are looked for

_WHO = (
    r"^(?:(?:and|but|so|ok(?:ay)?)\b[\s,]*)?"
    r"(?:who|whose\s+words?|(?:which|what)\s+(?:speaker|person)|by\s+whom)\s+"
    r"(?:(?:is|was)\s+it\s+(?:who|that)\s+|(?:(?:ha[sd]|was|were|is|are)\s+)?(?:actually\s+)?)"
)
_SAYS = (
    r"(?:said|says|say|stated|states|mentioned|claimed|noted|stressed|emphasi[sz]ed|declared|"
    r"argued|wrote)"
)
_USES = (
    rf"(?:{_SAYS}|used|uses|coined|called\s+for|(?:spoke|speaks|spoken|talked|talks)\s+"
    r"(?:of|about))"
)
_THAT = (
    r"(?:that|this|so|it|those|these|(?:that|this|those|these|the)\s+(?:very\s+|exact\s+)?"
    r"(?:words?|sentences?|quotes?|quotations?|phrases?|things?))?"
)
_BEFORE = re.compile(rf"{_WHO}(?:{_SAYS}\s*)?{_THAT}\s*[?.!]*$", re.I)
_QUOTES = re.compile(
    rf"{_WHO}{_USES}\s+(?:that\s+)?(?:(?:the|these|those)\s+(?:exact\s+)?(?:words?|phrase)\s*:?\s*)?"
    r'["“”„«][^"“”„«»]+["“”»]\s*[?.!]*$',
    re.I,
)
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


def words_asked_about(question: str, history: Sequence[Turn] = ()) -> tuple[str, ...]:
    """The words whose speaker is asked for, each a stretch that must stand verbatim; () if none.

    Args:
        question: as asked.
        history: (question, answer) pairs, oldest first; "that" is the last answer.

    Example:
        >>> words_asked_about("Who said that?", [("What is it?", "a fund … a bank")])
        ('a fund', 'a bank')
        >>> words_asked_about("Who spoke of “a ripple effect”?")
        ('a ripple effect',)
        >>> words_asked_about("Who said that IOM is a bank?", [("What is it?", "a fund")])
        ()
    """
    asked = question.strip()
    if len(asked) > LONGEST:
        return ()
    if _QUOTES.match(asked):
        return quoted(asked)
    match = _BEFORE.match(asked)
    says = match and re.search(rf"\b(?:{_SAYS}|words?)\b", asked, re.I)
    if not says or not history:
        return ()
    parts = [part.strip() for part in history[-1][1].split(BETWEEN_QUOTES)]
    return tuple(part for part in parts if SHORTEST <= len(part) <= LONGEST)


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
