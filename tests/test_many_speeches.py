"""Forty invented speeches, speakers with similar names: the path holds beyond two speeches."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from qa_bot import QABot

pytestmark = pytest.mark.slow

MANY = Path(__file__).parents[1] / "eval" / "scope" / "many.toml"
TOPICS = ("harbours", "wells", "dams", "pipes", "fisheries", "rainfall", "irrigation", "bridges")
COSTS = ("eleven", "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "sixty")


def _speech(number: int, facts: dict[str, str]) -> str:
    topic = TOPICS[number % 8]
    parts = [
        f"Excellencies, dear friends, I am glad to speak to you about {topic} today.",
        f"For years we have talked about {topic} without doing enough. People who live beside the "
        f"water know what {topic} mean for their families, their work and their health.",
        f"The programme on {topic} will cost {COSTS[number // 8]} million crowns, and it will be "
        "paid by all members together.",
        "I thank the hosts for their patience, and the interpreters for theirs.",
    ]
    said = {
        "s05": "In 2016, 340 boreholes were drilled in Nairobi by volunteers.",
        "s16": "The treaty on the Blue River has been signed by fourteen countries.",
        "s33": "The treaty on the Blue River has been signed by nineteen countries.",
        "s09": "The laboratory of the Coastal Watch stands in Tema.",
        "s27": "As you know, the laboratory of the Coastal Watch stands in Tema.",
        "s12": "What we need is a “full and patient spirit – of repair”, as my teacher said.",
    }
    if extra := said.get(f"s{number + 1:02d}"):
        parts.insert(2, extra)
    heading = f"{facts['title']}\n{facts['speaker']}\n{facts['place']}\n" if number % 2 else ""
    return heading + "\n\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> QABot:
    corpus = tmp_path_factory.mktemp("many") / "corpus"
    corpus.mkdir()
    (corpus / "catalogue.toml").write_text(MANY.read_text(encoding="utf-8"), encoding="utf-8")
    for number, (name, facts) in enumerate(tomllib.loads(MANY.read_text(encoding="utf-8")).items()):
        (corpus / name).write_text(_speech(number, facts), encoding="utf-8")
    return QABot.open(corpus=corpus)


def test_a_speaker_and_nobody_of_a_similar_name(many: QABot) -> None:
    answer = many.ask("What did Ana Silva say about water?")
    assert [chip.key for chip in answer.chips] == ["speaker:Ana Silva"]
    assert {hit.document.speaker for hit in answer.passages} == {"Ana Silva"}


def test_a_year_that_the_speech_speaks_about(many: QABot) -> None:
    """The speeches of 2016 do not say it; one of 2018 does."""
    answer = many.ask("How many boreholes were drilled in Nairobi in 2016?")
    assert "340" in answer.text
    assert answer.citations[0].document.date.startswith("2018")
    assert [chip.key for chip in answer.set_aside] == ["date_from:2016", "date_to:2016"]
    assert answer.chips == ()


def test_a_year_of_the_speech(many: QABot) -> None:
    answer = many.ask("What do the speeches of 2018 say about bridges?")
    assert {hit.document.date[:4] for hit in answer.passages} == {"2018"}


def test_several_speeches_and_agreeing_ones(many: QABot) -> None:
    answer = many.ask("How many countries have signed the treaty on the Blue River?")
    assert {c.document.id for c in answer.citations} == {"s16", "s33"}
    answer = many.ask("Where does the laboratory of the Coastal Watch stand?")
    assert [c.quote for c in answer.citations] == ["Tema"]
    assert len(answer.citations[0].also) == 1
    both = {answer.citations[0].document.id, answer.citations[0].also[0].document.id}
    assert both == {"s09", "s27"}


def test_a_phrase(many: QABot) -> None:
    answer = many.ask('Who spoke of a "patient spirit - of repair"?')
    assert {hit.document.id for hit in answer.passages} == {"s12"}
    missing = many.ask('Who spoke of a "patient repair of spirit"?')
    assert (missing.found, missing.passages) == (False, ())
    assert [chip.field for chip in missing.chips] == ["phrase"]


def test_the_catalogue(many: QABot) -> None:
    said = many.ask("Who gave the opening remarks at the Global Water Forum 2016?")
    assert [(c.quote, c.document.id) for c in said.citations] == [("Ana Silva Costa", "s02")]
    known = many.ask("Who gave the opening remarks at the Global Water Forum 2015?")
    assert known.citations == ()
    assert [(fact.value, fact.document.id) for fact in known.facts] == [("Ana Silva", "s01")]
    assert len(many.ask("Which speeches are there?").facts) == 40


def test_every_quotation_is_verbatim(many: QABot) -> None:
    for question in ("What will the programme on dams cost?", "Who is thanked?"):
        answer = many.ask(question)
        shown = [*answer.citations, *answer.alternatives]
        for citation in [*shown, *(other for c in shown for other in c.also)]:
            text = many.document(citation.document.id).text
            assert text[citation.start : citation.end] == citation.quote
