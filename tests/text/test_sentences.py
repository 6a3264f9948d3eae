from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.text.blocks import INK, blocks
from qa_bot.text.cleaning import clean
from qa_bot.text.sentences import find_sentences, sentences

SPEECHES = Path(__file__).parents[2] / "corpus"
TROUBLE = [
    "word", "Word", "the", " ", "\n", "\n\n", "\f", ".", ". ", "?! ", "...", "Mr. ", "U.S. ", "1. ",
    "No. 5", "“", "”", '"', "**", "# ", "> ", "- ", "•", ":", ",", "。", "؟ ", "\xad",
    "\u200b", "-\n",    "\x00", "é", "ﬁ", "🙂", "[a](https://b.c)", "(x)", "\t", " | ",
]  # fmt: skip
texts = st.lists(st.sampled_from(TROUBLE) | st.text(max_size=5), max_size=50).map("".join)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["We came.", "We saw.", "We left!"],
        ["As Ms. Bralo said today: “It works”.", "Those who know agree."],
        ["H.E. Mr. J. F. Kennedy met Dr. Smith of the U.S. Government.", "He left."],
        ["We met at 5 p.m. on Monday.", "It was late, i.e. dark, e.g. at night, etc.", "We slept."],
        ["She works in the U.S.", "He works in Geneva."],
        ["See No. 5, Art. 12, Vol. II and p. 7 of Fig. 3.", "No.", "We disagree."],
        ["It cost 3.5 million in 2018.", "30 countries paid."],
        ["“Why?” he asked.", "“Because!”", "Nobody knew."],
        ["Well... we waited.", "And then… nothing.", "The end."],
        ["1. Introduction follows.", "2. The rest as well."],
        ["(It was so.)", "We went on [3].", "Really?", "Yes."],
        ["He is better than I.", "We know.", "This is plan B.", "The others failed."],
        ["我们来了。", "我们看见了！", "好吗？"],
        ["هل جئنا؟", "نعم جئنا."],
        ["¿Por qué?", "El Sr. Presidente habló.", "¡Bien!"],
        ["We agreed.3", "We went home.¹²", "See version 2.1 And 3.", "See Art.4 The law holds."],
        ["Il dit « c’est la fin. »", "Puis « non\u202f!\u202f»", "Et rien."],
    ],
)
def test_where_sentences_end(expected: list[str]) -> None:
    joint = "" if expected[0][0] == "我" else " "
    assert split(joint.join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["CONCLUSION", "In conclusion, we agree."],
        ["Honorable Ministers,", "Excellencies,", "I thank you."],
        ["We need goals with the\n\nexpected outcomes; we agree.", "Yes."],
        ["It requires the support of\n\nMember States.", "Yes."],
        ["The sentence goes on over the page,\n\nand so do we."],
        ["# Heading **one**", "Text under it.", "## Two", "More."],
        ["Takeaways from two days:", "migration is complex.", "- one item", "- two items"],
        ["Many **called for it.**", "**Others** did not."],
        ["Name | Country", "Ann | Peru", "Bob | Chad"],
    ],
)
def test_layout(expected: list[str]) -> None:
    assert split("\n\n".join(expected)) == expected


def test_wrapped_lines_are_one_paragraph_and_short_lines_are_not() -> None:
    text = (
        "Laura Thompson\nDeputy Director General\n\n"
        "We have come to Geneva to talk about migration with Member States and\n"
        "Partners from all over the world. We are grateful to all of them for\nthat."
    )
    assert split(text) == [
        "Laura Thompson",
        "Deputy Director General",
        "We have come to Geneva to talk about migration with Member States and\n"
        "Partners from all over the world.",
        "We are grateful to all of them for\nthat.",
    ]


@pytest.mark.parametrize(
    "expected",
    [
        # A narrow column: lines often begin in lower case.
        [
            "We thank President\nMacron for his words\nand the people of New\nYork for their help.",
            "The work goes on and\nwill not stop here.",
        ],
        ["Ann Lee", "Bo Lund", "Cara Diaz", "Dan Wolf"],
        ["Rough winds do shake", "Thou art more lovely", "So long lives this"],
        # A quotation of Markdown.
        [
            "> We commit to the goals\n> that Member States set out in the\n> Compact of 2018.",
            "> Yes.",
        ],
        ["> We commit to the goals that many Member States\nset out in the Compact.", "> Yes."],
        ["> We commit to the goals.", ">> That many Member States", "> Set out again."],
        ["Those who live on two dollars a day have been\n> 50 per cent for years."],
        # A tab after a number, or astray; rows of a table have one each.
        [
            "1.\tWe commit to the goals that the many Member States set out in the\n"
            "Compact for all migrants and for the\tfuture of our work with them\nand more."
        ],
        ["Name\tCountry", "Ann\tPeru", "Bob\tChad"],
        # Lines that begin like an item of a list by chance.
        [
            "The crisis is the worst in many years and it has touched every region\n"
            "– as we all know – of the world."
        ],
        [
            "We heard a very warm and moving statement this morning by the delegate\n"
            "A. Smith of Canada, who spoke of pathways."
        ],
        [
            "It is long since the number of States that joined has been as high as\n15.",
            "That is good.",
        ],
        ["We ask for these:", "– regular pathways and decent work for them all and", "– homes"],
        ["1. We heard a statement this morning by the delegate, and it was very", "2. We go on"],
        # Headings and lone items are none by chance.
        ["The many members of the network that met in the city of Geneva last", "1. Introduction"],
        ["MIGRATION IN THE MEDIA: A VIEW FROM THE GLOBAL SOUTH", "I. INTRODUCTION"],
        ["We thank all those who are here with us on this day", "- regular pathways"],
        [
            "1. We heard a statement this morning by the delegate, and it was\nvery warm",
            "– as it were – of the world",
        ],
        # A tab in a line of its own kind.
        ["Speaker\tLaura Thompson", "and others who came to speak in Geneva on that day."],
        ["Laura Thompson\tDeputy Director General of the Organization", "Geneva, 9 October 2018"],
        ["Item\tA | b", "foo"],
        # Short lines that are no column.
        [
            "Laura Thompson",
            "Deputy Director General\ntel 022 717 91 11\ne-mail to her office",
            "Geneva, Switzerland",
        ],
        ["Anna de Vries\nvan den Berg, Jan", "Dupont, Marie\nvon Trapp, Maria", "Lund, Bo"],
    ],
)
def test_line_ends_inside_and_between_sentences(expected: list[str]) -> None:
    assert split("\n".join(expected)) == expected


def test_a_row_of_a_table_is_one_whatever_follows() -> None:
    row = "Number of migrants in the whole of the region\t1 200 000"
    assert split(f"{row}\n\nof whom many are children, and they\nneed help.")[0] == row


def test_paragraphs_on_single_long_lines() -> None:
    long = "It is a long paragraph without a line end, as word processors write it, " * 4
    text = f"{long}end.\nANOTHER HEADING\n{long}end."
    assert split(text)[1] == "ANOTHER HEADING"


def test_list_items_in_lower_case_are_not_glued() -> None:
    assert split("We want:\n\nmore schools\n\nfewer walls") == [
        "We want:",
        "more schools",
        "fewer walls",
    ]


def test_a_repeated_sentence_is_found_in_both_places() -> None:
    assert sentences("We agree. We agree. We agree.") == [(0, 9), (10, 19), (20, 29)]


@given(texts)
def test_spans_are_ordered_trimmed_and_cover_everything_visible(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end <= len(text)
        assert not INK.search(text, at, start)
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not INK.search(text, at)


@given(texts)
def test_sentences_are_the_same_stretches_of_the_cleaned_text(text: str) -> None:
    cleaned = clean(text)
    for sentence in find_sentences(text, cleaned):
        assert cleaned.locate(sentence.start, sentence.end) == (
            sentence.clean_start,
            sentence.clean_end,
        )


@given(texts)
def test_blocks_cover_everything_visible(text: str) -> None:
    covered = "".join(text[block.start : block.end] for block in blocks(text))
    assert INK.findall(covered) == INK.findall(text)


@pytest.mark.parametrize("path", sorted(SPEECHES.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_speeches(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = split(text)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)
    if path.name.startswith("000"):
        assert "CONCLUSION" in found
        assert any(s.startswith("Speakers recalled") and "the\n\nexpected" in s for s in found)
        assert any(s.startswith("As UNICEF") and "way\n\nof making" in s for s in found)
        assert any(
            s.startswith("Many of you **called") and s.endswith("agreement.**") for s in found
        )
    else:
        assert any("support of\n\nmultitude" in s for s in found)
