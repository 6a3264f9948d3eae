"""What doctor says about a deployment."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qa_bot.cli import main
from qa_bot.cli.deployment import HEADERS, examine_address, examine_settings
from qa_bot.cli.doctor import _confidence
from qa_bot.reading.checksums import write_checksums
from qa_bot.reading.loading import PACKAGED
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot.settings import Settings


def states(settings: Settings) -> dict[str, str]:
    return {finding.what: finding.state for finding in examine_settings(settings)}


def made(tmp_path: Path, **given: object) -> Settings:
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", **given)  # type: ignore[arg-type]


def test_a_confidence_that_was_never_fitted_is_noted(tmp_path: Path) -> None:
    assert _confidence(made(tmp_path)).state == "ok"
    folder = Path(shutil.copytree(PACKAGED / "small", tmp_path / "mine"))
    (folder / "calibration.json").unlink()
    finding = _confidence(made(tmp_path, reader=str(folder)))
    assert finding.state == "note"
    assert "qa_bot.calibration" in finding.remedy


def test_a_confidence_fitted_for_another_number_of_passages_is_noted(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED / "small", tmp_path / "mine"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"note": "other weights than small"}))
    write_checksums(folder)
    shape = json.loads((PACKAGED / "base" / SECOND).read_text())
    del shape["provenance"]["reader_fingerprint"]
    shape["provenance"]["second_passages"] = 3
    (folder / SECOND).write_text(json.dumps(shape))
    for passages, state in ((3, "ok"), (2, "note")):
        finding = _confidence(made(tmp_path, second_reader=str(folder), second_passages=passages))
        assert finding.state == state
        assert f"the best {passages} read again" in finding.detail
    assert "fitted with second_passages 3, now 2" in finding.detail


def test_a_laptop_is_fine(tmp_path: Path) -> None:
    assert set(states(made(tmp_path)).values()) == {"ok"}


def test_an_open_address_is_noted_and_a_closed_one_without_access_is_wrong(tmp_path: Path) -> None:
    assert states(made(tmp_path, host="0.0.0.0"))["access"] == "wrong"
    assert states(made(tmp_path, host="0.0.0.0", open_access=True))["access"] == "note"
    assert states(made(tmp_path, host="0.0.0.0", access="keys"))["access"] == "ok"


def test_a_proxy_needs_its_address_and_the_sites_name(tmp_path: Path) -> None:
    assert states(made(tmp_path, root_path="/bot"))["proxy"] == "wrong"
    behind = {"root_path": "/bot", "trusted_proxies": ("127.0.0.1",)}
    assert states(made(tmp_path, **behind))["proxy"] == "wrong"
    assert states(made(tmp_path, **behind, allowed_hosts=("intranet.example",)))["proxy"] == "ok"


def test_a_plain_http_origin_is_noted(tmp_path: Path) -> None:
    assert states(made(tmp_path, allowed_origins=("http://a.example",)))["embedding"] == "note"
    assert states(made(tmp_path, allowed_origins=("https://a.example",)))["embedding"] == "ok"


def test_secrets_that_others_may_read_are_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "access"
    folder.mkdir()
    (folder / "keys.json").write_text("{}")
    (folder / "keys.json").chmod(0o644)
    settings = made(tmp_path, access="keys", access_folder=folder)
    assert states(settings)["secrets"] == "wrong"
    (folder / "keys.json").chmod(0o600)
    assert states(settings)["secrets"] == "ok"


def test_nothing_under_an_address_is_said_in_plain_words() -> None:
    (finding,) = examine_address("http://127.0.0.1:9/tools/bot")
    assert finding.state == "wrong" and "running" in finding.remedy
    (finding,) = examine_address("file:///etc/passwd")
    assert finding.state == "wrong" and "https" in finding.remedy


ALIVE = b'{"status": "ok"}'


@contextmanager
def answering(
    listed: bytes, head: bytes = b"", ready: bytes = b'{"status": "ready"}'
) -> Iterator[str]:
    """The address of a server whose list of speeches is these bytes, after this status line."""

    class Replies(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/api/v1/documents" and head:
                self.wfile.write(head)
                return
            body = {"/api/v1/documents": listed, "/readyz": ready}.get(self.path, ALIVE)
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            for name in HEADERS:
                self.send_header(name, "x")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Replies) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("listed", "state", "said"),
    [
        (b'{"documents": [{}, {}]}', "note", "2 speeches"),
        (b'{"documents": [' + b"{}," * 1_000_000 + b"{}]}", "note", "more than 2 MB"),
        (b'{"documents": [', "wrong", "not the list"),
        (b"<h1>Welcome</h1>", "wrong", "not the list"),
        (b"\xff\xfe\x00", "wrong", "not the list"),
        (b"[]", "wrong", "not the list"),
        (b'{"documents": null}', "wrong", "not the list"),
        (b"[" * 100_000, "wrong", "not the list"),
    ],
)
def test_whatever_comes_in_place_of_the_speeches_is_one_line(
    listed: bytes, state: str, said: str
) -> None:
    with answering(listed) as url:
        *others, last = examine_address(url)
    assert {finding.state for finding in others} == {"ok"}
    assert last.state == state
    assert said in last.detail


@pytest.mark.parametrize("head", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 " + b"x" * 70_000 + b"\r\n"])
def test_what_is_no_http_is_one_line(head: bytes) -> None:
    with answering(b"", head) as url:
        last = list(examine_address(url))[-1]
    assert "nothing is listed" in last.detail


def test_changed_speeches_are_told_from_afar() -> None:
    with answering(b"", ready=b'{"status": "ready", "corpus": "changed"}') as url:
        (finding,) = [found for found in examine_address(url) if found.what == "speeches"]
    assert (finding.state, "qa-bot index" in finding.remedy) == ("note", True)


def test_half_an_address_is_none() -> None:
    (finding,) = examine_address("http://[::1")
    assert finding.state == "wrong"


def test_settings_shows_every_setting_and_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_BOT_OIDC_CLIENT_SECRET", "hunter2")
    monkeypatch.setenv("QA_BOT_TOP_K", "9")
    assert main(["settings"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name} = " in said for name in Settings.model_fields)
    assert "* top_k = 9" in said
    assert "  min_confidence = (not set)\n" in said
    assert "hunter2" not in said


def test_every_setting_says_what_it_means() -> None:
    assert [n for n, field in Settings.model_fields.items() if not field.description] == []
