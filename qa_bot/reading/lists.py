"""Questions that ask for several things, and the several spans that answer them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa_bot.reading.list_items import list_items
from qa_bot.reading.prepare import Prepared, prepare, to_span
from qa_bot.schema import Passage, Span

# Chosen on dev/multispanqa (docs/reading.md).
NEAR_BEST = 6.0  # a further span of the best one's sentence may score this many logits less
NEAR_SENTENCE = 3.0  # one of another sentence of its passage this many
NEAR_ELSEWHERE = 1.5  # one of another passage this many: that set has single passages, so by eye
AT_LEAST = 0.0  # and both must beat "no answer"
LOPSIDED = 3  # "the rights of migrants | refugees": a pair with items this unequal is one item
MAX_ITEMS = 20

_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|1\d|several|some|all|any|various)"
_PLURAL = r"(?:(?!(?:is|was|does|has|this|its|his|us|as)\b)[\w'-]*[^\Wsu]s(?<!ics)(?<!news)"
_PLURAL += r"|people|men|women|children|criteria|data|media)"
_BE = r"(?:are|were)"
_AUXILIARY = (
    r"(?:is|was|are|were|do|does|did|have|has|had|will|would|can|could|should|must|may|might)"
)
_NOT_AUXILIARY = rf"(?!{_AUXILIARY}\b)[\w'-]+"
_OF_PLURAL = r"(?:are|were|do|does|did|have|had|will|would|can|could|should|must|may|might)"
_ONE = r"(?!percent|number|amount|share|proportion|part\b|version)"
# What may follow the noun in "What are the objectives of …"; else it is the subject of a verb.
_AFTER_NOUN = (
    r"(?=\W*$|\s+(?:of|in|on|at|for|from|to|by|about|with|within|between|behind|that|which|who|"
    r"mentioned|named|listed|given|needed|used|proposed|presented|cited|identified|involved)\b)"
)
_LIST = re.compile(
    # "List the speakers", "Can you name three partners?", not "Tell me the date of the remarks"
    r"^\W*(?:please\s+)?(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?"
    rf"(?:(?:list|enumerate)\s+(?:the|me|{_COUNT})\b|(?:name|give|mention|tell)\s+(?:me\s+)?"
    rf"(?:{_COUNT}\b|the\s+(?:(?!(?:of|about|on|for|in|from|to|by)\b)[\w'-]+\s+){{0,3}}?{_PLURAL}\b))"
    # "What are the main objectives of …?", "Who were the co-facilitators?"
    rf"|\b(?:which|what|who)\s+{_BE}\s+(?:{_NOT_AUXILIARY}\s+){{0,4}}?{_PLURAL}\b{_AFTER_NOUN}"
    # "Which regional approaches were mentioned?", "What kinds of support do …?"
    rf"|\b(?:which|what|whose)\s+{_ONE}(?:{_NOT_AUXILIARY}\s+){{0,3}}?{_PLURAL}\s+"
    rf"(?:{_NOT_AUXILIARY}\s+){{0,5}}?(?<!\bto\s)(?<!\btheir\s)(?<!\bhis\s)(?<!\bits\s){_OF_PLURAL}\b"
    # "Which agencies gave …?"
    r"|\bwhich\s+(?:[\w'-]+\s+)?(?!applies|carries|implies|relies)[\w'-]{2,}ies\b"
    # "Which two plans …?", "What are the six stones …?", "Who else …?"
    rf"|\b(?:which|what|who|where)\s+(?:{_BE}\s+)?(?:the\s+)?{_COUNT}\s+(?!is\b|was\b)[\w'-]+"
    r"|\b(?:who|where|what|which)\s+else\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s")
_IDLE_END = re.compile(r"\b(?:like|doing|made of|called|for|about)\W*$", re.IGNORECASE)
_ARTICLE_OR_NUMBER = re.compile(rf"an?|the|its|their|{_COUNT}|\d+")
_CONJUNCTIONS = frozenset(["and", "or", "&", "nor"])
_SEPARATORS = _CONJUNCTIONS | {",", ";"}


def is_list_question(question: str) -> bool:
    """Whether the question's form asks for several things.

    >>> is_list_question("Which regional approaches were mentioned?")
    True
    >>> is_list_question("Who gave the closing remarks?")
    False
    """
    question = question[:1000]
    return bool(_LIST.search(question)) and not _IDLE_END.search(question)


def split_items(prepared: Prepared, first: int, last: int) -> list[tuple[int, int]]:
    """The items of an enumeration: word ranges (first, last), both inclusive, in order.

    Cuts at commas, semicolons and conjunctions outside brackets and quotation marks. One comma
    alone makes no enumeration ("Geneva, Switzerland"): then the span is its only item. Nor is a
    clause one that begins with a word in -ing ("acting in partnership and trust"), when it holds no
    comma and no later item begins so too.
    """
    tokens = [prepared.word(i).lower() for i in range(first, last + 1)]
    cuts = _cuts(tokens)
    if any(t in _CONJUNCTIONS and {i - 1, i} <= cuts for i, t in enumerate(tokens)):
        # ", and" ends this enumeration, so a bare "and" belongs inside an item.
        cuts -= {i for i in cuts if tokens[i] in _CONJUNCTIONS and i - 1 not in cuts}
    if not any(tokens[i] != "," for i in cuts) and len(cuts) < 2:
        return [(first, last)]
    items, begin = [], 0
    for cut in [*sorted(cuts), len(tokens)]:
        if any(any(c.isalnum() for c in token) for token in tokens[begin:cut]):
            items.append((first + begin, first + cut - 1))
        begin = cut + 1
    lengths = [stop - start + 1 for start, stop in items]
    if len(items) == 2 and lengths[0] >= LOPSIDED * lengths[1]:
        return [(first, last)]
    heads = [prepared.word(start).lower().endswith("ing") for start, _ in items]
    if heads[:1] == [True] and lengths[0] > 2 and not any(heads[1:]) and "," not in tokens:
        return [(first, last)]
    return items


def _cuts(tokens: Sequence[str]) -> set[int]:
    """Places of the separators that stand outside brackets and quotation marks."""
    depth, quoted, cuts = 0, False, set()
    for i, word in enumerate(tokens):
        if word in ("(", "["):
            depth += 1
        elif word in (")", "]"):
            depth = max(0, depth - 1)
        elif word == '"':
            quoted = not quoted
        elif depth == 0 and not quoted and word in _SEPARATORS and i > 0:
            cuts.add(i)
    return {i for i in cuts if not _joins_adjectives(tokens, i)}


def _joins_adjectives(tokens: Sequence[str], i: int) -> bool:
    """Whether the conjunction at `i` stands between adjectives: "a full | and | open spirit"."""
    near = i >= 2 and tokens[i] in _CONJUNCTIONS and tokens[i - 2] in ("a", "an")
    after = tokens[i + 1 : i + 3]  # a noun at least must follow the second adjective
    return near and len(after) == 2 and not _ARTICLE_OR_NUMBER.fullmatch(after[0])


def several(
    spans: Sequence[Span],
    worth: Callable[[int], bool] = lambda place: True,
    around: Callable[[Passage], Passage] = lambda passage: passage,
) -> list[tuple[Span, int]]:
    """The spans that together answer a list question, and which of `spans` each comes from.

    Takes the best span and those near it that beat "no answer", and splits enumerations into their
    items. When the best one stands in a list of bullets, or of sentences that begin First, Second,
    Third, the other items of that list are taken too: the reader's own span of each where it has
    one, else the whole item. `spans` are a reader's, best first. Items keep the score of the span
    they come from.

    `worth` is asked for the place of each further span outside the best one's enumeration or list;
    an item inside has the best one's word for it, whatever it would be worth alone. `around` makes
    a passage longer: a list may go on where the passage ends.
    """
    if not spans:
        return []
    best = spans[0]
    answers: list[tuple[Span, int]] = []
    listed = _listed(spans, around)
    for place, span in listed or [(0, best)]:
        answers += [(item, place) for item in ([span] if listed else _items(span))]
    for place, span in enumerate(spans[1:], start=1):
        if span.score < max(AT_LEAST, best.score - _margin(best, span)):
            continue
        if (listed and _inside(span, listed)) or not worth(place):
            continue
        for item in _items(span):
            if all(not _overlap(item, kept) for kept, _ in answers):
                answers.append((item, place))
    return answers[:MAX_ITEMS]


def _margin(best: Span, span: Span) -> float:
    if span.passage != best.passage:
        return NEAR_ELSEWHERE
    earlier, later = sorted((best, span), key=lambda s: s.start)
    origin = best.passage.start
    between = best.passage.text[earlier.end - origin : later.start - origin]
    return NEAR_SENTENCE if _SENTENCE_END.search(between) else NEAR_BEST


def _inside(span: Span, listed: Sequence[tuple[int, Span]]) -> bool:
    """Whether a span stands in the passages that a list was read from."""
    first = listed[0][1].passage
    return span.passage.document_id == first.document_id and (
        first.start <= span.start and span.end <= first.end
    )


def _listed(spans: Sequence[Span], around: Callable[[Passage], Passage]) -> list[tuple[int, Span]]:
    """The items of the list that the best span stands in, with the span each comes from."""
    best = replace(spans[0], passage=around(spans[0].passage))
    prepared = prepare(best.passage.text)
    inside = _words(best, prepared)
    if not inside:
        return []
    found = []
    for first, last in list_items(prepared, inside[0], inside[-1]):
        whole = to_span(best.passage, prepared, first, last, best.score)
        if not _says_anything(whole):
            continue
        own = [
            (place, span)
            for place, span in enumerate(spans)
            if span.passage.document_id == best.passage.document_id
            and whole.start <= span.start
            and span.end <= whole.end
        ]
        near = [
            (p, replace(s, passage=best.passage))
            for p, s in own
            if s.score >= best.score - _margin(spans[0], s)
        ]
        found.append(near[0] if near else (0, whole))
    return found


def _words(span: Span, prepared: Prepared) -> list[int]:
    """The numbers of the words that a span holds."""
    begin, stop = prepared.clean.locate(
        span.start - span.passage.start, span.end - span.passage.start
    )
    return [i for i, (a, b) in enumerate(prepared.words) if a >= begin and b <= stop]


def _items(span: Span) -> list[Span]:
    prepared = prepare(span.passage.text)
    inside = _words(span, prepared)
    if not inside:
        return [span]
    items = split_items(prepared, inside[0], inside[-1])
    if len(items) == 1:
        return [span]
    made = [to_span(span.passage, prepared, first, last, span.score) for first, last in items]
    return [item for item in made if _says_anything(item)]


def _says_anything(item: Span) -> bool:
    return any(c.isalnum() for c in item.text)


def _overlap(a: Span, b: Span) -> bool:
    same = a.passage.document_id == b.passage.document_id
    return same and a.start < b.end and b.start < a.end
