"""Typing mistakes: a word that is none, one slip away from one that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from qa_bot.text.lexicon import STOP_WORDS
from qa_bot.text.names import plain_words
from qa_bot.text.stems import stem
from qa_bot.understanding.question import IN_MARKS, QUOTED

SHORTEST = 4  # letters: of shorter words too many are one slip from another
# A slip is a letter too many, too few, another one, or two exchanged. Words of so many letters may
# have two, behind their first so many: in a shorter word two make another word of it, and so they
# do of "interregional" and "intraregional".
TWO_SLIPS, ALIKE = 11, 5
MOST_WORDS = 4  # of a question are respelled; with more it is no slip but another language
CLEARLY = 2.0  # a word must be so many times as frequent as an equally near one of another stem
QUESTION_WORDS = ("what", "which", "when", "where", "whom", "whose", "does", "many")
ASKED = 1e9  # how frequent those are in questions, beside which the speeches count for nothing
SOUND_ALIKE = ({"c", "k"}, {"s", "z"}, {"i", "y"}, {"v", "w"})
_LETTERS = re.compile(r"[^\W\d_]+")


class Lexicon:
    """Words with how frequent they are.

    Example:
        >>> Lexicon({"secretariat": 3, "secret": 1}).nearest("secretariet", slips=1)
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
    def of_speeches(cls, counts: Mapping[str, int]) -> Lexicon:
        """The words that were counted in speeches, and those that questions are made of."""
        # "wich" is "which", however often the speeches say "with".
        return cls(
            dict.fromkeys(STOP_WORDS, 1) | dict(counts) | dict.fromkeys(QUESTION_WORDS, ASKED)
        )

    @classmethod
    def of_language(cls, words: Sequence[str]) -> Lexicon:
        """Words in the order of how frequent they are: the n-th about as much as 1/n (Zipf)."""
        return cls({word: 1 / place for place, word in enumerate(words, start=1)})

    def knows(self, word: str) -> bool:
        """Whether this is a form of one of the words."""
        return stem(word) in self._stems

    def nearest(self, word: str, *, slips: int, name: bool = False) -> str:
        """The word that is the fewest slips away; "" when there is none.

        Of equally near words the most frequent, if it is so clearly; forms of one word are no
        rivals.

        Args:
            word: of four letters or more, in lower case.
            slips: at most so many, one or two.
            name: whether it is somebody's: "Petrov" is not "Petrova", nor "Ortez" "Ortiz".
        """
        # People rarely miss the first letter, but for typing the second one before it.
        swapped = word[1] + word[0]
        among = [
            *self._by_letter.get(word[0], ()),
            *(other for other in self._by_letter.get(word[1], ()) if other.startswith(swapped)),
        ]
        near = [
            (distance, other)
            for other, distance, _ in process.extract(
                word, among, scorer=OSA.distance, score_cutoff=slips, limit=None
            )
            if (distance < 2 or other[:ALIKE] == word[:ALIKE])
            and (not name or is_slip_in_a_name(word, other))
        ]
        if not near:
            return ""
        fewest = min(near)[0]
        first, *others = sorted(
            {other for distance, other in near if distance == fewest},
            key=lambda found: (-self._frequent[found], found),
        )
        rivals = [self._frequent[other] for other in others if stem(other) != stem(first)]
        return first if self._frequent[first] >= CLEARLY * max(rivals, default=0) else ""


def is_slip_in_a_name(typed: str, name: str) -> bool:
    """Whether a name differs only by letters exchanged, doubled, left out or of the same sound.

    Example:
        >>> [is_slip_in_a_name(*pair.split()) for pair in ("arbuor arbour", "hansel hansen")]
        [True, False]
    """
    if typed[-1] != name[-1]:
        return False
    if len(typed) != len(name) or sorted(typed) == sorted(name):
        return True
    other = [{a, b} for a, b in zip(typed, name, strict=True) if a != b]
    return all(pair in SOUND_ALIKE for pair in other)


def counted(text: str) -> Counter[str]:
    """The words of a text, in lower case and without accents, with how often they occur.

    Example:
        >>> counted("Bogotá, in Bogota")
        Counter({'bogota': 2, 'in': 1})
    """
    counts: Counter[str] = Counter()
    for word, often in Counter(_LETTERS.findall(text)).items():
        for plain in (word.casefold(),) if word.isascii() else (w.text for w in plain_words(word)):
            counts[plain] += often
    return counts


class Spelling:
    """Which word a mistyped one most likely is.

    Example:
        >>> speeches = Lexicon.of_speeches(counted("The network secretariat met in Geneva."))
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

    def respelled(self, question: str) -> str:
        """The question with its mistyped words as the speeches spell them.

        Words in quotation marks, in capitals, with digits and with foreign letters stay; and all of
        them do when as many strange words are near nothing as near something: it is another
        language then.
        """
        quoted = [m.span() for marks in (IN_MARKS, QUOTED) for m in marks.finditer(question)]
        found: list[tuple[int, int, str]] = []
        strange = 0
        for word in plain_words(question):
            typed = question[word.start : word.end]
            inside = any(first <= word.start < last for first, last in quoted)
            if inside or typed.isupper() or self._is_known(word.text):
                continue
            # A strange word in large letters is a name, which only the speeches can know.
            meant = self._nearest(word.text, typed[0].isupper() and word.start > 0)
            if meant and typed.isascii():
                shaped = meant.capitalize() if typed[0].isupper() else meant
                found.append((word.start, word.end, shaped))
            else:
                strange += 1
        if strange >= max(1, len(found)) or len(found) > MOST_WORDS:
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
        found = self._speeches.nearest(word, slips=2 if len(word) >= TWO_SLIPS else 1, name=name)
        if found or name or len(word) <= SHORTEST:
            return found
        return self._language.nearest(word, slips=1)
