"""A hostile user against a real server: requests of the wrong kind, and many of them."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from servers import Server, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    with running(folder / "left.txt", "fake", rate_per_minute="0", max_connections="200") as one:
        yield one


def raw(server: Server, request: bytes, seconds: float = 30.0) -> bytes:
    """Sends these bytes; all that comes back until the server closes or says no more."""
    parts = urlsplit(server.url)
    told = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=seconds) as one:
        try:
            one.sendall(request)
            one.shutdown(socket.SHUT_WR)
            while chunk := one.recv(65536):
                told += chunk
        except (ConnectionError, TimeoutError):
            pass
    return told


def healthy(server: Server) -> None:
    assert httpx.get(f"{server.url}healthz", timeout=30).json() == {"status": "ok"}
    asked = {"question": "What did IOM commit to as Network secretariat?"}
    reply = httpx.post(f"{server.url}api/v1/ask", json=asked, timeout=60)
    assert reply.status_code == 200
    assert reply.json()["found"]


GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
TRAVERSAL = [
    b"/ui/../../settings.py",
    b"/ui/..%2f..%2fsettings.py",
    b"/ui/%2e%2e/%2e%2e/settings.py",
    b"/ui/....//....//settings.py",
    b"/ui/..%5c..%5csettings.py",
    b"/ui//etc/passwd",
    b"/source/../../../etc/passwd",
    b"/original/..%2f..%2f..%2fetc%2fpasswd",
    b"/original//etc/passwd",
    b"/static/../../routes.py",
    b"/gradio_api/file=/etc/passwd",
    b"/gradio_api/file=..%2f..%2fetc/passwd",
    b"/gradio_api/file/%2fetc%2fpasswd",
    b"/language/../../etc/passwd",
    b"//etc/passwd",
    b"/%00",
    b"/\\..\\..\\etc\\passwd",
]
SSRF = [
    b"/gradio_api/proxy=http://127.0.0.1:%d/",
    b"/gradio_api/proxy=http:/127.0.0.1:%d/",
    b"/gradio_api/file=http://127.0.0.1:%d/x",
    b"/proxy=http://127.0.0.1:%d/",
    b"http://127.0.0.1:%d/",
]
WRONG = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS to a plain port
    b"GET / HTTP/9.9\r\n\r\n",
    b"\r\n" * 100,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nY: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"BREW /pot HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    GET % (b"/", b"X-Long: " + b"a" * 200_000 + b"\r\n"),
    GET % (b"/", b"".join(b"X-%d: a\r\n" % n for n in range(20_000))),
    GET % (b"/" + b"a" * 100_000, b""),
    b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Connection: close\r\nContent-Length: 100000\r\n\r\n" + b"[" * 100_000,
]


@pytest.mark.parametrize("path", TRAVERSAL)
def test_no_file_of_the_machine_is_given_out(server: Server, path: bytes) -> None:
    told = raw(server, GET % (path, b""))
    assert b" 200 " not in told.split(b"\r\n")[0]
    assert b"root:" not in told
    assert b"BaseSettings" not in told


@pytest.mark.parametrize("path", SSRF)
def test_the_server_asks_nobody_for_anybody(server: Server, path: bytes) -> None:
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(0.5)
        raw(server, GET % (path % trap.getsockname()[1], b""))
        with pytest.raises(TimeoutError):
            trap.accept()
    assert server.left == ""


def test_nothing_can_be_uploaded(server: Server) -> None:
    for path in (
        "gradio_api/upload",
        "upload",
        "gradio_api/upload?upload_id=a",
        "ui/x",
        "original/x",
    ):
        files = {"files": ("../../x.html", b"<script>")}
        assert httpx.post(server.url + path, files=files).status_code in (404, 405), path
        assert httpx.put(server.url + path, content=b"x").status_code in (404, 405), path


def test_no_header_of_the_answer_can_be_written_by_a_request(server: Server) -> None:
    for path in (
        b"/language/fr?to=a%0d%0aSet-Cookie:%20evil=1",
        b"/sign-in?next=/a%0d%0aSet-Cookie:%20evil=1",
        b"/source/a%0d%0aSet-Cookie:%20evil=1",
        b"/%0d%0aSet-Cookie:%20evil=1",
    ):
        told = raw(server, GET % (path, b"")).partition(b"\r\n\r\n")[0]
        assert b"\r\nset-cookie: evil" not in told.lower(), path


@pytest.mark.parametrize(
    "host", [b"evil.example", b"localhost@evil.example", b"localhost.evil", b"a b"]
)
def test_no_other_name_of_the_machine_is_answered_to(server: Server, host: bytes) -> None:
    told = raw(server, b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host)
    assert told.split(b" ")[1] in (b"421", b"400"), told[:200]


@pytest.mark.parametrize("request_", WRONG, ids=range(len(WRONG)))
def test_a_request_of_the_wrong_kind_is_refused(server: Server, request_: bytes) -> None:
    status = raw(server, request_).split(b"\r\n")[0]
    assert b" 5" not in status[8:11], status
    assert b"HTTP/1.1 200" not in status or request_.startswith(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUp"
    )


def test_a_hundred_at_once_leave_the_server_healthy(server: Server) -> None:
    nonsense = [
        *WRONG,
        *(GET % (path, b"") for path in TRAVERSAL),
        *(
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (path, len(body), body)
            for path in (b"/api/v1/ask", b"/gradio_api/queue/join", b"/gradio_api/reset")
            for body in (
                b"null",
                b"{}",
                b'{"session_hash": {}}',
                b'{"data": 1, "fn_index": 99}',
                b"\xff",
            )
        ),
    ]
    statuses: list[bytes] = []

    def send(number: int) -> None:
        statuses.append(raw(server, nonsense[number % len(nonsense)], 60).split(b"\r\n")[0])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert len(statuses) == 100
    assert not [status for status in statuses if status.startswith(b"HTTP/1.1 500")]
    healthy(server)


def test_slow_senders_are_cut_and_others_served(server: Server) -> None:
    parts = urlsplit(server.url)
    slow = [socket.create_connection((parts.hostname, parts.port), timeout=60) for _ in range(50)]
    try:
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        healthy(server)
        began = time.monotonic()
        assert slow[0].recv(1) == b""  # closed by the server
        assert time.monotonic() - began < 40
    finally:
        for one in slow:
            one.close()


def test_what_the_chat_is_sent_instead_of_a_question(server: Server, tmp_path: Path) -> None:
    config = httpx.get(f"{server.url}config", timeout=60).json()
    handler = next(one["id"] for one in config["dependencies"] if one.get("backend_fn"))
    odd = [
        "",
        "null",
        "[]",
        "{" * 5000,
        json.dumps({"question": "a" * 90_000}),
        "\ud800",
        7,
        None,
        {},
    ]
    for place, data in enumerate(odd):
        body = json.dumps({"data": [data], "fn_index": handler, "session_hash": f"odd{place}"})
        headers = {"Content-Type": "application/json"}
        join = f"{server.url}gradio_api/queue/join"
        reply = httpx.post(join, content=body, headers=headers, timeout=60)
        assert reply.status_code < 500, (data, reply.text)
        if reply.status_code == 200:
            url = f"{server.url}gradio_api/queue/data?session_hash=odd{place}"
            told = httpx.get(url, timeout=60).text
            assert "Traceback" not in told
            assert "qa_bot/" not in told
    healthy(server)
