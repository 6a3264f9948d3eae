"""Where a phrase stands word for word.

Word for word means letter by letter, whatever the case and whether an accent is a sign of its own
("é" is one sign or two). How a text is set does not count: line and page breaks, the kind of
space, of quotation mark and of dash, hyphenation at a line end, markup. Whether a word that was
broken at a line end has a hyphen of its own cannot be told ("start-⏎up", "pro-⏎tection"): it is
found by both spellings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from qa_bot.text.cleaning import KEEP_HYPHEN, clean

_LETTERS = re.compile(r"[^\W\d_]*")
_BROKEN = re.compile(r"[-\u2010\u2011][^\S\n]*\n")
_QUOTES = "'\"«»‹›"


def folded(text: str) -> str:
    """Lower case, with as many characters as before.

    Example:
        >>> folded("İSTANBUL 2018")
        'İstanbul 2018'
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class Phrase:
    """One phrase, ready to be found in texts that were cleaned and folded.

    Example:
        >>> text = folded(clean("a “full –\\n\\nand open” spirit").text)
        >>> [text[a:b] for a, b in Phrase('Full - and open').places(text)]
        ['full - and open']
    """

    def __init__(self, words: str) -> None:
        """Take the phrase as it was typed."""
        pieces = re.split(rf"(\s*-[-\s]*|\s+|[{_QUOTES}]+)", folded(composed(clean(words).text)))
        around = list(zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False))
        self._pattern = re.compile("".join(_pattern(*piece) for piece in around))
        self._strict = re.compile("".join(_pattern(*piece, strict=True) for piece in around))

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of each occurrence as whole words, or as words that a hyphen may break."""
        for match in self._pattern.finditer(text):
            start, end = match.span()
            if start < end and not _joined(text, start) and not _joined(text, end):
                yield start, end

    def as_typed(self, found: str) -> bool:
        """Whether what was found has its hyphens where the phrase has them."""
        return self._strict.fullmatch(found) is not None


def _pattern(before: str, piece: str, after: str, strict: bool = False) -> str:
    if not piece:
        return ""
    if piece.isspace():
        return r"\s+"
    if piece == "-" and before[-1:].isalpha() and after[:1].isalpha() and not strict:
        return r"(?:\s*+-++\s*+)?"
    if piece.replace("-", "").strip() == "":
        return r"\s*+-[-\s]*+"
    if piece.strip(_QUOTES) == "":
        return rf"[{_QUOTES}]+"
    # Where cleaning keeps the hyphen of a broken word, though the word may have none.
    letters = 0 if strict else len(_LETTERS.match(piece)[0])  # type: ignore[index]  # always
    breaks = [at for at in range(2, letters - 1) if piece[:at] in KEEP_HYPHEN]
    parts = [piece[a:b] for a, b in zip([0, *breaks], [*breaks, len(piece)], strict=True)]
    return "-?".join("".join(map(_letter, part)) for part in parts)


def composed(text: str) -> str:
    """A text with each letter and its accents as one sign, where there is one."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4096)
def _letter(sign: str) -> str:
    """The pattern of one composed sign in each form that texts have it in.

    >>> re.fullmatch(_letter("ö"), "o\u0308") is not None
    True
    """
    forms = {sign}
    apart = unicodedata.normalize("NFD", sign)
    for at in range(1, len(apart)):  # "ế" may be "ê" and its second accent
        forms.add(unicodedata.normalize("NFC", apart[:at]) + apart[at:])
    forms |= {apart}
    if len(forms) == 1:
        return re.escape(sign)
    return f"(?:{'|'.join(map(re.escape, sorted(forms)))})"


def _joined(text: str, at: int) -> bool:
    """Whether a word, or a letter and its accent, runs across this place."""
    if not 0 < at < len(text):
        return False
    if unicodedata.combining(text[at]):
        return True
    before = at - 1
    while before and unicodedata.combining(text[before]):
        before -= 1
    return text[before].isalnum() and text[at].isalnum()


def places(text: str, phrase: Phrase) -> list[tuple[int, int]]:
    """Where a document's text as kept holds the phrase, in its own offsets."""
    cleaned = clean(text)
    plain = folded(cleaned.text)
    spans = [(plain[a:b], *cleaned.span(a, b)) for a, b in phrase.places(plain)]
    return [
        (start, end)
        for words, start, end in spans
        if phrase.as_typed(words) or _BROKEN.search(text, start, end)
    ]


def holding(bounds: Sequence[tuple[int, int]], found: Sequence[tuple[int, int]]) -> list[bool]:
    """Which passages of a document hold a phrase.

    Args:
        bounds: (start, end) of each passage.
        found: (start, end) of each occurrence. One that no passage holds whole counts for those
            that it runs through.

    Example:
        >>> holding([(0, 10), (8, 20), (20, 30)], [(8, 10), (18, 22)])
        [True, True, True]
    """
    marked = [False] * len(bounds)
    for start, end in found:
        whole = [i for i, (a, b) in enumerate(bounds) if a <= start and end <= b]
        for i in whole or [i for i, (a, b) in enumerate(bounds) if a < end and start < b]:
            marked[i] = True
    return marked
