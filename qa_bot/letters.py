"""Letters, for comparing words that people spell with other cases and accents."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Lower case without accents, to compare, sort and look up by; not of the text's length.

    Example:
        >>> plain("BOGOTÁ, Straße, ﬁn")
        'bogota, strasse, fin'
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))
