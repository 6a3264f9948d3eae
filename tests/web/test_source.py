"""The page of a speech holds its text to the character, and marks what is cited."""

from __future__ import annotations

import json

from fakes import corpus
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from qa_bot.schema import Document, Turn
from qa_bot.web.i18n import words_for
from qa_bot.web.source import article, blocks, clamp, shorten, speakers, times

ENGLISH = words_for("en")
# Line ends, form feeds, astral characters, markup and right-to-left text, often.
PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "\f",
        " ",
        "\t",
        "\r\n",
        "\u2028",
        "Word",
        "<b>",
        "&amp;",
        "😀",
        "שלום",
        "é",
        "\xa0",
        ".",
    ]
)
TEXT = st.one_of(
    st.lists(PIECES, max_size=30).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)


def shown(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(f"<body><article>{html}</article>")


def text_of(page: LexborHTMLParser, selector: str) -> str:
    return "".join(node.text(deep=True, separator="") for node in page.css(selector))


@given(TEXT)
def test_blocks_are_trimmed_ordered_and_leave_only_space_between(text: str) -> None:
    at = 0
    for start, end in blocks(text):
        assert at <= start < end
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


def test_blocks_end_at_blank_lines_and_form_feeds_only() -> None:
    text = "\n Title\nline two\n \nNext\fPage two\n\n"
    assert [text[s:e] for s, e in blocks(text)] == ["Title\nline two", "Next", "Page two"]


@given(TEXT, st.data())
def test_page_text_and_marks_are_exact(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    pages = tuple(sorted(data.draw(st.sets(st.integers(1, len(text) + 1), max_size=3)) | {0}))
    document = Document(id="a", text=text, pages=pages)
    page = shown(article(document, ENGLISH, (start, end)))
    assert text_of(page, "article") == text
    assert text_of(page, "mark") == text[start:end]


def test_marks_across_paragraphs_of_a_real_speech() -> None:
    document = corpus()[0]
    start = document.text.index("productive and insightful")
    end = document.text.index("key takeaways") + 3
    page = shown(article(document, ENGLISH, (start, end)))
    assert "\n\n" in document.text[start:end]
    assert text_of(page, "mark") == document.text[start:end]
    assert all(
        mark.parent is not None and mark.parent.tag == "p" for mark in page.css("mark:not(.gap)")
    )


def test_pages_are_numbered_without_adding_text() -> None:
    document = Document(id="a", text="One goes\fon here.", pages=(0, 9))
    page = shown(article(document, ENGLISH))
    assert [node.attributes["data-page"] for node in page.css(".page")] == ["p.\xa01", "p.\xa02"]
    assert text_of(page, "article") == document.text


def test_pages_are_called_what_is_printed_on_them() -> None:
    labels = ("iv", '2 (OCR)" onclick="x')
    document = Document(id="a", text="One goes\fon here.", pages=(0, 9), page_labels=labels)
    page = shown(article(document, ENGLISH))
    assert [node.attributes["data-page"] for node in page.css(".page")] == [
        f"p.\xa0{label}" for label in labels
    ]


def test_clamp() -> None:
    document = Document(id="a", text="0123456789")
    assert clamp(document, 2, 5) == (2, 5)
    assert clamp(document, -5, 10**30) == (0, 10)
    assert clamp(document, 5, 5) is None
    assert clamp(document, 20, 30) is None
    assert clamp(document, None, 5) is None


@given(st.text(max_size=40), st.integers(2, 20))
def test_shortened_is_a_beginning(text: str, longest: int) -> None:
    short = shorten(text, longest)
    assert len(short) <= longest
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_who_speaks_where_no_label_says_it() -> None:
    text = "MR. ROY: When?\nIn May."
    turns = (Turn(0, 14, "Mr. Roy", words=9), Turn(15, 22, "Eva <b> Lund", "Chair", 731.0))
    speech = Document("a", text=text, turns=turns, pages=(0, 15))
    page = LexborHTMLParser(f"<body>{article(speech, ENGLISH, (15, 22))}</body>")
    assert page.body is not None and page.body.text() == text
    said = [mark.attributes["data-turn"] for mark in page.css("span.turn")]
    assert said == ["Eva <b> Lund (Chair) [00:12:11]"]
    assert json.loads(speakers(speech)) == [
        [9, 14, "Mr. Roy"],
        [15, 22, "Eva <b> Lund (Chair)"],
    ]
    assert json.loads(times(speech)) == [[0, ""], [15, "[00:12:11]"]]
    assert speakers(Document("b", text=text)) == ""


def test_paragraphs_show_their_times_and_lead_into_the_recording() -> None:
    text = "We begin. We\n\ngo on."
    spoken = ((0, 0.0), (10, 5.0), (17, 9.0))
    speech = Document("a", text=text, times=spoken, media='https://example.org/"talk.mp4')
    page = LexborHTMLParser(f"<body>{article(speech, ENGLISH, (17, 20))}</body>")
    assert page.body is not None and page.body.text() == text
    found = [(a.attributes["data-turn"], a.attributes["href"]) for a in page.css("a.turn")]
    assert found == [
        ("[00:00:00]", 'https://example.org/"talk.mp4#t=0'),
        ("[00:00:05]", 'https://example.org/"talk.mp4#t=5'),
    ]
    assert times(speech) == '[[0, "[00:00:00]"], [10, "[00:00:05]"], [17, "[00:00:09]"]]'
    assert times(Document("b", text=text)) == ""
    assert not LexborHTMLParser(str(article(Document("b", text=text), ENGLISH))).css(".turn")
