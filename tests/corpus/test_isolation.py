"""Files that attack their parser are skipped; the others are read."""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from docx_builder import make_docx, paragraph
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_builder import column, make_pdf

from qa_bot.corpus import isolation, load_corpus
from qa_bot.corpus.isolation import FileParser
from qa_bot.corpus.loaders import LOADERS, UnusableFileError, load_all
from qa_bot.corpus.loaders.base import Contents, Loaded
from qa_bot.corpus.parser_wire import read_reply, read_request, write_reply, write_request
from qa_bot.schema import Omission, Turn

texts = st.text(max_size=30)


@pytest.fixture(scope="module")
def parser() -> FileParser:
    with FileParser() as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", "<title>Ünï</title><p>Words 🙂 of the page.".encode()),
        ("a.docx", make_docx(paragraph("Words of the document."))),
        ("a.pdf", make_pdf([column(["Words of a page."])])),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nWords."),
        ("a.csv", b"id,text\n1,One.\n2,Two.\n"),
        ("a.txt", b"Words."),
    ],
)
def test_the_process_says_what_the_loader_says(parser: FileParser, name: str, data: bytes) -> None:
    assert parser.load(name, data) == load_all(name, data)


def test_reasons_come_back(parser: FileParser) -> None:
    with pytest.raises(UnusableFileError, match="scan"):
        parser.load("a.pdf", make_pdf([[]]))
    assert parser.load("a.html", b"<p>Still here.").speeches[0].text == "Still here."


def test_a_file_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "SECONDS_PER_MB", 0)
    many = b"<div>" * 1500 + b"<table><tr><td>a<li>" * 20_000
    with FileParser(seconds=0.01) as parser:
        began = time.monotonic()
        with pytest.raises(UnusableFileError, match="within"):
            parser.load("a.html", many)
        assert time.monotonic() - began < 20


def test_a_process_that_dies_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FileParser() as parser:
        assert parser.load("a.html", b"<p>One.").speeches
        parser._child.process.kill()
        parser._child.process.wait()
        assert parser.load("a.html", b"<p>Two.").speeches[0].text == "Two."
        monkeypatch.setattr(isolation, "read_reply", lambda stream: read_reply(io.BytesIO(b"{}")))
        with pytest.raises(UnusableFileError, match="broke down"):
            parser.load("a.html", b"<p>Three.")
        monkeypatch.undo()
        assert parser.load("a.html", b"<p>Four.").speeches[0].text == "Four."


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory differ")
def test_a_file_that_takes_too_much_memory_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "MEMORY_PER_BYTE", 0)
    large = b"<p>" + b"word " * 8_000_000
    with FileParser(memory=400_000_000) as parser:
        with pytest.raises(UnusableFileError, match=r"memory|broke down"):
            parser.load("a.html", large)
        assert parser.load("a.html", b"<p>Small.").speeches[0].text == "Small."


def test_bombs_cost_no_other_file_its_place(tmp_path: Path) -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 9 if n else "ha" * 99}">' for n in range(9)
    )
    (tmp_path / "a.docx").write_bytes(_with_document(f"<!DOCTYPE x [{entities}]><x>&e8;</x>"))
    (tmp_path / "b.docx").write_bytes(make_docx("")[:-30])
    (tmp_path / "c.html").write_bytes(b"<p>Words of the page.")
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.7\n" + b"1 0 obj\n" * 50_000)
    corpus = load_corpus(tmp_path)
    assert [d.id for d in corpus.documents] == ["c"]
    assert {s.path for s in corpus.skipped} == {"a.docx", "b.docx", "d.pdf"}


def _with_document(xml: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_docx(""))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "word/document.xml" else old.read(name))
    return made.getvalue()


@given(
    st.builds(
        Contents,
        speeches=st.lists(
            st.builds(
                Loaded,
                text=texts,
                pages=st.lists(st.integers(0, 99), max_size=2).map(tuple),
                facts=st.dictionaries(texts, texts, max_size=2),
                page_labels=st.lists(texts, max_size=2).map(tuple),
                turns=st.lists(
                    st.builds(
                        Turn, start=st.integers(0, 9), end=st.integers(9, 99), time=st.floats(0, 9)
                    ),
                    max_size=2,
                ).map(tuple),
                omissions=st.lists(st.builds(Omission, part=texts), max_size=2).map(tuple),
                name=texts,
            ),
            max_size=2,
        ).map(tuple),
        problems=st.lists(texts, max_size=2).map(tuple),
    )
)
def test_contents_travel_without_loss(contents: Contents) -> None:
    stream = io.BytesIO()
    write_reply(stream, contents)
    stream.seek(0)
    assert read_reply(stream) == contents


@given(
    st.recursive(
        texts | st.integers() | st.none(), lambda x: st.lists(x) | st.dictionaries(texts, x)
    )
)
def test_a_reply_of_another_shape_is_none(shape: object) -> None:
    for told in (shape, {"speeches": shape, "problems": []}, {"speeches": [shape], "problems": []}):
        body = json.dumps(told).encode()
        stream = io.BytesIO(len(body).to_bytes(8, "big") + body)
        with suppress(ValueError, UnusableFileError):
            assert isinstance(read_reply(stream), Contents)


def test_requests_are_read_one_after_the_other() -> None:
    stream = io.BytesIO()
    write_request(stream, "a.html", b"1\n2", 5)
    write_request(stream, "b.pdf", b"", 6, ocr=True)
    stream.seek(0)
    assert read_request(stream) == ("a.html", b"1\n2", 5, False)
    assert read_request(stream) == ("b.pdf", b"", 6, True)
    assert read_request(stream) is None


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(LOADERS)), st.binary(max_size=2000))
def test_any_bytes_are_contents_or_a_reason(suffix: str, data: bytes) -> None:
    heads = {".docx": b"PK\x03\x04", ".pdf": b"%PDF-1.7\n", ".xml": b"<?xml version='1.0'?>"}
    for head in (b"", heads.get(suffix, b"")):
        try:
            load_all("a" + suffix, head + data)
        except UnusableFileError as error:
            assert error.reason
