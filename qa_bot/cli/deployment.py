"""What qa-bot doctor looks at in a deployment: who may ask, the proxy, the folders, the address."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from qa_bot.cli.finding import Finding
from qa_bot.settings import Settings
from qa_bot.web.security import is_loopback

LOW_DISK = 500 * 2**20
ANSWER_SECONDS = 10.0
MOST_BYTES = 2_000_000
NO_TRUST = -1  # in place of a status: the certificate was refused
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")


def examine_settings(settings: Settings) -> Iterator[Finding]:
    """What the settings say about who can reach the speeches."""
    yield _access(settings)
    if settings.trusted_proxies or settings.root_path or settings.access == "proxy":
        yield _proxy(settings)
    if settings.allowed_origins or settings.frame_ancestors:
        yield _embedding(settings)
    for name in ("index", "feedback", "access_folder"):
        if name == "feedback" and not settings.keep_feedback:
            continue
        if name == "access_folder" and settings.access == "none":
            continue
        yield _writable(name, getattr(settings, name))
    if settings.access != "none":
        yield from _secrets(settings.access_folder)


def _access(settings: Settings) -> Finding:
    where = f"{settings.host}, access = {settings.access!r}"
    if settings.access != "none":
        return Finding("access", "ok", where)
    if settings.open_access:
        return Finding(
            "access",
            "note",
            f"{where}: everybody who reaches it reads every speech that is not kept to a group",
            "If that is not meant, set access (docs/access.md).",
        )
    if is_loopback(settings.host):
        return Finding("access", "ok", f"{where}: only this machine reaches it")
    return Finding(
        "access",
        "wrong",
        f"{where}: the server will not start",
        "Set access (docs/access.md), or open_access = true if everybody may read.",
    )


def _proxy(settings: Settings) -> Finding:
    detail = f"{settings.root_path or '/'} behind {', '.join(settings.trusted_proxies) or 'nobody'}"
    if not settings.trusted_proxies:
        return Finding(
            "proxy",
            "wrong",
            f"{detail}: X-Forwarded-* headers are dropped",
            "Set trusted_proxies to the address that the proxy connects from.",
        )
    if not settings.allowed_hosts and not settings.open_access:
        return Finding(
            "proxy",
            "wrong",
            f"{detail}: requests under the site's name are refused with 421",
            'Set allowed_hosts to the name in the browser\'s address bar, ["intranet.example"].',
        )
    return Finding("proxy", "ok", f"{detail}, as {', '.join(settings.allowed_hosts) or 'any name'}")


def _embedding(settings: Settings) -> Finding:
    widget = ", ".join(settings.allowed_origins) or "no page"
    frame = ", ".join(settings.frame_ancestors) or "no page"
    plain = [
        origin
        for origin in (*settings.allowed_origins, *settings.frame_ancestors)
        if origin.startswith("http://") and not is_loopback(urlsplit(origin).hostname or "")
    ]
    detail = f"widget on {widget}; frame on {frame}"
    if plain:
        return Finding(
            "embedding",
            "note",
            f"{detail}; {', '.join(plain)} is not encrypted",
            "Whoever is between reads questions and answers: use https://.",
        )
    return Finding("embedding", "ok", detail)


def _writable(name: str, folder: Path) -> Finding:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(
            f"folder {name}",
            "wrong",
            f"{folder} cannot be written by user {os.geteuid()}",
            f"Let that user own it, or set {name} (QA_BOT_{name.upper()}) to a folder of its own.",
        )
    free = shutil.disk_usage(there).free
    if free < LOW_DISK:
        return Finding(
            f"folder {name}",
            "note",
            f"{folder}: only {free / 2**20:.0f} MB free",
            "A new version of the index is written beside the old one: make room for both.",
        )
    return Finding(f"folder {name}", "ok", f"{folder}, {free / 2**30:.0f} GB free")


def _secrets(folder: Path) -> Iterator[Finding]:
    """Files that nobody but the server may read."""
    if not folder.is_dir() or not stat.S_IMODE(folder.stat().st_mode) & _OTHERS:
        return
    loose = [
        path.name
        for path in sorted(folder.iterdir())
        if stat.S_IMODE(path.stat().st_mode) & _OTHERS and path.is_file()
    ]
    if loose:
        yield Finding(
            "secrets",
            "wrong",
            f"others on this machine may open {', '.join(loose)} in {folder}",
            f"Run: chmod 600 {folder}/*",
        )
    else:
        yield Finding("secrets", "ok", f"{folder}: readable by its owner alone")


def examine_address(url: str) -> Iterator[Finding]:
    """Ask a running server, by the address that people use, whether all of it arrives.

    Args:
        url: like ``https://intranet.example/tools/bot``.
    """
    base = url.rstrip("/")
    try:
        scheme = urlsplit(base).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        yield Finding("address", "wrong", f"{url!r} is no address", "Begin with https://.")
        return
    status, headers, body = _get(f"{base}/healthz")
    if status != 200 or b'"ok"' not in body:
        yield Finding("address", "wrong", f"{base}/healthz: {_said(status, body)}", _remedy(status))
        return
    yield Finding("address", "ok", f"{base} is alive")
    missing = [name for name in HEADERS if name not in headers]
    if missing:
        yield Finding(
            "headers",
            "wrong",
            f"the proxy takes away {', '.join(missing)}",
            "Let the bot's own headers through.",
        )
    else:
        yield Finding("headers", "ok", "the policy of safe display arrives")
    status, _, body = _get(f"{base}/readyz")
    if status != 200:
        yield Finding(
            "ready",
            "wrong",
            f"{base}/readyz: {_said(status, body)}",
            "It is starting, stopping, or has no index: see its log.",
        )
    else:
        yield Finding("ready", "ok", "index and models are loaded")
        if b'"changed"' in body:
            yield Finding(
                "speeches",
                "note",
                "files of the corpus have changed since the index was built",
                "Run on the server: qa-bot index (or set watch = true).",
            )
    status, headers, body = _get(f"{base}/widget.js")
    if status != 200 or "javascript" not in headers.get("content-type", ""):
        yield Finding(
            "widget",
            "wrong",
            f"{base}/widget.js: {_said(status, body)}",
            "The proxy must pass every path below the prefix (deploy/nginx.conf).",
        )
    else:
        yield Finding("widget", "ok", f'<script src="{base}/widget.js" async></script>')
    yield _without_sign_in(f"{base}/api/v1/documents")
    if scheme == "http" and not is_loopback(urlsplit(base).hostname or ""):
        yield Finding(
            "encryption",
            "note",
            "the address is not https",
            "Encrypt at the proxy (docs/access.md).",
        )


def _without_sign_in(url: str) -> Finding:
    """Whether the list of speeches comes to somebody who has not signed in."""
    what = "without sign-in"
    status, _, body = _get(url)
    if status in (401, 403):
        return Finding(what, "ok", "nothing is listed")
    if status != 200:
        return Finding(what, "ok", f"nothing is listed ({_said(status, body)})")
    if len(body) == MOST_BYTES:
        size = f"{MOST_BYTES / 1e6:.0f} MB"
        return Finding(what, "note", f"more than {size} of speeches are listed to anybody")
    try:
        count = len(json.loads(body)["documents"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return Finding(
            what,
            "wrong",
            f"{url}: what comes is not the list of speeches",
            "Something else answers there: the proxy must pass every path below the prefix.",
        )
    return Finding(what, "note", f"{count} speeches are listed to anybody")


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer here: it says that a sign-in is in front."""

    def redirect_request(self, *args: object, **more: object) -> None:
        return None


def _get(url: str) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body); status 0 and the reason when there is no answer."""
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(url, timeout=ANSWER_SECONDS) as reply:
            return reply.status, _lower(reply.headers), reply.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        return error.code, _lower(error.headers), b""
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error) or type(error).__name__
        if isinstance(reason, ssl.SSLError):
            return NO_TRUST, {}, str(reason).encode()
        return 0, {}, str(reason).encode()


def _lower(headers: object) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}  # type: ignore[attr-defined]


def _said(status: int, body: bytes) -> str:
    return f"status {status}" if status > 0 else body.decode("utf-8", "replace")[:200]


def _remedy(status: int) -> str:
    return {
        NO_TRUST: "Its certificate is not trusted; for an in-house authority: SSL_CERT_FILE=FILE",
        0: "Nothing answers there: is the server running, and the name right?",
        404: "The proxy sends this elsewhere, or root_path is another one (deploy/nginx.conf).",
        421: "The name is not in allowed_hosts.",
        502: "The proxy is there, the bot is not: is it running on the port that the proxy names?",
        504: "The bot does not answer in time: see its log.",
    }.get(status, "See the log of the proxy and of the bot.")
