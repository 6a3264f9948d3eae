"""Signs of the symbol fonts, whose codes are no letters to other programs."""

from __future__ import annotations

PRIVATE = range(0xF020, 0xF100)  # where Word keeps the codes of these fonts

# From code 0x21 on, as the font Symbol has them; a space where it has a piece of a bracket or none.
_SYMBOL = {
    0x21: "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x61: "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA1: "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…",
    0xC0: "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊",
}
_WINGDINGS = {
    0x6C: "●■",
    0x6E: "■□",
    0x71: "❑❒",
    0x75: "◆❖",
    0x9F: "•",
    0xA7: "▪",
    0xA8: "☐",
    0xD8: "➢",
    0xE0: "→",
    0xE8: "➔",
    0xFB: "✗✓☒☑",
}
FONTS = {
    font: {first + at: sign for first, signs in table.items() for at, sign in enumerate(signs)}
    for font, table in (("symbol", _SYMBOL), ("wingdings", _WINGDINGS))
}


def sign_of(font: str, code: int) -> str:
    """The sign that a font shows for a code; empty if that is not known.

    >>> sign_of("Symbol", 0xF061), sign_of("Wingdings", 0xFC), sign_of("Arial", 0x20AC)
    ('α', '✓', '€')
    """
    table = FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(code - 0xF000 if code in PRIVATE else code, "")
    if code in PRIVATE or not 0x20 <= code < 0x110000 or 0xD800 <= code < 0xE000:
        return ""
    return chr(code)


def readable(text: str, font: str) -> str:
    """A text with the signs of its symbol font where it holds codes of one."""
    if not any(ord(c) in PRIVATE for c in text):
        return text
    return "".join(sign_of(font, ord(c)) if ord(c) in PRIVATE else c for c in text)
