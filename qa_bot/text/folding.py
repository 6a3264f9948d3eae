"""Letters, for comparing words that people spell with other cases and accents."""

from __future__ import annotations

import unicodedata

# Letters that are no accented ones to Unicode, as people without them on their keys write them.
_OTHERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"}
)


def plain(text: str) -> str:
    """Lower case without accents, to compare, sort and look up by; not of the text's length.

    Example:
        >>> plain("BOGOTÁ, Straße, Łódź, ﬁn")
        'bogota, strasse, lodz, fin'
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_OTHERS)
    return "".join(char for char in apart if not unicodedata.combining(char))
