"""An answer as a chat message: HTML that quotes, cites and folds, and where all text is inert."""

from __future__ import annotations

from urllib.parse import quote as url_quote

from qa_bot.errors import QABotError
from qa_bot.schema import Answer, Citation, DocumentInfo, Hit
from qa_bot.web.escape import inert
from qa_bot.web.words import Words

SHOWN_PASSAGE = 320  # characters of a nearest passage that are shown


def question(text: str) -> str:
    """The question as asked."""
    return f'<div class="qa-question" dir="auto">{inert(text)}</div>'


def reading(w: Words) -> str:
    """What stands in the answer's place while the reader works."""
    return f'<p class="qa-reading">{w.reading}</p>'


def answer(given: Answer, w: Words) -> str:
    """The answer with its citations, or that there is none with the nearest passages."""
    parts = ['<div class="qa-answer">']
    if given.understood and given.understood != given.question:
        parts.append(
            f'<p class="qa-understood">{w.understood}{w.colon} '
            f'<bdi dir="auto">{inert(given.understood)}</bdi></p>'
        )
    if given.found:
        parts += [_quotation(c, n, w) for n, c in enumerate(given.citations, 1)]
    else:
        parts.append(
            f'<p class="qa-none">{w.not_found}</p><p class="qa-hint">{w.not_found_hint}</p>'
        )
    others = _alternatives(given, w)
    if given.found and others:
        parts.append(_folded(w.count("others", len(others)), others))
    elif not given.found and given.passages:
        parts.append(_folded(w.nearest, [_passage(hit, w) for hit in given.passages]))
    parts.append("</div>")
    return "".join(parts)


def failure(message: str, hint: str = "") -> str:
    """A problem in plain words."""
    text = f'<p class="qa-none">{inert(message)}</p>'
    if hint:
        text += f'<p class="qa-hint">{inert(hint)}</p>'
    return f'<div class="qa-answer qa-problem" dir="auto">{text}</div>'


def error(problem: QABotError) -> str:
    """An error that the person can mend: what is wrong and what to do about it."""
    return failure(problem.message, problem.hint)


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


def _quotation(citation: Citation, number: int, w: Words) -> str:
    href = inert(link(citation.document, citation.start, citation.end))
    before, _, after = w.open_source.partition("{number}")
    return (
        '<figure class="qa-quote">'
        f'<blockquote dir="auto"><span class="qa-words">{inert(citation.quote)}</span>'
        # Gradio's sanitiser takes labels away; hidden words stay.
        f'<a class="qa-cite qa-number" href="{href}"><span class="qa-hidden">{before}</span>'
        f'{number}<span class="qa-hidden">{after}</span></a></blockquote>'
        f"{_context(citation)}"
        f'<figcaption dir="auto"><a class="qa-cite qa-credit" href="{href}">'
        f"{inert(credit(citation.document, w, citation.page))}</a>{_sure(citation, w)}"
        f'<button class="qa-copy" type="button">{w.copy}</button></figcaption>'
        "</figure>"
    )


def _sure(citation: Citation, w: Words) -> str:
    percent = w.confidence.format(percent=round(100 * citation.confidence))
    return (
        f'<span class="qa-sure" title="{inert(percent)}">{sureness(citation.confidence, w)}'
        f'<span class="qa-hidden"> ({inert(percent)})</span></span>'
    )


def _context(citation: Citation) -> str:
    """The sentence with the quoted words marked; nothing when the quotation is the sentence."""
    if len(citation.quote) > 0.9 * len(citation.sentence):
        return ""
    start = citation.start - citation.sentence_start
    end = start + len(citation.quote)
    sentence = citation.sentence
    return (
        f'<p class="qa-context" dir="auto">{inert(sentence[:start])}'
        f"<mark>{inert(sentence[start:end])}</mark>{inert(sentence[end:])}</p>"
    )


def _alternatives(given: Answer, w: Words) -> list[str]:
    first = len(given.citations) + 1
    return [
        f'<li><blockquote dir="auto"><span class="qa-words">{inert(c.quote)}</span></blockquote>'
        f"{_context(c)}"
        f'<p class="qa-small" dir="auto"><a class="qa-cite qa-credit" '
        f'href="{inert(link(c.document, c.start, c.end))}">'
        f"{inert(credit(c.document, w, c.page))}</a>{_sure(c, w)}</p></li>"
        for c in given.alternatives[: max(0, 20 - first)]
    ]


def _passage(hit: Hit, w: Words) -> str:
    text = hit.text
    if len(text) > SHOWN_PASSAGE:
        text = text[:SHOWN_PASSAGE].rsplit(maxsplit=1)[0] + " …"
    return (
        f'<li><p class="qa-passage" dir="auto">{inert(text)}</p>'
        f'<p class="qa-small" dir="auto"><a class="qa-cite qa-credit" '
        f'href="{inert(link(hit.document, hit.start, hit.end))}">'
        f"{inert(credit(hit.document, w))}</a></p></li>"
    )


def _folded(title: str, items: list[str]) -> str:
    return (
        f'<details class="qa-more"><summary>{inert(title)}</summary>'
        f'<ol class="qa-list">{"".join(items)}</ol></details>'
    )
