"""What a conversation has mentioned, and which of it a pronoun means.

Mentions are runs of content words with their article; verbs are kept out by where they stand in a
question ("did X thank", "who leads"), because no tagger is at hand. Each mention is scored by a sum
of plain features; weights were set on the training conversations named in docs/conversation.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa_bot.schema import BETWEEN_QUOTES, Exchange
from qa_bot.text.lexicon import (
    ASKING,
    AUXILIARY,
    WORD,
    content,
    is_name,
    is_person,
    is_plural,
    is_stop,
    without_end,
)
from qa_bot.text.verbs import SAYING

SHORT = 12  # words of an answer that is itself a name or a thing
LONGEST = 600  # characters of an answer that are looked at

_JOINS = re.compile(r"\s+(?:of|for|on|and)(?:\s+the)?\s+$|\s+(?:of)(?:\s+an?)?\s+$|['’]?\s+$|-$")
_AGE, _NAME, _LENGTH, _AGAIN = 0.75, 0.9, 0.25, 0.3
_ROLES = {"answer": 2.0, "given": 0.0, "inside": -0.6, "first": 1.3, "later": 0.6, "topic": 3.2}
_ARTICLE = re.compile(r"\b(the|a|an|this|these|our|its|their)\s+$", re.I)
_SUBJECT_VERB = re.compile(rf"^\W*(?:and\s+)?(?:who|what|that|which)\s+(?!{AUXILIARY}\b)", re.I)
_ENTITY = re.compile(
    rf"^\W*(?:(?:in|at|on|by|from)\s+)?(?:who|whom|which|whose|where|what\s+(?!{AUXILIARY}\b)|"
    rf"what\s+{AUXILIARY}\s+(?:be|have|been|\w+ed)\b)",
    re.I,
)
# Asked of somebody or something: the answer does not become what the talk is about.
_ATTRIBUTE = re.compile(
    r"^\W*(?:(?:in|at|on|from)\s+)?(?:what|which)\s+(?:position|role|office|title|rank|job|kind|sort|"
    r"type|year|month|day|date|time|age|language|colou?r|size|number)s?\b",
    re.I,
)
_WHO_IS = re.compile(r"^\W*who\s+(?:is|was)\s+(.+)$", re.I | re.S)
_HELPED = re.compile(
    rf"^[^?]*?\b{ASKING}\b[^?]*?\b(?!(?:is|are|was|were)\b){AUXILIARY}\s|"
    rf"^\W*(?:do|does|did|will|can|could|should|would)\s",
    re.I,
)
_ABOUT = re.compile(r"\b(?:say|says|said|think|write|know|speak|talk)\s+(?:about|of|on)\s+$", re.I)
_MADE = re.compile(
    r"^the\s+(?:establishment|creation|launch|adoption|signing|introduction|setting up)\s+of\s+"
    r"(?:an?|the)\s+",
    re.I,
)
_STOP_VERB = re.compile(
    r"\W*(?:include|mean|say|mention|require|highlight|have|do|make|take|give|hold|work|get|happen|"
    r"know|speak|talk|tell|commit|like|go|be)\b",
    re.I,
)
_FULL = re.compile(
    r"(?:Act|Agency|Agenda|Agreement|Alliance|Assembly|Association|Bank|Commission|Committee|"
    r"Compact|Conference|Convention|Council|Court|Declaration|Dialogue|Forum|Foundation|Fund|Group|"
    r"Indicators|Initiative|Institute|Mechanism|Nations|Network|Organi[sz]ation|Parliament|"
    r"Plan|Platform|Programme|Protocol|Session|States|Strategy|Summit|Treaty|Union|"
    r"[Rr]epresentative|[Ss]peaker|[Ss]ession)$"
)
_IT_SAYS = re.compile(rf"\b(?:did|does|do)\s+(?:it|they)\s+(?:also\s+)?{SAYING}\b", re.I)
_WHO_SAYS = re.compile(
    rf"\b{AUXILIARY}\s+(?:the\s+)?(?P<who>[^?,]{{1,60}}?)\s+(?:also\s+)?{SAYING}\b|"
    r"\baccording\s+to\s+(?:the\s+)?(?P<source>[^?,]{1,60}?)(?=\s*(?:[?,]|$))",
    re.I,
)


@dataclass(frozen=True)
class Referent:
    """Words that name somebody or something.

    Attributes:
        age: turns ago, 0 the last one.
        role: "answer" (the whole answer to who, where or which), "given" (a short answer to
            another question), "inside" (part of an answer), "first" (the first thing that a
            question names), "later", "topic" (what something is said about).
    """

    text: str
    age: int
    role: str

    @property
    def head(self) -> str:
        """The noun that says what it is: "the UN Network on Migration" → "network"."""
        before = re.split(r"\s(?:of|for|on|in|to)\s|\s*,", self.text)[0]
        words = WORD.findall(before)
        return words[-1].casefold() if words else ""


def mentions(history: Sequence[Exchange]) -> list[Referent]:
    """All that the turns mention, latest turn first; ``history`` oldest first and resolved."""
    found: list[Referent] = []
    for age, (question, answer) in enumerate(reversed(history)):
        answer = answer[:LONGEST]
        parts = answer.split(BETWEEN_QUOTES)
        if 0 < len(answer.split()) <= SHORT and len(parts) == 1 and content(answer):
            entity = (
                _ENTITY.match(question)
                and not _ATTRIBUTE.match(question)
                and not _asks_who_somebody_is(question)
            )
            if entity or not phrases(question, asked=True):
                found.append(Referent(_tidy(answer), age, "answer"))
            else:
                found.append(Referent(_tidy(answer), age, "given"))
                found += [Referent(text, age, "inside") for text in phrases(answer)]
        else:
            found += [Referent(text, age, "inside") for text in phrases(answer)]
        named = phrases(question, asked=True)
        for number, text in enumerate(named):
            at = question.find(text.removeprefix("the "))
            before = re.sub(r"\b(?:the|an?)\s+$", "", question[:at]) if at > 0 else ""
            role = "topic" if _ABOUT.search(before) else ("later" if number else "first")
            found.append(Referent(text, age, role))
    return found


def _asks_who_somebody_is(question: str) -> bool:
    """Whether a question names the person that it asks about: "Who is Laura Thompson?"."""
    match = _WHO_IS.match(question)
    return match is not None and is_person_name(without_end(match[1]))


@lru_cache(maxsize=512)
def phrases(text: str, asked: bool = False) -> tuple[str, ...]:
    """Runs of content words with their article, in order; ``asked``: the text is a question."""
    runs: list[list[int]] = []
    for match in WORD.finditer(text):
        word = match.group(0)
        if is_stop(word):
            continue
        if runs:
            between = text[runs[-1][1] : match.start()]
            lower = not word[0].isupper() and not word[0].isdigit()
            same = between.strip() == "" or (
                _JOINS.fullmatch(between) is not None and (not lower or " of" in between)
            )
            if same:
                runs[-1][1] = match.end()
                continue
        runs.append([match.start(), match.end()])
    if asked and runs:
        runs = _without_verbs(text, runs)
    found = []
    for start, end in runs:
        article = _ARTICLE.search(text[max(0, start - 8) : start])
        the = "the " if article and not is_person_name(text[start:end]) else ""
        found.append(the + text[start:end] if the else with_article(text[start:end]))
    return tuple(found)


def is_person_name(text: str) -> bool:
    """A person's own name, which takes no article: not "Director General"."""
    return is_person(text) and is_name(text) and not re.search(r"General|Representative", text)


def _without_verbs(text: str, runs: list[list[int]]) -> list[list[int]]:
    """Runs without the main verb of the question, as far as its place gives it away."""
    kept = []
    verb_seen = False
    subject = _SUBJECT_VERB.match(text)
    helped = _HELPED.match(text)
    for start, end in runs:
        words = list(WORD.finditer(text, start, end))
        if subject and not verb_seen and start == subject.end() and words[0][0][0].islower():
            lead = re.match(r"\W*(?:and\s+)?(who|that)", text, re.I)
            if lead:  # "who leads the forum": the first word; "which document": none
                verb_seen = True
                words = words[1:]
        elif helped and not verb_seen and start >= helped.end() and len(words) > 1:
            verb_seen = True
            verb = _verb_after_subject(text[helped.end() : start], words, text[end:])
            if verb < 0:  # "can I begin learning Norwegian"
                first = 1
                while first < len(words) and words[first][0].endswith("ing"):
                    first += 1
                words = words[first:]
            elif verb:
                kept.append([words[0].start(), words[verb - 1].end()])
                words = words[verb + 1 :]
        elif len(words) == 1 and re.search(r"(?:ed|en)$", words[0][0]) and words[0][0].islower():
            continue  # "be signed"
        if words:
            kept.append([words[0].start(), words[-1].end()])
    return kept


def _verb_after_subject(between: str, words: Sequence[re.Match[str]], after: str) -> int:
    """Place of the verb in the first run after "did" or "will"; 0 when it is not there, -1 when it
    comes first.

    "(did) UNICEF quote Anas Ansar": the first small word after a name; "(does the) start-up fund
    support": the last word.
    """
    texts = [word[0] for word in words]
    if len(between.split()) > 1 or _STOP_VERB.match(after):
        return 0
    if re.match(r"(?:i|we|you|they|it|he|she|people)$", between.strip(), re.I):
        return -1 if texts[0][0].islower() else 0
    if texts[0][0].isupper():
        small = [n for n, text in enumerate(texts) if text[0].islower()]
        return small[0] if small and not texts[small[0] - 1].endswith(("'s", "’s", "s’")) else 0
    plural = [n for n, text in enumerate(texts[:-1], 1) if re.search(r"[^su]s$", text)]
    if plural and len(texts) > 2:  # "do cats eat plastic"
        return plural[0]
    last = texts[-1]
    return len(texts) - 1 if last[0].islower() and not last.endswith(("ion", "ity", "ment")) else 0


def _tidy(answer: str) -> str:
    """A short answer as it can stand in a question."""
    text = without_end(answer)
    if "," in text and is_person(text.split(",")[0]):
        text = text.split(",")[0]
    if re.match(r"(?:The|An?|This|Our)\s", text):
        text = text[0].lower() + text[1:]
    text = _MADE.sub("the ", re.sub(r"^an?\s+(?=\S)", "the ", text))
    return with_article(text)


def with_article(text: str) -> str:
    """The name of a body or an office with its article: "Global Fund" → "the Global Fund"."""
    head = re.split(r"\s(?:of|for|on|in|to)\s|\s*,", text)[0]
    bare = " " in text and text[0].isupper() and (_FULL.search(head) or _FULL.search(text))
    return f"the {text}" if bare and not re.search(r"['’]s?\s", head) else text


def meant(pronoun: str, question: str, history: Sequence[Exchange]) -> str:
    """What a pronoun of ``question`` means; "" when nothing fits.

    Args:
        pronoun: "it", "she", "their", "there", ...
        history: turns, oldest first, their questions self-contained.
    """
    word = pronoun.casefold()
    asked = {w.casefold() for w in content(question)}
    seen = mentions(history)
    counts: dict[str, int] = {}
    for mention in seen:
        counts[mention.text.casefold()] = counts.get(mention.text.casefold(), 0) + 1
    best, best_score = "", 0.0
    for mention in seen:
        words = {w.casefold() for w in content(mention.text)}
        if not words or words <= asked:
            continue
        score = _fit(word, mention, history, question) - _AGE * min(mention.age, 6)
        score += _ROLES[mention.role]
        if mention.role == "given" and word in ("this", "that", "these", "those"):
            score += 2.0
        score += _NAME * is_name(mention.text) + _LENGTH * min(len(words) - 1, 3)
        score += _AGAIN * min(counts[mention.text.casefold()] - 1, 3)
        if score > best_score:
            best, best_score = mention.text, score
    return best


@lru_cache(maxsize=64)
def speakers_in(question: str) -> frozenset[str]:
    """Who or what a question asks the words of, small letters, without article.

    >>> sorted(speakers_in("According to Grandi, what did the closing speech say about Ukraine?"))
    ['closing speech', 'grandi']
    """
    found = _WHO_SAYS.finditer(question)
    return frozenset((match["who"] or match["source"]).casefold() for match in found)


def _fit(word: str, mention: Referent, history: Sequence[Exchange], asked: str) -> float:
    """How well a mention agrees with the pronoun of the question `asked` in kind and number."""
    question = history[len(history) - 1 - mention.age][0]
    who = mention.role == "answer" and re.match(r"\W*(?:who|whom)\b", question, re.I)
    acronym = " " not in mention.text and mention.text.isupper()
    person = (bool(who) and not acronym) or is_person(mention.text)
    speaks = mention.text.removeprefix("the ").casefold() in speakers_in(question)
    if speaks and not person and _IT_SAYS.search(asked):
        return 2.5  # what the speech says after what it said before
    if word in ("he", "she", "him", "her", "his", "hers"):
        person = person or speaks
        if " and " in mention.text or (is_plural(mention.text) and not is_name(mention.text)):
            return -3.0
        return 2.5 if person else (0.0 if is_name(mention.text) else -3.0)
    if word in ("they", "them", "their", "theirs", "these", "those"):
        return 1.5 if is_plural(mention.text) else 0.0
    if word == "there":
        where = re.match(r"\W*(?:where|(?:in|at|on) which|in what|which)\b", question, re.I)
        return 2.5 if mention.role == "answer" and where else (-1.5 if person else 0.0)
    return -2.5 if person else (0.6 if not is_plural(mention.text) else 0.0)


def named_by(noun: str, history: Sequence[Exchange]) -> str:
    """The fuller name of "the network" or "this fund" in the conversation; "" when there is none.

    Example:
        >>> named_by("fund", [("What does it include?", "a start-up fund")])
        'the start-up fund'
    """
    wanted = noun.casefold()
    for mention in mentions(history):
        words = content(mention.text)
        if mention.head == wanted and 1 < len(words) <= 6:
            return mention.text
    return ""
