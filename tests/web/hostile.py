"""Speeches that try to be more than text: markup, Markdown, LaTeX, control characters, long lines.

Each holds the word "pancake" in a sentence, so that the fake bot finds it.
"""

from __future__ import annotations

from qa_bot.schema import Document

MARKUP = (
    '<script>document.title="owned";alert(1)</script><img src=http://tracker.example/a.png '
    "onerror=alert(1)><svg onload=alert(1)><iframe src=//tracker.example></iframe>"
    '<base href="//tracker.example/"><style>*{display:none}</style><form action=//tracker.example>'
    "</p></article></main></body><!-- <plaintext> ]]> &lt;b&gt; &#60;i&#62; {{ 7*7 }} ${7*7}"
)
MARKDOWN = (
    "![](http://tracker.example/b.png) [a link](javascript:alert(1)) <http://tracker.example/c> "
    "https://tracker.example/d **bold** _slanted_ `code` | a | b | # heading $\\int_0^1 x$ "
    "\\(x^2\\) \\[y\\] $$z$$ ~~gone~~ [^1] :smile: @name"
)
# Every control character of ASCII and Latin-1 but line ends and tab; overrides, isolates and marks
# of direction, none of them closed; no width at all; no character.
CONTROLS = (
    "".join(chr(code) for code in [*range(1, 9), 11, *range(14, 32), *range(127, 160)])
    + "\u202eevil\u2066\u2068\u202b\u200f\u200b\u2060\ufeff\ufffe\U000e0041"
)
LONG = "x" * 100_000


def _speech(name: str, hostile: str) -> Document:
    return Document(
        id=f"hostile-{name}",
        title=f"{name} {hostile}",
        speaker=f"{name} speaker {hostile}",
        role=hostile,
        event=hostile,
        place=hostile,
        date="2018-10-09",
        language='en" onload="alert(1)' if name == "markup" else "",
        source=f"javascript:alert('{name}')",
        text=(
            f"The {name} pancake holds {hostile} and buckwheat flour\n\n{hostile}\n\n"
            "```\nfenced\n```\n\n    indented\n\n> quoted\n\n1. one\n\n# heading\n\nThe end"
        ),
        pages=(0, 40),
    )


def hostile_speeches() -> list[Document]:
    """One for each way of being hostile."""
    return [
        _speech("markup", MARKUP),
        _speech("markdown", MARKDOWN),
        _speech("controls", CONTROLS),
        _speech("long", LONG),
    ]
