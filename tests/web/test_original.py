"""The file as it was given: shown or saved, never run, and never one that is not a speech's."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeBot, asked_by
from fastapi.testclient import TestClient

from qa_bot.originals.files import original_file
from qa_bot.schema import Document
from qa_bot.settings import Settings
from qa_bot.web import pages

PATHS = ["a.pdf", "b.html", "c.txt", "latin.txt", "sub/ü d.docx", "gone.txt", "../out.txt", "e.txt",
         "", "x" * 300, "nul\0.txt", "."]  # fmt: skip


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "out.txt").write_text("not a speech")
    for name in ("a.pdf", "b.html", "c.txt", "sub/ü d.docx"):
        (folder / name).write_text(f"<script>{name}</script>")
    (folder / "latin.txt").write_bytes("é".encode("latin-1"))
    (folder / "e.txt").symlink_to(tmp_path / "out.txt")
    return folder


def client(corpus: Path, groups: tuple[str, ...] | None = None) -> TestClient:
    """Our pages alone, asked by somebody in these groups."""
    bot = FakeBot(
        [
            *(Document(str(number), path=path, text="x") for number, path in enumerate(PATHS)),
            Document("secret", title="Secret", path="c.txt", text="words", groups=("staff",)),
        ]
    )
    return asked_by(pages.router(bot, Settings(corpus=corpus)), groups)


@pytest.mark.parametrize(
    ("number", "kind", "how"),
    [
        (0, "application/pdf", 'inline; filename="a.pdf"'),
        (1, "application/octet-stream", 'attachment; filename="b.html"'),
        (2, "text/plain; charset=utf-8", 'inline; filename="c.txt"'),
        (3, "text/plain", 'inline; filename="latin.txt"'),
        (4, "application/octet-stream", "attachment; filename*=utf-8''%C3%BC%20d.docx"),
    ],
)
def test_shown_or_saved_but_never_run(corpus: Path, number: int, kind: str, how: str) -> None:
    reply = client(corpus).get(f"/original/{number}")
    assert reply.content == (corpus / PATHS[number]).read_bytes()
    assert reply.headers["content-type"] == kind
    assert reply.headers["content-disposition"] == how
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert ("sandbox" in reply.headers["content-security-policy"]) == (number != 0)


@pytest.mark.parametrize("number", range(5, len(PATHS)))
def test_what_is_no_file_of_the_corpus_is_not_there(corpus: Path, number: int) -> None:
    assert original_file(corpus, Document("x", path=PATHS[number])) is None
    reply = client(corpus).get(f"/original/{number}")
    assert reply.status_code == 404
    assert "not a speech" not in reply.text
    assert "/original/" not in client(corpus).get(f"/source/{number}").text


@pytest.mark.parametrize("path", ["c.txt", "../out.txt", "%2e%2e/out.txt", "/etc/passwd"])
def test_addresses_are_of_speeches_not_of_paths(corpus: Path, path: str) -> None:
    assert client(corpus).get(f"/original/{path}").status_code == 404


def test_parts_can_be_fetched(corpus: Path) -> None:
    reply = client(corpus).get("/original/0", headers={"range": "bytes=0-3"})
    assert (reply.status_code, reply.content) == (206, b"<scr")


@pytest.mark.parametrize("groups", [None, (), ("other",)])
def test_speech_of_a_group_is_not_there_for_others(
    corpus: Path, groups: tuple[str, ...] | None
) -> None:
    others = client(corpus, groups)
    assert "Secret" not in others.get("/speeches").text
    for address in ("/source/secret", "/source/secret?view=panel", "/original/secret"):
        hidden, missing = others.get(address), others.get(address.replace("secret", "nope"))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace("secret", "nope") == missing.text


def test_speech_of_a_group_is_there_for_it(corpus: Path) -> None:
    staff = client(corpus, ("staff",))
    assert "Secret" in staff.get("/speeches").text
    assert "words" in staff.get("/source/secret").text
    assert staff.get("/original/secret").status_code == 200
