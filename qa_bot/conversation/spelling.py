"""Typing mistakes: a word that no language knows, one slip away from a word of the speeches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from qa_bot.conversation.catalogue import plain_words
from qa_bot.conversation.words import STOP_WORDS
from qa_bot.index.stores.bm25 import stem
from qa_bot.question import IN_MARKS

SHORTEST = 4  # letters: of shorter words too many are one slip from another
# Slips (a letter too many, too few, another one, two exchanged) that a word of so many letters may
# have. Two in a short word make any word of it.
SLIPS = ((8, 2), (SHORTEST, 1))
MOST_WORDS = 4  # of a question are respelled; with more it is no slip but another language
CLEARLY = 2.0  # a word must be so many times as frequent as an equally near one of another stem
MOST_CHARACTERS = 20_000_000  # of the speeches that are gone through

QUESTION_WORDS = ("what", "which", "when", "where", "whom", "whose", "does", "many")
_LETTERS = re.compile(r"[^\W\d_]+")


class Spelling:
    """The words of a collection, and which of them a mistyped word most likely is.

    Example:
        >>> spelling = Spelling(["The network secretariat met in Geneva."], lambda word: False)
        >>> spelling.respelled("What did the secretariet of the netwrok do?")
        'What did the secretariat of the network do?'
    """

    def __init__(self, texts: Iterable[str], is_word: Callable[[str], bool]) -> None:
        """
        Args:
            texts: of the speeches, and names from their catalogue.
            is_word: whether a word in lower case is one of the language, used here or not.
        """
        self._is_word = is_word
        counts: Counter[str] = Counter()
        left = MOST_CHARACTERS
        for text in texts:
            counts.update(word.text for word in plain_words(text[:left]))
            left -= len(text)
            if left <= 0:
                break
        self._counts = {
            word: count
            for word, count in counts.items()
            if len(word) >= SHORTEST and word.isalpha()
        }
        for word in STOP_WORDS:
            if len(word) >= SHORTEST:
                self._counts.setdefault(word, 1)
        # "wich" is "which", however often the speeches say "with".
        self._counts |= dict.fromkeys(QUESTION_WORDS, MOST_CHARACTERS)
        self._stems = {stem(word) for word in counts}
        self._by_letter: dict[str, list[str]] = {}
        for word in self._counts:
            self._by_letter.setdefault(word[0], []).append(word)
        self._nearest = lru_cache(maxsize=1024)(self._nearest_of)

    def respelled(self, question: str, known: Collection[str] = ()) -> str:
        """The question with its mistyped words as the speeches spell them.

        Words in quotation marks, in capitals and with digits stay; and all of them do when more
        unknown words are near nothing than near something: it is another language then.

        Args:
            question: as typed.
            known: further texts whose words are not mistyped, like earlier turns.
        """
        quoted = [m.span() for m in IN_MARKS.finditer(question)]
        said = {word.text for text in known for word in plain_words(text)}
        found: list[tuple[int, int, str]] = []
        strange = 0
        for word in plain_words(question):
            typed = question[word.start : word.end]
            inside = any(first <= word.start < last for first, last in quoted)
            if inside or typed.isupper() or self._is_known(word.text) or word.text in said:
                continue
            nearest = self._nearest(word.text)
            if nearest:
                shaped = nearest.capitalize() if typed[0].isupper() else nearest
                found.append((word.start, word.end, shaped))
            else:
                strange += 1
        if strange > len(found) or len(found) > MOST_WORDS:
            return question
        for first, last, nearest in reversed(found):
            question = question[:first] + nearest + question[last:]
        return question

    def _is_known(self, word: str) -> bool:
        return (
            len(word) < SHORTEST
            or not _LETTERS.fullmatch(word)
            or word in self._counts
            or stem(word) in self._stems
            or self._is_word(word)
        )

    def _nearest_of(self, word: str) -> str:
        """The word of the speeches that was most likely meant; "" when none or several were."""
        slips = next(most for letters, most in SLIPS if len(word) >= letters)
        # People rarely miss the first letter, but for typing the second one before it.
        swapped = word[1] + word[0]
        among = [
            *self._by_letter.get(word[0], ()),
            *(w for w in self._by_letter.get(word[1], ()) if w.startswith(swapped)),
        ]
        near = process.extract(word, among, scorer=OSA.distance, score_cutoff=slips, limit=None)
        if not near:
            return ""
        fewest = min(distance for _, distance, _ in near)
        nearest = sorted(
            {found for found, distance, _ in near if distance == fewest},
            key=lambda found: (-self._counts[found], found),
        )
        best = nearest[0]
        rivals = [self._counts[other] for other in nearest[1:] if stem(other) != stem(best)]
        return best if self._counts[best] >= CLEARLY * max(rivals, default=0) else ""
