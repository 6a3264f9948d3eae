"""What stands on PDF pages beside their text: heads, numbers, notes and marks, pictures."""

from __future__ import annotations

import pytest
from pdf_builder import Page, Text, column, courier, make_pdf

from qa_bot.corpus.loaders import pdf
from qa_bot.corpus.loaders.base import UnusableFileError
from qa_bot.schema import Omission

BODY = [
    "The harbour of Lund is open to all ships that come by sea.",
    "Its pilots were paid for by the town until the year 1911, and",
    "nobody asked the owners of the ships to share in the cost of",
    "the light, which burns from dusk to dawn in every season.",
]
OTHER = [
    "The council then heard the second report, on tides and weather,",
    "which took four years to write and was read by few members of",
    "the house. It says that the quay must be raised before winter.",
    "Nobody spoke against it, and the money was voted on that day.",
]
THIRD = [
    "At the end of the day the chair thanked the pilots, who had",
    "waited outside since morning, and closed the meeting. The next",
    "one will be held in the old town hall, as the new one leaks,",
    "on the first Tuesday that is not a holiday in either country.",
]
PAGES = (BODY, OTHER, THIRD)
ALL = " ".join(BODY + OTHER + THIRD)


def load(*pages: object, **more: object):
    return pdf.load(make_pdf(list(pages), **more))


def text_of(*pages: object, **more: object) -> str:
    return " ".join(load(*pages, **more).text.split())


def test_heads_of_three_lines_and_feet_drawn_first_are_left_out() -> None:
    pages = []
    for n, body in enumerate(PAGES, start=1):
        head = ["Council of harbours", "Second session, record", f"Meeting {n}, morning"]
        foot = [Text(72, 52, "council.example / tel. 12 34 56"), Text(72, 38, f"Page {n} of 3")]
        pages.append([*foot, *column(head, 815, 12), *column(body, 740)])
    loaded = load(*pages)
    assert " ".join(loaded.text.split()) == ALL
    assert loaded.omissions == (Omission("running heads, feet and page numbers", 3, "1-3"),)


def test_heads_that_alternate_are_left_out() -> None:
    heads = [Text(380, 810, "Second day #"), Text(72, 810, "# The harbours of Lund")]
    pages = []
    for n in range(1, 7):
        head = heads[n % 2]
        pages.append(
            [head._replace(text=head.text.replace("#", str(n))), *column(PAGES[n % 3], 770)]
        )
    text = text_of(*pages)
    assert "Second day" not in text and "harbours of Lund" not in text
    assert text.count("The council then heard") == 2


def test_heads_marked_by_the_file_are_left_out() -> None:
    head = Text(72, 810, "Draft of the record, not for citation", artifact=True)
    assert text_of([head, *column(BODY)]) == " ".join(BODY)


def test_pages_that_all_say_the_same_keep_it() -> None:
    same = [[Text(72, 780, "The loan is 40 million."), Text(290, 30, str(n))] for n in (2, 3, 4)]
    assert text_of(column(BODY), *same) == " ".join([*BODY, *["The loan is 40 million."] * 3])
    pages = [[Text(72, 810, "Record of the council"), *column(body)] for body in PAGES]
    assert "Record" not in text_of(*pages, [Text(72, 810, "Record of the council")])


def test_a_year_at_the_foot_of_a_page_is_no_page_number() -> None:
    first = [*BODY, "and has burnt without a pause ever since the winter of", "1912."]
    assert text_of(column(first), column(OTHER)) == " ".join([*first, *OTHER])


def test_page_numbers_that_the_file_tells() -> None:
    fronts = [["The record of a council"], ["Printed in Lund"]]
    pages = [
        [*column(lines), Text(290, 752, name)]
        for lines, name in zip([*fronts, *PAGES], ["i", "ii", "1", "2", "3"], strict=True)
    ]
    pages[2:] = [[*column(body), Text(290, 700, str(n))] for n, body in enumerate(PAGES, start=1)]
    loaded = load(*pages, labels="0 << /S /r >> 2 << /S /D >>")
    assert loaded.page_labels == ("i", "ii", "1", "2", "3")
    assert " ".join(loaded.text.split()).endswith(f"Printed in Lund {ALL}")
    assert "ii" not in loaded.text


@pytest.mark.parametrize("every", [1, 5])
@pytest.mark.parametrize("side", ["left", "right"])
def test_numbers_of_lines_are_left_out(side: str, every: int) -> None:
    pages = []
    for body in (BODY + OTHER + THIRD, THIRD + BODY + OTHER):
        lines = (body + body)[:24]
        page: list[Text] = []
        for n, line in enumerate(courier(lines, 90, size=9, top=760), start=1):
            page.append(line)
            if n % every == 0:
                page.append(Text(50 if side == "left" else 520, line.y, str(n), 9))
        pages.append(page)
    if every == 5:
        pages = [page + page_five(side) for page in pages]
    loaded = load(*pages)
    assert "1911, and nobody" in " ".join(loaded.text.split())
    assert " ".join(loaded.text.split()).startswith(f"{ALL} {BODY[0]}")
    assert loaded.omissions[0] == Omission("numbers of lines in a margin", 2, "1-2")


def page_five(side: str) -> list[Text]:
    """A number more, beside a line of its own."""
    return [
        Text(50 if side == "left" else 520, 760 - 14 * 24, "25", 9),
        Text(90, 760 - 14 * 24, "and that was all.", 9, font="F2"),
    ]


def test_a_numbered_list_keeps_its_numbers() -> None:
    items = [f"{n}  Item of the list that is long enough" for n in range(1, 8)]
    assert all(f"{n} Item" in text_of(column(items)) for n in range(1, 8))


def noted(mark: float, *, size: float = 6) -> list[Text]:
    """The sentence 'in 2012, and' with a raised mark behind the year."""
    return [
        Text(72, 780, "The light was lit in 2012", 10, font="F2"),
        Text(72 + 25 * 6, 780 + mark, "3", size, font="F2"),
        Text(72 + 26 * 6, 780, ", and 14 ships", 10, font="F2"),
        *courier(["came in on the first night alone."], top=766),
    ]


def test_marks_and_notes_in_the_middle_of_a_sentence() -> None:
    note = [Text(72, 60, "3", 5), Text(78, 57, "See the report of the pilots, table 9.", 8)]
    first = [*noted(4), *courier(["The council asked that the"], top=745), *note]
    loaded = load(first, column(["quay be raised before winter. It was."]))
    text = loaded.text
    assert "lit in 2012, and 14 ships came" in " ".join(text.split())
    assert "The council asked that the quay be raised before winter." in text
    assert "\n\n3 See the report of the pilots, table 9.\n\n" in text
    assert text.index("3 See") < text.index("The council asked")


def test_a_note_that_goes_on_at_the_foot_of_the_next_page() -> None:
    first = [*noted(4), Text(72, 57, "3 See the report of the pilots, who", 8)]
    second = [*column(OTHER), Text(72, 57, "were asked by nobody, table 9.", 8)]
    second.append(Text(72, 700, "It also says that a light", 11))
    third = column(["burns there."])
    text = text_of(first, second, third)
    assert "It also says that a light burns there." in text
    assert "nobody, table 9." in text


@pytest.mark.parametrize(
    ("before", "sign", "up", "shown"),
    [
        ("A basin of 40 m", "2", 4, "40 m2 is"),
        ("A town of 6 km", "2", 4, "6 km2 is"),
        ("On the 3", "rd", 4, "the 3rd is"),
        ("It holds CO", "2", -3, "CO2 is"),
        ("About 10", "6", 4, "10⁶ is"),
    ],
)
def test_raised_and_lowered_signs_that_are_part_of_words(
    before: str, sign: str, up: float, shown: str
) -> None:
    line = Text(72, 780, before, 10, font="F2")
    x = 72 + 6 * len(before)
    rest = Text(x + len(sign) * 4 + 6, 780, "is named in the report of the pilots.", 10, font="F2")
    text = text_of([line, Text(x, 780 + up, sign, 6, font="F2"), rest])
    assert shown in text


def test_a_raised_mark_is_no_part_of_the_number_before_it() -> None:
    assert "2012, and 14" in text_of(noted(4))
    line = [
        Text(72, 780, "We built 12", 10, font="F2"), Text(72 + 66, 784, "3", 6, font="F2"),
        Text(72 + 76, 780, "ships in all.", 10, font="F2"),
        Text(72, 60, "3", 5, font="F2"), Text(80, 57, "By the end of that year.", 8),
    ]  # fmt: skip
    assert "We built 12 ships in all." in text_of(line)


@pytest.mark.parametrize("angle", [0, 45])
def test_watermarks_are_left_out_and_told(angle: float) -> None:
    mark = Text(100, 735, "DRAFT", 60, angle)
    loaded = load([mark, *column(BODY)])
    assert " ".join(loaded.text.split()) == " ".join(BODY)
    assert loaded.omissions == (Omission("watermarks and slanted text", 1, "1"),)


def test_what_else_is_on_the_pages_is_counted() -> None:
    full = (0.0, 0.0, 595.0, 842.0)
    loaded = load(
        column(BODY),
        Page([], [full]),
        Page([(72, 30, "Digitised in Lund")], [full]),
        Page([]),
        Page(column(OTHER), [(100, 100, 300, 300), (0, 0, 9, 9)], ["Text", "FreeText", "Popup"]),
        Page(column(BODY + OTHER), [full], ["Widget"]),
        attached=2,
    )
    assert set(loaded.omissions) == {
        Omission("pages without text (scanned?)", 1, "2"),
        Omission("pages that are mostly a picture", 1, "3"),
        Omission("pictures", 1, "5"),
        Omission("comments", 2, "5"),
        Omission("form fields", 1, "6"),
        Omission("attached files", 2),
    }


def test_a_scan_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnusableFileError, match="OCR"):
        load(Page([], [(0, 0, 595, 842)]))
