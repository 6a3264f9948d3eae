"""Questions as people ask them: would the person who asked go away satisfied?

What counts is what a reader sees without a click: of each citation the sentence shown (or the
quotation where that is longer), where nothing was found the closest words that are shown open, and
no more than ``MOST`` characters of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.evaluation.testset import Point, Wanted
from qa_bot.schema import Answer, Citation

# What can come of a question, the best first.
OUTCOMES = ("satisfied", "helped", "partly", "nothing", "misled")
# How much of a satisfied person each one is.
WORTH = {"satisfied": 1.0, "helped": 0.5}
MOST = 2500
CUT = 15  # a quotation longer than this that lies inside the wanted words shows them too

_MARKUP = re.compile("[*_\u201c\u201d\"\u2018\u2019']")
_APOSTROPHES = {"\u2018": "'", "\u2019": "'"}


def flat(text: str) -> str:
    """The form in which words are compared: one space, lower case, no quotes and no emphasis.

    >>> flat("**The  Migrant\u2019s** \u201cVoice\u201d")
    "the migrant's voice"
    """
    return " ".join(_MARKUP.sub(lambda m: _APOSTROPHES.get(m[0], ""), text).split()).lower()


def shown(answer: Answer) -> tuple[Citation, ...]:
    """The citations that are shown open: of the answer, or else the closest words."""
    return answer.citations if answer.found else answer.closest


def seen(citations: Sequence[Citation]) -> list[str]:
    """The texts that are read before ``MOST`` characters are full, each once."""
    texts: list[str] = []
    left = MOST
    for citation in citations:
        text = max(citation.sentence, citation.quote, key=len)
        if text in texts:
            continue
        if len(text) > left:
            break
        texts.append(text)
        left -= len(text)
    return texts


def outcome(answer: Answer, wanted: Wanted) -> str:
    """What came of a question, one of ``OUTCOMES``.

    - satisfied: enough points are seen in what is shown as an answer; or there is none and none
      is given.
    - helped: no answer is claimed, but the closest words shown open hold enough points.
    - partly: an answer that holds some points, not enough.
    - nothing: no answer, and the closest words do not hold enough.
    - misled: something is shown as an answer that holds no point, or where there is none.
    """
    if wanted.refuse:
        return "misled" if answer.found else "satisfied"
    body = [flat(text) for text in seen(shown(answer))]
    if answer.found and not answer.citations:  # facts of the catalogue
        body.append(flat(answer.text))
    quotes = [flat(c.quote) for c in answer.citations if len(c.quote) > CUT] if answer.found else []
    hit = [_hit(point, body, quotes) for point in wanted.points]
    enough = sum(hit) >= wanted.need and all(any(hit[i] for i in side) for side in wanted.sides)
    if not answer.found:
        return "helped" if enough else "nothing"
    return "satisfied" if enough else "partly" if any(hit) else "misled"


def users_scores(came: str) -> dict[str, float]:
    """1 for the outcome and 0 for the others, and what it is worth."""
    scores = {name: float(name == came) for name in OUTCOMES}
    return {"users_score": WORTH.get(came, 0.0)} | scores


def _hit(point: Point, body: Sequence[str], quotes: Sequence[str]) -> bool:
    """Whether a text holds an alternative, or a quotation was cut from within one."""
    words = [flat(alternative) for alternative in point]
    return any(w in text for w in words for text in body) or any(
        quote in w for w in words for quote in quotes
    )
