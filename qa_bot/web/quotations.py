"""Quotations as HTML: whole sentences, the decisive words marked, and where they stand.

All text is inert, every citation is a link to the source view. Marks for the browser script are
classes: Gradio's sanitiser takes labels and data attributes away, so hidden words name things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from urllib.parse import quote as url_quote

from qa_bot.display import Section, Sentence, sections, sentences, split
from qa_bot.recording import moment
from qa_bot.schema import Answer, CatalogueFact, Chip, Citation, DocumentInfo, Hit
from qa_bot.web.escape import inert
from qa_bot.web.i18n import Words

SHOWN_PASSAGE = 320  # characters of a nearest passage that are shown


def credit(document: DocumentInfo, w: Words, page: str = "", said: str = "", when: str = "") -> str:
    """Speaker · event · date · page: what is known of them, or the title. Plain text.

    Args:
        said: what stands above already, and is left out.
        when: in the recording.
    """
    known = [document.speaker, document.event or document.title]
    shown = [part for part in known if part and part not in said]
    date = w.date(document.date)
    if date and date not in said and document.date not in said:
        shown.append(date)
    if page:
        shown.append(w.page.format(page=page))
    if when:
        shown.append(when)
    return " · ".join(shown) or (w.in_speech if said else w.untitled)


def sureness(confidence: float, w: Words) -> str:
    """The confidence as a word."""
    if confidence >= 0.7:
        return w.sure
    return w.likely if confidence >= 0.4 else w.unsure


def link(document: DocumentInfo, start: int, end: int) -> str:
    """The source view at these words, relative to the chat page (which may be on a sub-path)."""
    return f"source/{url_quote(document.id)}#{start}-{end}"


def quotations(given: Answer, w: Words) -> str:
    """What an answer quotes: whole sentences, numbered, under their headings."""
    shown = sections(given)
    numbers = count(1)
    if given.kind == "comparison":
        sides = "".join(
            f'<section class="qa-side">{_section(side, w, numbers)}</section>' for side in shown
        )
        return f'<div class="qa-sides">{sides}</div>'
    if given.kind != "exact":
        first, others = split(shown) if given.kind == "evidence" else (shown, ())
        parts = [_section(section, w, numbers) for section in first]
        if others:
            number = sum(len(section.sentences) for section in others)
            inner = "".join(_section(section, w, numbers) for section in others)
            folded = inert(w.count("folded", number))
            parts.append(f'<details class="qa-rest"><summary>{folded}</summary>{inner}</details>')
        return "".join(parts)
    several = sum(len(section.sentences) for section in shown) > 1
    listed = [
        _section(section if several else replace(section, document=None), w, numbers, sure=True)
        for section in shown
    ]
    if given.at_least and listed:
        listed.insert(0, f'<p class="qa-only qa-least">{inert(w.at_least)}</p>')
    return "".join(listed)


def closest(citations: Sequence[Citation], w: Words) -> str:
    """The nearest sentences, where none answers."""
    inner = _section(Section("", sentences(citations)), w, count(1))
    return f'<div class="qa-closest"><h3 class="qa-nearest">{inert(w.closest)}</h3>{inner}</div>'


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


def dates_told(given: Answer, w: Words) -> list[str]:
    """Of times in the question that no speech has, or that the answer does not keep to, that."""
    times: dict[str, dict[str, Chip]] = {}
    for chip in (*(chip for chip in given.chips if chip.empty), *given.set_aside):
        if chip.field in ("date_from", "date_to"):
            times.setdefault(chip.words, {})[chip.field] = chip
    told = []
    for ends in times.values():
        dates = list(dict.fromkeys(w.date(chip.value) for chip in ends.values()))
        if len(ends) == 1:
            dates = [f"{field_name(next(iter(ends)), w)} {dates[0]}"]
        empty = any(chip.empty for chip in ends.values())
        said = w.no_speech_dated if empty else w.looked_beyond
        told.append(said.format(date=" – ".join(dates)))
    return told


def candidates(others: Sequence[Citation], w: Words) -> list[str]:
    """Quotations that were not chosen, as list items."""
    return [
        f'<li>{_words(sentence)}<p class="qa-small" dir="auto">'
        f"{_credit(sentence.citations[0], w)}{_sure(sentence, w)}</p></li>"
        for sentence in sentences(others)
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
            f'<p class="qa-small" dir="auto">{_credit(hit, w)}</p></li>'
        )
    return items


def _section(section: Section, w: Words, numbers: Iterator[int], *, sure: bool = False) -> str:
    """Sentences under their heading; what it says is not repeated below each of them."""
    heading, said = "", ""
    if section.label:
        heading, said = (
            f'<h3 class="qa-group" dir="auto">{inert(section.label)}</h3>',
            section.label,
        )
    elif section.document:
        heading, said = _heading(section.document, w)
    figures = (_quotation(one, w, numbers, said, sure=sure) for one in section.sentences)
    return heading + "".join(figures)


def _heading(document: DocumentInfo, w: Words) -> tuple[str, str]:
    """Speaker and date, and in small print the event or title; and the same as plain text."""
    title = document.event or document.title
    who = document.speaker or title or w.untitled
    about = [w.date(document.date), title if who != title else ""]
    rest = " · ".join(part for part in about if part)
    small = f' <span class="qa-when">{inert(rest)}</span>' if rest else ""
    return f'<h3 class="qa-group" dir="auto">{inert(who)}{small}</h3>', f"{who} · {rest}"


def _quotation(
    sentence: Sentence, w: Words, numbers: Iterator[int], said: str, *, sure: bool
) -> str:
    """The sentence, then in one quiet line the numbers that open its words in the speech, and who
    said them when and where.
    """
    first = sentence.citations[0]
    links = "".join(_number(citation, next(numbers), w) for citation in sentence.citations)
    return (
        f'<figure class="qa-quote">{_words(sentence)}'
        f'<figcaption dir="auto"><span class="qa-numbers">{links}</span>{_credit(first, w, said)}'
        f"{_sure(sentence, w) if sure else ''}"
        f'<button class="qa-copy" type="button">{inert(w.copy)}</button></figcaption>'
        f"{''.join(_also(citation, w) for citation in sentence.citations)}</figure>"
    )


def _words(sentence: Sentence) -> str:
    """The whole sentence with its marks."""
    inner = "".join(
        f"<mark>{inert(text)}</mark>" if marked else inert(text) for text, marked in sentence.pieces
    )
    return f'<blockquote dir="auto"><span class="qa-words">{inner}</span></blockquote>'


def _number(citation: Citation, number: int, w: Words) -> str:
    href = inert(link(citation.document, citation.start, citation.end))
    before, _, after = w.open_source.partition("{number}")
    return (
        f'<a class="qa-cite qa-number" href="{href}"><span class="qa-hidden">{inert(before)}</span>'
        f'{number}<span class="qa-hidden">{inert(after)}</span></a>'
    )


def _credit(place: Citation | Hit, w: Words, said: str = "") -> str:
    """The link that names the place, without what the heading ``said``; then, if a recording is
    known, the one to its moment there."""
    page = place.page_name if isinstance(place, Citation) else ""
    when = moment(place.time)
    full = credit(place.about, w, page, when=when)
    text = credit(place.about, w, page, said, "" if place.media_link else when)
    href = inert(link(place.document, place.start, place.end))
    title = f' title="{inert(full)}"' if text != full else ""
    named = f'<a class="qa-cite qa-credit" href="{href}"{title}>{inert(text)}</a>'
    if not place.media_link:
        return named
    return (
        f'{named} <a class="qa-play" href="{inert(place.media_link)}" title="{inert(w.play)}" '
        f'target="_blank" rel="noopener noreferrer">{inert(when)}'
        f'<span class="qa-hidden"> {inert(w.play)}</span></a>'
    )


def _also(citation: Citation, w: Words) -> str:
    """The other places by their titles and dates, those of nearly the same words after the rest."""
    said = citation.about.speaker
    lines = []
    for words, others in also_in(citation, w):
        links = ", ".join(_credit(_by_title(other), w, said) for other in others)
        lines.append(f'<p class="qa-also" dir="auto">{inert(words)} {links}</p>')
    return "".join(lines)


def also_in(citation: Citation, w: Words) -> list[tuple[str, tuple[Citation, ...]]]:
    """The words that lead to other places of a quotation, and the places."""
    same = tuple(other for other in citation.also if not other.nearly)
    nearly = tuple(other for other in citation.also if other.nearly)
    return [(w.also_in, same)] * bool(same) + [(w.nearly_in, nearly)] * bool(nearly)


def _by_title(citation: Citation) -> Citation:
    """The same, called by the title of its speech: what tells versions of one event apart."""
    document = citation.document
    if not document.title:
        return citation
    return replace(citation, document=replace(document, event=""))


def _sure(sentence: Sentence, w: Words) -> str:
    """How sure the least sure of the quotations is."""
    confidence = min(citation.confidence for citation in sentence.citations)
    percent = inert(w.confidence.format(percent=round(100 * confidence)))
    return (
        f'<span class="qa-sure" title="{percent}">{inert(sureness(confidence, w))}'
        f'<span class="qa-hidden"> ({percent})</span></span>'
    )
