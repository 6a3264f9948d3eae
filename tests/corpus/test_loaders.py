from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_builder import column, make_pdf

from qa_bot.corpus.loaders import LOADERS, UnusableFileError, load
from qa_bot.corpus.loaders.facts import date_in_header, title_in_header

FRENCH = "Le président a été reçu à Genève où il a parlé."
RUSSIAN = "Уважаемые дамы и господа, я рад вас приветствовать."


@pytest.mark.parametrize("label", ["iso-8859-1", "Latin1", "us-ascii"])
def test_pages_mean_windows_by_latin_1_as_browsers_take_it(label: str) -> None:
    raw = b"<p>Migrants\x92 rights \x93today\x94 \x96 caf\xe9</p>"
    page = f'<meta charset="{label}">'.encode() + raw
    assert load("a.html", page).text == "Migrants’ rights “today” – café"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-32"),
        (FRENCH, "latin-1"),
        ("“Où ?” – dit-elle", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "utf-16-be"),
        ("مرحبا بكم 🙂", "utf-8"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    if encoding == "utf-16-be":
        text = "IOM 2018 Geneva: " + FRENCH
    assert load("a.txt", text.encode(encoding)).text == text


def test_a_broken_byte_does_not_turn_utf8_into_something_else() -> None:
    data = (FRENCH * 5).encode() + b"\xff"
    assert load("a.txt", data).text == FRENCH * 5 + "\ufffd"


def test_line_ends_are_unified_and_nothing_else() -> None:
    words = "word " * 100
    data = f"a\r\nb\rc\n\n  d \x01{words}"
    assert load("a.txt", data.encode()).text == f"a\nb\nc\n\n  d \x01{words}"


def test_form_feeds_of_a_text_file_are_pages() -> None:
    assert load("a.txt", b"One.\fTwo.\f").pages == (0, 5)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", bytes(range(256)) * 9, "binary"),
        ("a.txt", b"%PDF-1.4 text", "binary"),
        ("a.md", b"PK\x03\x04 text", "binary"),
        ("a.txt", b" \n\t", "no text"),
        ("a.html", b"<script>only()</script>", "no text"),
        ("a.html", b"<div>" * 100_000 + b"deep", "nested"),
        ("a.pdf", b"hello", "damaged"),
        ("a.pdf", make_pdf([column(["Text"])])[:300], "damaged"),
        ("a.pdf", make_pdf([[], []]), "scan"),
        ("a.pdf", make_pdf([column(["Text"])], encrypted=True), "password"),
        ("a.docx", b"PK\x03\x04 broken", "damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old", ".docx"),
    ],
)
def test_unusable_files_have_a_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnusableFileError, match=reason):
        load(name, data)


@settings(max_examples=40)
@given(st.sampled_from(sorted(LOADERS)), st.binary(max_size=300))
def test_any_bytes_are_text_or_a_reason(suffix: str, data: bytes) -> None:
    try:
        loaded = load("a" + suffix, data)
    except UnusableFileError as error:
        assert error.reason
    else:
        assert loaded.text.strip()
        loaded.text.encode()


def test_html_keeps_the_words_of_the_page() -> None:
    page = load(
        "a.html",
        b"<html lang=en-GB><head><title>Site</title><style>p{}</style></head><body>"
        b"<nav>Menu</nav><header>Agency</header><h1>The speech</h1><script>alert(1)</script>"
        b"<p>One <b>bold</b>word&nbsp;&amp; more.<br>Next\n line</p><template>no</template>"
        b"<noscript>no</noscript><table><tr><td>a<td>b<tr><td>c</table><p hidden>no</p>"
        b"<img src='https://example.org/a.png'><pre>x\n  y</pre><footer>Imprint</footer>",
    )
    assert page.text == (
        "Agency\n\nThe speech\n\nOne boldword\xa0& more.\nNext line\n\na | b\nc\n\nx\n  y"
    )
    assert page.facts["title"] == "The speech"
    assert page.facts["language"] == "en"


def test_html_prefers_the_main_content() -> None:
    page = load("a.html", b"<title>T</title><div>Links</div><main><p>The words.</p></main>")
    assert (page.text, page.facts["title"]) == ("The words.", "T")


def test_docx_paragraphs_tables_and_tracked_text() -> None:
    document = docx.Document()
    document.add_heading("Opening", 1)
    document.add_paragraph("Hello there.\tWe meet.")
    table = document.add_table(2, 2)
    for row in range(2):
        for cell in range(2):
            table.cell(row, cell).text = f"c{row}{cell}"
    inserted = document.add_paragraph("kept")._p
    inserted.append(_tracked("ins", "t", " inserted"))
    inserted.append(_tracked("del", "delText", " deleted"))
    loaded = load("a.docx", _saved(document))
    assert loaded.text == (
        "Opening\n\nHello there.\tWe meet.\n\nc00 | c01\n\nc10 | c11\n\nkept inserted"
    )
    assert loaded.facts["title"] == "Opening"
    document.core_properties.title = "From the properties"
    assert load("a.docx", _saved(document)).facts["title"] == "From the properties"


def test_docx_text_that_word_hides_is_left_out() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Shown")
    for words, hidden in ((" hidden", True), (" not hidden", False), (" plain", None)):
        paragraph.add_run(words).font.hidden = hidden
    assert load("a.docx", _saved(document)).text == "Shown not hidden plain"


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 2_000_000)
    monkeypatch.setattr("qa_bot.corpus.loaders.docx.MOST_BYTES", 1_000_000)
    with pytest.raises(UnusableFileError, match="zip bomb"):
        load("a.docx", packed.getvalue())


def test_markdown_facts() -> None:
    front = b"---\ntitle: 'My speech'\ndate: 2018-10-09\nspeaker: Ann\nlayout: x\n---\n# Other\n"
    loaded = load("a.md", front)
    assert loaded.text == front.decode()
    assert loaded.facts == {"title": "My speech", "date": "2018-10-09", "speaker": "Ann"}
    assert load("a.md", b"Intro\n\n## The **heading** ##\n").facts["title"] == "The heading"


@pytest.mark.parametrize(
    ("front", "facts"),
    [
        ("date: 2018-10-09T10:00:00Z  # the morning", {"date": "2018-10-09"}),
        ('date: "2018-10-09 10:00"', {"date": "2018-10-09"}),
        ("date: 2018-13-40\nplace: Geneva", {"place": "Geneva"}),
        ("date: 2018", {"date": "2018"}),
        ("language: no", {"language": "no"}),
        (
            "title: >-\n  A long\n  title\nevent: |\n  IDM",
            {"title": "A long title", "event": "IDM"},
        ),
        ("Title: One: two\nspeaker: 'Ann'", {"title": "One: two", "speaker": "Ann"}),
        ("speaker: [Ann, Bo]\nrole: {a: b}\nplace:\nsource: ~\nevent: null", {}),
        ('source: "null"\nplace: nowhere', {"source": "null", "place": "nowhere"}),
        ("title: “A” – *b*", {"title": "“A” – *b*"}),
        ("date: 2018-10-09 9:00:00", {"date": "2018-10-09"}),
        ('title: "\\ud83d\\ude00 hi\\x1b[0m\\0 \\u202Eyou"', {"title": "😀 hi[0m you"}),
        ('title: "\\ud83d x"', {"title": "\ufffd x"}),
        ('title: "\\UFFFFFFFF"\nspeaker: Ann', {"title": "\\UFFFFFFFF", "speaker": "Ann"}),
        ('title: Foo: bar\nspeaker: "Ann" # who', {"title": "Foo: bar", "speaker": "Ann"}),
        ("%YAML 1." + "9" * 4400 + "\nspeaker: Ann", {"speaker": "Ann"}),
        ("speaker: !!python/object/apply:os.getcwd []", {}),
        ("a: &a [x, x]\nb: &b [*a, *a]\ntitle: *b", {}),
        ("- title", {}),
        ("[" * 2000, {}),
    ],
)
def test_front_matter_is_yaml(front: str, facts: dict[str, str]) -> None:
    loaded = load("a.md", f"---\n{front}\n---\n# Own\n".encode())
    assert {k: v for k, v in loaded.facts.items() if v} == {"title": "Own"} | facts


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("9 October 2018, Geneva", "2018-10-09"),
        ("Geneva, 9th of October 2018", "2018-10-09"),
        ("Tuesday, October 9, 2018", "2018-10-09"),
        ("2018-10-09", "2018-10-09"),
        ("Genève, le 9 octobre 2018", "2018-10-09"),
        ("Ginebra, 9 de octubre de 2018", "2018-10-09"),
        ("8-9 October 2018, Geneva", ""),
        ("8 – 9 October 2018", ""),
        ("8 and 9 October 2018", ""),
        ("30 September to 2 October 2018", ""),
        ("October 8-9, 2018", ""),
        ("8 October 2018\n9 October 2018", ""),
        ("09/10/2018", ""),
        ("31 February 2018", ""),
        ("October 2018", ""),
        ("We remember what happened on 11 September 2001, and all that has been done since.", ""),
        ("", ""),
    ],
)
def test_dates_are_unmistakable_or_empty(header: str, date: str) -> None:
    assert date_in_header(f"REMARKS\n\n{header}\n\nExcellencies,\n") == date


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n\nCLOSING **REMARKS**\n\nText", "CLOSING REMARKS"),
        ("Excellencies,\n\nI am", ""),
        ("I am very happy to be here with you today.\n", ""),
        ("x" * 200, ""),
        ("2018\n", ""),
        ("CHECK AGAINST DELIVERY\n\nClosing remarks\n\nText", "Closing remarks"),
        ("Page | 1 of 4\nEmbargoed until delivery\nWelcome\n", "Welcome"),
        ("Thank you very much.\n\nWe met.", ""),
        ("Mr. President.\n\nWe met.", ""),
        ("Distinguished delegates\n\nWe met.", ""),
        ("Distinguished lecture on water\n\nWe met.", "Distinguished lecture on water"),
    ],
)
def test_titles_are_short_first_lines(text: str, title: str) -> None:
    assert title_in_header(text) == title


SPEECH = (
    "We meet in a city that knows what it means. On 19 September 2016 the Assembly adopted\n"
    "the New York Declaration, which all of us know well, and we have come far since.\n"
)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (f"Opening remarks\n\nExcellencies,\n\n{SPEECH}", ""),
        (f"Opening remarks\n\n{SPEECH}", ""),  # a wrapped sentence
        (f"Opening remarks\n9 October 2018, Geneva\n\n{SPEECH}", "2018-10-09"),
        ("Remarks of the Director General\nof IOM, 9 October 2018\n\nWe met.", "2018-10-09"),
        ("Remarks\n\nMr. President, on 11 September 2001, the world changed.\n", ""),
    ],
)
def test_a_day_that_the_speech_tells_of_is_not_its_own(text: str, date: str) -> None:
    assert date_in_header(text) == date


def _saved(document: docx.document.Document) -> bytes:
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _tracked(kind: str, tag: str, text: str) -> object:
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    keep = 'xml:space="preserve"'
    return parse_xml(f"<w:{kind} {space}><w:r><w:{tag} {keep}>{text}</w:{tag}></w:r></w:{kind}>")
