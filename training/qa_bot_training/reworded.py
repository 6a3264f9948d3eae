"""Questions in other words: content words replaced by synonyms or more general words.

People ask in their own words; the questions to learn from were mostly written with the passage in
view, and share its words. What answers a question answers the reworded one, so the label stays; a
teacher is asked the question as it was (`TrainingWindow.asked`), and the student learns to read the
reworded one alike.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "synonyms.tsv"  # made by synonym_table.py

_WORD = re.compile(r"(?<![\w'’-])[a-z]+(?![\w'’-])")


@cache
def synonyms(wider: bool = True) -> dict[str, tuple[str, ...]]:
    """Lower-case word → what may stand in its place; wider words only if `wider`."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, own, wide = line.split("\t")
            forms = [*own.split("|"), *(wide.split("|") if wider else ())]
            if kept := tuple(filter(None, forms)):
                found[word] = kept
    return found


def reworded(question: str, rng: random.Random, wider: bool = True) -> str | None:
    """The question with some of its words, at least one and often all, replaced by synonyms.

    None when no word of it has one. Names, numbers and question words stay. With `wider` also by
    wider words ("diplomats" for "ambassadors"): not if it has no answer, as it may get one.

    >>> reworded("Which ships carried the cargo to the city?", random.Random(11))
    'Which vessels carried the shipment to the metropolis?'
    """
    known = synonyms(wider)
    places = [m for m in _WORD.finditer(question) if m[0] in known]
    if not places:
        return None
    share = rng.uniform(0.2, 1.0)
    taken = [m for m in places if rng.random() < share] or [rng.choice(places)]
    made = question
    for place in reversed(taken):
        made = made[: place.start()] + rng.choice(known[place[0]]) + made[place.end() :]
    return made
