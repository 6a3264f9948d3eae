"""The dataclasses that travel between the rooms."""

from __future__ import annotations

import json

import pytest

from qa_bot.schema import Answer, Citation, Document, DocumentInfo, Filters, document_dict

SPEECH = Document(id="a/b", title="T", text="One.\fTwo.", pages=(0, 5), groups=("staff",))


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (4, 1), (5, 2), (8, 2)])
def test_page_of_an_offset(offset: int, page: int) -> None:
    assert SPEECH.page_at(offset) == page


def test_a_document_without_pages_has_no_page() -> None:
    assert Document(id="a", text="x").page_at(0) is None


def test_info_leaves_the_text_behind() -> None:
    assert SPEECH.info == DocumentInfo(id="a/b", title="T", groups=("staff",))


def test_public_shape_does_not_name_groups() -> None:
    assert "groups" not in document_dict(SPEECH)


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(), True),
        (Filters(speaker="thompson"), True),
        (Filters(speaker="Thompson, L"), False),
        (Filters(event="IDM", speaker="Laura"), True),
        (Filters(date_from="2018"), True),
        (Filters(date_from="2018-10-09", date_to="2018-10-09"), True),
        (Filters(date_from="2018-10-10"), False),
        (Filters(date_to="2018-10"), True),
        (Filters(date_to="2018-09"), False),
        (Filters(event="idm 2018", speaker="laura thómpson"), True),
        (Filters(documents=("x",)), True),
        (Filters(documents=("y",)), False),
        (Filters(groups=()), False),
        (Filters(groups=("press",)), False),
        (Filters(groups=("press", "staff")), True),
    ],
)
def test_filters(filters: Filters, allowed: bool) -> None:
    document = DocumentInfo(
        id="x", speaker="Laura Thompson", event="IDM 2018", date="2018-10-09", groups=("staff",)
    )
    assert filters.allows(document) is allowed


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(date_from="2018-05"), True),
        (Filters(date_to="2018-05-01"), True),
        (Filters(date_from="2018-05", date_to="2018-06"), True),
        (Filters(date_from="2019-01-01"), False),
        (Filters(date_to="2017-12-31"), False),
        (Filters(speaker="sao tome"), True),
        (Filters(speaker="São"), True),
        (Filters(speaker="Sa\u0303o"), True),
    ],
)
def test_a_year_passes_where_a_day_of_it_would(filters: Filters, allowed: bool) -> None:
    assert filters.allows(DocumentInfo("x", speaker="São Tomé", date="2018")) is allowed


def test_a_document_without_a_date_passes_no_date_bound() -> None:
    undated = DocumentInfo(id="x")
    assert not Filters(date_from="2018").allows(undated)
    assert not Filters(date_to="2018").allows(undated)


def test_answer_is_json() -> None:
    citation = Citation("Two", 5, 8, "Two.", 5, 9, SPEECH.info, 2, 3.5, 0.9)
    answer = Answer("q?", "q?", True, "Two", 0.9, (citation,), seconds={"total": 0.1})
    shape = json.loads(json.dumps(answer.to_dict()))
    assert shape["citations"][0]["link"] == "/source/a/b#5-8"
    assert shape["citations"][0]["document"]["id"] == "a/b"
    assert shape["found"] is True


def test_pages_are_called_what_is_printed_on_them() -> None:
    speech = Document(id="a", text="One. Two.", pages=(0, 5), page_labels=("iv", "1"))
    assert (speech.page_label_at(0), speech.page_label_at(6)) == ("iv", "1")
    assert Document(id="a", text="One.", pages=(0,)).page_label_at(0) == ""
    assert Document(id="a", text="One.").page_label_at(0) == ""
