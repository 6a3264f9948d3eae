"""The chat page: Gradio Blocks around one Chatbot.

The page keeps its conversation in the browser: ``chat.js`` writes what is to be asked into a hidden
field, :mod:`qa_bot.web.asking` answers with all messages. Messages are HTML that
:mod:`qa_bot.web.render` builds with every corpus and user character inert. Without the script a
citation is an ordinary link to the source page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from qa_bot.feedback.store import FeedbackStore
from qa_bot.settings import Settings
from qa_bot.web import export, start
from qa_bot.web.access import person_of
from qa_bot.web.asking import Asked, steps
from qa_bot.web.escape import inert
from qa_bot.web.gradio_page import OnlyWhatIsNeeded
from qa_bot.web.i18n import LANGUAGES, language_of, words_for
from qa_bot.web.protocol import Bot
from qa_bot.web.request_queue import AT_ONCE, WAITING, RequestQueue

BOX_CHARS = 50_000  # what the box takes; below the largest body, so that a paste gets an answer

SYSTEM_FONTS = ("ui-sans-serif", "system-ui", "sans-serif")
SYSTEM_MONO = ("ui-monospace", "monospace")


def mount(app: FastAPI, bot: Bot, settings: Settings, queue: RequestQueue) -> FastAPI:
    """Adds the chat page to ``app`` at ``/``, and what its script asks for."""
    app.include_router(start.router(bot, settings))
    app.include_router(export.router(bot, settings))
    blocks = page(bot, settings, queue)
    gr.mount_gradio_app(
        app,
        blocks,
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
    app.router.routes.append(
        OnlyWhatIsNeeded("", mounted.app, blocks._queue.pending_messages_per_session)
    )
    return app


def page(bot: Bot, settings: Settings, queue: RequestQueue) -> gr.Blocks:
    """The Blocks of the chat page, in English: they are the same for everybody, so they hold no
    word of a speech. :class:`qa_bot.web.gradio_page.GradioPage` puts in other languages.
    """
    kept = FeedbackStore.from_settings(settings)
    w = words_for(LANGUAGES[0])
    with gr.Blocks(
        title=settings.title, analytics_enabled=False, fill_height=True, elem_id="qa-chat"
    ) as blocks:
        with gr.Row(elem_id="qa-top"):
            gr.Markdown(f"# {inert(settings.title)}", elem_id="qa-title")
        chatbot = gr.Chatbot(
            elem_id="qa-conversation",
            label=w.conversation,
            show_label=False,
            container=False,
            height="100%",
            layout="panel",
            autoscroll=False,  # chat.js shows the question and the beginning of its answer
            buttons=[],
            latex_delimiters=[],
            line_breaks=False,
            allow_tags=False,
            allow_file_downloads=False,
            group_consecutive_messages=False,
            placeholder=f"## {w.empty_title}\n\n{w.empty_text}",
        )
        with gr.Row(elem_id="qa-ask"):
            gr.Textbox(
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
            stop = gr.Button(w.stop, elem_id="qa-stop", scale=0)
            gr.Button(w.ask, elem_id="qa-send", variant="primary", scale=0)
        # Between chat.js and the server: what is asked, and how far its answer is.
        request = gr.Textbox(elem_id="qa-request", container=False, show_label=False)
        state = gr.Markdown("", elem_id="qa-state")

        def answer(said: str, asking: gr.Request) -> Iterator[tuple[Any, str]]:
            http = asking.request
            asked = Asked.from_text(said)
            seen = bot.seen_by(person_of(http).groups)
            words = words_for(language_of(http))
            # Gradio closes this generator on Stop; the question within is to end then too.
            with closing(steps(asked, seen, settings, words, queue, kept)) as shown:
                for messages in shown:
                    yield messages, f"{asked.number} reading"
            yield gr.skip(), f"{asked.number} done"

        # Nothing of this is an API: the JSON interface is.
        answering = request.change(
            answer,
            inputs=[request],
            outputs=[chatbot, state],
            api_visibility="private",
            show_progress="hidden",
            queue=True,
            concurrency_limit=AT_ONCE,
            concurrency_id="ask",
            trigger_mode="multiple",  # chat.js asks one at a time, and at once after a stop
        )
        stop.click(None, cancels=[answering], api_visibility="private", queue=False)
    blocks.queue(api_open=False, max_size=WAITING, default_concurrency_limit=AT_ONCE)
    return blocks
