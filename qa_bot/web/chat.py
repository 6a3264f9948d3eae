"""The chat page: Gradio Blocks around one Chatbot.

Messages are HTML that :mod:`qa_bot.web.render` builds with every corpus and user character inert;
the browser script ``chat.js`` opens citations beside the chat. Without the script a citation is an
ordinary link to the source page.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from qa_bot.errors import QABotError, QuestionError
from qa_bot.evaluation.feedback import FeedbackStore
from qa_bot.question import checked_question
from qa_bot.settings import Settings
from qa_bot.web import render
from qa_bot.web.api import AT_ONCE, WAITING
from qa_bot.web.escape import inert
from qa_bot.web.gradio_page import OnlyWhatIsNeeded
from qa_bot.web.protocol import Bot
from qa_bot.web.words import LANGUAGES, Words, language_of, words_for

log = logging.getLogger("qa_bot.web")

DISLIKE = "Dislike"  # Gradio draws a thumb for this name
EXAMPLES = 4
KEPT_TURNS = 50  # of a conversation, per browser session
BOX_CHARS = 50_000  # what the box takes; below the largest body, so that a paste gets an answer

SYSTEM_FONTS = ("ui-sans-serif", "system-ui", "sans-serif")
SYSTEM_MONO = ("ui-monospace", "monospace")


@dataclass(frozen=True)
class Turn:
    """One question as asked and as understood, its answer as text (for follow-ups) and as shown."""

    question: str
    understood: str
    answer: str
    shown: str


Turns = tuple[Turn, ...]


def mount(app: FastAPI, bot: Bot, settings: Settings) -> FastAPI:
    """Adds the chat page to ``app`` at ``/``."""
    gr.mount_gradio_app(
        app,
        page(bot, settings),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=gr.themes.Base(font=SYSTEM_FONTS, font_mono=SYSTEM_MONO),
    )
    mounted = app.router.routes.pop()
    assert isinstance(mounted, Mount)  # noqa: S101 - Gradio appended it on the lines above
    app.router.routes.append(OnlyWhatIsNeeded("", app=mounted.app))
    return app


def page(bot: Bot, settings: Settings) -> gr.Blocks:
    """The Blocks of the chat page."""
    kept = FeedbackStore.from_settings(settings)
    w = words_for(LANGUAGES[0])
    examples = bot.examples(EXAMPLES)
    with gr.Blocks(
        title=settings.title, analytics_enabled=False, fill_height=True, elem_id="qa-chat"
    ) as blocks:
        turns = gr.State(())
        with gr.Row(elem_id="qa-top"):
            gr.Markdown(f"# {inert(settings.title)}", elem_id="qa-title")
            gr.Markdown(f"[{w.speeches}](speeches)", elem_id="qa-browse")
            new = gr.Button(w.new, elem_id="qa-new", size="sm", variant="secondary")
        chatbot = gr.Chatbot(
            elem_id="qa-conversation",
            label=w.conversation,
            show_label=False,
            container=False,
            height="100%",
            layout="panel",
            autoscroll=False,  # chat.js shows the question and the beginning of its answer
            buttons=[],
            feedback_options=[DISLIKE],  # shown only where somebody listens, below
            latex_delimiters=[],
            line_breaks=False,
            allow_tags=False,
            allow_file_downloads=False,
            group_consecutive_messages=False,
            placeholder=f"## {w.empty_title}\n\n{w.empty_text}",
        )
        with gr.Column(elem_id="qa-examples", visible=bool(examples)) as suggestions:
            buttons = [gr.Button(text, elem_classes="qa-example", size="sm") for text in examples]
        with gr.Row(elem_id="qa-ask"):
            box = gr.Textbox(
                label=w.ask_label,
                placeholder=w.ask_placeholder,
                lines=1,
                max_lines=5,
                max_length=BOX_CHARS,
                elem_id="qa-box",
                scale=1,
                container=False,
                submit_btn=False,
            )
            send = gr.Button(w.ask, elem_id="qa-send", variant="primary", scale=0)

        def ask(question: str, so_far: Turns, asked: gr.Request) -> Iterator[tuple[Any, ...]]:
            yield from _ask(bot, settings, _words(asked), question, so_far, kept)

        # Nothing of this is an API: the JSON interface is.
        common: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress": "hidden",
            "queue": True,
        }
        asking: dict[str, Any] = {
            **common,
            "inputs": [box, turns],
            "outputs": [chatbot, box, turns, suggestions],
            "concurrency_limit": AT_ONCE,
            "concurrency_id": "ask",
            "trigger_mode": "once",
        }
        gr.on([box.submit, send.click], ask, **asking)
        for button in buttons:
            button.click(ask, **{**asking, "inputs": [button, turns]})
        if kept is not None:

            def dislike(so_far: Turns, about: gr.LikeData, asked: gr.Request) -> None:
                _dislike(kept, so_far, about.index)
                gr.Info(_words(asked).disliked, duration=4)

            chatbot.like(dislike, inputs=[turns], **common)
        new.click(
            lambda: ([], "", (), gr.update(visible=bool(examples))),
            outputs=[chatbot, box, turns, suggestions],
            **common,
        )
    blocks.queue(api_open=False, max_size=WAITING, default_concurrency_limit=AT_ONCE)
    return blocks


def _dislike(kept: FeedbackStore, turns: Turns, message: int) -> None:
    """Keep the question whose answer, the message of this number, did not help."""
    place = message // 2  # a turn is two messages
    if 0 <= place < len(turns):
        turn = turns[place]
        kept.keep("thumbs down", turn.question, turn.answer, _history(turns[:place]))


def _history(turns: Turns) -> list[tuple[str, str]]:
    return [(turn.understood, turn.answer) for turn in turns]


def _words(asked: gr.Request) -> Words:
    return words_for(language_of(asked.request))


def _ask(
    bot: Bot,
    settings: Settings,
    w: Words,
    question: str,
    turns: Turns,
    kept: FeedbackStore | None = None,
) -> Iterator[tuple[Any, ...]]:
    """The conversation with the question in it, then with its answer.

    A question that finds nothing goes into ``kept``: it tells which speeches are missing.
    """
    gone = gr.update(visible=False)
    try:
        question = checked_question(question or "", settings.max_question_chars)
    except QuestionError as error:
        # The text stays in the box, to be mended.
        yield _messages(turns, "", render.error(error)), gr.skip(), turns, gr.skip()
        return
    yield _messages(turns, question, render.reading(w)), "", turns, gone
    history = _history(turns)
    try:
        given = bot.ask(question, history)
        turn = Turn(question, given.understood, given.text, render.answer(given, w))
    except QABotError as error:
        yield _messages(turns, question, render.error(error)), question, turns, gone
        return
    except Exception:
        number = secrets.token_hex(6)
        log.exception("question %s failed", number)
        shown = render.failure(w.failed, w.failed_hint.format(request_id=number))
        yield _messages(turns, question, shown), question, turns, gone
        return
    if kept is not None and not given.found:
        kept.keep("not found", question, history=history)
    turns = (*turns, turn)[-KEPT_TURNS:]
    yield _messages(turns), gr.skip(), turns, gone


def _messages(turns: Turns, question: str = "", shown: str = "") -> list[dict[str, str]]:
    """Gradio's messages for the turns, and for one more that is not finished."""
    messages = []
    for asked, answered in [*((t.question, t.shown) for t in turns), (question, shown)]:
        if asked:
            messages.append({"role": "user", "content": render.question(asked)})
        if answered:
            messages.append({"role": "assistant", "content": answered})
    return messages
