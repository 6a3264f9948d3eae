"""Which words of a question only frame it, which name its subject, which the sides compared.

A sequence of tags, the best one by a linear model over each token, its neighbours and the tag
before it (an averaged perceptron, decoded by Viterbi). Fitted by
``python -m qa_bot.calibration.frames`` on ``eval/understanding/frames.jsonl``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from qa_bot.understanding.features import FRAME
from qa_bot.understanding.weights import read_weights

TAGS = ("frame", "subject", "first", "second")
BUCKETS = 16384
SORTS = ("joining", "cue", "content", "mark")
MOST = 120  # tokens that are looked at
WEIGHTS = Path(__file__).with_name("frames.safetensors")
ABOUT = Path(__file__).with_name("frames.json")
_TOKEN = re.compile(r"['’]s\b|[^\W_]+(?:['’.-](?!s\b)[^\W_]+)*|[^\w\s]")
_YEAR = re.compile(r"1[0-9]{3}|20\d\d")
_COMPARES = re.compile(
    r"\b(?:compar\w*|vs|versus|differ\w*|between|contrast\w*|agree\w*|chang\w+|evol\w+|shift\w*|"
    r"common|apart|than|juxtapose|from|similarit\w+|contradict\w*|side)\b",
    re.I,
)
_JOINING = frozenset("and or to with than vs versus from between".split())  # noqa: SIM905
# Words whose place tells what stands around them, beside those of FRAME.
_CUES = FRAME | frozenset(
    """
    regarding concerning towards toward versus v from since over during apart side both two each
    than however differently evolve evolved shift shifted contrast contrasts similarities
    contradict line sentence words wording remarks comments statements thoughts stance attitude
    please one last
    """.split()  # noqa: SIM905 - words read better than strings
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark and where it stands."""

    text: str
    start: int
    end: int


def tokens(question: str) -> list[Token]:
    """The words and marks of a question; a possessive 's stands alone.

    Example:
        >>> [t.text for t in tokens("Wilson's and Lodge's view?")]
        ['Wilson', "'s", 'and', 'Lodge', "'s", 'view', '?']
    """
    found = []
    for match in _TOKEN.finditer(question[:4000]):
        found.append(Token(match[0], match.start(), match.end()))
        if len(found) == MOST:
            break
    return found


def _sort(word: str) -> str:
    low = word.lower()
    if low in _CUES:
        return "cue"
    if _YEAR.fullmatch(low):
        return "year"
    if not word[0].isalnum():
        return word
    if word[0].isdigit():
        return "number"
    return "name" if word[0].isupper() else "word"


def seen(question: str, found: Sequence[Token]) -> list[list[int]]:
    """The buckets of each token's features."""
    low = ["<<", "<", *(t.text.lower().replace("’", "'") for t in found), ">", ">>"]
    kinds = ["<<", "<", *(_sort(t.text) for t in found), ">", ">>"]
    compares = bool(_COMPARES.search(question[:4000]))
    shown = [w if s == "cue" else s for w, s in zip(low, kinds, strict=True)]
    made = []
    for i in range(2, len(low) - 2):
        before = next(
            (w for w, s in zip(low[i - 1 :: -1], kinds[i - 1 :: -1], strict=True) if s == "cue"),
            "<",
        )
        after = next(
            (w for w, s in zip(low[i + 1 :], kinds[i + 1 :], strict=True) if s == "cue"), ">"
        )
        gap = next((n for n, s in enumerate(kinds[i - 1 :: -1]) if s == "cue"), 9)
        joined = next((w for w in low[i - 1 : 1 : -1] if w in _JOINING), "<")
        joins = next((w for w in low[i + 1 :] if w in _JOINING), ">")
        features = [
            f"joins={joined} {joins} {kinds[i]} {compares}",
            f"joined={joined} {before} {kinds[i]} {compares}",
            f"joins={joins} {after} {kinds[i]} {compares}",
            f"w={low[i]}",
            f"w-1={low[i - 1]}",
            f"w+1={low[i + 1]}",
            f"w-2={low[i - 2]}",
            f"w+2={low[i + 2]}",
            f"w-1w={low[i - 1]} {low[i]}",
            f"ww+1={low[i]} {low[i + 1]}",
            f"s={kinds[i]}",
            f"s-1s={kinds[i - 1]} {kinds[i]}",
            f"ss+1={kinds[i]} {kinds[i + 1]}",
            f"v={shown[i - 2]} {shown[i - 1]} {shown[i]}",
            f"v={shown[i - 1]} {shown[i]} {shown[i + 1]}",
            f"v={shown[i]} {shown[i + 1]} {shown[i + 2]}",
            f"before={before} {kinds[i]}",
            f"after={after} {kinds[i]}",
            f"between={before} {after} {kinds[i]}",
            f"before={before} {compares} {min(gap, 3)}",
            f"compares={compares} {kinds[i]}",
            f"first={i == 2} {kinds[i]} {compares}",
            f"last={i == len(low) - 3} {kinds[i]}",
            f"began={low[2]} {before} {kinds[i]}",
            "always",
        ]
        made.append([crc32(f.encode("utf-8", "replace")) % BUCKETS for f in features])
    return made


def sorts(found: Sequence[Token]) -> list[int]:
    """The place in ``SORTS`` of each token: what may follow what depends on it."""
    made = []
    for token in found:
        sort = _sort(token.text)
        joining = token.text.lower() in _JOINING
        made.append(0 if joining else 1 if sort == "cue" else 2 if token.text[0].isalnum() else 3)
    return made


def best(
    scores: NDArray[np.float64], follows: NDArray[np.float64], of_sorts: Sequence[int]
) -> list[int]:
    """The likeliest sequence of tags (Viterbi).

    Args:
        scores: of each tag at each token.
        follows: for each sort of token, of each tag (column) after each (row); the last row: at
            the beginning.
        of_sorts: the sort of each token.
    """
    if not len(scores):
        return []
    total = scores[0] + follows[of_sorts[0]][-1]
    back = []
    for at_token, sort in zip(scores[1:], of_sorts[1:], strict=True):
        ways = total[:, None] + follows[sort][:-1]
        back.append(ways.argmax(0))
        total = ways.max(0) + at_token
    path = [int(total.argmax())]
    for came_from in reversed(back):
        path.append(int(came_from[path[-1]]))
    return path[::-1]


class Tagger:
    """Tags the words of a question. Safe to use from many threads."""

    def __init__(self, tensors: Mapping[str, NDArray[np.generic]]) -> None:
        self._words = tensors["words"].astype(np.float64)
        self._follows = tensors["follows"].astype(np.float64)

    @classmethod
    def load(cls, weights: Path = WEIGHTS, about: Path = ABOUT) -> Tagger:
        """The weights that come with the package.

        Raises:
            ModelError: a file is missing or damaged.
        """
        return read_weights(
            weights, about, "the parts of questions", lambda described, tensors: cls(tensors)
        )

    def tag(self, question: str) -> list[tuple[Token, str]]:
        """Each token with its tag: frame, subject, first or second (side)."""
        found = tokens(question)
        if not found:
            return []
        scores = np.stack([self._words[places].sum(0) for places in seen(question, found)])
        of_sorts = sorts(found)
        told = best(scores, self._follows, of_sorts)
        if len({2, 3} & set(told)) == 1:  # a side alone is compared with nothing
            scores[:, 2:] = -np.inf
            told = best(scores, self._follows, of_sorts)
        return [(t, TAGS[tag]) for t, tag in zip(found, told, strict=True)]


@cache
def tagger() -> Tagger:
    """The tagger that comes with the package, loaded once."""
    return Tagger.load()
