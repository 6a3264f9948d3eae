"""Questions that leave out what was said before: "why?", "and in the closing speech?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa_bot.schema import BETWEEN_QUOTES, Exchange
from qa_bot.text.lexicon import (
    ASKING,
    AUXILIARY,
    content,
    is_name,
    is_person,
    is_plural,
    is_stop,
    without_end,
)
from qa_bot.text.verbs import PAST, SAYING
from qa_bot.understanding.referents import mentions

# What only keeps a conversation going: "ok thank you", "and then?".
_NOTHING_ASKED = frozenset(
    re.findall(r"\w+", "thank thanks great good cool nice perfect fine much right")
)
Speaks = Callable[[str], bool | None]
LONGEST_ANSWER = 14  # words of an answer that is put back into its question

_BARE = re.compile(
    rf"^(?:and|but|so|ok(?:ay)?)?[\s,]*("
    rf"{ASKING}(?:\s+(?:so|for|not|exactly|many|much|long|often|far))?|"
    rf"(?:by|for|with|from|to|in|on|at|of|since|until|over|under)\s+{ASKING}"
    rf"(?:\s+(?:many|much|long))?(?:\s+[a-z]+){{0,2}})\s*[?.!]*$",
    re.I,
)
_MORE = re.compile(
    r"^(?:and\s+)?(?:(?:what|anything|who|where)\s+else|(?:tell\s+me\s+)?more|go\s+on|continue)"
    r"(?:\s+please)?\s*[?.!]*$",
    re.I,
)
_AND = re.compile(
    r"^(?:(?:and|but|or|so|ok(?:ay)?)\b[\s,]*)?(?:(what|how)\s+about\b[\s,]*)?(.+?)[?.!\s]*$", re.I
)
_ASKS_MORE = re.compile(rf",\s+{ASKING}\s+{AUXILIARY}\b", re.I)
_LEADS = re.compile(r"^(?:and|but|or|so|ok(?:ay)?|what\s+about|how\s+about)\b", re.I)
_PLACE = re.compile(
    r"^(?:in|at|on|during|according\s+to|for|by|from|to|with|under|before|after)\b", re.I
)
_SCOPE = re.compile(
    r"\b(?:the\s+)?(opening|closing|first|second|third|last|other|previous|final|welcome)\s+"
    r"(speech|remarks|statement|address|session|dialogue|one)\b",
    re.I,
)
# Who or what a question is to be answered from.
_END = rf"(?=\s*(?:[,;?]|$)|\s+(?:{ASKING}|{AUXILIARY})\b)"
_KIND = r"(?:speech|speeches|remarks|address|statement|talk|keynote|lecture|presentation)"
_FROM = (
    rf"(?:(?:according\s+to|as\s+per|in\s+the\s+(?:words|view|opinion|eyes)\s+of)\s+[^,;?]+?|"
    rf"(?:in|from|during)\s+(?:[^,;?\s]+\s+){{1,8}}?{_KIND}(?:\s+(?:of|by)\s+[^,;?]+?)?){_END}"
)
_SOURCE = re.compile(rf"(?:^|[\s,]+){_FROM}(?:\s*,\s*)?", re.I)
_NEW_SOURCE = re.compile(rf"{_FROM}\s*$", re.I)
_OF_PERSON = re.compile(
    r"(?:according\s+to|as\s+per|in\s+the\s+(?:words|view|opinion|eyes)\s+of)\s+(?P<who>.+)$", re.I
)
_SPEAKS = re.compile(
    rf"\b(?:did|does|do|has|had)\s+(?P<who>(?:[^,;?\s]+\s+){{1,8}}?)"
    rf"(?=(?:also\s+|ever\s+)?{SAYING}\b)",
    re.I,
)
_YEAR = re.compile(r"\b(?:in|during|since|before|after|until)\s+(?:the\s+year\s+)?\d{4}\b", re.I)
_BY = re.compile(r"\b[Bb]y\s+(?:the\s+)?[A-Z][\w.'’-]*(?:\s+(?:of\s+)?[A-Z][\w.'’-]*)*")
_WH = re.compile(rf"^\W*({ASKING})\b(.*)$", re.I | re.S)
_SAID = re.compile(
    r"^(?:and\s+)?(who|which\s+\w+|where|when)\s+(?:was\s+it\s+that\s+)?(said|says|stated|mentioned|"
    r"claimed|noted|stressed|emphasi[sz]ed)\s+(?:that|this|so|it)\s*[?.!]*$",
    re.I,
)


def completed(
    question: str, history: Sequence[Exchange], speaks: Speaks = lambda words: None
) -> str:
    """The question with what it leaves out; "" when it leaves nothing out.

    Args:
        question: as asked.
        history: turns, oldest first, their questions self-contained; at least one.
        speaks: whether words name a speaker; None where that is not known.
    """
    earlier, answer = without_end(history[-1][0]), history[-1][1]
    asked = question.strip()
    if match := _SAID.match(asked):
        said = statement(earlier, answer)
        return f"{match[1].capitalize()} {match[2]} that {said}?" if said else ""
    if _MORE.match(asked):
        return (
            re.sub(rf"^(what|who|where)(?=\s+{AUXILIARY}\b)", r"\1 else", earlier, flags=re.I) + "?"
        )
    if (match := _BARE.match(asked)) and not re.search(rf"\b{AUXILIARY}\b", match[1], re.I):
        if len(content(match[1])) <= 1:
            return _asked_of(match[1], earlier, answer)
    if _LEADS.match(asked) and (match := _AND.match(asked)):
        rest = match[2]
        if _ASKS_MORE.search(rest):  # "and the UK, what does Starmer want?"
            return ""
        if match[1] or not re.match(rf"(?:{ASKING}|{AUXILIARY})\b", rest, re.I):
            told = [word.casefold() for word in content(rest)]
            if len(told) <= 6 and not _NOTHING_ASKED.issuperset(told):
                return _other(rest, earlier, speaks)
    return ""


def asks_who_said_it(question: str) -> bool:
    """Whether it asks whose words the last answer is: "who said that?"."""
    return bool(_SAID.match(question.strip()))


def statement(question: str, answer: str) -> str:
    """What was said, from a question and its answer: for "who said that?"."""
    first = " ".join(without_end(answer.split(BETWEEN_QUOTES)[0]).split()[:30])
    if not first:
        return ""
    if is_stop(first.split()[0]) or re.match(r"[A-Z][a-z]+ing\s[a-z]", first):
        first = first[0].lower() + first[1:]
    match = _WH.match(question)
    who, rest = (match[1].casefold(), match[2].strip()) if match else ("", question)
    if who in ("who", "what") and not re.match(rf"(?:{AUXILIARY})\b", rest, re.I):
        return f"{first} {rest}"
    if who == "who" and re.match(
        r"(?:will|would|can|could|should|may|might|must)\s+(?!the\b)\w+", rest
    ):
        return f"{first} {rest}"
    if len(first.split()) >= 4:
        return first
    named = [text for text in content(rest) if text.casefold() not in first.casefold()]
    return f"{first}, about {' '.join(named[:8])}" if named else first


def _asked_of(wh: str, earlier: str, answer: str) -> str:
    """``wh`` asked of what the earlier question and its answer say together."""
    wh = re.sub(r"^(?:why|how)\s+(?:so|not)$", lambda m: m[0].split()[0], wh, flags=re.I)
    wh = re.sub(r"^what\s+for$", "Why", wh, flags=re.I)
    wh = wh[0].upper() + wh[1:]
    short = without_end(answer)
    if BETWEEN_QUOTES in answer or len(short.split()) > LONGEST_ANSWER:
        short = ""
    if re.match(r"(?:The|An?|This)\s", short):
        short = short[0].lower() + short[1:]
    match = _WH.match(earlier)
    if not match:  # "Did many speakers endorse it?"
        yes_no = re.match(rf"({AUXILIARY})\s", earlier, re.I)
        return f"{wh} {earlier[0].lower() + earlier[1:] if yes_no else earlier}?"
    kind, rest = match[1].casefold(), match[2].strip()
    if kind in ("when", "where", "why") or (
        kind == "how" and re.match(AUXILIARY + r"\b", rest, re.I)
    ):
        return f"{wh} {rest}?"
    verb, _, after = rest.partition(" ")
    if kind == "who" and short and verb.casefold() in PAST:
        return f"{wh} did {short} {PAST[verb.casefold()]} {after}".rstrip() + "?"
    helper = re.search(rf"\b({AUXILIARY})\b", rest, re.I)
    subject = kind in ("what", "who", "which", "how") and (
        not helper
        or (
            helper.start() > 0
            and not re.match(r"(?:do|does|did)$", helper[1], re.I)
            and re.match(r"\s+(?:be|been|have|\w+ed|not)\b", rest[helper.end() :])
        )
        or (
            helper.start() == 0
            and re.match(r"\s+(?:be|have|been|said|\w+ed)\b", rest[helper.end() :])
        )
    )
    if not helper:  # "Who gave the closing remarks?"
        if not short:
            return f"{wh}: {earlier}?"
        return f"{wh} is it that {short} {rest if kind == 'who' else _after_noun(kind, rest)}?"
    tail = rest[helper.end() :].strip()
    if subject:
        noun = short or rest[: helper.start()].strip() or "it"
        return f"{wh} {helper[1].lower()} {noun} {tail}?"
    return f"{wh} {helper[1].lower()} {tail}{' ' + short if short else ''}?"


def _after_noun(kind: str, rest: str) -> str:
    """The verb and what follows in "(how) many sessions took place", "(which) X leads Y"."""
    words = rest.split()
    skip = 2 if kind == "how" else 1
    return " ".join(words[skip:]) if len(words) > skip else rest


def _other(rest: str, earlier: str, speaks: Speaks) -> str:
    """The earlier question about something else: "and youth?", "and in the closing speech?"."""
    if _NEW_SOURCE.match(rest) and (asked := _from_source(rest, earlier)):
        return asked
    new, old = _SCOPE.search(rest), _SCOPE.search(earlier)
    if new:
        noun = new[2] if new[2].casefold() != "one" or not old else old[2]
        scope = f"the {new[1].lower()} {noun}"
        if old:
            return earlier[: old.start()] + scope + earlier[old.end() :] + "?"
        preposition = _PLACE.match(rest)
        return f"{earlier} {preposition[0].lower() if preposition else 'in'} {scope}?"
    if about := re.match(r"about\s+(.+)$", rest, re.I):
        if place := re.search(r"\babout\b", earlier, re.I):
            return f"{earlier[: place.end()]} {about[1]}{_scope_after(earlier, place.end())}?"
        return f"{earlier} about {about[1]}?"
    if _YEAR.fullmatch(rest) and _YEAR.search(earlier):
        return _YEAR.sub(lambda _: rest, earlier, count=1) + "?"
    if re.match(r"by\s", rest, re.I) and _BY.search(earlier):
        return _BY.sub(lambda _: rest, earlier, count=1) + "?"
    if preposition := _PLACE.match(rest):
        if old := _like_place(rest, preposition[0], earlier):
            return f"{earlier[: old.start()]}{rest}{earlier[old.end() :]}?"
        same = re.search(rf"\b{preposition[0]}\s+(?:the\s+)?[\w-]+$", earlier, re.I)
        kept = (
            earlier[: same.start()].rstrip() if same and is_name(same[0].split()[-1]) else earlier
        )
        return f"{kept} {rest}?"
    return _swapped(rest, earlier, speaks)


def _like_place(rest: str, preposition: str, earlier: str) -> re.Match[str] | None:
    """What "in New York" takes the place of: "in Geneva", wherever it stands in the question.

    A name that of a name; other words those at the end of the question, as others may belong to
    what follows them.
    """
    thing = rest[len(preposition) :].strip()
    if thing[:1].isdigit():
        return None
    if is_name(thing.removeprefix("the ")):
        more = r"(?:\s+(?:(?:of|on|for|and)\s+)?[A-Z0-9][\w'’-]*)*"
        return re.search(rf"\b{preposition}\s+(?:the\s+)?[A-Z][\w'’-]*{more}", earlier)
    return re.search(rf"\b{preposition}\s+(?:the\s+)?[a-z][\w-]*(?:\s+[a-z][\w-]*)?$", earlier)


def _from_source(source: str, earlier: str) -> str:
    """The earlier question put to another source, which takes the place of the old one.

    "" when the earlier question named none.
    """
    person = _OF_PERSON.match(source)
    who = person["who"] if person else source.split(None, 1)[1]
    speaks = _SPEAKS.search(earlier)
    if not speaks and not _SOURCE.search(earlier):
        return ""
    left = _SOURCE.sub(lambda match: " " if match.end() < len(earlier) else "", earlier).strip(" ,")
    if not left:
        return ""
    left = left[0].upper() + left[1:]
    if speaks := _SPEAKS.search(left):  # "What did Ana Silva say", "the closing speech say"
        return f"{left[: speaks.start('who')]}{who} {left[speaks.end('who') :]}?"
    return f"{left} {source}?"


def _scope_after(earlier: str, start: int) -> str:
    match = re.search(
        r"\s+(?:in|during|at)\s+(?:the\s+)?(?:opening|closing)\s.+$", earlier[start:], re.I
    )
    return match[0] if match else ""


def _swapped(topic: str, earlier: str, speaks: Speaks) -> str:
    """``topic`` in the place of what it is most like in the earlier question."""
    best, best_score = None, 0.9
    for number, mention in enumerate(mentions([(earlier, "")])):
        text = mention.text
        if text.isdigit() and not topic[-4:].isdigit():  # a year gives way to a year alone
            continue
        if speaks(text) and speaks(topic) is False:  # "and Appalachia?" takes nobody's place
            continue
        score = 0.1 * number + 2.0 * (is_name(text) == is_name(topic))
        score += is_person(text) == is_person(topic)
        score += 1.5 * (("’s " in text or "'s " in text) and ("’s " in topic or "'s " in topic))
        score += 1.5 * (mention.head == topic.split()[-1].casefold())
        if score > best_score and text.removeprefix("the ") in earlier:
            best, best_score = text, score
    if not best:
        return f"{earlier} about {topic}?"
    bare = best.removeprefix("the ")
    start = earlier.index(bare)
    end = start + len(bare)
    if is_name(topic) and not is_stop(topic.split()[0]):
        before = re.sub(r"\b(?:the|an?)\s+$", "", earlier[:start], flags=re.I)
    elif re.match(r"(?:the|an?|this|that|its|their)\s", topic, re.I):
        before = re.sub(r"\b(?:the|an?|this)\s+$", "", earlier[:start], flags=re.I)
    elif is_plural(topic):
        before = re.sub(r"\ban?\s+$", "", earlier[:start], flags=re.I)
    else:
        before = earlier[:start]
    return f"{before}{topic}{earlier[end:]}?"
