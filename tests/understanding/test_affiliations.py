"""Speakers are known by whom they speak for, where that tells a few speeches from the others."""

from __future__ import annotations

import pytest

from qa_bot.schema import DocumentInfo
from qa_bot.understanding.affiliations import affiliations
from qa_bot.understanding.catalogue_questions import catalogue_question
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.preferences import of_speaker_and_date, preferred, without_names_of

TALKS = [
    DocumentInfo("ke", speaker="Ann Otieno", role="President of the Republic of Kenya",
                 title="Statement of Kenya, general debate", date="2024-09-26"),
    DocumentInfo("lt", speaker="Jonas Kazlas", role="President of the Republic of Lithuania",
                 title="Statement of Lithuania, general debate", date="2024-09-24"),
    DocumentInfo("za", speaker="Thandi Nkosi", role="Minister of Health of South Africa",
                 title="Statement of South Africa, general debate", date="2023-09-24"),
    DocumentInfo("uk", speaker="Tom Hill", role="Prime Minister of the United Kingdom",
                 title="Statement of the United Kingdom, general debate", date="2024"),
    DocumentInfo("de", speaker="Eva Braun-Kühn", role="Chancellor, Germany", date="2024"),
]  # fmt: skip
ENTITIES = Entities(TALKS)


@pytest.mark.parametrize(
    ("question", "speeches"),
    [
        ("What did Kenya say about water?", {"ke"}),
        ("what does the kenyan president want", {"ke"}),
        ("tell me what the Lithuanian president talked about", {"lt"}),
        ("the UK on tariffs", {"uk"}),
        ("Does Germany want reform?", {"de"}),
        ("South Africa and Kenya on debt", {"za", "ke"}),
        ("What was said about health?", set()),  # of a minister, not of a country
        ("What was said in Chile?", set()),
    ],
)
def test_the_speeches_of_a_country(question: str, speeches: set[str]) -> None:
    assert preferred(question, ENTITIES, None) == frozenset(speeches)


def test_what_most_speeches_share_tells_none_apart() -> None:
    same = [DocumentInfo(f"{n}", speaker=f"Ann Lee{n}", role="Head of the Bank") for n in range(8)]
    assert not any(affiliations(same).values())
    assert affiliations(TALKS[:2]) == {}  # two are told apart by their speakers


def test_who_spoke_for_a_country() -> None:
    asked = catalogue_question("Who spoke for Kenya?", ENTITIES)
    assert asked and asked.field == "speaker"
    assert [document.id for document in asked.documents] == ["ke"]


def test_a_speaker_and_a_date_of_theirs_say_which_speech() -> None:
    assert of_speaker_and_date("Nkosi 2023 on clinics", ENTITIES) == {"za"}
    assert not of_speaker_and_date("Nkosi 1990 on clinics", ENTITIES)
    assert not of_speaker_and_date("Nkosi on clinics", ENTITIES)


def test_names_of_the_speech_are_no_part_of_the_subject() -> None:
    topic = without_names_of(frozenset({"za"}), "nkosi clinics 2023", ENTITIES)
    assert topic.split() == ["clinics"]
    assert without_names_of(frozenset({"ke"}), "nkosi clinics", ENTITIES) == "nkosi clinics"
