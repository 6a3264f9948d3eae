"""The list of speeches: found, filtered, sorted, page by page."""

from __future__ import annotations

from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from qa_bot.schema import Document, Turn
from qa_bot.web.browse import PER_PAGE, Wanted, listing

SPEECHES = [
    Document("a", title="Ökonomie", speaker="Zoë", date="2018-10-09", text="x" * 30),
    Document("b", title="apples", speaker="Ana López", event="Debate", date="2020", text="x" * 50),
    Document("c", title="Étude", date="2018", place="Geneva", text="x" * 40),
    Document("d", title="", speaker="ana lópez", text="x"),
]


def ids(**wanted: object) -> str:
    return "".join(d.id for d in listing(SPEECHES, Wanted(**wanted)).documents)


def test_orders() -> None:
    assert ids() == ids(sort="date") == ids(sort="nonsense") == "bacd"
    assert ids(sort="oldest") == "cabd"
    assert ids(sort="title") == "bcad"
    assert ids(sort="speaker") == "bdac"
    assert ids(sort="length") == "bcad"


def test_words_speaker_and_year() -> None:
    assert ids(q="etude GENEVA") == "c"
    assert ids(q="etude debate") == ""
    assert ids(q="2018") == "ac"
    assert ids(speaker="Ana López") == "b"
    assert ids(year="2018") == "ac"
    assert ids(year="2018", q="oko") == "a"


def test_choices_are_of_all_speeches() -> None:
    found = listing(SPEECHES, Wanted(q="apples"))
    assert found.found == 1
    assert found.years == ("2020", "2018")
    assert set(found.speakers) == {"Zoë", "Ana López", "ana lópez"}


def test_pages() -> None:
    many = [Document(str(n), text="x") for n in range(2 * PER_PAGE + 1)]
    second = listing(many, Wanted(page=2))
    assert (second.page, second.pages, len(second.documents)) == (2, 3, PER_PAGE)
    assert [d.id for d in listing(many, Wanted(page=99)).documents] == [str(2 * PER_PAGE)]
    assert listing([], Wanted(page=5)).pages == 1


def test_addresses_keep_what_is_asked_for() -> None:
    wanted = Wanted(q="a b&c", year="2018", page=3)
    assert wanted.query(page=1) == "q=a+b%26c&year=2018"
    assert wanted.query(page=4) == "q=a+b%26c&year=2018&page=4"


def test_page_finds_says_how_many_and_how_to_see_all(client: TestClient) -> None:
    page = LexborHTMLParser(client.get("/speeches?q=closing&sort=title&page=x").text)
    (title,) = page.css(".speeches h2")
    assert title.text().startswith("Closing remarks")
    assert page.css_first("p[role=status]").text() == "1 of 3 speeches · Show all"
    assert page.css_first("input[name=q]").attributes["value"] == "closing"
    assert page.css_first("select[name=sort] option[selected]").attributes["value"] == "title"


def test_page_says_that_nothing_fits(client: TestClient) -> None:
    asked = '"><script>alert(1)</script>'
    page = LexborHTMLParser(client.get("/speeches", params={"q": asked, "year": "1066"}).text)
    assert "No speech fits" in page.body.text()
    assert page.css_first("input[name=q]").attributes["value"] == asked
    assert not page.css("script")


def test_whoever_speaks_in_a_debate_is_found() -> None:
    turns = (Turn(0, 2, "Mr. Roy"), Turn(2, 4, "Question (Post)"))
    debates = [*SPEECHES, Document("e", title="Debate", text="x" * 9, turns=turns)]
    assert "Mr. Roy" in listing(debates, Wanted()).speakers
    assert "Question (Post)" not in listing(debates, Wanted()).speakers
    assert [d.id for d in listing(debates, Wanted(speaker="Mr. Roy")).documents] == ["e"]
