"""Make a follow-up question self-contained with words of the conversation before it.

Rules, in order: a bare "why?" or "when?" asks that about the earlier question; "and in Geneva?"
repeats the earlier question with the new ending; a pronoun ("it", "she", "they", "there") is
replaced by what the conversation was last about. A question that can stand alone is left as it is,
so that an old topic never pollutes a new one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

History = Sequence[tuple[str, str]]

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
STOP_WORDS = frozenset(
    """
    a about all an and any are as at be been being but by call called can commit committed could
    did do does for from gave give given had happen happened has have he held her hers highlight
    highlighted him his hold how i if in include included includes into is it its know made make
    may me mean mention mentioned mentions might more most my name no not of on one or our said
    say says she should so some speak speaker speakers spoke such take taken talk talked tell
    than thank thanked that the their them then there these they this those to up us was we were
    what when where which who whom whose why will with work works would you your
    """.split()  # noqa: SIM905 - a hundred words read better than a hundred strings
)
_BARE = re.compile(
    r"^(?:and|but|so)?[\s,]*(why|when|where|how|who|how so|what for)(?:\s+not)?\s*\?*$", re.I
)
_AND = re.compile(r"^(?:and|but|what about|how about|and what about)\b[\s,]*(.+)$", re.I)
_ENDING = re.compile(r"^(?:in|at|on|for|by|from|to|with|according to|during)\b", re.I)
_PERSON = re.compile(r"\b(he|she|him|her|his|hers)\b", re.I)
_THING = re.compile(
    r"\b(it|its|they|them|their|this|these|those|the (?:second|first|former|latter) one)\b"
    r"(?!\s+(?:said|clear|true|possible|important|necessary|about)\b)",
    re.I,
)
# "that" and "there" are pronouns only in some places: "was that", "there?" – not "that IOM",
# "is there a".
_DEMONSTRATIVE = re.compile(
    r"(?:(?<=\bis )|(?<=\bwas )|(?<=\bdoes )|(?<=\bdid )|(?<=\bof )|(?<=\babout ))that\b|"
    r"\bthere(?=\s*\?*$)|\bthat(?=\s*\?*$)",
    re.I,
)
_POSSESSIVE = frozenset({"its", "their", "his", "hers"})


@dataclass(frozen=True)
class Understood:
    """A question as understood.

    Attributes:
        question: self-contained.
        changed: whether words of the conversation were used.
    """

    question: str
    changed: bool


def understand(question: str, history: History = ()) -> Understood:
    """The question made self-contained with the latest turns of ``history``.

    Args:
        question: as asked.
        history: (question, answer) pairs, oldest first.

    Example:
        >>> understand("What does it include?", [("What is the start-up fund for?", "")]).question
        'What does the start-up fund include?'
        >>> understand("Who is Louise Arbour?", [("What is the start-up fund for?", "")]).changed
        False
    """
    if not history:
        return Understood(question, False)
    earlier = history[-1][0].strip().rstrip("?.! ")
    asked = question.strip()
    if match := _BARE.match(asked):
        rest = re.sub(r"^\W*(?:what|who|when|where|why|how|which)\b\s*", "", earlier, flags=re.I)
        return Understood(f"{match[1].capitalize()} {rest}?", True)
    if match := _AND.match(asked):
        rest = match[1].rstrip("? ")
        if _ENDING.match(rest):
            return Understood(f"{earlier} {rest}?", True)
        if len(_content(rest)) <= 4 and not re.match(
            r"(?:what|who|when|where|why|how|which|did|does|is|was|were|are)\b", rest, re.I
        ):
            return Understood(f"{_swap_topic(earlier, rest)}?", True)
        asked = match[1][0].upper() + match[1][1:]
    person = _PERSON.search(asked)
    if person and (name := _last_name(history)):
        return _replaced(asked, person, name)
    reference = _THING.search(asked) or _DEMONSTRATIVE.search(asked)
    if reference and not _names_itself(asked, reference) and (topic := _topic(history)):
        return _replaced(asked, reference, topic)
    return Understood(question, False)


def _content(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.casefold() not in STOP_WORDS]


def _names_itself(question: str, reference: re.Match[str]) -> bool:
    """Whether what the pronoun means stands in the question itself, before it.

    "What did IOM say about its role?" needs nothing from the conversation.
    """
    before = question[: reference.start()]
    return any(word[0].isupper() for word in _content(before)[0:]) or len(_content(before)) >= 3


def _replaced(question: str, reference: re.Match[str], topic: str) -> Understood:
    word = reference.group(0).casefold()
    if word == "her":  # "about her" or "her role"
        owns = re.match(r"\s+[^\W\d_]", question[reference.end() :]) is not None
    else:
        owns = word in _POSSESSIVE
    if owns:
        topic += "’" if topic.endswith("s") else "’s"
    if word == "there":
        topic = f"at {topic}"
    if reference.start() == 0:
        topic = topic[0].upper() + topic[1:]
    return Understood(question[: reference.start()] + topic + question[reference.end() :], True)


def _runs(text: str) -> list[tuple[int, int]]:
    """Runs of neighbouring content words, as (start, end) into ``text``."""
    runs: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        if match.group(0).casefold() in STOP_WORDS:
            continue
        joined = runs and text[runs[-1][1] : match.start()].strip(" -") == ""
        if joined:
            runs[-1] = (runs[-1][0], match.end())
        else:
            runs.append((match.start(), match.end()))
    return runs


def _names(text: str) -> list[str]:
    """Runs of capitalised words, sentence starts left out when they are common words."""
    pattern = r"\b[A-Z][\w’'-]+(?:\s+(?:(?:of|for|on|the|and)\s+)?[A-Z][\w’'-]+)*"
    found = [match.group(0) for match in re.finditer(pattern, text)]
    return [name for name in found if name.casefold() not in STOP_WORDS]


def _last_name(history: History) -> str:
    for question, answer in reversed(history):
        for text in (question, answer):
            names = [name for name in _names(text) if " " in name] or _names(text)
            if names:
                return names[-1]
    return ""


def _topic(history: History) -> str:
    """What the conversation was last about: the last run of content words, with its article."""
    for question, answer in reversed(history):
        for text in (question, answer if len(answer) <= 80 else ""):
            runs = _runs(text)
            if runs:
                start, end = max(runs, key=lambda run: (text[run[0] : run[1]].count(" "), run[0]))
                before = re.search(r"\b(the|a|an|this|these)\s+$", text[:start], re.I)
                article = "the " if before else ""
                return article + text[start:end]
    return ""


def _swap_topic(earlier: str, topic: str) -> str:
    """The earlier question asked about another topic: "What is X?", "and Y?" → "What is Y?"."""
    runs = _runs(earlier)
    if not runs:
        return f"{earlier} {topic}"
    start, end = max(runs, key=lambda run: (earlier[run[0] : run[1]].count(" "), run[0]))
    before = earlier[:start]
    if re.match(r"(?:the|a|an)\b", topic, re.I):
        before = re.sub(r"\b(?:the|a|an)\s+$", "", before, flags=re.I)
    return before + topic + earlier[end:]
