"""PDF letters: ligatures that the font does not tell, accents, file-level facts."""

from __future__ import annotations

import pytest
from pdf_builder import LIGATURES, Text, column, make_pdf

from qa_bot.corpus.loaders import pdf
from qa_bot.corpus.loaders.pdf import Read
from qa_bot.corpus.loaders.pdf.glyphs import Glyph
from qa_bot.corpus.loaders.pdf.words import rows_of
from qa_bot.schema import Omission
from qa_bot.text.cleaning import clean


def test_pages_paragraphs_and_broken_words() -> None:
    first = ["Opening", "", "We turn to good govern-", "ance, and in the end,", "to the support of"]
    second = ["multitude of players.", "", "A new paragraph,", "of two lines."]
    pages = [column(first), column(second)]
    loaded = pdf.load(make_pdf(pages, {"Title": "Microsoft Word - x.doc"}))
    assert loaded.text == (
        "Opening\n\nWe turn to good govern-\nance, and in the end, to the support of multitude of "
        "players.\n\nA new paragraph, of two lines."
    )
    assert loaded.pages == (0, loaded.text.index("multitude"))
    cleaned = clean(loaded.text).text
    assert "good governance, and in the end, to the support of multitude of players." in cleaned
    assert loaded.facts["title"] == "Opening"


def test_title_comes_from_its_properties() -> None:
    data = make_pdf([column(["Some words of the speech."])], {"Title": "A fine title"})
    assert pdf.load(data).facts["title"] == "A fine title"


def test_page_numbers_and_running_titles_are_left_out() -> None:
    pages = [
        [(72, 800, "IOM speeches"), *column([f"Words of page {name}."]), (290, 30, f"- {n} -")]
        for n, name in enumerate(["one", "two", "three", "four"], start=1)
    ]
    loaded = pdf.load(make_pdf(pages))
    assert loaded.text == "\n\n".join(
        f"Words of page {n}." for n in ["one", "two", "three", "four"]
    )
    assert [loaded.text[at:].split(".")[0] for at in loaded.pages][2] == "Words of page three"


@pytest.mark.parametrize(("second", "kept"), [(800, False), (700, True)])
def test_running_title_of_two_pages_stands_at_one_place(second: int, kept: bool) -> None:
    heads = [(72, 800, "IOM speeches 2018"), (72, second, "IOM speeches 2018")]
    pages = [[head, *column([f"Words of page {n}."])] for n, head in enumerate(heads)]
    text = pdf.load(make_pdf(pages)).text
    assert ("IOM speeches" in text) is kept
    assert text.count("Words of page") == 2


def ligatures(*lines: str) -> Read:
    texts = [Text(72, 780 - 14 * n, line, font=LIGATURES) for n, line in enumerate(lines)]
    return pdf.read(make_pdf([texts]))


def test_lost_ligatures_are_found_from_words() -> None:
    read = ligatures(
        "The \x01rst of\x01cer signed the treaty with con\x01dence, and the",
        "\x02eet \x02ew the \x02ag of the paci\x01c league at \x01ve in the evening.",
    )
    assert " ".join(read.loaded.text.split()) == (
        "The first officer signed the treaty with confidence, and the "
        "fleet flew the flag of the pacific league at five in the evening."
    )
    assert read.loaded.omissions == ()
    at = read.loaded.text.index("first")
    [(_, (left, _, right, _))] = read.boxes(at, at + 2)
    assert 4 < right - left < 7  # both letters share the width of their one sign


def test_lost_letters_that_no_word_tells_are_shown_and_counted() -> None:
    read = ligatures("We met in Zu\x01q, the seat of many of the councils of the land.")
    assert "Zu\ufffdq" in read.loaded.text
    assert read.loaded.omissions == (Omission("letters that cannot be read", 1, "1"),)


def test_an_accent_drawn_over_its_letter_is_part_of_it() -> None:
    width = 11 * 0.556  # of an o in Helvetica
    line = [
        Text(72, 700, "Pl"),
        Text(72 + 11 * 0.889, 700, "o"),
        Text(72 + 11 * 0.889 + (width - 11 * 0.333) / 2, 700, "\xa8"),
        Text(72 + 11 * 0.889 + width, 700, "n lies by the lake."),
    ]
    assert pdf.load(make_pdf([line])).text == "Plön lies by the lake."


def test_spaces_that_the_file_leaves_out_are_told_by_the_others() -> None:
    line = "The light of the harbour was lit in time for the"
    words, x, texts = line.split(), 72.0, []
    for n, word in enumerate(words):
        texts.append(Text(x, 700, word if n in (3, 6) else f"{word} ", 10, font="F2"))
        x += 6 * len(word) + (2 if n in (3, 6) else 2.8)
    loaded = pdf.load(make_pdf([texts]))
    assert loaded.text == line


def test_words_from_right_to_left_keep_their_numbers() -> None:
    """As they lie on the page, from left to right: the sentence's end first."""
    signs = ".2006 ,17 \u05d6\u05d5\u05d9 \u05dd\u05d5\u05dc\u05e9"
    glyphs = [
        Glyph(sign, 72 + 6 * at, 698, 78 + 6 * at, 706, 700, 10, 0, False, 3 * (50 - at), 0, False)
        for at, sign in enumerate(signs)
        if sign != " "
    ]
    [row] = rows_of(glyphs)
    assert row.text == "\u05e9\u05dc\u05d5\u05dd \u05d9\u05d5\u05d6 17, 2006."
    assert row.words[0].x0 == 72 + 6 * signs.index("\u05dd")
