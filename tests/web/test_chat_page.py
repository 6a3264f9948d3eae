"""The chat page as it is sent: its language, its script's first question, its files."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from fakes import HOSTILE, FakeBot, corpus
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_bot.schema import Answer
from qa_bot.settings import Settings
from qa_bot.web.app import create_app
from qa_bot.web.chat import page
from qa_bot.web.gradio_page import in_language
from qa_bot.web.i18n import words_for
from qa_bot.web.request_queue import RequestQueue
from qa_bot.web.start import english_only, router


def test_page_comes_in_the_language_of_the_browser(client: TestClient) -> None:
    french = client.get("/", headers={"Accept-Language": "fr-CA, en;q=0.5"})
    w = words_for("fr")
    assert french.headers["content-language"] == "fr"
    assert 'lang="fr"' in french.text
    assert '<meta name="qa-bot-language" content="fr">' in french.text
    config = french.text.split("window.gradio_config = ", 1)[1]
    components = json.JSONDecoder().raw_decode(config)[0]["components"]
    props = {c["props"].get("elem_id"): c["props"] for c in components}
    assert props["qa-box"]["label"] == w.ask_label
    assert props["qa-send"]["value"] == w.ask
    assert w.empty_title in props["qa-conversation"]["placeholder"]
    english = client.get("/?lang=en", headers={"Accept-Language": "fr"})
    assert 'lang="en"' in english.text
    assert w.ask_label not in english.text


def test_another_language_ends_no_script() -> None:
    config = {"components": [{"props": {"elem_id": "x", "value": "</script><b>&"}}]}
    given = f'<html lang="en"><script>window.gradio_config = {json.dumps(config)};</script>'
    made = in_language(given, words_for("es"))
    inside = re.search(r"gradio_config = (.*);</script>", made)
    assert inside
    assert not re.search(r"[<>&]", inside.group(1))
    assert json.loads(inside.group(1)) == config
    assert in_language('<html lang="en">', words_for("es")) == '<html lang="es">'


def test_page_holds_no_word_of_a_speech() -> None:
    """It is the same for everybody, whatever they may see."""
    config = json.dumps(
        page(FakeBot([HOSTILE, *corpus()]), Settings(), RequestQueue()).get_config_file()
    )
    assert "Compact" not in config
    assert "tracker" not in config


def test_script_learns_which_speeches_there_are(client: TestClient) -> None:
    reply = client.get("/chat/start")
    assert reply.headers["cache-control"] == "no-store"
    start = reply.json()
    first = corpus()[0]
    assert start["documents"][0] == {
        "id": first.id,
        "title": first.title,
        "speaker": first.speaker,
        "speakers": [first.speaker],
        "event": first.event,
        "date": first.date,
    }
    assert start["english_only"] is True
    assert start["name"] == ""


def test_models_of_ones_own_may_know_other_languages() -> None:
    assert english_only(Settings())
    assert not english_only(Settings(embedder="/srv/embedder", reader="/srv/reader"))


def test_scripts_are_asked_about_at_each_visit(client: TestClient) -> None:
    for name in ("chat.js", "chat/dom.js", "chat/parts.css"):
        reply = client.get(f"/ui/{name}")
        assert reply.status_code == 200, name
        assert reply.headers["cache-control"] == "no-cache"
        assert not re.search(r"\binnerHTML\b|\binsertAdjacentHTML\b|\beval\(", reply.text), name


class Endless(FakeBot):
    """Reads until nobody waits any more."""

    def ask(self, question: str, *args: Any, progress: Any = None, **named: Any) -> Answer:
        while progress:
            time.sleep(0.01)
            progress("read", 0, 1)
        return super().ask(question, *args, **named)


def test_stop_reaches_the_question(tmp_path: Path) -> None:
    app = create_app(Endless(), Settings(feedback=tmp_path))
    queue = app.state.operation.queue

    def until(reading: int) -> None:
        end = time.monotonic() + 60
        while queue.reading != reading:
            assert time.monotonic() < end
            time.sleep(0.01)

    with TestClient(app, base_url="http://localhost") as browser:
        asked = {"data": [json.dumps({"question": "Who?"})], "fn_index": 0, "session_hash": "own"}
        reply = browser.post("/gradio_api/queue/join", json=asked)
        assert reply.status_code == 200, reply.text
        until(1)
        stop = {"fn_index": 0, "session_hash": "own", "event_id": reply.json()["event_id"]}
        assert browser.post("/gradio_api/cancel", json=stop).status_code == 200
        until(0)


def test_stream_of_an_unknown_session_is_not_there(client: TestClient) -> None:
    reply = client.get("/gradio_api/queue/data?session_hash=nobody")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


def test_start_says_what_the_server_keeps() -> None:
    def said(**changed: object) -> dict[str, object]:
        app = FastAPI()
        app.include_router(router(FakeBot(), Settings(**changed)))
        shape = TestClient(app, base_url="http://localhost").get("/chat/start").json()
        return {name: shape[name] for name in ("feedback", "kept_days", "logged")}

    assert said() == {"feedback": True, "kept_days": 90, "logged": False}
    quiet = {"feedback": False, "kept_days": None, "logged": False}
    assert said(keep_feedback=False) == quiet
    assert said(keep_nothing=True, log_questions=True) == quiet
    assert said(feedback_days=0, log_questions=True) == {
        "feedback": True,
        "kept_days": 0,
        "logged": True,
    }
