"""Typing mistakes: a word that is none, one slip away from one that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
SLIPS = ((9, 2), (SHORTEST, 1))
MOST_WORDS = 4  # of a question are respelled; with more it is no slip but another language
CLEARLY = 2.0  # a word must be so many times as frequent as an equally near one of another stem
MOST_CHARACTERS = 20_000_000  # of the speeches that are gone through
QUESTION_WORDS = ("what", "which", "when", "where", "whom", "whose", "does", "many")
_LETTERS = re.compile(r"[^\W\d_]+")


class Lexicon:
    """Words with how frequent they are.

    Example:
        >>> Lexicon({"secretariat": 3, "secret": 1}).nearest("secretariet", 2)
        'secretariat'
    """

    def __init__(self, frequent: Mapping[str, float]) -> None:
        """
        Args:
            frequent: how frequent each word is, in any unit; words in lower case.
        """
        self._stems = {stem(word) for word in frequent}
        self._frequent = {
            word: often
            for word, often in frequent.items()
            if len(word) >= SHORTEST and _LETTERS.fullmatch(word)
        }
        self._by_letter: dict[str, list[str]] = {}
        for word in self._frequent:
            self._by_letter.setdefault(word[0], []).append(word)

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Lexicon:
        """The words of texts, and those that questions are made of."""
        counts: Counter[str] = Counter()
        left = MOST_CHARACTERS
        for text in texts:
            counts.update(word.text for word in plain_words(text[:left]))
            left -= len(text)
            if left <= 0:
                break
        # "wich" is "which", however often the speeches say "with".
        asked = dict.fromkeys(QUESTION_WORDS, MOST_CHARACTERS)
        return cls(dict.fromkeys(STOP_WORDS, 1) | counts | asked)

    @classmethod
    def of_language(cls, words: Sequence[str]) -> Lexicon:
        """Words in the order of how frequent they are: the n-th about as much as 1/n (Zipf)."""
        return cls({word: 1 / place for place, word in enumerate(words, start=1)})

    def knows(self, word: str) -> bool:
        """Whether this is a form of one of the words."""
        return stem(word) in self._stems

    def nearest(self, word: str, slips: int) -> str:
        """The word that is the fewest slips away, at most so many; "" when there is none.

        Of equally near words the most frequent, if it is so clearly; forms of one word are no
        rivals.
        """
        # People rarely miss the first letter, but for typing the second one before it.
        swapped = word[1] + word[0]
        among = [
            *self._by_letter.get(word[0], ()),
            *(other for other in self._by_letter.get(word[1], ()) if other.startswith(swapped)),
        ]
        near = process.extract(word, among, scorer=OSA.distance, score_cutoff=slips, limit=None)
        if not near:
            return ""
        fewest = min(distance for _, distance, _ in near)
        first, *others = sorted(
            {found for found, distance, _ in near if distance == fewest},
            key=lambda found: (-self._frequent[found], found),
        )
        rivals = [self._frequent[other] for other in others if stem(other) != stem(first)]
        return first if self._frequent[first] >= CLEARLY * max(rivals, default=0) else ""


class Spelling:
    """Which word a mistyped one most likely is.

    Example:
        >>> speeches = Lexicon.of_texts(["The network secretariat met in Geneva."])
        >>> spelling = Spelling(speeches, Lexicon.of_language(["funding"]))
        >>> spelling.respelled("Was the secretariet of the netwrok fnuding it?")
        'Was the secretariat of the network funding it?'
    """

    def __init__(self, speeches: Lexicon, language: Lexicon) -> None:
        """
        Args:
            speeches: words of the speeches and their catalogue.
            language: words that need not occur in them.
        """
        self._speeches = speeches
        self._language = language
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
            # A strange word in large letters is a name, which only the speeches can know.
            name = typed[0].isupper() and word.start > 0
            meant = self._nearest(word.text, name)
            if meant:
                shaped = meant.capitalize() if typed[0].isupper() else meant
                found.append((word.start, word.end, shaped))
            else:
                strange += 1
        if strange > len(found) or len(found) > MOST_WORDS:
            return question
        for first, last, meant in reversed(found):
            question = question[:first] + meant + question[last:]
        return question

    def _is_known(self, word: str) -> bool:
        if len(word) < SHORTEST or not _LETTERS.fullmatch(word):
            return True
        return self._speeches.knows(word) or self._language.knows(word)

    def _nearest_of(self, word: str, name: bool) -> str:
        """The word that was most likely meant; "" when none was, or one of several.

        First of the speeches; else of the language, and then with one slip at most.
        """
        slips = next(most for letters, most in SLIPS if len(word) >= letters)
        found = self._speeches.nearest(word, slips)
        if found or name or len(word) <= SHORTEST:
            return found
        return self._language.nearest(word, 1)
