from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx_builder import (
    SPACES,
    make_docx,
    notes,
    numbered,
    paragraph,
    reference,
    run,
    superscript,
    text_box,
)
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus.loaders import UnusableFileError, load
from qa_bot.corpus.loaders.list_numbers import letters, roman
from qa_bot.corpus.loaders.raised import raised
from qa_bot.schema import Omission


def text_of(*body: str, **options: object) -> str:
    return load("a.docx", make_docx("".join(body), **options)).text  # type: ignore[arg-type]


def test_a_text_box_follows_the_paragraph_it_floats_over() -> None:
    box = text_box(paragraph("A quote"), paragraph("in two"))
    text = text_of(paragraph("We will pay", box, " for the bridge."), paragraph("It is old."))
    assert text == "We will pay for the bridge.\n\nA quote\n\nin two\n\nIt is old."


def test_a_text_box_in_a_table_stays_in_its_cell() -> None:
    cells = [paragraph("left", text_box(paragraph("box")), " side"), paragraph("right")]
    row = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
    assert text_of(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>") == "left side\n\nbox | right"


def test_notes_follow_the_text_in_the_order_of_their_marks() -> None:
    text = text_of(
        paragraph("Tolls brought 64 million", reference("footnote", 2), " in 2022."),
        paragraph("All agreed.", reference("endnote", 1), reference("footnote", 1, "*")),
        parts={
            "n1": ("footnotes", "footnotes.xml", notes("footnote", "The first.", "The second.")),
            "n2": ("endnotes", "endnotes.xml", notes("endnote", "An end.", "Not referred to.")),
        },
    )
    assert text == (
        "Tolls brought 64 million in 2022.\n\nAll agreed.\n\n"
        "[1] The second.\n\n[2] The first.\n\n[i] An end."
    )


def test_raised_signs_are_note_marks_or_belong_to_the_words() -> None:
    text = text_of(
        paragraph("In 2022", superscript("5"), ", on the 3", superscript("rd"), " of May, "),
        paragraph(superscript("1"), " Typed by hand; 450 km", superscript("2"), "."),
        paragraph("CO", run("2", '<w:vertAlign w:val="subscript"/>'), " is 10", superscript("6")),
    )
    assert text == "In 2022, on the 3rd of May, \n\n1 Typed by hand; 450 km2.\n\nCO2 is 10⁶"


@pytest.mark.parametrize(
    ("before", "sign", "kept"),
    [
        ("promised in 2011", "4", ""),
        ("1.5 billion", "3", ""),
        ("the end.", "12, 13", ""),
        ("the end", "[a]", ""),
        ("the fund", "†", ""),
        ("40,000 m", "2", "2"),
        ("per km", "3", "3"),
        ("3", "rd", "rd"),
        ("the 20", "th", "th"),
        ("1", "er", "er"),
        ("about 3 × 10", "8", "⁸"),
        ("10", "−3", "⁻³"),
        ("", "1", "1"),
        ("a word ", "2", "2"),
        ("them", "2", ""),
        ("the team", "3", ""),
    ],
)
def test_a_raised_sign(before: str, sign: str, kept: str) -> None:
    assert raised(before, sign) == kept


def _numbering(*levels: tuple[str, str, int], more: str = "") -> bytes:
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{format}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (format, text, start) in enumerate(levels)
    )
    return (
        f'<w:numbering {SPACES}><w:abstractNum w:abstractNumId="5">{made}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0">'
        f'<w:startOverride w:val="1"/></w:lvlOverride></w:num>{more}</w:numbering>'
    ).encode()


def _with_numbering(body: str, numbering: bytes) -> bytes:
    """python-docx's template has a numbering part already: this one takes its place."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_docx(body))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, numbering if name == "word/numbering.xml" else old.read(name))
    return made.getvalue()


def test_numbers_of_lists_are_counted_as_word_counts() -> None:
    levels = (("decimal", "%1.", 1), ("lowerLetter", "%1.%2)", 1), ("upperRoman", "(%3)", 4))
    places = [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1), (1, 2), (2, 0), (0, 0), (2, 0), (9, 0)]
    body = "".join(paragraph("item", properties=numbered(*place)) for place in places)
    loaded = load("a.docx", _with_numbering(body, _numbering(*levels)))
    assert loaded.text.replace(" item", "").split("\n\n") == [
        *("1.", "1.a)", "1.b)", "2.", "2.a)", "(IV)", "1.", "item", "2.", "item")
    ]


def test_bullets_and_numbers_of_styles() -> None:
    document = docx.Document()
    document.add_paragraph("Clean water", style="List Bullet")
    document.add_paragraph("A midwife", style="List Number")
    document.add_paragraph("A rail line", style="List Number")
    packed = io.BytesIO()
    document.save(packed)
    text = load("a.docx", packed.getvalue()).text
    assert text == "• Clean water\n\n1. A midwife\n\n2. A rail line"


def test_symbol_fonts_and_what_is_left_out() -> None:
    arrow = '<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>'
    unknown = '<w:r><w:sym w:font="Webdings" w:char="F0AB"/></w:r>'
    symbol = run("\uf061", '<w:rFonts w:ascii="Symbol"/>')
    picture = "<w:r><w:pict><v:imagedata/></w:pict><w:object/></w:r>"
    comments = f"<w:comments {SPACES}><w:comment/><w:comment/></w:comments>".encode()
    data = make_docx(
        paragraph("From ", symbol, " ", arrow, " omega", unknown, picture),
        {"c": ("comments", "comments.xml", comments)},
    )
    loaded = load("a.docx", data)
    assert loaded.text == "From α → omega"
    assert set(loaded.omissions) == {
        Omission("signs of a font without letters"),
        Omission("pictures"),
        Omission("embedded objects"),
        Omission("comments", 2),
    }


def test_inserted_files_are_read_or_reported() -> None:
    data = make_docx(
        paragraph("Before.") + '<w:altChunk r:id="x"/><w:altChunk r:id="y"/>' + paragraph("After."),
        {"x": ("aFChunk", "part.html", b"<p>Inserted <b>words</b>.</p>")},
    )
    loaded = load("a.docx", data)
    assert loaded.text == "Before.\n\nInserted words.\n\nAfter."
    assert loaded.omissions == (Omission("inserted files that cannot be read"),)


def test_forms_and_readings_are_no_words() -> None:
    form = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    ruby = (
        "<w:r><w:ruby><w:rt><w:r><w:t>reading</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>word</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    assert text_of(paragraph("A ", ruby), form.format(paragraph("Click here"))) == "A word"


def test_strict_documents_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_bot.corpus.loaders.docx.STRICT", b"schemas")
    with pytest.raises(UnusableFileError, match="Strict"):
        load("a.docx", make_docx(paragraph("Words")))


@given(st.integers(1, 4999))
def test_numbers_in_letters_and_roman_figures_differ(number: int) -> None:
    assert roman(number) != roman(number + 1)
    assert letters(number) != letters(number + 1)
    assert set(letters(number)) <= set("abcdefghijklmnopqrstuvwxyz")
