"""Text of speeches, questions and errors into HTML that shows it as it is, and nothing else."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

# An HTML parser drops or rewrites these; as references (or their stand-in) they keep their place,
# so that the page's text has exactly as many characters as the document's.
_EXACT = {ord("\r"): "&#13;", 0: "\N{REPLACEMENT CHARACTER}"}
_EXACT.update(dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"))

# What Markdown, LaTeX or an auto-linker could act upon: everything in ASCII but letters and digits.
_MARKDOWN = {
    code: f"&#{code};"
    for code in [*range(0x20), *range(0x21, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), 0x7B,
                 0x7C, 0x7D, 0x7E]
}  # fmt: skip
_MARKDOWN.update(_EXACT)


def exact(text: str) -> Markup:
    """HTML whose text content is ``text``, character by character.

    NUL and lone surrogates, which no page can hold, become U+FFFD.

    Example:
        >>> exact("<b> & c")
        Markup('&lt;b&gt; &amp; c')
    """
    return Markup(escape(text).translate(_EXACT))  # noqa: S704 - escaped on this line


def inert(text: str) -> str:
    """HTML for inside a Markdown component: no character of ``text`` is left to act upon.

    Every ASCII sign becomes a numeric reference, line ends too, so that the result is one line
    that stays inside the HTML block it is put into.

    Example:
        >>> inert("![](x)")
        '&#33;&#91;&#93;&#40;x&#41;'
    """
    return text.translate(_MARKDOWN)
