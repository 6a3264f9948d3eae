"""What a reverse proxy says about a request, believed only if the proxy is a trusted one."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_bot.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# No part of the server but this file reads them, so nobody can be told another address.
FORWARDED = frozenset(
    b"forwarded via x-real-ip x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto "
    b"x-forwarded-scheme x-forwarded-ssl x-forwarded-server x-forwarded-prefix x-forwarded-path "
    b"x-script-name x-original-url x-rewrite-url x-gradio-server".split()
)
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")


class BehindProxy:
    """Sets address, scheme, host and prefix of a request from what a trusted proxy says of it.

    Afterwards ``scope["client"]`` is the person's own address, and ``scope["state"]`` holds
    ``by_proxy`` (it came from a trusted proxy) and ``forwarded`` (some proxy passed it on).

    The server's pages live under ``root_path`` whether or not the proxy cuts that prefix off.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.root_path = settings.root_path
        self.proxies = [ipaddress.ip_network(p, strict=False) for p in settings.trusted_proxies]
        who = (settings.proxy_user_header, settings.proxy_groups_header)
        self.who = frozenset(name.lower().encode() for name in who)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        trusted = self._trusts(scope["client"][0] if scope.get("client") else "")
        passed_on = any(name in FORWARDED for name, _ in scope["headers"])
        scope.setdefault("state", {}).update(by_proxy=trusted, forwarded=passed_on)
        root = self.root_path
        if trusted:
            self._believe(scope, headers)
            prefix = headers.get("x-forwarded-prefix", "").rstrip("/")
            if not root and _PREFIX.fullmatch(prefix) and ".." not in prefix:
                root = prefix
        drop = FORWARDED if trusted else FORWARDED | self.who
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in drop]
        if root:
            if scope["path"] == root:  # relative links lead astray without the slash
                query = scope.get("query_string", b"").decode("latin-1")
                there = RedirectResponse(f"{root}/" + (f"?{query}" if query else ""), 308)
                return await there(scope, receive, send)
            if not scope["path"].startswith(f"{root}/"):
                scope["path"] = root + scope["path"]
                scope["raw_path"] = root.encode() + scope.get("raw_path", b"")
            scope["root_path"] = root
        return await self.app(scope, receive, send)

    def _trusts(self, address: str) -> bool:
        found = _address(address)
        return found is not None and any(found in network for network in self.proxies)

    def _believe(self, scope: Scope, headers: Headers) -> None:
        chain = [part.strip() for part in ",".join(headers.getlist("x-forwarded-for")).split(",")]
        # Each proxy adds the address it was called from on the right: the first from there that is
        # not a proxy of ours is the person's. What stands left of it anybody may have written.
        for hop in reversed(chain):
            address = _address(hop)
            if address is None:
                break
            scope["client"] = (str(address), 0)
            if not self._trusts(str(address)):
                break
        proto = _last(headers.getlist("x-forwarded-proto")).lower()
        if proto in ("http", "https"):
            scope["scheme"] = proto
        host = _last(headers.getlist("x-forwarded-host"))
        if _HOST.fullmatch(host):
            others = [pair for pair in scope["headers"] if pair[0] != b"host"]
            scope["headers"] = [*others, (b"host", host.encode())]


def _last(values: Iterable[str]) -> str:
    """What the nearest proxy said: the last of the values."""
    return ",".join(values).rpartition(",")[2].strip()


def _address(text: str) -> Address | None:
    """The address, without port or brackets; None when it is none."""
    text = text.strip().removeprefix("[")
    if text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("]")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
