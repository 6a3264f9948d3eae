"""What the OpenAPI document says is what the server does, for requests that nobody thought of.

Schemathesis makes requests that fit the document and requests that do not, and checks every answer:
no fault of the server, a documented status, type and shape, good requests taken, bad ones refused.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from fakes import HOSTILE, FakeBot, corpus

import qa_bot.web  # noqa: F401 - quietens gradio before it is imported
from qa_bot.settings import Settings
from qa_bot.web.access.keys import KeyStore
from qa_bot.web.app import create_app
from qa_bot.web.server import listen

EXAMPLES = "15"  # most requests of each kind for each operation
ST = shutil.which("st", path=str(Path(sys.executable).parent)) or shutil.which("st")


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The server over a bot without models, in a thread; its address."""
    listener = listen(settings)
    app = create_app(FakeBot([*corpus(), HOSTILE]), settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 60
        while not server.started and time.monotonic() < end:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.mark.slow
@pytest.mark.skipif(ST is None, reason="schemathesis is not installed (pip install -e '.[dev]')")
@pytest.mark.parametrize("access", ["none", "keys"])
def test_the_server_does_what_the_document_says(tmp_path: Path, access: str) -> None:
    settings = Settings(
        port=0,
        access=access,
        access_folder=tmp_path / "access",
        feedback=tmp_path / "feedback",
        metrics=True,
        rate_per_minute=0,
    )
    key = KeyStore(settings.access_folder).add("fuzz") if access == "keys" else ""
    sign_in = ["--header", f"Authorization: Bearer {key}"] if key else []
    with served(settings) as url:
        done = subprocess.run(
            [
                str(ST),
                "run",
                f"{url}/api/v1/openapi.json",
                *("--max-examples", EXAMPLES),
                *("--seed", "1"),
                *("--suppress-health-check", "all"),
                "--no-color",
                *sign_in,
            ],
            capture_output=True,
            text=True,
            timeout=900,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
