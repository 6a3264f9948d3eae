"""Hand-made answers of every kind, out of the speeches of the repository or of a hostile one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa_bot.schema import Answer, CatalogueFact, Citation, Document, Group

NOTES = ("greeting", "thanks", "abilities", "opinion", "out_of_scope", "language")
KINDS = ("exact", "list", "evidence", "comparison", "overview", "catalogue", "closest", "note")


def sentences(document: Document) -> list[tuple[int, int]]:
    """Where ten of the longer sentences of a speech stand; over and over if it has fewer."""
    found = [m.span() for m in re.finditer(r"\S[^.!?\n]*[.!?]?", document.text)]
    longer = [(start, end) for start, end in found if end - start >= 50] or found
    return (longer[2:] * 10 if len(longer) < 12 else longer[2:])[:10] or longer[:1] * 10


def cited(document: Document, place: tuple[int, int], *marked: str, quote: str = "") -> Citation:
    """The sentence at a place: quoted whole, or the words ``quote`` of it; and words marked."""
    start, end = place
    sentence = document.text[start:end]
    at = start + sentence.index(quote) if quote else start
    return Citation(
        quote=quote or sentence,
        start=at,
        end=at + len(quote or sentence),
        sentence=sentence,
        sentence_start=start,
        sentence_end=end,
        document=document.info,
        page=document.page_at(at),
        score=1.0,
        confidence=0.83,
        marks=tuple(
            (start + sentence.index(word), start + sentence.index(word) + len(word))
            for word in marked
        ),
    )


def words(document: Document, place: tuple[int, int], *numbers: int) -> tuple[str, ...]:
    """Some longer words of a sentence."""
    longer = re.findall(r"\w{5,}", document.text[slice(*place)]) or [document.text[slice(*place)]]
    return tuple(dict.fromkeys(longer[n % len(longer)] for n in numbers))


def answer(kind: str, documents: Sequence[Document], question: str = "q") -> Answer:
    """An answer of a kind; "list" is an exact one of several quotations."""
    first, last = documents[0], documents[-1]
    ours, others = sentences(first), sentences(last)
    said = [cited(first, place, *words(first, place, 1, 3)) for place in ours[2:8]]
    said += [cited(last, place, *words(last, place, 0, 2)) for place in others[3:5]]
    said = list(dict.fromkeys(said))
    known = Answer(question, question, True, "", 0.9, kind="exact" if kind == "list" else kind)
    if kind == "exact":
        quote = words(first, ours[3], 2)[0]
        return _with(known, [cited(first, ours[3], quote=quote)], alternatives=tuple(said[-1:]))
    if kind == "list":
        items = words(first, ours[3], 0, 2, 4)
        listed = [cited(first, ours[3], quote=item) for item in items]
        listed.append(cited(last, others[4], quote=words(last, others[4], 1)[0]))
        return _with(known, listed, at_least=True)
    if kind in ("evidence", "comparison"):
        sides = [[c for c in said if c.document.id == d.id] for d in dict.fromkeys((first, last))]
        groups = tuple(
            Group(f"{side[0].document.speaker}, {side[0].document.date}", tuple(side))
            for side in sides
            if side
        )
        if kind == "comparison":
            return _with(known, said, groups=groups)
        return _with(known, said, groups=groups, more=12)
    if kind == "overview":
        return _with(known, [replace(c, marks=()) for c in said[:6]])
    if kind == "catalogue":
        fact = CatalogueFact(first.info, "speaker", first.speaker)
        return replace(known, text=first.speaker, facts=(fact,))
    none = replace(known, found=False, confidence=0.1)
    if kind == "closest":
        return replace(none, closest=tuple(said[:3]))
    return replace(none, kind="note", note="abilities")


def _with(known: Answer, citations: Sequence[Citation], **more: object) -> Answer:
    text = " … ".join(c.quote for c in citations)
    return replace(known, citations=tuple(citations), text=text, **more)  # type: ignore[arg-type]
