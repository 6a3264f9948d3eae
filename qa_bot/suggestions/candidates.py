"""Questions made from the speeches' own sentences, to be asked and kept when they are answered.

A sentence whose structure is plain ("The Forum highlights the role of cities") becomes the question
that it answers ("What does the Forum highlight?"). Patterns are narrow on purpose: a sentence that
does not fit gives no question, and a question that the bot does not answer from that very sentence
is never shown (see suggestions.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa_bot.index.sentences import spoken_sentences
from qa_bot.schema import Document
from qa_bot.text.cleaning import clean
from qa_bot.text.lexicon import PRONOUN, content, is_name, is_person, is_plural, is_stop
from qa_bot.text.verbs import BASE, FORM, FORMS

LONGEST_SENTENCE = 600
SENTENCES = 400  # of one document, evenly spread
WORDS = range(4, 17)  # of a question that is worth showing

_MODAL = r"will|would|can|could|should|must|may"
_INTRO = r"(?:(?:[A-Z][\w’' -]{1,60},|And|But|Second,|First,|Third,|As)\s+)?"
_SUBJECT = r"(?P<subject>[\w][\w’'. -]{1,80}?)"
_ASIDE = r"(?:\s+[-–—]+\s+[^–—]{3,120}?\s+[-–—]+|,\s[^,]{3,90},)?"
_REASON = r"(?:because|in order to|so that|given that|in recognition of)"
_PLACE = r"(?:in|at|within)\s+(?:the\s+)?(?:[A-Z][\w’'-]+)"
_TIME = r"(?:in|on|since)\s+(?:the\s+)?(?:\d|January|February|March|April|May|June|July|August|"
_TIME += r"September|October|November|December|next|last|one|two|three)"
_IN_NAME = re.compile(r"(?:\b(?:and|the|of)|\b[A-Z][\w’'-]*)\s+$")
_ADDRESS = re.compile(
    r"\b(?:ladies|gentlemen|excellenc\w*|honou?rable|distinguished|today|yesterday|tomorrow|speech|"
    r"following|example|order|way|fact|it|there|here|who|which|that|one|question|time|approach|first|second|third|"
    r"last|latter|former|often|also|not|never|now|then|\w+ly)$",
    re.I,
)
_PEOPLE = re.compile(
    r"(?:(?:the|many|several|most|all)\s)?(?:speakers|panelists|panellists|participants|delegates)$"
)
_JOINERS = frozenset(
    re.findall(r"\w+", "a an the of for on and in between to from with at by or our all many")
)
_JOINED = re.compile(
    r"(?:since|until|while|although|though|because|if|either|neither|another|later|thus|whether|"
    r"once|unless|recently|perhaps|indeed|\d+)\b(?!th|st|nd|rd)",
    re.I,
)
_OPENERS = frozenset(
    re.findall(r"\w+", "a an the many several most some all each every these both")
)


@dataclass(frozen=True)
class Candidate:
    """A question and the sentence that should answer it: ``document.text[start:end]``."""

    question: str
    document: str
    start: int
    end: int
    promise: int


Maker = Callable[[re.Match[str], str, str], str]


def _verb(match: re.Match[str], subject: str, text: str) -> str:
    base, helper = FORMS[" ".join(match["verb"].split())]
    if base == "include" and helper == "did":
        return ""
    return f"What {helper} {subject} {base}?"


def _verb_of_many(match: re.Match[str], subject: str, text: str) -> str:
    return f"What do {subject} {match['verb']}?" if is_plural(subject) else ""


def _why(match: re.Match[str], subject: str, text: str) -> str:
    return f"Why {match['helper']} {subject} {match['rest']}?"


def _what_is(match: re.Match[str], subject: str, text: str) -> str:
    if not (is_name(subject) or is_name(subject.removeprefix("the "))):
        return ""
    if is_person(subject) and not subject.startswith("the "):
        return f"Who is {subject}?"
    return f"What {'are' if is_plural(subject) else 'is'} {subject}?"


def _who_is(match: re.Match[str], subject: str, text: str) -> str:
    part = _IN_NAME.search(text[: match.start("subject")])  # "the Ecological and Historic Preserve"
    return (
        f"Who is {subject}?"
        if is_person(subject) and not (part or subject.startswith("the "))
        else ""
    )


# Each: pattern of a whole sentence, the question it answers, how well that usually reads.
_PATTERNS: tuple[tuple[re.Pattern[str], Maker, int], ...] = (
    (
        re.compile(
            rf"^{_INTRO}{_SUBJECT}\s+(?P<helper>{_MODAL}|is|are|was|were|has)\s+"
            rf"(?P<rest>[^,;:]{{6,90}}?),?\s+{_REASON}\s+\w+"
        ),
        _why,
        3,
    ),
    (
        re.compile(rf"^{_INTRO}{_SUBJECT}{_ASIDE}\s+(?P<verb>{FORM})\s+(?!(?:by|in|as|with)\b)\w+"),
        _verb,
        3,
    ),
    (
        re.compile(rf"^{_INTRO}{_SUBJECT}\s+(?P<verb>{BASE}|set)\s+(?:an?|the|[a-z]+s)\s+\w+"),
        _verb_of_many,
        3,
    ),
    (
        re.compile(rf"^{_INTRO}{_SUBJECT}(?:\s+[-–—]+|,|\s+\()\s*an?\s+\w+"),
        _what_is,
        3,
    ),
    (
        re.compile(r"\b(?P<subject>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){1,3}),\s+an?\s+\w+"),
        _who_is,
        3,
    ),
    (
        re.compile(
            rf"^{_INTRO}{_SUBJECT}\s+(?P<be>is|are|was|were)\s+"
            r"(?P<verb>(?:committed|devoted|dedicated|opposed)\sto|(?:based|focused)\son)\s+\w+"
        ),
        lambda m, subject, text: f"What {m['be']} {subject} {m['verb']}?",
        3,
    ),
    (
        re.compile(rf"^{_INTRO}{_SUBJECT}\s+(?:is|are)\s+(?:an?|the|not only an?)\s+\w+"),
        _what_is,
        2,
    ),
    (
        re.compile(rf"^{_INTRO}{_SUBJECT}\s+(?P<modal>{_MODAL})\s+(?P<verb>{BASE})\s+(?!by\b)\w+"),
        lambda m, subject, text: f"What {m['modal']} {subject} {m['verb']}?",
        3,
    ),
    (
        re.compile(
            rf"^{_INTRO}{_SUBJECT}\s+(?P<has>has|have)\s+been\s+(?P<verb>given|asked)\s+\w+"
        ),
        lambda m, subject, text: f"What {m['has']} {subject} been {m['verb']}?",
        3,
    ),
    (
        re.compile(
            rf"^{_INTRO}{_SUBJECT}\s+(?P<modal>{_MODAL})\s+be\s+(?P<verb>\w+ed|built|held)\s+"
            r"(?:\w+ly\b|by\s\w+ing|through\s)"
        ),
        lambda m, subject, text: f"How {m['modal']} {subject} be {m['verb']}?",
        3,
    ),
    (
        re.compile(
            rf"^{_INTRO}{_SUBJECT}\s+(?P<be>was|were|will\sbe)\s+(?P<verb>\w+ed|held)\s+{_TIME}"
        ),
        lambda m, subject, text: _inverted("When", m, subject),
        3,
    ),
    (
        re.compile(
            rf"^{_INTRO}{_SUBJECT}\s+(?P<be>was|were|will\sbe)\s+(?P<verb>\w+ed|held)\s+{_PLACE}"
        ),
        lambda m, subject, text: _inverted("Where", m, subject),
        3,
    ),
    (
        re.compile(
            r"\b(?:thank|tribute to(?: the work of)?)\s+(?:[\w -]{3,80},\s+)?"
            r"(?P<subject>(?:Ms\.|Mr\.|Dr\.|Ambassadors?|President|Minister)?\s?[A-Z][\w’-]+"
            r"(?:\s(?:and\s)?[A-Z][\w’-]+)+),?\s+for\s+\w+"
        ),
        lambda m, subject, text: (
            f"What {'are' if is_plural(subject) else 'is'} {subject} thanked for?"
        ),
        3,
    ),
    (
        re.compile(r"\b[Aa]s\s+(?P<subject>(?:Ms\.|Mr\.|Dr\.)?\s?[A-Z][\w’' .-]{1,60}?)\s+said\b"),
        lambda m, subject, text: f"What did {subject} say?",
        3,
    ),
)


def _inverted(asked: str, match: re.Match[str], subject: str) -> str:
    helper, *rest = match["be"].split()
    return " ".join([asked, helper, subject, *rest, match["verb"]]) + "?"


def candidates(document: Document) -> list[Candidate]:
    """Questions about one document, those that promise most first, then in the order of the text.

    Example:
        >>> speech = Document(id="a", text="The Mayoral Forum highlights the role of cities.")
        >>> [candidate.question for candidate in candidates(speech)]
        ['What does the Mayoral Forum highlight?']
    """
    spans = spoken_sentences(document)
    step = max(1, len(spans) // SENTENCES)
    small = Counter(re.findall(r"\b[a-z][\w’'-]+", document.text))
    large = Counter(re.findall(r"(?<=[a-z,] )[A-Z][\w’'-]*", document.text))
    found: dict[str, Candidate] = {}
    for start, end in spans[::step]:
        if end - start > LONGEST_SENTENCE:
            continue
        text = clean(document.text[start:end]).text
        for question, promise in _questions(text, small, large):
            found.setdefault(question, Candidate(question, document.id, start, end, promise))
    for topic in _topics(document):
        found.setdefault(topic, Candidate(topic, document.id, 0, len(document.text), 1))
    return sorted(found.values(), key=lambda candidate: -candidate.promise)


def _questions(text: str, small: Counter[str], large: Counter[str]) -> Iterator[tuple[str, int]]:
    for pattern, maker, promise in _PATTERNS:
        for match in pattern.finditer(text):
            subject = _as_subject(match["subject"], small, large)
            question = maker(match, subject, text) if subject else ""
            if question and _reads_well(question):
                yield question, promise + is_name(subject.removeprefix("the "))
                break


def _as_subject(words: str, small: Counter[str], large: Counter[str]) -> str:
    """The subject as it stands inside a question; "" when it is none that can be asked about.

    Args:
        words: the subject as it stands in the sentence, perhaps at its beginning.
        small, large: words that the speech writes with a small letter, and with a capital inside
            a sentence.
    """
    words = words.strip()
    parts = words.split()
    first = parts[0]
    kept = (
        (len(parts) > 1 and parts[1][0].isupper())  # "Christian Whiton"
        or re.search(r"['’]s?$|\.$", first)
        or (first.isupper() and len(first) > 1)
        or large[first] > small[first.casefold()]
        or words.startswith("the ")
    )
    if first.casefold() in _OPENERS or not kept:
        parts[0] = first[0].lower() + first[1:]
    subject = " ".join(parts)
    if _PEOPLE.match(subject):
        return subject
    carrying = content(subject)
    if (
        " -" in subject
        or not carrying
        or len(parts) > 9
        or _ADDRESS.search(subject)
        or PRONOUN.search(subject)
    ):
        return ""
    if len(carrying) < 2 and not is_name(subject) and small[carrying[0]] < 3:
        return ""
    if is_stop(parts[-1]) and not parts[-1].isupper():
        return ""
    if _JOINED.match(subject) or (is_stop(parts[0]) and parts[0].casefold() not in _OPENERS):
        return ""
    loose = [p for p in parts[1:] if is_stop(p) and p.casefold() not in _JOINERS]
    if loose or (parts[0].casefold() in _JOINERS - {"the", "a", "an", "many", "all"}):
        return ""
    if re.search(r"(?:ly|ing)$", parts[0]) and not is_name(parts[0]):
        return ""
    return subject


def _reads_well(question: str) -> bool:
    words = question.split()
    personal = re.search(r"\b(?:I|me|my|we|us|our|you|your|me|this|these|here)\b", question, re.I)
    return (
        len(words) in WORDS
        and not personal
        and not PRONOUN.search(question)
        and question.count("“") == question.count("”")
        and '"' not in question
        and not re.search(r"\b(?:not|just|only|that|and|or|more)\?$", question)
        and not sum(word.isupper() for word in words) > 3
    )


def _topics(document: Document) -> list[str]:
    """ "What does … say about X?", for a speaker with a name and the names spoken of most."""
    words = document.speaker.split()
    if document.turns:
        return []  # whose topic it is would have to be told
    if not (is_person(document.speaker) and is_name(document.speaker) and len(words) < 4):
        return []
    if " of " in document.speaker or any(word in ("Director", "General") for word in words):
        return []
    text = document.text
    counts: dict[str, int] = {}
    for match in re.finditer(r"\b(?:on|about|of)\s+([a-z][\w-]{4,}\s[a-z][\w-]{5,})", text):
        topic = match[1]
        if not any(is_stop(word) for word in topic.split()):
            counts[topic] = counts.get(topic, 0) + 1
    often = sorted((t for t in counts if counts[t] > 1), key=lambda t: (-counts[t], t))
    return [f"What did {document.speaker} say about {topic}?" for topic in often[:3]]
