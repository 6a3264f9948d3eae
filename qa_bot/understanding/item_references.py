"""One of several things that the last answer named: "the second one", "the latter"."""

from __future__ import annotations

import re

from qa_bot.schema import BETWEEN_QUOTES, Exchange
from qa_bot.text.lexicon import content, without_end

_PLACES = {
    "first": 0,
    "former": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "sixth": 5,
    "last": -1,
    "latter": -1,
}
_ONE = re.compile(
    rf"\bthe\s+({'|'.join(_PLACES)})(?:\s+(?:one|item|point|of\s+(?:these|them|those)))"
    rf"(?P<owns>['’]s)?|\bthe\s+(former|latter)\b(?P<whose>['’]s)?(?!\s+(?:\w+ion|one|part|half)\b)",
    re.I,
)
_HEAD = re.compile(r"\s+(?:to|that|which|who|whose|where|for\s+the\s+\w+ing)\s+")


def with_item(question: str, turn: Exchange) -> str:
    """The question with "the second one" replaced by the second thing that the answer names.

    Example:
        >>> with_item("What is the second one for?", ("Which?", "the compact … the fund"))
        'What is the fund for?'
    """
    match = _ONE.search(question)
    if not match:
        return question
    items = listed(turn[1])
    place = _PLACES[(match[1] or match[3]).casefold()]
    if not (place < len(items)) or len(items) < 2:
        return question
    item = items[place]
    if match["owns"] or match["whose"]:
        item += "’" if item.endswith("s") else "’s"
    return question[: match.start()] + item + question[match.end() :]


def listed(answer: str) -> list[str]:
    """The things an answer names: its quotations, or the parts of one that is a list.

    Example:
        >>> listed("violence, disease, poverty, or disaster")
        ['violence', 'disease', 'poverty', 'disaster']
    """
    parts = answer.split(BETWEEN_QUOTES)
    if len(parts) == 1:
        parts = re.split(r"\s*[,;]\s+(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+", without_end(answer))
    return [_short(part) for part in parts if content(part)]


def _short(item: str) -> str:
    """The name at the beginning of a long item: "the framework to harness …" → "the framework"."""
    item = without_end(item)
    if (
        len(item.split()) > 6
        and (cut := _HEAD.search(item))
        and len(item[: cut.start()].split()) >= 3
    ):
        item = item[: cut.start()]
    words = item.split()
    return " ".join(words[:14])
