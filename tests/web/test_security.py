"""What every response carries, and what is not let in."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

PAGES = [
    "/",
    "/speeches",
    "/source/nope",
    "/healthz",
    "/api/v1/documents",
    "/nothing",
    "/theme.css",
]


@pytest.mark.parametrize("path", PAGES)
def test_headers_are_on_every_response(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "img-src 'self' data: blob:;" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'self' https://intranet.example" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert re.fullmatch("[0-9a-f]{12}", headers["x-request-id"])
    assert "x-frame-options" not in headers  # it knows no list of origins; the policy does


def test_only_own_pages_may_frame_it_by_default(fake: object) -> None:
    from starlette.applications import Starlette

    from qa_bot.web.security import SecurityHeaders

    headers = TestClient(SecurityHeaders(Starlette())).get("/").headers
    assert headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_chat_page_runs_only_scripts_it_was_sent_with(client: TestClient) -> None:
    first, second = client.get("/"), client.get("/")
    nonce = re.search(r"'nonce-([^']+)'", first.headers["content-security-policy"])[1]
    assert nonce not in second.text
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in s or 'src="ui/chat.js' in s for s in scripts)
    assert not re.search(r"\son[a-z]+=", re.sub(r"<script.*?</script>", "", first.text, flags=re.S))
    assert "no-store" in first.headers["cache-control"]


def test_chat_page_names_no_other_host(client: TestClient) -> None:
    text = client.get("/").text
    tags = re.findall(r"<(?:meta|link|script|img)[^>]*>", text)
    assert not [tag for tag in tags if "http" in tag]
    assert "<title>Ask the speeches</title>" in text


def test_head_of_the_chat_page_has_no_body(client: TestClient) -> None:
    reply = client.head("/")
    assert reply.status_code == 200
    assert reply.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/proxy=https://x.hf.space/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/api/ask",
        "/gradio_api/run/predict",
        "/gradio_api/call/ask",
        "/gradio_api/call/v2/ask",
        "/gradio_api/stream/a/b/c/playlist.m3u8",
        "/gradio_api/custom_component/1/client/component/index.js",
        "/gradio_api/vibe-code",
        "/gradio_api/dev/reload",
        "/gradio_api/token",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/svelte/index.js",
        "/pwa_icon",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/ui/../app.py",
        "/ui/%2e%2e/app.py",
        "/ui/..%2fapp.py",
        "/source/..%2f..%2fetc%2fpasswd",
        "/source/%2e%2e/%2e%2e/etc/passwd",
        "/source/a%00b",
        "/static/..%2f..%2f..%2froutes.py",
        "/assets/..%2f..%2f..%2f..%2froutes.py",
        "/assets/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "//etc/passwd",
    ],
)
def test_what_the_page_does_not_need_is_closed(client: TestClient, path: str) -> None:
    for method in ("GET", "POST"):
        reply = client.request(method, path)
        assert reply.status_code in (404, 405), (method, path, reply.status_code)
        assert "root:" not in reply.text
        assert "def " not in reply.text


def test_uploads_are_refused(client: TestClient) -> None:
    files = {"files": ("a.txt", b"x")}
    assert client.post("/gradio_api/upload", files=files).status_code == 404


def test_queue_is_no_api(client: TestClient) -> None:
    """The chat's own event is not named, and can't be called around the queue."""
    config = client.get("/config").json()
    assert config["dependencies"]
    assert all(d["api_visibility"] == "private" for d in config["dependencies"])
    assert not config.get("footer_links")


@pytest.mark.parametrize("path", ["/", "/api/v1/documents", "/config", "/gradio_api/heartbeat/x"])
def test_other_origins_may_read_nothing(client: TestClient, path: str) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    reply = client.options(path, headers=headers)
    assert "access-control-allow-origin" not in reply.headers
    if "heartbeat" not in path:
        reply = client.get(path, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in reply.headers
        assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:7860", 200),
        ("127.0.0.1", 200),
        ("[::1]:7860", 200),
        ("evil.example", 421),
        ("localhost.evil.example:7860", 421),
        ("", 421),
    ],
)
def test_only_our_own_names_are_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/api/v1/documents", headers={"Host": host}).status_code == status


def test_nobody_tells_the_page_another_address(client: TestClient) -> None:
    page = client.get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert page.status_code == 200
    assert "evil.example" not in page.text
