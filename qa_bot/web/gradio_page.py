"""The page that Gradio serves, made ours: strict policy, our style sheet and script, no branding,
and none of Gradio's other addresses.

Gradio's template has inline scripts and names outside hosts in its ``<meta>`` tags. The page is
rewritten on its way out: a nonce on each script, the tags of other sites dropped.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Container
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.web.i18n import LANGUAGES, Words, language_of, words_for
from qa_bot.web.security import policy

_FOREIGN_TAGS = re.compile(
    r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>'
)
_RESIZER = re.compile(r"<script>\s*\(\(\) => \{\s*const root = .*?</script>", re.DOTALL)


# The page needs these of Gradio's addresses: uploads, file serving, the proxy, the API, components'
# files, run history and monitoring stay closed.
_NEEDED = re.compile(
    r"/?|/(?:assets|static)/.+|/theme\.css|/manifest\.json|/favicon\.ico|/robots\.txt|/config/?"
    r"|/gradio_api/(?:queue/(?:join|data)|heartbeat/[^/]+|startup-events|cancel|reset/?|theme\.css)"
)


class OnlyWhatIsNeeded(Mount):
    """A mount of Gradio's app that is there for no more than the chat page needs.

    A stream of a session that Gradio doesn't know is not there either: Gradio would begin it and
    then fail.
    """

    def __init__(self, path: str, app: ASGIApp, sessions: Container[str]) -> None:
        super().__init__(path, app=app)
        self._sessions = sessions

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if ".." in path.split("/") or "\\" in path or not _NEEDED.fullmatch(path):
            return Match.NONE, {}
        if path == "/gradio_api/queue/data":
            asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash")
            if asked and asked[-1] not in self._sessions:
                return Match.NONE, {}
        return super().matches(scope)


class GradioPage:
    """Rewrites the HTML page at the root; leaves everything else alone."""

    def __init__(
        self,
        app: ASGIApp,
        title: str,
        version: str,
        frame_ancestors: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self.title = title
        self.version = version
        self.frame_ancestors = frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope["type"] != "http" or scope["path"] not in (root, f"{root}/"):
            await self.app(scope, receive, send)
            return
        # As the page is rewritten it must not come compressed.
        headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def rewrite(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    w = words_for(language_of(Request(scope)))
                    await self._send(start, body, w, send)

        await self.app({**scope, "headers": headers}, receive, rewrite)

    async def _send(self, start: Message, body: bytes, w: Words, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            nonce = secrets.token_urlsafe(16)
            head = bool(body)
            body = self._page(body.decode(), nonce, w).encode()
            headers["content-security-policy"] = policy(self.frame_ancestors, nonce)
            headers["cache-control"] = "no-store"
            headers["content-language"] = w.language
            if head:
                headers["content-length"] = str(len(body))
            else:
                body = b""
        await send(start)
        await send({"type": "http.response.body", "body": body})

    def _page(self, page: str, nonce: str, w: Words) -> str:
        if w.language != LANGUAGES[0]:
            page = in_language(page, w)
        page = _FOREIGN_TAGS.sub("", page)
        page = _RESIZER.sub("", page)  # for pages framed by huggingface's site only
        page = page.replace("<script", f'<script nonce="{nonce}"')
        ours = (
            f"<title>{escape(self.title)}</title>"
            '<meta name="color-scheme" content="light dark">'
            # Gradio's own translations set <html lang> to what the browser prefers.
            f'<meta name="qa-bot-language" content="{w.language}">'
            f'<link rel="stylesheet" href="ui/base.css?{self.version}">'
            f'<link rel="stylesheet" href="ui/chat.css?{self.version}">'
            f'<link rel="stylesheet" href="ui/chat/parts.css?{self.version}">'
            f'<script type="module" src="ui/chat.js?{self.version}"></script>'
        )
        return page.replace("</head>", f"{ours}</head>", 1)


_CONFIG = "window.gradio_config = "


def in_language(page: str, w: Words) -> str:
    """Gradio's page with the words of another language in the components we named."""
    page = page.replace('lang="en"', f'lang="{w.language}"', 1)
    at = page.find(_CONFIG)
    if at < 0:
        return page
    at += len(_CONFIG)
    config, end = json.JSONDecoder().raw_decode(page, at)
    said = {
        "qa-conversation": {
            "label": w.conversation,
            "placeholder": f"## {w.empty_title}\n\n{w.empty_text}",
        },
        "qa-box": {"label": w.ask_label, "placeholder": w.ask_placeholder},
        "qa-send": {"value": w.ask},
        "qa-stop": {"value": w.stop},
    }
    for component in config["components"]:
        props: dict[str, Any] = component["props"]
        props.update(said.get(props.get("elem_id", ""), {}))
    # As Gradio does: nothing in it can end the script.
    safe = json.dumps(config).replace("<", "\\u003c").replace(">", "\\u003e")
    return page[:at] + safe.replace("&", "\\u0026") + page[end:]
