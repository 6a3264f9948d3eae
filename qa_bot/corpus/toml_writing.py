"""Text written as TOML, whatever is in it."""

from __future__ import annotations

SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    r"""A TOML string in double quotes. What no page shows, or would show otherwise than it is, is
    escaped; half a character (a lone surrogate), which TOML cannot hold, becomes U+FFFD.

    >>> print(quoted('a "b"\n\x07c'))
    "a \"b\"\n\u0007c"
    """
    return '"' + "".join(map(_escaped, text)) + '"'


def comment(text: str) -> str:
    """A comment of one line; what is not printable becomes a question mark.

    >>> comment("from\\nx")
    '# from x'
    """
    line = " ".join(text.split())
    return "# " + "".join(c if c.isprintable() else "?" for c in line)


def _escaped(character: str) -> str:
    if character in SHORT:
        return SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
