"""PDF pages to text: columns, paragraphs, tables, what is set apart, directions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_builder import Page, Text, column, courier, end_of, make_pdf

from qa_bot.corpus.loaders import pdf
from qa_bot.text.cleaning import clean

LEFT = [
    "The council met on two days and",
    "heard nineteen reports. Ms. Orr,",
    "who wrote them, said that a law",
    "on tides would be ready in May.",
    "She thanked all the pilots, and",
]
RIGHT = [
    "asked that charts be kept open.",
    "The chair recalled that the new",
    "beacon at Lund costs 3 million.",
    "Mr. Voss objected that a tax of",
    "one per cent was never agreed.",
]
READ = " ".join(LEFT + RIGHT)


def text_of(*pages: list, **more) -> str:
    return pdf.load(make_pdf(list(pages), **more)).text


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("order", ["row by row", "column by column", "from the foot"])
def test_columns_are_read_one_after_the_other(order: str) -> None:
    left, right = courier(LEFT, 60), courier(RIGHT, 310)
    drawn = [one for pair in zip(left, right, strict=True) for one in pair]
    if order == "column by column":
        drawn = left + right
    elif order == "from the foot":
        drawn.reverse()
    heading = Text(60, 810, "Council of the harbours, record of the third meeting", 12)
    assert flat(text_of([*drawn, heading])).endswith(READ)


def test_three_columns_of_different_length_and_a_line_across_below() -> None:
    third = [
        "The seat moves to Bergen soon.",
        "Nobody spoke against it.",
        "The record was adopted.",
    ]
    page = [
        *courier(LEFT, 40, size=8),
        *courier(RIGHT, 215, size=8),
        *courier(third, 390, size=8),
        Text(40, 640, "All three reports are kept in the archive of the council at Lund."),
    ]
    last = " ".join(third)
    assert flat(text_of(page)) == (
        f"{READ} {last} All three reports are kept in the archive of the council at Lund."
    )


def test_columns_with_lines_at_different_heights() -> None:
    page = courier(LEFT, 60, leading=13) + courier(RIGHT, 310, top=776.5, leading=14.5)
    assert flat(text_of(page)) == READ


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Port", "Ships", "Crew"), ("Lund", "1,204", "310"), ("Oslo", "988", "27"),
            ("Turku", "45", "1,100")]  # fmt: skip
    page = [
        Text(x, 700 - 16 * n, cell)
        for n, row in enumerate(rows)
        for x, cell in zip((72, 250, 400), row, strict=True)
    ]
    page += courier(["The figures of the ports were read aloud on the second day."], top=740)
    assert text_of(page).split("\n\n")[1:] == [" | ".join(row) for row in rows]


def test_a_contents_page_keeps_each_entry_on_its_line() -> None:
    titles = {"Opening of the session": 1, "The law on tides": 17, "Closing": 104}
    entries = [f"{title} {'.' * (50 - len(title))} {n}" for title, n in titles.items()]
    assert text_of(courier(["Contents", "", *entries])).split("\n\n") == ["Contents", *entries]


def test_a_sentence_goes_on_over_pages_and_columns() -> None:
    first = [*courier(LEFT, 60), Text(60, 700, "We ask that the harbour of the town be")]
    second = column(["opened to all who come by sea."])
    loaded = pdf.load(make_pdf([first, second]))
    assert "harbour of the town be opened to all" in loaded.text
    assert loaded.text[loaded.pages[1] :].startswith("opened to all")


def test_pages_of_single_lines_stay_apart() -> None:
    text = text_of(*([Text(72, 700, line)] for line in ["Speeches of a reign", "Printed in Lund"]))
    assert text == "Speeches of a reign\n\nPrinted in Lund"


def test_a_pull_quote_does_not_stand_inside_a_sentence() -> None:
    body = [
        "The mine at Tete gave work to many, and the",
        "royalties of that mine, which the assembly",
        "has kept apart in a fund of its own since the",
        "first year of this government, will now pay",
        "for schools in each of the nine provinces.",
    ]
    page = [
        *courier(body[:3]),
        Text(90, 700, "“Schools in all nine provinces”", 17),
        *courier(body[3:], top=665),
    ]
    text = flat(text_of(page))
    assert " ".join(body) in text
    assert text.count("“Schools in all nine provinces”") == 1


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_that_are_turned(turn: int) -> None:
    """The page is turned for display, and its text is written so that it can then be read."""
    lines = ["The harbour is open to all", "ships that come by sea."]
    at = {90: (100, 72), 180: (500, 700), 270: (400, 700)}[turn]
    down = {90: (14, 0), 180: (0, 14), 270: (-14, 0)}[turn]
    texts = [
        Text(at[0] + n * down[0], at[1] + n * down[1], line, 11, turn)
        for n, line in enumerate(lines)
    ]
    read = pdf.read(make_pdf([Page(texts, rotate=turn)]))
    assert flat(read.loaded.text) == " ".join(lines)
    (page, first), (_, second) = read.boxes(0, len(read.loaded.text))
    assert page == 1
    assert first[1] > second[1] and first[2] - first[0] > 5 * (first[3] - first[1])
    width, height = read.frames[0].width, read.frames[0].height
    assert 0 < first[0] < first[2] < width and 0 < second[1] < first[3] < height


def test_text_that_runs_across_the_page_is_kept_apart() -> None:
    page = [*courier(LEFT), Text(560, 300, "Lund University Archive", 9, 90)]
    assert text_of(page).split("\n\n")[1] == "Lund University Archive"
    assert flat(text_of(page)).startswith(" ".join(LEFT))
    others = [
        [*courier([f"{word} pages of the record follow."]), page[-1]] for word in ("More", "Two")
    ]
    assert "Archive" not in text_of(page, *others)


def test_letters_that_are_set_apart_make_words() -> None:
    heading = Text(72, 780, "CLOSING REMARKS", 14, spacing=5)
    apart = Text(72, 750, "T H E  L A W  O N  T I D E S", 12)
    text = text_of([heading, apart, *courier(LEFT, top=720)])
    assert text.startswith("CLOSING REMARKS\n\nTHE LAW ON TIDES\n\n")


def test_letters_drawn_twice_to_look_bold_are_one() -> None:
    twice = [Text(72 + shift, 780, "Opening remarks", 14) for shift in (0, 0.4)]
    assert text_of([*twice, *courier(LEFT, top=740)]).startswith("Opening remarks\n")


def test_words_broken_in_a_narrow_column() -> None:
    lines = [
        "The Franco-",
        "British treaty was signed after",
        "SARS-CoV-",
        "2 had closed the harbours. Coop-",
        "eratives and weather-",
        "resistant boats share the money.",
    ]
    text = text_of(courier(lines))
    assert "Franco-British treaty" in text
    assert "SARS-CoV-2 had" in text
    cleaned = flat(clean(text).text)
    assert "Cooperatives" in cleaned and "resistant boats" in cleaned


def test_the_place_of_words_on_the_page() -> None:
    line = Text(72, 700, "The harbour is open.", 10, font="F2")
    read = pdf.read(make_pdf([[line], [Text(72, 300, "It is.", 10, font="F2")]]))
    at = read.loaded.text.index("harbour")
    [(page, (left, bottom, right, top))] = read.boxes(at, at + len("harbour"))
    assert page == 1
    assert (left, right) == pytest.approx((72 + 4 * 6, 72 + 11 * 6), abs=0.1)
    assert bottom < 700 < top < 712
    assert read.boxes(0, len(read.loaded.text))[-1][0] == 2
    assert read.boxes(5, 5) == []
    assert end_of(line) == pytest.approx(read.boxes(0, 20)[0][1][2], abs=0.1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.floats(-50, 650),
                st.floats(-50, 900),
                st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=12),
                st.floats(0.1, 90),
                st.sampled_from([0, 0, 0, 3, 45, 90, 180, 270]),
            ),
            max_size=12,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_page_is_read_or_refused_and_places_fit(pages: list) -> None:
    try:
        read = pdf.read(make_pdf([[Text(*text) for text in page] for page in pages]))
    except pdf.reader.UnusableFileError:
        return
    loaded = read.loaded
    assert len(loaded.pages) == len(pages) and loaded.pages[0] == 0
    assert list(loaded.pages) == sorted(loaded.pages) and loaded.pages[-1] <= len(loaded.text)
    assert "\r" not in loaded.text
    for placed in read.placed:
        assert loaded.text[placed.start : placed.end] == placed.word.text
    for page, _ in read.boxes(0, len(loaded.text)):
        assert 1 <= page <= len(pages)
