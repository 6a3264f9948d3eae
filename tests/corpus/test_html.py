from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus import load_corpus
from qa_bot.corpus.loaders import UnusableFileError, load
from qa_bot.corpus.loaders.base import Loaded

SITE = """<!DOCTYPE html><html lang="de"><head><title>{title} | Landtag Seeland</title>{head}</head>
<body class="no-sidebar cookies-on"><div id="CookieBanner"><p>Wir verwenden Cookies, damit Sie die
Seite zwölf Monate lang bequem nutzen können, und messen die Zugriffe.</p></div>
<a class="skip-link" href="#inhalt">Zum Inhalt</a>
<div class="siteHeader"><h1><a href="/">Landtag Seeland</a></h1><ul><li><a href="/a">Abgeordnete</a>
<li><a href="/b">Ausschüsse</a><li><a href="/c">Protokolle</a></ul></div>
<div class="wrap"><div class="col-8"><h2>{title}</h2>{speech}
<div class="more-stories"><a href="/x">Der Landtag beschließt 900 Windräder</a></div></div>
<div class="col-4 sidebar"><h3>Termine</h3><p>Am 4. Mai tagt der Ausschuss für Verkehr.</p></div>
</div><div class="page-footer"><p>Landtag Seeland, Lange Straße 4, 1000 Seestadt.</p></div>"""
SPEECH = (
    "<p>Meine Damen und Herren, der Haushalt umfasst 40 Millionen Kronen für die Häfen.</p>"
    "<p>Er wurde 2019<sup>7</sup> und wieder 2021 <sup>[8]</sup> vertagt.</p>"
)


def page(speech: str = SPEECH, title: str = "Rede zum Haushalt", head: str = "") -> Loaded:
    return load("a.html", SITE.format(title=title, speech=speech, head=head).encode())


def body(html: str) -> str:
    return load("a.html", f"<main>{html}</main>".encode()).text


def test_the_speech_of_a_page_without_main() -> None:
    loaded = page()
    assert loaded.text == (
        "Rede zum Haushalt\n\nMeine Damen und Herren, der Haushalt umfasst 40 Millionen Kronen für"
        " die Häfen.\n\nEr wurde 2019 und wieder 2021 vertagt."
    )
    assert loaded.facts["title"] == "Rede zum Haushalt"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-03T09:00:00+01:00">',
        '<meta name="dcterms.date" content="2021-03-03">',
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage"},'
        ' {"@type": "Article", "datePublished": "2021-03-03"}]}</script>',
    ],
)
def test_the_day_that_a_page_tells_machines(head: str) -> None:
    assert page(head=head).facts["date"] == "2021-03-03"


def test_the_day_in_the_speech_comes_before_the_day_of_publishing() -> None:
    head = '<meta name="date" content="2024-01-01">'
    assert page("<p>Seestadt, 3. März 2021</p><p>…</p>", head=head).facts["date"] == "2021-03-03"
    stamped = page('<time datetime="2021-03-04T10:00Z">gestern</time>' + SPEECH, head=head)
    assert stamped.facts["date"] == "2021-03-04"


@pytest.mark.parametrize(
    "data",
    ["{", "[1, 2]", "null", '{"datePublished": 5}', '{"@graph": 3}', "[" * 5000, '"2021"'],
)
def test_data_for_machines_that_makes_no_sense(data: str) -> None:
    assert page(head=f'<script type="application/ld+json">{data}</script>').facts["date"] == ""


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Farewell - Riksdag</title><h1><a href='/'>Riksdag</a></h1><p>Words.", "Farewell"),
        ("<title>Riksdag: Farewell</title><h1><a href='/'>Riksdag</a></h1><p>Words.", "Farewell"),
        ("<meta property='og:title' content='Own'><title>Own | S</title><p>Words.", "Own"),
        (
            "<meta property='og:site_name' content='Bank'><title>Rates – Bank</title><p>Words.",
            "Rates",
        ),
        ("<title>T</title><h1>One</h1><h1>Two</h1><p>Words.", "T"),
        ("<title>Two - Site</title><h1>One</h1><h1>Two</h1><p>Words.", "Two"),
        ("<title>Peace - and war</title><p>Words.", "Peace - and war"),
        ("<h1>Own heading</h1><title>Site</title><p>Words.", "Own heading"),
    ],
)
def test_a_page_is_titled_by_its_own_title(html: str, title: str) -> None:
    assert load("a.html", html.encode()).facts["title"] == title


def test_text_that_is_not_shown_or_struck_is_left_out() -> None:
    text = body(
        "<p>We pay <s>600</s> <del>500</del> 450 crowns<span style='DISPLAY : none'> or 9</span>."
        "<p hidden>no<p aria-hidden='true'>no<p class='x sr-only'>no<p style='visibility:hidden'>no"
        "<p class='hidden-gem pb-15'>A gem."
    )
    assert text == "We pay 450 crowns.\n\nA gem."


def test_numbers_of_columns_and_marks_of_notes_are_no_words() -> None:
    text = body(
        "<p>It costs<span class='column-number'>Column 12</span> 1.5&nbsp;billion"
        "<a href='#n3'><sup>3</sup></a> crowns<a role='doc-noteref' href='#n'>4</a>, on the"
        " 3<sup>rd</sup> of May, for 450 km<sup>2</sup> or 10<sup>6</sup> m<sup>3</sup>"
        " <a href='#c13'>Column 13WH</a>in all<sup><a href='#m'>m</a></sup>."
        "<ol><li id=n3>The council's figure. <a href='#r3'>↩</a></ol>"
    )
    assert text == (
        "It costs 1.5\xa0billion crowns, on the 3rd of May, for 450 km2 or 10⁶ m3 in all."
        "\n\n1. The council's figure."
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>a<li>b</ol>", "1. a\n\n2. b"),
        ("<ol start=4><li>a<li value=9><p>b</p><li>c</ol>", "4. a\n\n9. b\n\n10. c"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n\n1. b"),
        ("<ol type=a><li>a<ol type=I><li>b</ol><li>c</ol>", "a. a\n\nI. b\n\nb. c"),
        ("<ol style='list-style: none'><li>a</ol>", "a"),
        ("<ol start=99999999999999><li>a</ol>", "1. a"),
        ("<ul><li>a<li>b</ul><li>c", "a\n\nb\n\nc"),
        ("<ol><li></li><li>b</ol>", "2. b"),
        ("</ol><ol><li>a", "1. a"),
    ],
)
def test_items_have_the_numbers_that_browsers_show(html: str, text: str) -> None:
    assert body(html) == text


def test_an_element_is_not_left_out_for_a_name_alone() -> None:
    paragraph = "<p>We will share what we have learned with every school in the country.</p>"
    sections = (
        f'<div class="section" id="sharing-with-schools"><h2>Sharing</h2>{paragraph * 9}</div>'
        f'<div class="section" id="the-menu"><h2>The menu</h2>{paragraph}</div>'
    )
    text = load("a.html", f"<body class=related><h1>T</h1>{sections}".encode()).text
    assert text.count("We will share") == 10
    assert "The menu" in text


def test_a_table_of_contents_and_comments_are_no_speech() -> None:
    links = "".join(f"<li><a href='#{n}'>Part {n}</a>" for n in range(4))
    text = load(
        "a.html",
        f"<h1>Address</h1><ul>{links}</ul><p>We met in the hall to speak of the harbour.</p>"
        "<div id=comments><p>First! What a speech.</p></div>".encode(),
    ).text
    assert text == "Address\n\nWe met in the hall to speak of the harbour."


def test_the_folder_of_a_saved_page_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "Speech.html").write_text("<p>Words of the speech.")
    for folder in ("Speech_files", "other_files"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "frame.html").write_text("<p>An advertisement.")
    corpus = load_corpus(tmp_path)
    assert [d.path for d in corpus.documents] == ["Speech.html", "other_files/frame.html"]
    assert not corpus.skipped


TAGS = """
<p> </p> <div class=menu> <div> </div> <ol> <ol type=i start=3> <ul> <li> </ol> <sup> </sup> <h1>
<a href=#x> </a> <main> <article> <s> <table> <tr> <td> <pre> <br> text 12 &amp; <header> <form>
<header><ul><li><a>x</a> <body hidden> <!-- <![CDATA[ <svg> <p
"""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TAGS.split()), max_size=40))
def test_any_page_is_text_or_a_reason(parts: list[str]) -> None:
    try:
        loaded = load("a.html", " ".join(parts).encode())
    except UnusableFileError as error:
        assert error.reason
        assert "damaged" not in error.reason
    else:
        assert loaded.text == loaded.text.strip("\n")
