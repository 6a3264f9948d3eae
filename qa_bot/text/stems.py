"""Words as search compares them: lower case, without accents, stemmed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from qa_bot.text.folding import plain

# Raise it when the way words are cut changes: indexes built the old way are then stale.
WORDS_FINGERPRINT = "english-stems-3"


_WORD = re.compile(r"\w+")


_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)++")


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return frozenset(STOPWORDS_EN_PLUS)


def words(text: str) -> list[str]:
    """Stems of the words of ``text``, lower-cased and without accents, repeats kept.

    Function words are left out: a question that shares nothing but "what did the" with the
    speeches is then left to the vectors, instead of being ranked by noise.
    A word with a hyphen counts as its parts and as one: "start-up" is also written "startup", and
    at a line end a hyphen may belong to the word or not.

    Example:
        >>> words("What were the migrants' commitments in Bogotá, 2018?")
        ['migrant', 'commit', 'bogota', '2018']
        >>> words("start-up")
        ['start', 'startup']
    """
    text, known = plain(text), _function_words()
    found = _WORD.findall(text) + compounds(text)
    return list(_stemmer().stemWords([word for word in found if word not in known]))


def compounds(text: str) -> list[str]:
    """The words of a text that hold a hyphen, as one word each.

    Example:
        >>> compounds("a start-up of 2018-19")
        ['startup']
    """
    return [word.replace("-", "") for word in _COMPOUND.findall(text)]


def stem(word: str) -> str:
    """The stem of one word in lower case without accents.

    Example:
        >>> stem("commitments")
        'commit'
    """
    return str(_stemmer().stemWord(word))
