"""Questions that ask for several things, and the several spans that answer them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.reading.prepare import Prepared, prepare, to_span
from qa_bot.schema import Span

# Chosen on dev/multispanqa (docs/reading.md).
NEAR_BEST = 6.0  # a further span of the best one's passage may score this many logits less
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
    # "List the speakers", "Name three partners"
    rf"^\W*(?:please\s+)?(?:list|name|enumerate|give|mention|tell me)\s+(?:the|me|{_COUNT})\b"
    # "What are the main objectives of …?", "Who were the co-facilitators?"
    rf"|\b(?:which|what|who)\s+{_BE}\s+(?:{_NOT_AUXILIARY}\s+){{0,4}}?{_PLURAL}\b{_AFTER_NOUN}"
    # "Which regional approaches were mentioned?", "What kinds of support do …?"
    rf"|\b(?:which|what|whose)\s+{_ONE}(?:{_NOT_AUXILIARY}\s+){{0,3}}?{_PLURAL}\s+"
    rf"(?:{_NOT_AUXILIARY}\s+){{0,5}}?(?<!\bto\s){_OF_PLURAL}\b"
    # "Which agencies gave …?"
    r"|\bwhich\s+(?:[\w'-]+\s+)?(?!applies|carries|implies|relies)[\w'-]{2,}ies\b"
    # "Which two plans …?", "What are the six stones …?", "Who else …?"
    rf"|\b(?:which|what|who|where)\s+(?:{_BE}\s+)?(?:the\s+)?{_COUNT}\s+(?!is\b|was\b)[\w'-]+"
    r"|\b(?:who|where|what|which)\s+else\b",
    re.IGNORECASE,
)
_IDLE_END = re.compile(r"\b(?:like|doing|made of|called|for|about)\W*$", re.IGNORECASE)
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
    alone makes no enumeration ("Geneva, Switzerland"): then the span is its only item.
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
    return cuts


def several(spans: Sequence[Span]) -> list[tuple[Span, int]]:
    """The spans that together answer a list question, and which of `spans` each comes from.

    Takes the best span and those near it that beat "no answer", and splits enumerations into their
    items. `spans` are a reader's, best first. Items keep the score of the span they come from.
    """
    answers: list[tuple[Span, int]] = []
    for place, span in enumerate(spans):
        margin = NEAR_BEST if span.passage == spans[0].passage else NEAR_ELSEWHERE
        if place and span.score < max(AT_LEAST, spans[0].score - margin):
            continue
        for item in _items(span):
            if all(not _overlap(item, kept) for kept, _ in answers):
                answers.append((item, place))
    return answers[:MAX_ITEMS]


def _items(span: Span) -> list[Span]:
    prepared = prepare(span.passage.text)
    begin, stop = prepared.clean.locate(
        span.start - span.passage.start, span.end - span.passage.start
    )
    inside = [i for i, (a, b) in enumerate(prepared.words) if a >= begin and b <= stop]
    if not inside:
        return [span]
    items = split_items(prepared, inside[0], inside[-1])
    if len(items) == 1:
        return [span]
    made = [to_span(span.passage, prepared, first, last, span.score) for first, last in items]
    return [item for item in made if any(c.isalnum() for c in item.text)]


def _overlap(a: Span, b: Span) -> bool:
    same = a.passage.document_id == b.passage.document_id
    return same and a.start < b.end and b.start < a.end
