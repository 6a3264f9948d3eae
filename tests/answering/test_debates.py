"""Records with several speakers: everybody's own words, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa_bot import QABot
from qa_bot.display import moment, sections, speaks
from qa_bot.schema import Answer, Filters, Turn, citation_dict, hit_dict

PANEL = """FORUM ON WATER
Lusaka, 3 June 2019

MODERATOR: Good morning. Our panel is about wells and who pays for them.

Dr. Banda (Ministry of Water): In my district we dug 120 wells in two years. Each cost us 4,000 \
dollars, and a third of them are dry today.

Ms. Okeke (WaterTrust): I would not dig another well before the old ones are mended. My \
organisation will mend 900 pumps by 2021.

Mr. Lindqvist (Sweden): The fund pays for pipes, not for wells. We have set aside 30 million \
kronor for Zambia.

Dr. Banda: Pipes will not reach my villages in ten years. I demand that the fund pay for wells too.

MODERATOR: Will you, Mr. Lindqvist?

Mr. Lindqvist: No. We agree with Ms. Okeke on that.
"""
INTERVIEW = """# A harbour for the century

**TR:** Is it true that the new quay will cost 80 million crowns?

**ID:** No, it is 45 million crowns, and half of it comes from the county.

**TR:** And the fishermen will have to leave?

**ID:** They stay where they are. We are building them a cold store of their own.

**TR:** When will the first ferry call at the new quay?

**ID:** In the spring of 2024, if the winter is kind to us.
"""
CATALOGUE = """
["quay.md"]
speaker = "Ingrid Dahl"
role = "Harbour master"
date = "2022-03-12"
["quay.md".turn_names]
TR = "Tom Reeve"
["panel.txt"]
date = "2019-06-03"
"""


@pytest.fixture(scope="module")
def debates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QABot]:
    folder = tmp_path_factory.mktemp("debates")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in (("panel.txt", PANEL), ("quay.md", INTERVIEW), ("catalogue.toml", CATALOGUE)):
        (corpus / name).write_text(text, encoding="utf-8")
    yield QABot.open(corpus=corpus, index=folder / "index")


def shown(answer: Answer) -> str:
    return " … ".join(c.quote for c in answer.citations or answer.closest)


def speakers(answer: Answer) -> set[str]:
    """Whose words an answer shows, those that only come close included."""
    return {c.about.speaker for c in (*answer.citations, *answer.closest)}


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("How many wells were dug in the district?", "Dr. Banda", "120"),
        ("What did Dr. Banda say about pipes?", "Dr. Banda", "Pipes will not reach my villages"),
        ("Who will mend 900 pumps?", "Ms. Okeke", "Ms. Okeke"),
        ("Who demanded that the fund pay for wells?", "Dr. Banda", "Dr. Banda"),
        ("Who agreed with Ms. Okeke?", "Mr. Lindqvist", "Mr. Lindqvist"),
        ('Who said "The fund pays for pipes"?', "Mr. Lindqvist", "Mr. Lindqvist"),
        ("How much will the new quay cost?", "Ingrid Dahl", "45 million crowns"),
        ("What did Ingrid Dahl say about the fishermen?", "Ingrid Dahl", "They stay where they"),
        ("When will the first ferry call at the new quay?", "Ingrid Dahl", "spring of 2024"),
    ],
)
def test_the_right_words_of_the_right_person(
    debates: QABot, question: str, speaker: str, words: str
) -> None:
    answer = debates.ask(question)
    assert answer.found and words in shown(answer)
    assert speakers(answer) == {speaker}
    for citation in answer.citations:
        text = debates.document(citation.document.id).text
        assert text[citation.start : citation.end] == citation.quote
        assert text[citation.sentence_start : citation.sentence_end] == citation.sentence


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("How many pumps will Dr. Banda mend?", "Dr. Banda"),
        ("What did Ms. Okeke say about the airport?", "Ms. Okeke"),
        ("What did Ingrid Dahl say about the railway?", "Ingrid Dahl"),
        ("According to Mr. Lindqvist, how many wells are dry?", "Mr. Lindqvist"),
    ],
)
def test_nobody_is_given_the_words_of_another(debates: QABot, question: str, speaker: str) -> None:
    answer = debates.ask(question)
    assert not answer.found and answer.kind == "closest"
    assert speakers(answer) == {speaker}


@pytest.mark.parametrize(
    "question",
    [
        "What will the quay cost according to Ingrid Dahl?",
        "Will the new quay cost 80 million crowns?",
        "Will the fishermen have to leave?",
    ],
)
def test_the_premise_of_a_question_is_no_answer(debates: QABot, question: str) -> None:
    answer = debates.ask(question)
    assert speakers(answer) == {"Ingrid Dahl"} and "80" not in shown(answer)


def test_filters_pass_the_part_of_a_speaker(debates: QABot) -> None:
    hits = debates.search("wells", top_k=20, filters=Filters(speaker="okeke"))
    assert {hit.turn.speaker for hit in hits if hit.turn} == {"Ms. Okeke"}
    both = debates.search("wells", top_k=20, filters=Filters(documents=("panel",)))
    assert len({hit.turn.speaker for hit in both if hit.turn}) == 4
    assert hit_dict(hits[0])["turn"]["role"] == "WaterTrust"


def test_a_comparison_of_two_who_speak(debates: QABot) -> None:
    answer = debates.ask("Compare what Dr. Banda and Ms. Okeke said about wells.")
    assert answer.kind == "comparison"
    assert [{c.about.speaker for c in group.citations} for group in answer.groups] == [
        {"Dr. Banda"},
        {"Ms. Okeke"},
    ]


def test_a_citation_names_the_turn(debates: QABot) -> None:
    answer = debates.ask("How many wells were dug in the district?")
    shape = citation_dict(answer.citations[0])
    assert shape["turn"]["speaker"] == "Dr. Banda" and shape["turn"]["time"] is None
    assert shape["document"]["speaker"] == ""
    assert shape["turn"]["start"] <= shape["start"] < shape["end"] <= shape["turn"]["end"]
    assert sections(answer)[0].sentences[0].document.speaker == "Dr. Banda"


def test_an_overview_shows_only_the_person_asked_for(debates: QABot) -> None:
    answer = debates.ask("Summarise what Dr. Banda said.")
    assert answer.kind == "overview" and speakers(answer) == {"Dr. Banda"}


def test_when_somebody_speaks() -> None:
    assert moment(Turn(0, 1, "A", time=3_723.9)) == "[01:02:03]"
    assert moment(Turn(0, 1, "A")) == moment(None) == ""
    assert speaks(Turn(0, 1, "Ana", "Chair", 0.0)) == "Ana (Chair) [00:00:00]"
