"""The words of one language: texts, counted texts, numbers and dates as it writes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr", "es")  # the first is what everybody gets who asks for none of them

_APART = ("language", "languages", "scripts")  # sections whose keys are no attributes


@dataclass(frozen=True)
class Words:
    """What the pages say in one language.

    A text is an attribute, as named in the TOML files: ``w.ask``. Fill its placeholders with
    ``str.format``.

    Attributes:
        language: two-letter code, one of ``LANGUAGES``.
        texts: all texts outside of ``[scripts]``, by key; a counted one is a mapping of forms.
        scripts: the texts of each browser script, by its name.
        facts: how the language writes numbers, dates and names of languages.

    Example:
        >>> w = words_for("fr")
        >>> w.ask, w.count("word_count", 1434), w.date("2018-10-01")
        ('Demander', '1\u202f434 mots', '1er\xa0octobre\xa02018')
    """

    language: str
    texts: Mapping[str, Any]
    scripts: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Any]

    def __getattr__(self, name: str) -> str:
        # Reached only for what is no field. A dunder is asked for before the fields are set, when
        # the object is copied.
        if not name.startswith("_") and isinstance(text := self.texts.get(name), str):
            return text
        raise AttributeError(f"There is no text {name!r} in i18n/{self.language}.toml")

    def count(self, name: str, number: int, **values: object) -> str:
        """The counted text ``name`` in the form for ``number``, which fills ``{count}``."""
        form = "one" if number in self.facts["one"] else "other"
        return str(self.texts[name][form]).format(count=self.number(number), **values)

    def note(self, about: str) -> str:
        """The sentence that stands where speeches could answer nothing; see `Answer.note`."""
        return str(self.texts.get(f"note_{about}", self.texts["not_found"]))

    def number(self, number: int) -> str:
        """A whole number with the language's thousands separator."""
        if abs(number) < self.facts["thousands_from"]:
            return str(number)
        return f"{number:,}".replace(",", self.facts["thousands"])

    def date(self, date: str) -> str:
        """``YYYY-MM-DD`` or ``YYYY-MM`` in words, unbroken over lines; anything else as it is."""
        parts = date.split("-")
        if not all(part.isdecimal() and part.isascii() for part in parts) or len(parts) > 3:
            return date
        year, *rest = (int(part) for part in parts)
        if not rest or not 1 <= rest[0] <= 12:
            return date
        month = self.facts["months"][rest[0] - 1]
        if len(rest) == 1:
            return str(self.facts["month"]).format(month=month, year=year)
        day = self.facts.get("first_day", "1") if rest[1] == 1 else rest[1]
        return str(self.facts["day"]).format(day=day, month=month, year=year)

    def language_name(self, code: str) -> str:
        """What this language calls the language with this code; the code when it has no name."""
        return str(self.facts["languages"].get(code.casefold(), code))


@lru_cache(maxsize=len(LANGUAGES))
def _read(language: str) -> Words:
    sections = tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))
    texts: dict[str, Any] = {}
    for name, section in sections.items():
        if name in _APART:
            continue
        if double := texts.keys() & section.keys():
            raise ValueError(f"i18n/{language}.toml says {sorted(double)} twice")
        texts.update(section)
    facts = {**sections["language"], "languages": sections["languages"]}
    return Words(language, texts, sections["scripts"], facts)


def words_for(language: str) -> Words:
    """The words of this language; those of the first one when it is none of ours."""
    return _read(language if language in LANGUAGES else LANGUAGES[0])
