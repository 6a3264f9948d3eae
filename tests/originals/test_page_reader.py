"""Pages of PDFs: the marks lie on the quoted words, and what cannot be shown is told."""

from __future__ import annotations

import hashlib
import io
import sys
import threading
from array import array
from contextlib import suppress
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "corpus"))
from pdf_builder import column, make_pdf

from qa_bot.corpus.loaders import UnusableFileError, load_all
from qa_bot.originals import AtHand, BusyError, PageReader, PlacedPage, State
from qa_bot.originals import pages as module
from qa_bot.originals.files import at_hand
from qa_bot.originals.letters import letters
from qa_bot.originals.pdf_page import opened, picture, places
from qa_bot.originals.placed import GRID, NO_BOX
from qa_bot.originals.wire import Told, Wanted, read_told, read_wanted, write_told, write_wanted
from qa_bot.schema import Document

HEAD = "Dialogue on Migration, closing"
FIRST = [
    "Excellencies, colleagues,",
    "We thank every dele-",
    "gation for the work of",
    "the",
    "Dialogue on Migration, closing",
    "this long year.",
]
PAGES = [
    [(72, 820, HEAD), *column(FIRST, top=700), (290, 30, "1")],
    [(72, 820, HEAD), *column(["The Network will serve", "all of them in Geneva."], top=700)],
    [(72, 820, HEAD), *column(["Nothing else was said."], top=700)],
]  # fmt: skip
PDF = make_pdf(PAGES)


def placed(data: bytes, number: int, text: str) -> PlacedPage:
    with opened(data, number) as page:
        return PlacedPage(*page.get_size(), 0, text, places(page, text))


def under(data: bytes, number: int, marks: tuple) -> str:
    """The letters that stand under the marks, as pdfium reads them."""
    document = pdfium.PdfDocument(data)
    page = document[number - 1]
    height = page.get_height()
    words = page.get_textpage()
    read = [words.get_text_bounded(l, height - b, r, height - t) for l, t, r, b in marks]  # noqa: E741
    document.close()
    return letters("".join(read))[0]


@pytest.fixture(scope="module")
def reader():
    made = PageReader()
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> AtHand:
    path = tmp_path / "a.pdf"
    path.write_bytes(PDF)
    return AtHand(State.AT_HAND, path, hashlib.sha256(PDF).hexdigest())


@pytest.mark.parametrize("quote", ["every dele-\ngation", "thank", "this long year.", HEAD])
def test_marks_lie_on_the_words_and_not_on_the_head(quote: str) -> None:
    text = load_all("a.pdf", PDF).speeches[0].text
    start = text.index(quote)
    marks = placed(PDF, 1, text[: text.index("The Network")]).marks(start, start + len(quote))
    assert under(PDF, 1, marks) == letters(quote)[0]
    assert all(top > 100 for _, top, _, _ in marks)  # the head stands at 22
    assert len(marks) == 1 + quote.count("\n")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_and_cut_pages(turn: int) -> None:
    cut = b"/MediaBox [-20 -30 595 842] /CropBox [40 50 560 800] /Rotate %d" % turn
    data = PDF.replace(b"/MediaBox [0 0 595 842] /Rotate 0", cut)
    text = "We thank every dele-\ngation for the work of the Dialogue"
    with opened(data, 1) as page:
        width, height = page.get_size()
        found = PlacedPage(width, height, 0, text, places(page, text))
        drawn = Image.open(io.BytesIO(picture(page, round(width))[1]))
    assert (width, height) == ((520, 750) if turn % 180 == 0 else (750, 520))
    marks = found.marks(0, len("We thank"))
    inked = [pixel for box in marks for pixel in drawn.crop(tuple(map(round, box))).getdata()]
    assert min(inked) < 128  # there is print below them
    assert not any(box[0] < 0 or box[2] > width or box[3] > height for box in marks)


def test_words_that_are_not_on_the_page_are_not_marked() -> None:
    found = placed(PDF, 2, "The ministers of the north agreed on a levy for every harbour.")
    assert found.marks(0, 30) is None
    assert found.marks(200, 300) == ()


def test_a_word_that_is_missing_at_the_end_leaves_no_mark() -> None:
    text = "The Network will serve all of them in Geneva. Applause"
    found = placed(PDF, 2, text)
    assert found.marks(0, 40)
    assert found.marks(20, len(text)) is None


def test_pictures(reader: PageReader, file: AtHand) -> None:
    drawn = reader.picture(file, 1, 800)
    assert drawn.media_type == "image/png"
    assert Image.open(io.BytesIO(drawn.body)).width in (800, 801)
    black = b"0 Tc 1.00000 0.00000 -0.00000 1.00000 72.000 820.000 Tm"
    assert black in PDF
    with opened(PDF.replace(black, b"1 0 0 rg 72 820 Td".ljust(len(black))), 1) as page:
        assert picture(page, 400)[0] == "image/jpeg"


def test_a_page_as_long_as_a_street_is_drawn_small() -> None:
    with opened(PDF.replace(b"[0 0 595 842]", b"[0 0 9 90000]"), 1) as page:
        image = Image.open(io.BytesIO(picture(page, 2400)[1]))
    assert image.width * image.height < 10_000_000


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", make_pdf([[]], encrypted=True)])
def test_what_is_no_pdf(reader: PageReader, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "b.pdf"
    path.write_bytes(data)
    bad = AtHand(State.AT_HAND, path, hashlib.sha256(data).hexdigest())
    with pytest.raises(UnusableFileError):
        reader.placed(bad, 1, 0, "words")


def test_pages_that_are_not_there(reader: PageReader, file: AtHand) -> None:
    for number in (0, 4, 10**9):
        with pytest.raises(UnusableFileError):
            reader.picture(file, number, 800)


def test_what_was_read_is_remembered(file: AtHand) -> None:
    reader = PageReader()
    text = "The Network will serve"
    first = reader.placed(file, 2, 100, text)
    reader._child.ask = None
    assert reader.placed(file, 2, 100, text) == first
    assert first.marks(100, 111)
    reader._child.close()


def test_a_file_that_changes_just_now_is_not_read(file: AtHand) -> None:
    reader = PageReader()
    file.path.write_bytes(PDF + b"\n")
    with pytest.raises(UnusableFileError, match="changed"):
        reader.picture(file, 1, 800)
    file.path.unlink()
    with pytest.raises(UnusableFileError, match=r"opened|changed"):
        reader.picture(file, 2, 800)


def test_a_page_that_takes_too_long_is_given_up_for_a_while(
    file: AtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PageReader(seconds=0.01)
    with pytest.raises(UnusableFileError, match="within"):
        reader.picture(file, 1, 800)
    reader._seconds = 60
    with pytest.raises(UnusableFileError, match="within"):
        reader.picture(file, 1, 800)
    monkeypatch.setattr(module, "FORGIVEN", 0)
    assert reader.picture(file, 1, 800).body
    reader.close()


def test_no_more_than_a_few_wait(file: AtHand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    reader = PageReader()
    asked, go_on = threading.Event(), threading.Event()

    def ask(*_: object) -> Told:
        asked.set()
        go_on.wait(30)
        return Told(1, 1, "image/png", b"x")

    reader._child.ask = ask
    waiting = threading.Thread(target=reader.picture, args=(file, 1, 800))
    waiting.start()
    assert asked.wait(30)
    with pytest.raises(BusyError):
        reader.picture(file, 2, 800)
    go_on.set()
    waiting.join()


def test_whether_the_file_is_at_hand(tmp_path: Path) -> None:
    document = Document("a", path="a.PDF", text="x", pages=(0,))
    checksum = hashlib.sha256(PDF).hexdigest()
    assert at_hand(tmp_path, document, checksum).state == State.GONE
    (tmp_path / "a.PDF").write_bytes(PDF)
    assert at_hand(tmp_path, document, checksum).state == State.AT_HAND
    assert at_hand(tmp_path, document, "").state == State.CHANGED
    (tmp_path / "a.PDF").write_bytes(PDF[:-1])
    assert at_hand(tmp_path, document, checksum).state == State.CHANGED
    outside = Document("a", path="../a.pdf", text="x", pages=(0,))
    assert at_hand(tmp_path / "none", outside, checksum).state == State.GONE
    assert at_hand(tmp_path, Document("a", path="a.txt"), checksum).state == State.NO_PAGES


def test_requests_and_answers_travel_without_loss() -> None:
    stream = io.BytesIO()
    write_wanted(stream, Wanted(2, 5, text="Ünï\n"), b"1\n2")
    write_told(stream, Told(3.5, 4, "image/png", b"\n\0"))
    write_told(stream, "damaged")
    stream.seek(0)
    assert read_wanted(stream) == (Wanted(2, 5, text="Ünï\n"), b"1\n2")
    assert read_told(stream) == Told(3.5, 4, "image/png", b"\n\0")
    with pytest.raises(UnusableFileError, match="damaged"):
        read_told(stream)
    with pytest.raises(EOFError):
        read_told(stream)


@given(st.binary(max_size=60) | st.sampled_from([b'{"size":-1}\n', b'{"size":99999999999}\n',
       b'{"size":0,"width":"nan","height":1,"media_type":""}\n', b"[1]\n", b'{"size":[]}\n',
       b'{"size":0,"width":1,"height":1,"media_type":"text/html"}\n']))  # fmt: skip
def test_an_answer_of_another_shape_is_none(data: bytes) -> None:
    with suppress(ValueError, EOFError, UnusableFileError):
        raise AssertionError(read_told(io.BytesIO(data)))


@given(st.text(max_size=20), st.lists(st.integers(0, 65_535), max_size=80), st.data())
def test_marks_lie_within_the_page_whatever_was_answered(
    text: str, numbers: list[int], data: st.DataObject
) -> None:
    wanted = 4 * len(text)
    boxes = array("H", (numbers + [NO_BOX[0]] * wanted)[:wanted])
    start, end = data.draw(st.integers(-5, 30)), data.draw(st.integers(-5, 30))
    for box in PlacedPage(GRID, GRID, 0, text, boxes).marks(start, end) or ():
        assert all(0 <= side <= 65_535 for side in box)
