"""Questions about what somebody said in a speech of theirs, and whether a text gives them words.

"What did Louise Arbour say in her speech?" takes it for granted that she gave one. A reader looks
for her name and finds what others said about her: a quotation put into the wrong mouth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.conversation.catalogue import PARTICLES, SPEECH, name_of
from qa_bot.conversation.verbs import SAYING
from qa_bot.passages import sentences
from qa_bot.schema import DocumentInfo, Hit, Span

NEAR = 11  # words between a name and its verb
BEFORE = 2  # sentences before the quoted one that may name who speaks

_PARTICLES = "|".join(sorted(PARTICLES - {"y", "e", "la"}))
_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?[A-Z][\w’'-]*?"
    rf"(?:\s+(?:(?:{_PARTICLES}|of|the|for)\s+){{0,2}}[A-Z][\w’'-]*?){{0,5}}"
)
_TALK = rf"(?:\w+\s+){{0,2}}(?:{'|'.join(sorted(SPEECH))})"
_ASKED = (
    re.compile(
        rf"\b(?i:did|does|do|has|had|have|would|will|can|could)\s+(?:the\s+)?(?P<who>{_NAME})\s+"
        rf"(?:\w+\s+){{0,2}}?(?i:{SAYING})\b[^?]*?\b(?:in|during|with)\s+(?:his|her|their|its)\s+"
        rf"{_TALK}\b"
    ),
    re.compile(rf"\b(?i:in|from|during|of|does|did|is|was)\s+(?P<who>{_NAME})['’]s?\s+{_TALK}\b"),
    re.compile(
        rf"\b(?:{'|'.join(sorted(SPEECH))})\s+(?:(?:given|made|delivered|held)\s+)?(?:by|from)\s+"
        rf"(?:the\s+)?(?P<who>{_NAME})(?=[\s?,.;:!]|\Z)"
    ),
)
_SPEAKS = re.compile(
    rf"\b(?:{SAYING}|wrote|writes|\w*saying|stating|noting|reported|maintained|contended)\b", re.I
)
_GIVES = re.compile(
    r"\b(?:said|says|noted|stated|wrote|told|according\s+to|words\s+of|quot\w+|"
    rf"(?:{'|'.join(sorted(SPEECH))})\s+(?:by|of|from))\s+(?:[^\s.!?]+\s+){{0,5}}?\Z",
    re.I,
)
_OWN_WORDS = re.compile(
    r"['’]s?\s+(?:\w+\s+){0,2}"
    rf"(?:{'|'.join(sorted(SPEECH))}|words?|message|views?|opinion)\b",
    re.I,
)


def whose_speech(question: str) -> str:
    """Who a question says gave a speech; "" when it says nothing of the kind.

    >>> whose_speech("What did Louise Arbour say about cities in her opening speech?")
    'Louise Arbour'
    >>> whose_speech("What did Louise Arbour say about cities?")
    ''
    """
    for pattern in _ASKED:
        if match := pattern.search(question):
            return match["who"]
    return ""


def own_words(who: str, spans: Sequence[Span], hits: Sequence[Hit]) -> list[Span]:
    """The spans that `may_be_words_of` somebody, in their order."""
    about = {hit.passage.id: hit.document for hit in hits}
    return [
        span
        for span in spans
        if may_be_words_of(
            who,
            span.passage.text,
            span.start - span.passage.start,
            span.end - span.passage.start,
            about[span.passage.id],
        )
    ]


def may_be_words_of(who: str, text: str, start: int, end: int, about: DocumentInfo) -> bool:
    """Whether words of a passage may be somebody's own.

    They may in a speech of theirs, or where the sentence of the words, or one of the two before it,
    has them speak: "Ms. Bralo noted that", "in the words of Ms. Bralo", "Ms. Bralo's message".

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
    told = " ".join((about.speaker, about.role, about.title))
    if not name or name[-1] in name_of(told):
        return True
    bounds = sentences(text) or [(0, len(text))]
    own = next((n for n, (a, b) in enumerate(bounds) if a <= start < b), 0)
    low, high = bounds[max(0, own - BEFORE)][0], max(end, bounds[own][1])
    around = text[low:high]
    for match in re.finditer(rf"\b{re.escape(name[-1])}\b", around, re.I):
        after = around[match.end() :]
        near = " ".join(re.split(r"[.!?]\s", after, maxsplit=1)[0].split()[:NEAR])
        if _SPEAKS.search(near) or _OWN_WORDS.match(after) or re.match(r"\s*:", after):
            return True
        if _GIVES.search(around[: match.start()]):
            return True
    return False
