"""Questions with a word left out or replaced: inputs near a row for a teacher to judge.

What became of the answer nobody knows, so no label can be made; a teacher's opinion on many such
neighbours tells a student more than its opinion on the row (Jiao et al. 2020, "TinyBERT", whose
ablation found data augmented by replaced words to count as much as the distillation itself).
"""

from __future__ import annotations

import random
import re

from qa_bot_training.ranking import STOP

_WORD = re.compile(r"[^\W_][\w'’-]*")

_ENDINGS = ("ed", "ing", "ly", "est", "s")


def altered(question: str, sources: tuple[str, ...], rng: random.Random) -> str | None:
    """The question with one or two content words left out or replaced by one of the sources.

    `sources` are texts; each is as likely to give the word, however long it is. A number goes where
    a number was, a name for a name, "sailed" rather for "landed" than "ship", where there are such.
    None when no word of the question can be altered.

    >>> altered("Who sang at noon?", ("It rained.",), random.Random(2))
    'Who rained at noon?'
    """
    told = {word.lower() for word in _WORD.findall(question)}
    held = [words for text in sources if (words := _new_words(text, told))]
    places = [m for m in _WORD.finditer(question) if m[0].lower() not in STOP]
    if not places:
        return None
    made = question
    taken = rng.sample(places, min(len(places), 1 + (rng.random() < 0.3)))
    for place in sorted(taken, key=re.Match.start, reverse=True):
        if held and (len(places) < 3 or rng.random() < 0.75):
            words = rng.choice(held)
            alike = [word for word in words if _shape(word) == _shape(place[0])]
            made = made[: place.start()] + rng.choice(alike or words) + made[place.end() :]
        elif len(places) > 2:
            made = made[: place.start()].rstrip() + made[place.end() :]
    return made if made != question else None


def _shape(word: str) -> str:
    if any(character.isdigit() for character in word):
        return "number"
    if word[0].isupper():
        return "name"
    return next((ending for ending in _ENDINGS if word.endswith(ending)), "")


def _new_words(text: str, known: set[str]) -> list[str]:
    words = dict.fromkeys(m[0] for m in _WORD.finditer(text))
    return [word for word in words if word.lower() not in STOP and word.lower() not in known]
