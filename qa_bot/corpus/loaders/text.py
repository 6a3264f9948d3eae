"""Plain text."""

from __future__ import annotations

from qa_bot.corpus.loaders.base import Loaded
from qa_bot.corpus.loaders.decoding import decode
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header
from qa_bot.corpus.loaders.subtitles import is_subtitles, load_text


def load(data: bytes) -> Loaded:
    """Text exactly as decoded, with ``\\n`` as the only line end. Form feeds separate pages.

    Subtitles that were saved as text are read as subtitles.
    """
    text = decode(data)
    if is_subtitles(text):
        return load_text(text)
    facts = {"title": title_in_header(text), "date": date_in_header(text)}
    return Loaded(text, pages_of(text), facts)


def pages_of(text: str) -> tuple[int, ...]:
    """Where pages begin in a text whose pages are separated by form feeds."""
    if "\f" not in text:
        return ()
    begins = [at + 1 for at, character in enumerate(text) if character == "\f"]
    return (0, *(at for at in begins if at < len(text)))
