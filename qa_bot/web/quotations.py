"""Quotations as HTML: the words, the sentence around them, and where they stand.

All text is inert, every citation is a link to the source view. Marks for the browser script are
classes: Gradio's sanitiser takes labels and data attributes away, so hidden words name things.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote as url_quote

from qa_bot.schema import CatalogueFact, Citation, DocumentInfo, Hit
from qa_bot.web.escape import inert
from qa_bot.web.i18n import Words

SHOWN_PASSAGE = 320  # characters of a nearest passage that are shown
CONTEXTS = 3  # with more quotations than these the sentences around them are folded away


def credit(document: DocumentInfo, w: Words, page: int | None = None) -> str:
    """Speaker · event · date · page: what is known of them, or the title. Plain text."""
    known = [document.speaker, document.event or document.title, w.date(document.date)]
    if page is not None:
        known.append(w.page.format(page=page))
    return " · ".join(part for part in known if part) or w.untitled


def sureness(confidence: float, w: Words) -> str:
    """The confidence as a word."""
    if confidence >= 0.7:
        return w.sure
    return w.likely if confidence >= 0.4 else w.unsure


def link(document: DocumentInfo, start: int, end: int) -> str:
    """The source view at these words, relative to the chat page (which may be on a sub-path)."""
    return f"source/{url_quote(document.id)}#{start}-{end}"


def quotations(citations: Sequence[Citation], w: Words) -> str:
    """The quotations of an answer, numbered; several stand under headings that name the speech,
    speeches in the order in which they come first.
    """
    first: dict[str, int] = {}
    for citation in citations:
        first.setdefault(citation.document.id, len(first))
    ordered = sorted(citations, key=lambda citation: first[citation.document.id])
    several = len(citations) > 1
    parts, number = [], 0
    for _, group in groupby(ordered, key=lambda citation: citation.document.id):
        same = list(group)
        if several:
            parts.append(_heading(same[0].document, w))
        # Neighbours out of one sentence share it.
        for _, run in groupby(same, key=lambda c: (c.sentence_start, c.sentence_end)):
            neighbours = list(run)
            for place, citation in enumerate(neighbours, 1):
                number += 1
                context = _context(neighbours) if place == len(neighbours) else ""
                if context and len(citations) > CONTEXTS:
                    context = _folded_context(context, w)
                parts.append(_quotation(citation, number, context, w, short=several))
    return "".join(parts)


def facts(known: Sequence[CatalogueFact], w: Words) -> str:
    """What the catalogue says, marked as nothing that a speech says."""
    parts = []
    for fact in known:
        value = w.date(fact.value) if fact.field == "date" else fact.value
        if fact.field == "language":
            value = w.language_name(fact.value)
        about = fact.document.title or fact.document.event or w.untitled
        parts.append(
            '<figure class="qa-fact">'
            f'<p class="qa-value" dir="auto">{inert(value)}</p>'
            f'<p class="qa-from">{inert(w.from_catalogue)}</p>'
            f'<figcaption dir="auto"><span class="qa-field">{inert(field_name(fact.field, w))}'
            f"{inert(w.colon)}</span> "
            f'<a class="qa-cite qa-credit" href="{inert("source/" + url_quote(fact.document.id))}">'
            f"{inert(about)}</a></figcaption></figure>"
        )
    return "".join(parts)


def field_name(field: str, w: Words) -> str:
    """What a field of the catalogue, or a restriction, is called."""
    name: str = w.texts.get(f"field_{field}", field)
    return name


def candidates(others: Sequence[Citation], w: Words) -> list[str]:
    """Quotations that were not chosen, as list items."""
    return [
        f'<li><blockquote dir="auto"><span class="qa-words">{inert(c.quote)}</span></blockquote>'
        f'{_context([c])}<p class="qa-small" dir="auto">{_credit(c, w)}{_sure(c, w)}</p></li>'
        for c in others
    ]


def passages(hits: Sequence[Hit], w: Words) -> list[str]:
    """The nearest passages, cut at a word, as list items."""
    items = []
    for hit in hits:
        text = hit.text
        if len(text) > SHOWN_PASSAGE:
            text = text[:SHOWN_PASSAGE].rsplit(maxsplit=1)[0] + " …"
        items.append(
            f'<li><p class="qa-passage" dir="auto">{inert(text)}</p>'
            f'<p class="qa-small" dir="auto"><a class="qa-cite qa-credit" '
            f'href="{inert(link(hit.document, hit.start, hit.end))}">'
            f"{inert(credit(hit.document, w))}</a></p></li>"
        )
    return items


def _heading(document: DocumentInfo, w: Words) -> str:
    """Speaker and date, and in small print the event or title."""
    title = document.event or document.title
    who = document.speaker or title or w.untitled
    about = [w.date(document.date), title if who != title else ""]
    rest = " · ".join(part for part in about if part)
    small = f' <span class="qa-when">{inert(rest)}</span>' if rest else ""
    return f'<h3 class="qa-group" dir="auto">{inert(who)}{small}</h3>'


def _quotation(citation: Citation, number: int, context: str, w: Words, *, short: bool) -> str:
    href = inert(link(citation.document, citation.start, citation.end))
    before, _, after = w.open_source.partition("{number}")
    return (
        '<figure class="qa-quote">'
        f'<blockquote dir="auto"><span class="qa-words">{inert(citation.quote)}</span>'
        f'<a class="qa-cite qa-number" href="{href}"><span class="qa-hidden">{inert(before)}</span>'
        f'{number}<span class="qa-hidden">{inert(after)}</span></a></blockquote>{context}'
        f'<figcaption dir="auto">{_credit(citation, w, short=short)}{_sure(citation, w)}'
        f'<button class="qa-copy" type="button">{inert(w.copy)}</button></figcaption>'
        f"{_also(citation, w)}</figure>"
    )


def _credit(citation: Citation, w: Words, *, short: bool = False) -> str:
    """The link that names the place; ``short`` leaves out what the heading says."""
    text = credit(citation.document, w, citation.page)
    if short:
        text = w.in_speech if citation.page is None else w.page.format(page=citation.page)
    href = inert(link(citation.document, citation.start, citation.end))
    full = inert(credit(citation.document, w, citation.page))
    title = f' title="{full}"' if short else ""
    return f'<a class="qa-cite qa-credit" href="{href}"{title}>{inert(text)}</a>'


def _also(citation: Citation, w: Words) -> str:
    if not citation.also:
        return ""
    places = ", ".join(_credit(other, w) for other in citation.also)
    return f'<p class="qa-also" dir="auto">{inert(w.also_in)} {places}</p>'


def _sure(citation: Citation, w: Words) -> str:
    percent = inert(w.confidence.format(percent=round(100 * citation.confidence)))
    return (
        f'<span class="qa-sure" title="{percent}">{inert(sureness(citation.confidence, w))}'
        f'<span class="qa-hidden"> ({percent})</span></span>'
    )


def _context(neighbours: Sequence[Citation]) -> str:
    """The sentence with the quoted words marked; nothing when a quotation is the sentence."""
    sentence, base = neighbours[0].sentence, neighbours[0].sentence_start
    if sum(len(c.quote) for c in neighbours) > 0.9 * len(sentence):
        return ""
    parts, at = [], 0
    for citation in sorted(neighbours, key=lambda c: c.start):
        start, end = max(citation.start - base, at), citation.end - base
        if start < end:
            parts += [inert(sentence[at:start]), f"<mark>{inert(sentence[start:end])}</mark>"]
            at = end
    return f'<p class="qa-context" dir="auto">{"".join(parts)}{inert(sentence[at:])}</p>'


def _folded_context(context: str, w: Words) -> str:
    return f'<details class="qa-around"><summary>{inert(w.in_context)}</summary>{context}</details>'
