"""Where the gold spans of a test set stand in the documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from qa_bot.evaluation.testset import (
    GoldSpan,
    Item,
    Question,
    TestSet,
    Wanted,
    plain,
    shortened,
)
from qa_bot.evaluation.users import flat
from qa_bot.schema import Document

_SAME = {c: f"[{''.join(group)}]" for group in ("'‘’`´", '"“”„«»', "-‐‑‒–—") for c in group}


def resolve(test_set: TestSet, documents: Mapping[str, Document]) -> TestSet:
    """Every gold span located in the documents; rows that do not fit become problems.

    A span with offsets must be verbatim; one without must occur somewhere, and becomes one span
    for every place. A document is named by its id, its path, its file name or its title.
    """
    names = _document_names(documents.values())
    texts = _FlatTexts(documents)
    kept: list[Question] = []
    problems = list(test_set.problems)
    for question in test_set.questions:
        try:
            if question.wanted:
                kept.append(replace(question, wanted=_standing(question.wanted, texts, names)))
                continue
            items = tuple(_located(item, documents, names) for item in question.answers)
            kept.append(replace(question, answers=items))
        except ValueError as error:
            problems.append(question.problem(plain(error)))
    problems.sort(key=lambda problem: problem.line)
    return replace(test_set, questions=tuple(kept), problems=tuple(problems))


class _FlatTexts:
    """The texts of documents in flat form, each made when it is first asked for."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = documents
        self._made: dict[str, str] = {}

    def __getitem__(self, document: str) -> str:
        if document not in self._made:
            self._made[document] = flat(self.documents[document].text)
        return self._made[document]


def _standing(wanted: Wanted, texts: _FlatTexts, names: Mapping[str, list[str]]) -> Wanted:
    """The same with ids of documents, when all its words stand in them."""
    where: list[str] = []
    for name in wanted.documents:
        if name.casefold() not in names:
            raise ValueError(f"there is no document {name!r}")
        where += names[name.casefold()]
    for words in (words for point in wanted.points for words in point):
        if not any(flat(words) in texts[document] for document in where or texts.documents):
            places = ", ".join(where) or "the documents"
            raise ValueError(f"{shortened(words)} does not stand in {places}: copy it from there")
    return replace(wanted, documents=tuple(where))


def _located(item: Item, documents: Mapping[str, Document], names: Mapping[str, list[str]]) -> Item:
    found: dict[tuple[str, int, int], GoldSpan] = {}
    for span in item:
        for place in _places(span, documents, names):
            found.setdefault((place.document, place.start, place.end), place)
    if not found:
        raise ValueError(f"{shortened(item[0].text)} does not occur in the documents")
    return tuple(found.values())


def _places(
    span: GoldSpan, documents: Mapping[str, Document], names: Mapping[str, list[str]]
) -> list[GoldSpan]:
    where = list(documents)
    if span.document:
        where = names.get(span.document.casefold(), [])
        if not where:
            raise ValueError(f"there is no document {span.document!r}")
    if span.start >= 0:
        if not span.document or len(where) > 1:
            raise ValueError("offsets need the id of one document")
        actual = documents[where[0]].text[span.start : span.end]
        if actual != span.text:
            raise ValueError(
                f"{shortened(span.text)} is not at {span.start}-{span.end} of {where[0]}, "
                f"where the text is {shortened(actual)}"
            )
        return [replace(span, document=where[0])]
    found = [
        place
        for document in where
        for place in occurrences(span.text, document, documents[document].text)
    ]
    if not found and span.document:
        raise ValueError(f"{shortened(span.text)} does not occur in {', '.join(where)}")
    return found


def occurrences(words: str, document: str, text: str) -> list[GoldSpan]:
    """Every place of ``words`` in ``text``: verbatim, or else apart from white space, letter case
    and the form of quotes and dashes; as whole words, or else inside words.

    The spans carry the document's own characters.

    Example:
        >>> [place.start for place in occurrences("two", "a", "Networks: two.")]
        [10]
        >>> occurrences("the migrant's voice", "a", "The Migrant\u2019s  Voice")[0].end
        20
    """
    exact, loose = re.escape(words), r"\s+".join(_loose(word) for word in words.split())
    before, after = (r"\b" if edge.isalnum() else "" for edge in (words[:1], words[-1:]))
    for pattern, flags in (
        (f"{before}{exact}{after}", re.NOFLAG),
        (f"{before}{loose}{after}", re.IGNORECASE),
        (exact, re.NOFLAG),  # an ending that the row leaves out; a script without spaces
        (loose, re.IGNORECASE),
    ):
        if places := [m.span() for m in re.finditer(pattern, text, flags)]:
            return [GoldSpan(text[start:end], document, start, end) for start, end in places]
    return []


def _loose(word: str) -> str:
    forms = (_SAME.get(character) for character in word)
    return "".join(form or re.escape(c) for form, c in zip(forms, word, strict=True))


def _document_names(documents: Iterable[Document]) -> dict[str, list[str]]:
    """Document ids by every name that a row may use; an id wins over any other name."""
    names: dict[str, list[str]] = {}
    listed = list(documents)
    for document in listed:
        for name in {document.path, Path(document.path).name, document.title}:
            if name:
                names.setdefault(name.casefold(), []).append(document.id)
    for document in listed:
        names[document.id.casefold()] = [document.id]
    return names
