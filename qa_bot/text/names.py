"""The words of a name, and the small words that belong to names and to what speeches are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from qa_bot.text.folding import plain


def word_set(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


HONORIFICS = word_set(
    "mr mrs ms miss mx dr prof professor sir dame lord lady madam mme m sr sra h e he hon "
    "honourable honorable excellency ambassador rev"
)


ARTICLES = word_set("the a an")


SPEECH = word_set("speech remarks address statement talk keynote lecture presentation intervention")


SPEECHES = word_set(
    "speeches addresses statements talks keynotes lectures presentations interventions"
)


KINDS_OF_SPEECH = word_set("keynote lecture presentation intervention")  # a title may tell them


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


SMALL = word_set("of on for and in to at by the a an de la le du des et y und der die")


PARTICLES = word_set("de da do dos di van von der del la el al bin ibn y e den ten du le")


# An accent may be a sign of its own behind its letter.
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*+)++")


LONGEST_NAME = 16  # words


Name = tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A word of a text: lower case without accents, and where it stands."""

    text: str
    start: int
    end: int


def plain_words(text: str) -> list[Word]:
    """The words of a text, apostrophes and hyphens cutting them.

    Example:
        >>> [word.text for word in plain_words("João Gomez-Camacho's")]
        ['joao', 'gomez', 'camacho', 's']
    """
    return [Word(_plain(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    return plain(word) or word


def name_of(text: str) -> Name:
    """The words that a name is recognised by: no articles, no honorifics in front."""
    words = [word.text for word in plain_words(text)]
    while len(words) > 1 and words[0] in HONORIFICS | ARTICLES:
        words = words[1:]
    return tuple(word for word in words if word not in ARTICLES)


_MALE = word_set("mr m sir lord sr senor monsieur herr")
_FEMALE = word_set("mrs ms miss mme mlle madam madame dame lady sra senora frau")


def gender_of(name: str) -> str:
    """ "m" or "f" by the honorific in front of a name; "" where it has none, or one for all.

    Example:
        >>> [gender_of(name) for name in ("Hon. Ms. Roy", "Mr. Roy", "Dr. Roy", "Roy")]
        ['f', 'm', '', '']
    """
    for word in plain_words(name):
        if word.text in _MALE | _FEMALE:
            return "m" if word.text in _MALE else "f"
        if word.text not in HONORIFICS | ARTICLES:
            return ""
    return ""


def initials_of(text: str) -> Name:
    """Initials of the capitalised words: ("iom",) for the International Organization for Migration.

    Empty for fewer than three.
    """
    letters = [word[0] for word in text.split() if word[0].isupper()]
    return (_plain("".join(letters)),) if len(letters) >= 3 else ()
