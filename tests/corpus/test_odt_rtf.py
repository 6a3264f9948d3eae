from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus import load_corpus
from qa_bot.corpus.loaders import UnusableFileError, load
from qa_bot.schema import Omission

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
    }.items()
)  # fmt: skip
STYLES = (
    '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/>'
    '</style:style><style:style style:name="gone"><style:text-properties text:display="none"/>'
    '</style:style><text:list-style style:name="L">'
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    "</text:list-style>"
)


def odt(body: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
        )
    return made.getvalue()


def rtf(body: str) -> bytes:
    return ("{\\rtf1\\ansi\\ansicpg1252 " + body + "}").encode("latin-1")


def test_odt_paragraphs_tables_notes_and_boxes() -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>The council's.</text:p></text:note-body></text:note>"
    )
    box = "<draw:frame><draw:text-box><text:p>A quote</text:p></draw:text-box></draw:frame>"
    row = "<table:table-row>" + "".join(
        f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in "ab"
    )
    loaded = load(
        "a.odt",
        odt(
            f"<text:h>Opening</text:h><text:p>It costs{note} 40{box} million<text:s text:c='2'/>"
            f"now.</text:p><table:table>{row}</table:table-row></table:table>"
            "<text:p>In 2011<text:span text:style-name='up'>4</text:span>, 9 m<text:span "
            "text:style-name='up'>2</text:span><text:span text:style-name='gone'> no</text:span>."
            "<office:annotation><text:p>Why?</text:p></office:annotation></text:p>"
        ),
    )
    assert loaded.text == (
        "Opening\n\nIt costs 40 million  now.\n\nA quote\n\na | b\n\nIn 2011, 9 m2.\n\n"
        "[1] The council's."
    )
    assert loaded.facts["title"] == "Opening"
    assert loaded.omissions == (Omission("comments"),)


def test_odt_numbers_of_lists() -> None:
    inner = "<text:list><text:list-item><text:p>x</text:p></text:list-item></text:list>"
    items = f"<text:list-item><text:p>a</text:p>{inner}</text:list-item>"
    items += "<text:list-item text:start-value='7'><text:p>b</text:p></text:list-item>"
    again = (
        "<text:list text:style-name='L' text:continue-numbering='true'><text:list-item><text:p>c"
    )
    text = load(
        "a.odt",
        odt(
            f"<text:list text:style-name='L'>{items}</text:list>"
            f"{again}</text:p></text:list-item></text:list>"
        ),
    ).text
    assert text == "1. a\n\na) x\n\n7. b\n\n8. c"


def test_rtf_paragraphs_notes_and_what_is_not_shown() -> None:
    loaded = load(
        "a.rtf",
        rtf(
            "{\\info{\\title Address to the guild}}Meine Gr\\'fc\\'dfe\\par In 2011{\\super 4}, the"
            " 3{\\super rd} of May{\\footnote {\\super\\chftn} A {\\i note}.}, 9\\u8364 ?\\line on."
            "\\par Shown{\\v hidden} \\v gone\\v0 too.{\\pict\\bin nonsense}\\par "
            "{\\pntext 1.\\tab}item\\par{\\*\\annotation why?}a\\cell b\\cell\\row"
        ),
    )
    assert loaded.text == (
        "Meine Grüße\n\nIn 2011, the 3rd of May, 9€\non.\n\nShown too.\n\n1.\titem\n\n"
        "a | b\n\n[1] A note."
    )
    assert loaded.facts["title"] == "Address to the guild"
    assert set(loaded.omissions) == {Omission("pictures"), Omission("comments")}


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.rtf", b"hello", "not an .rtf"),
        ("a.rtf", b"{\\rtf1 " + b"{" * 900, "nested"),
        ("a.odt", b"hello", "not an .odt"),
        ("a.odt", odt("")[:-9], "not an .odt"),
        ("a.odt", odt("<text:p/>"), "no text"),
    ],
)
def test_unusable_texts_have_a_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnusableFileError, match=reason):
        load(name, data)


def test_types_that_are_not_read_say_what_to_do(tmp_path: Path) -> None:
    for name in ("a.doc", "b.EML", "c.pptx", "d.xls", "e.png", "f.mp4", "g.xyz"):
        (tmp_path / name).write_bytes(b"x")
    reasons = [skip.reason for skip in load_corpus(tmp_path).skipped]
    assert [reason.split(";")[0] for reason in reasons[:-1]] == [
        "an old Word document",
        "an e-mail",
        "slides, not a text",
        "a spreadsheet",
        "a picture",
        "a recording",
    ]
    assert "not a type of file" in reasons[-1]


RTF_PARTS = (
    r"{ } \par \b {\footnote {\super 2} {\pict \bin \bin5 \u8364? \u-3 \'e9 \'zz \v \v0 \cell x | "
    r"\fonttbl \f0"
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(RTF_PARTS.split(" ")), max_size=25))
def test_any_rtf_is_text_or_a_reason(parts: list[str]) -> None:
    try:
        loaded = load("a.rtf", rtf(" ".join(parts)))
    except UnusableFileError as error:
        assert error.reason
    else:
        loaded.text.encode()
