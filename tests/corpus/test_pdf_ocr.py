"""Scanned PDF pages: told as such, or read by an installed tesseract."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pdf_builder import Page, column, make_pdf

from qa_bot.corpus import load_corpus
from qa_bot.corpus.isolation import FileParser
from qa_bot.corpus.loaders import pdf
from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.corpus.loaders.pdf import ocr
from qa_bot.schema import Omission

FULL = [(0.0, 0.0, 595.0, 842.0)]
TYPED = ["Speech of the governor to the bankers", "", "A copy of the archive in Lund."]
HEAD = "level page_num block_num par_num line_num word_num left top width height conf text"


def table(*lines: str, sure: float = 90) -> bytes:
    """What tesseract says of a page with these lines, at 300 pixels an inch."""
    rows = [HEAD.replace(" ", "\t"), "4\t1\t1\t1\t1\t0\t300\t300\t900\t40\t-1\t"]
    for n, line in enumerate(lines):
        left = 300
        for word in line.split():
            wide = 25 * len(word)
            rows.append(f"5\t1\t1\t1\t{n}\t1\t{left}\t{300 + 60 * n}\t{wide}\t40\t{sure}\t{word}")
            left += wide + (2 if word == "is" else 25)  # hardly a gap, and yet a space
    return "\n".join(rows).encode()


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A tesseract that reads two lines on every page; the commands it was called with."""
    calls: list[list[str]] = []

    def run(command: list[str], **given: object) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        said = b"List\neng\nfra\nosd\n"
        if "tsv" in command:
            said = table("The loan is of 40 million and", "will be paid back by the town.")
        return subprocess.CompletedProcess(command, 0, said, b"")

    monkeypatch.setattr(ocr.subprocess, "run", run)
    monkeypatch.setattr(ocr, "program", lambda: "/usr/bin/tesseract")
    return calls


SCAN = make_pdf([column(TYPED), Page([], FULL), Page([(72, 30, "Digitised in Lund")], FULL)])


def test_without_ocr_scanned_pages_are_told() -> None:
    loaded = pdf.load(SCAN)
    assert loaded.page_labels == ()
    assert set(loaded.omissions) == {
        Omission("pages without text (scanned?)", 1, "2"),
        Omission("pages that are mostly a picture", 1, "3"),
    }


def test_pages_read_by_ocr_are_marked(recognised: list[list[str]]) -> None:
    read = pdf.read(SCAN, ocr=True)
    text = read.loaded.text
    assert text.count("The loan is of 40 million and will be paid back by the town.") == 2
    assert "Digitised" not in text
    assert read.loaded.page_labels == ("1", "2 (OCR)", "3 (OCR)")
    assert read.loaded.omissions == (Omission("pages read by OCR, which makes mistakes", 2, "2-3"),)
    [(page, (left, bottom, right, top))] = read.boxes(text.index("loan"), text.index("loan") + 4)
    assert page == 2
    assert (left, right) == pytest.approx((72 + 24, 72 + 48), abs=0.5)  # 100 pixels further right
    assert bottom < 842 - 72 - 2 < top
    assert recognised[0] == ["/usr/bin/tesseract", "--list-langs"]
    assert recognised[1][-3:] == ["-l", "eng+fra", "tsv"]


def test_words_that_are_hardly_sure_are_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ocr._glyphs(table("specks", sure=12).decode(), pdf.reader.Frame(595, 842), 2479) == []


@pytest.mark.parametrize("said", [b"", b"nonsense", b"text\tconf\nx\ty\n", table("a")[:-9]])
def test_a_tesseract_that_fails_leaves_pages_without_text(
    said: bytes, monkeypatch: pytest.MonkeyPatch, recognised: list[list[str]]
) -> None:
    monkeypatch.setattr(
        ocr.subprocess, "run", lambda c, **_: subprocess.CompletedProcess(c, 1, said, b"")
    )
    assert "Digitised" in pdf.load(SCAN, ocr=True).text


def test_ocr_without_tesseract_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "program", lambda: None)
    with pytest.raises(UnusableFileError, match="not installed"):
        pdf.load(SCAN, ocr=True)
    assert pdf.load(make_pdf([column(TYPED)]), ocr=True).text


def test_the_setting_reaches_the_parser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(make_pdf([column(TYPED)]))
    asked: list[bool] = []
    start = FileParser.__init__

    def init(self: FileParser, *args: object, **more: bool) -> None:
        asked.append(more["ocr"])
        start(self, *args, **more)

    monkeypatch.setattr(FileParser, "__init__", init)
    assert load_corpus(tmp_path, ocr=True).documents[0].text.startswith("Speech of the governor")
    assert asked == [True]


@pytest.mark.slow
@pytest.mark.skipif(ocr.program() is None, reason="tesseract is not installed")
@pytest.mark.parametrize("turn", [0, 90])
def test_a_real_scan(turn: int, tmp_path: Path) -> None:
    """A page drawn as a picture: what tesseract reads on it, and where."""
    line = "The granary tax is abolished from midsummer."
    with pdf.reader.opened(make_pdf([[(72, 700, line), (72, 680, "I have spoken.")]])) as file:
        picture = file.picture(1, 200 / 72)
    assert picture is not None
    picture.rotate(turn, expand=True).save(tmp_path / "scan.pdf", "PDF", resolution=200)
    data = (tmp_path / "scan.pdf").read_bytes()
    if turn:  # as a scanner writes it that was fed sideways
        data = data.replace(b"/MediaBox", b"/Rotate %d /MediaBox" % turn)
    with FileParser(ocr=True) as parser:
        [loaded] = parser.load("scan.pdf", data).speeches
    assert line in loaded.text
    assert loaded.page_labels == ("1 (OCR)",)
    read = pdf.read(data, ocr=True)
    at = read.loaded.text.index("granary")
    [(_, (left, bottom, right, top))] = read.boxes(at, at + 7)
    assert 80 < left < 100 < right < 150 and 695 < bottom < top < 715
