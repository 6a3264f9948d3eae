"""Names and numbers of a question that a passage does not know."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_bot.reading.unmatched_names import named, unmatched_names
from qa_bot.schema import DocumentInfo

PASSAGE = (
    "The African Union’s framework was presented by Ms. Bralo in Geneva on 9 October 2018. The "
    "International Organization for Migration spent $1.5 million; the IDM met twice."
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what does iom do?", []),
        ("WHAT DOES IOM DO IN 2018?", ["2018"]),
        ("Beginning when did it rain?", []),
        ("Explain the Compact. Now what of Chad?", ["Compact", "Chad"]),
        ("Didn’t IOM’s team say so, and Who’s there?", ["IOM"]),
        ("What did he NOT say to WHO?", ["WHO"]),
        ("IOM did what?", ["IOM"]),
        ("2018 saw what?", ["2018"]),
        ("Which Member States joined in 2018–2019?", ["Member States", "2018", "2019"]),
        ("What did Ms. Bralo’s Fund give?", ["Bralo", "Fund"]),
        ("Who leads the Ministry of Health of Chad?", ["Ministry of Health of Chad"]),
        ("Is it 1.5m or 3,000?", ["1.5", "3000"]),
        ("Who in the U.S. met Élysée Ménard?", ["US", "Élysée Ménard"]),
        ("谁在日内瓦说了？", []),
    ],
)
def test_names_of_a_question(question: str, names: list[str]) -> None:
    assert named(question) == names


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("What was presented?", 0.0),
        ("What did Bralo present in GENEVA?", 0.0),
        ("What is the European Union's framework?", 0.5),
        ("What is the Arab League's framework?", 1.0),
        ("Whose framework is it, the African Union's or the Arab League's?", 1.0),
        ("What did IOM spend?", 0.0),
        ("What did UNHCR spend?", 1.0),
        ("How often did the International Dialogue on Migration meet?", 0.0),
        ("What happened in 2018?", 0.0),
        ("What happened in 2019?", 1.0),
        ("Who spent 1.5m?", 0.0),
        ("Who spent 5 million?", 1.0),
        ("What did the Unions present?", 0.0),
        ("Who is the Deputy Director of the World Health Organization?", 1.0),
    ],
)
def test_how_much_a_passage_lacks(question: str, lacking: float) -> None:
    assert unmatched_names(question, PASSAGE) == pytest.approx(lacking)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Who got 5000?", "They got 5,000."),
        ("Who got 10,000?", "They got 10 000."),
        ("Which 5?", "Five of us."),
        ("What of COP26?", "At COP 26 we met."),
        ("What of COP 26?", "At COP26 we met."),
        ("What are the SDGs?", "The Sustainable Development Goals."),
        ("Which MPs came?", "An MP came."),
        ("Who in the U.S. agreed?", "The US agreed."),
        ("What does the UN say?", "The U.N. agreed."),
        ("Which MOU?", "A Memorandum of Understanding."),
        ("Which Parties and Processes?", "The Party and the Process."),
        ("What is Laura's Fund?", "A fund of Laura."),
        ("What of International Migration?", "On Inter-\nnational Migration."),
        ("What of Co-operation Europe?", "Cooperation in Europe."),
        ("What did Sørensen and Łukasz say?", "Sorensen and Lukasz agreed."),
        ("What of European schools in Chad?", "In Europe, and Chadian ones."),
    ],
)
def test_a_name_is_known_in_other_forms(question: str, passage: str) -> None:
    assert unmatched_names(question, passage) == 0.0


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("What did Anna Thompson say?", "We met at the bank."),
        ("What did Ivan Torres say?", "It is so."),
        ("What does the US say?", "They told us so."),
        ("What does WHO say?", "We know who said it."),
        ("What was said in Łódź?", "We met in Lublin."),
    ],
)
def test_small_words_are_no_names(question: str, passage: str) -> None:
    assert unmatched_names(question, passage) == 1.0


def test_what_is_known_about_the_speech_counts_as_known() -> None:
    about = DocumentInfo("a", title="Closing Remarks", speaker="Laura Thompson", date="2019-01-02")
    asked = "What did Laura Thompson say in the Closing Remarks of 2019?"
    assert unmatched_names(asked, PASSAGE) == 1.0
    assert unmatched_names(asked, PASSAGE, about) == 0.0
    spoke = DocumentInfo("a", date="2018-06-05", event="World Water Forum")
    assert unmatched_names("What was said on 5 June 2018 at the WWF?", "It rained.", spoke) == 0.0


TROUBLE = st.sampled_from([*"Aab01 .,'-’É¹ßﬁ½İ\n", "The", "U.S.", "of", " 000"])


@example("x 1,5a", "")
@example("A0.0", "")
@example("1 000 x", "")
@given(
    st.text(max_size=80) | st.lists(TROUBLE, max_size=20).map("".join),
    st.text(max_size=200) | st.lists(TROUBLE, max_size=20).map("".join),
)
def test_any_text(question: str, passage: str) -> None:
    assert 0.0 <= unmatched_names(question, passage) <= 1.0
    assert unmatched_names(question, f"{passage} | {question}") == 0.0


@pytest.mark.parametrize(
    ("question", "passage", "lacks"),
    [
        ("What of the European Union?", "The African Union and a European Bank met.", 0.5),
        ("What of the European Union?", "The European (and Asian) Union met.", 0.0),
        ("What of the World Health Organization?", "World Health: an organization met.", 0.0),
        ("What of the World Health Organization?", "World peace and good health need one.", 0.333),
        ("What of the Paris Agreement?", "The agreement was signed in Paris.", 0.5),
        ("What of the Paris Agreement?", "The agreement of Paris was signed.", 0.0),
        ("What of Mayor Plante?", "Valérie Plante, the Mayor.", 0.0),
        ("What of the World Trade Organization?", "World trade and one organization.", 0.0),
        ("What of Laura Ann Thompson?", "Laura met Ann. Ms. Thompson came.", 0.0),
        ("What of Laura Ann Thompson?", "Laura met her and Ann. Ann met Thompson.", 0.25),
        ("What of Laura Thompson?", "Laura met Bo Lund.", 0.5),
    ],
)
def test_a_name_whose_words_stand_apart_counts_half(
    question: str, passage: str, lacks: float
) -> None:
    assert unmatched_names(question, passage) == pytest.approx(lacks, abs=0.001)


@pytest.mark.parametrize(
    ("speaker", "role", "question"),
    [
        ("Thompson, Laura", "", "What did Laura Thompson say?"),
        ("Laura Thompson", "Deputy Director General, IOM", "What did Director Thompson say?"),
        ("Laura Thompson", "Deputy Director General, IOM", "What did the IOM Deputy Director say?"),
        ("Ana Silva", "Minister of Health, Peru", "What did Minister Silva say?"),
    ],
)
def test_a_speakers_name_and_office_belong_together(speaker: str, role: str, question: str) -> None:
    about = DocumentInfo("a", title="Closing remarks", speaker=speaker, role=role, place="Geneva")
    assert unmatched_names(question, "It rained.", about) == 0.0
