"""An answer as a chat message: HTML that quotes, cites and folds, and where all text is inert."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence

from qa_bot.errors import QABotError
from qa_bot.schema import Answer, Chip
from qa_bot.web.escape import inert
from qa_bot.web.i18n import Words
from qa_bot.web.quotations import (
    candidates,
    closest,
    credit,
    dates_told,
    facts,
    field_name,
    link,
    passages,
    quotations,
    sureness,
)
from qa_bot.web.turns import ChatTurn

__all__ = [
    "answer",
    "credit",
    "error",
    "failure",
    "link",
    "question",
    "reading",
    "record",
    "sureness",
]


def question(text: str) -> str:
    """The question as asked."""
    return f'<h2 class="qa-question" dir="auto">{inert(text)}</h2>'


def reading(w: Words, done: int = 0, total: int = 0) -> str:
    """What stands in the answer's place while the reader works, with how far it is once known."""
    if not total:
        return f'<p class="qa-reading">{inert(w.reading)}</p>'
    far = w.reading_passages.format(done=w.number(done), total=w.number(total))
    return (
        f'<p class="qa-reading qa-progress">{inert(far)} '
        f'<progress max="{total}" value="{min(done, total)}"></progress></p>'
    )


def answer(
    given: Answer,
    w: Words,
    turn: ChatTurn | None = None,
    lost: int = 0,
    title: Callable[[str], str] = str,
) -> str:
    """The answer with its citations; or the closest words, or that there is none with the nearest
    passages.

    Args:
        turn: how it was asked, for the browser to keep and to ask again.
        lost: quotations of an earlier day that the speeches no longer hold.
        title: what the speech with an id is called.
    """
    parts = ['<div class="qa-answer">', _understood(given, w), _chips(given.chips, w, title)]
    parts += [f'<p class="qa-hint" dir="auto">{inert(said)}</p>' for said in dates_told(given, w)]
    if lost:
        parts.append(
            f'<p class="qa-lost">{inert(w.count("lost", lost))} '
            f'<button class="qa-again" type="button">{inert(w.ask_again)}</button></p>'
        )
    if given.found:
        parts += [facts(given.facts, w), quotations(given, w)]
        if given.more:
            parts.append(f'<p class="qa-hint">{inert(w.count("further", given.more))}</p>')
    elif given.note or given.closest:
        if given.note:
            parts.append(f'<p class="qa-note">{inert(w.note(given.note))}</p>')
        if given.closest:
            parts.append(closest(given.closest, w))
    elif not lost:
        said, hint = w.not_found, w.not_found_hint
        # Not a passage is near: the restrictions left no speech. (One that a browser kept may have
        # had passages that are no longer there.)
        if given.chips and not given.passages and not (turn and turn.near):
            said = w.no_speech_fits if len(given.chips) > 1 else w.no_speech_fits_one
            hint = w.no_speech_fits_hint
        parts.append(f'<p class="qa-none">{inert(said)}</p><p class="qa-hint">{inert(hint)}</p>')
    others = candidates(given.alternatives, w) if given.kind in ("exact", "catalogue") else ()
    if given.found and others:
        parts.append(_folded(w.count("others", len(others)), others))
    elif given.passages and (given.more or (not given.found and not given.note)):
        parts.append(_folded(w.nearest, passages(given.passages, w)))
    if turn is not None:
        parts += [_actions(turn, w), _following(turn.next, w), record(turn)]
    parts.append("</div>")
    return "".join(parts)


def record(turn: ChatTurn) -> str:
    """The turn for the browser script: JSON in base64, so that no character of it can act."""
    text = json.dumps(turn.shape(), ensure_ascii=False, separators=(",", ":"))
    code = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return f'<span class="qa-record">{inert(code)}</span>'


def failure(message: str, hint: str = "") -> str:
    """A problem in plain words."""
    text = f'<p class="qa-none">{inert(message)}</p>'
    if hint:
        text += f'<p class="qa-hint">{inert(hint)}</p>'
    return f'<div class="qa-answer qa-problem" dir="auto">{text}</div>'


def error(problem: QABotError) -> str:
    """An error that the person can mend: what is wrong and what to do about it."""
    return failure(problem.message, problem.hint)


def _understood(given: Answer, w: Words) -> str:
    if not given.understood or given.understood == given.question:
        return ""
    return (
        f'<p class="qa-understood">{inert(w.understood + w.colon)} '
        f'<bdi class="qa-meant" dir="auto">{inert(given.understood)}</bdi> '
        f'<button class="qa-edit" type="button">{inert(w.edit)}'
        f'<span class="qa-hidden"> {inert(w.edit_understood)}</span></button></p>'
    )


def _chips(chips: tuple[Chip, ...], w: Words, title: Callable[[str], str]) -> str:
    """The restrictions in force; each a button that takes it away."""
    if not chips:
        return ""
    items = "".join(
        f'<button class="qa-chip" type="button" dir="auto">'
        f'<span class="qa-hidden">{inert(w.remove_filter)} </span>'
        f"{inert(field_name(chip.field, w) + w.colon)} "
        f"<bdi>{inert(shown_value(chip, w, title))}</bdi>"
        '<span class="qa-cross"></span></button>'
        for chip in chips
    )
    return f'<p class="qa-chips"><span class="qa-only">{inert(w.restricted)}</span> {items}</p>'


def shown_value(chip: Chip, w: Words, title: Callable[[str], str] = str) -> str:
    """What a restriction asks for, as a person writes it."""
    if chip.field in ("date_from", "date_to"):
        return w.date(chip.value)
    if chip.field == "document":
        return title(chip.value)
    if chip.field == "phrase":
        return w.quoted.format(text=chip.value)
    return w.language_name(chip.value) if chip.field == "language" else chip.value


def _actions(turn: ChatTurn, w: Words) -> str:
    buttons = (("up", w.helped), ("down", w.did_not_help), ("share", w.copy_question))
    inner = "".join(
        f'<button class="qa-act qa-{name}{" qa-on" if turn.vote == name else ""}" type="button" '
        f'title="{inert(said)}"><span class="qa-hidden">{inert(said)}</span></button>'
        for name, said in buttons
    )
    return f'<p class="qa-actions">{inner}</p>'


def _following(questions: tuple[str, ...], w: Words) -> str:
    if not questions:
        return ""
    items = "".join(
        f'<li><button class="qa-suggest" type="button" dir="auto">{inert(text)}</button></li>'
        for text in questions
    )
    return f'<div class="qa-next"><p class="qa-only">{inert(w.ask_next)}</p><ul>{items}</ul></div>'


def _folded(title: str, items: Sequence[str]) -> str:
    return (
        f'<details class="qa-more"><summary>{inert(title)}</summary>'
        f'<ol class="qa-list">{"".join(items)}</ol></details>'
    )
