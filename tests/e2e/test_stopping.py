"""Shutdown a real server."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from servers import running

pytestmark = pytest.mark.slow


def test_the_answer_in_flight_is_finished(tmp_path: Path) -> None:
    """The question that is being read when the server is told to stop gets its answer."""
    asked = json.dumps({"question": "What did IOM commit to as Network secretariat?"}).encode()
    request = (
        b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(asked), asked)
    )
    with running(tmp_path / "left.txt", "slow") as server:
        where = urlsplit(server.url)
        with socket.create_connection((where.hostname, where.port), timeout=60) as asking:
            asking.sendall(request)
            time.sleep(1.0)  # it is read for three seconds
            os.kill(server.pid, signal.SIGTERM)
            time.sleep(1.0)
            with pytest.raises(ConnectionError):  # no new one is taken
                socket.create_connection((where.hostname, where.port), timeout=10)
            told = b""
            while chunk := asking.recv(65536):
                told += chunk
    head, _, body = told.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body)["found"]
