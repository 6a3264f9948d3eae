"""Who speaks where: labels that a file proves, and the many lines that are none."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus import load_corpus
from qa_bot.corpus.turns import given as stated
from qa_bot.corpus.turns import recognise
from qa_bot.schema import Turn

CORPUS = Path(__file__).parents[2] / "corpus"


def said(text: str, *about: str) -> list[tuple[str, str]]:
    """(speaker, words) of each turn."""
    return [(t.speaker, text[t.said_from : t.end]) for t in recognise(text, *about)]


RECORD = """COUNTY COUNCIL OF VESTBY
Tuesday, 4 May 2021

Roads

Ms. Lindqvist (Centre): Who will mend the bridge at Moss?

Hon. Mr. Berg (Minister of Roads): The county will. We begin in June.

Several hon. members: Oh, oh!

Libraries

Ms. Lindqvist: And the libraries?

[Laughter]

The Chair: Order.
"""


def test_a_verbatim_record() -> None:
    assert said(RECORD) == [
        ("Ms. Lindqvist", "Who will mend the bridge at Moss?"),
        ("Hon. Mr. Berg", "The county will. We begin in June."),
        ("Several hon. members", "Oh, oh!"),
        ("Ms. Lindqvist", "And the libraries?"),
        ("The Chair", "Order."),
    ]
    roles = {turn.speaker: turn.role for turn in recognise(RECORD)}
    assert roles["Ms. Lindqvist"] == "Centre" and roles["Hon. Mr. Berg"] == "Minister of Roads"


@pytest.mark.parametrize(
    ("labels", "speakers"),
    [
        (("**The Minister**:", "**Ana Ruiz:**"), ("The Minister", "Ana Ruiz")),
        (("MS. RUIZ:", "MR. KAPLAN:"), ("MS. RUIZ", "MR. KAPLAN")),
        (("Ms. RUIZ.", "Mr. KAPLAN of Ohio."), ("Ms. RUIZ", "Mr. KAPLAN of Ohio")),
        (("[Ana Ruiz]", "[Leo Kaplan]"), ("Ana Ruiz", "Leo Kaplan")),
        ((">> RUIZ:", ">> KAPLAN:"), ("RUIZ", "KAPLAN")),
        (("Mme Ruiz (Lyon). –", "M. le président. –"), ("Mme Ruiz", "M. le président")),
        (("Speaker 1:", "Speaker 2:"), ("Speaker 1", "Speaker 2")),
        (("Ana Ruiz :", "Leo Kaplan :"), ("Ana Ruiz", "Leo Kaplan")),
        (("Ana Ruiz 0:12\n", "Leo Kaplan 0:40\n"), ("Ana Ruiz", "Leo Kaplan")),
        (("**Ana Ruiz**\n", "**Leo Kaplan**\n"), ("Ana Ruiz", "Leo Kaplan")),
        (("MS. RUIZ\n", "MR. KAPLAN\n"), ("MS. RUIZ", "MR. KAPLAN")),
    ],
)
def test_styles_of_labels(labels: tuple[str, str], speakers: tuple[str, str]) -> None:
    words = ["We came early.", "It was cold there.", "Nobody slept.", "They sang for hours.", "So?",
             "That is all."]  # fmt: skip
    text = "\n\n".join(
        f"{labels[at % 2]} {one}".replace("\n ", "\n") for at, one in enumerate(words)
    )
    assert said(text) == [(speakers[at % 2], one) for at, one in enumerate(words)]


def test_times_of_a_recording() -> None:
    text = (
        "[00:00:04] Speaker 1: hello all\n[00:12:11] Speaker 2: so the bus stops\n"
        "[1:00:00] Speaker 1: yes it does"
    )
    assert [turn.time for turn in recognise(text)] == [4, 731, 3600]


def test_answers_are_the_catalogued_speaker_s_and_questions_are_not() -> None:
    text = (
        "Q: Will you close the mine?\nA: No.\n\nQ (Evening Post): And the mill?\n"
        "A: We sell the mill."
    )
    assert said(text, "Rosa Neri", "Mayor") == [
        ("Question", "Will you close the mine?"),
        ("Rosa Neri", "No."),
        ("Question (Evening Post)", "And the mill?"),
        ("Rosa Neri", "We sell the mill."),
    ]
    assert {name for name, _ in said(text)} == {"Question", "Answer", "Question (Evening Post)"}
    assert [turn.asks for turn in recognise(text, "Rosa Neri")] == [True, False, True, False]


def test_answers_without_a_label() -> None:
    text = (
        "Question: Why now?\n\nBecause it rains.\n\nIt always does.\n\nQuestion: And then?\n\n"
        "We dry.\n\nQuestion: And if it snows?\n\nWe wait."
    )
    assert said(text, "Rosa Neri") == [
        ("Question", "Why now?"),
        ("Rosa Neri", "Because it rains.\n\nIt always does."),
        ("Question", "And then?"),
        ("Rosa Neri", "We dry."),
        ("Question", "And if it snows?"),
        ("Rosa Neri", "We wait."),
    ]


def test_forms_of_one_name() -> None:
    text = (
        "Mr. Paul Hart (Liberal): We ask for time.\n\nThe Prime Minister: You have it.\n\n"
        "Mr. Hart: Thank you.\n\nPrime Minister Vidal: Not at all.\n\nMs. Hart: I disagree."
    )
    assert [turn.speaker for turn in recognise(text, "Inès Vidal", "Prime Minister")] == [
        "Mr. Paul Hart",
        "Inès Vidal",
        "Mr. Paul Hart",
        "Inès Vidal",
        "Ms. Hart",
    ]


def test_namesakes_stay_apart() -> None:
    text = (
        "Mr. Li (Laos): We agree.\n\nMr. Li (Peru): We do not.\n\nMr. Li (Laos): Why?\n\n"
        "Ms. Li (Peru): Because of the price."
    )
    assert len({(turn.speaker, turn.role) for turn in recognise(text)}) == 3


def test_initials_are_spelt_out_by_the_heading() -> None:
    text = (
        "Interview with Ingrid Dahl by Tom Reeve\n\nTR: Is it done?\n\nID: It is done.\n\n"
        "TR: And now?\n\nID: Now we rest.\n\nTR: Thank you."
    )
    assert {name for name, _ in said(text)} == {"Ingrid Dahl", "Tom Reeve"}


def test_what_the_catalogue_s_speaker_says_before_the_first_question() -> None:
    opening = "We have opened the mill again after three years. " * 8
    text = f"{opening}\n\nQ: Who paid?\n\nMS. NERI: The county.\n\nQ: All of it?\n\nMS. NERI: Half."
    assert said(text, "Rosa Neri")[0] == ("Rosa Neri", opening.strip())
    assert said(text)[0][0] == "Question"


@pytest.mark.parametrize(
    "text",
    [
        "Note: the text was shortened.\n\nWe came.\n\nSources: the archive.\n\nNote: and again.",
        "Health: we build clinics.\n\nEducation: we build schools.\n\nHealth: nurses come first. "
        "Good health is all.\n\nEducation: so do teachers, as education is a right.",
        "Name: Ana\nAge: 40 years and some.\nTown: Lyon\n\nName: Leo\nAge: 50 years and some.\n"
        "Town: Metz\n\nName: Eva\nAge: 60 years and some.\nTown: Nice",
        "Mr. President:\nMr. Speaker:\nMembers of the Congress:\n\nWe meet today.\n\n"
        "Mr. President: I thank you. Mr. Speaker: you too.",
        "President: Ana Silva\nVice-President: Bo Lund\nRapporteur: Eva Ek\n\nThe meeting began.",
        "A. First we came.\n\nB. Then we saw.\n\nA. First again.\n\nB. Then again we saw.",
        "Peace – we want it.\n\nBread – we need it.\n\nPeace – once more.\n\nBread – and more.",
        "As the poet said:\nWe go.\n\nAnd as she said:\nWe stay.\n\nAs the poet said:\nWe go.",
        "Dear Friends: welcome.\n\nDear Friends: thank you.\n\nDear Colleagues: thank you.",
        "",
    ],
)
def test_lines_that_are_no_labels(text: str) -> None:
    assert recognise(text) == ()


def test_the_speeches_that_come_with_the_bot_have_one_speaker() -> None:
    assert all(not document.turns for document in load_corpus(CORPUS).documents)


def test_names_that_the_catalogue_gives(tmp_path: Path) -> None:
    (tmp_path / "debate.txt").write_text(RECORD, encoding="utf-8")
    (tmp_path / "other.txt").write_text(RECORD, encoding="utf-8")
    (tmp_path / "catalogue.toml").write_text(
        '["debate.txt".turn_names]\n"Ms. Lindqvist" = "Eva Lindqvist"\n"The Chair" = false\n'
        '"Mr. Nobody" = "Somebody"\n"Roads" = 3\n["other.txt"]\nturns = false\n',
        encoding="utf-8",
    )
    corpus = load_corpus(tmp_path)
    debate, other = corpus.documents
    assert {turn.speaker for turn in debate.turns} == {
        "Eva Lindqvist",
        "Hon. Mr. Berg",
        "Several hon. members",
    }
    assert other.turns == ()
    reasons = " ".join(skip.reason for skip in corpus.skipped)
    assert "nobody speaks as 'Mr. Nobody'" in reasons and "'Roads': a name in quotes" in reasons


@pytest.mark.parametrize("value", ['"no"', "3", "[]"])
def test_turns_is_true_or_false(tmp_path: Path, value: str) -> None:
    (tmp_path / "debate.txt").write_text(RECORD, encoding="utf-8")
    (tmp_path / "catalogue.toml").write_text(f'["debate.txt"]\nturns = {value}\n')
    corpus = load_corpus(tmp_path)
    assert len(corpus.documents[0].turns) == 5
    assert "true or false" in corpus.skipped[0].reason


def test_turns_that_a_format_states() -> None:
    text = "Ana Ruiz: We came.\n\nIt rained."
    turns = (Turn(0, 18, "Ana Ruiz"), Turn(20, 30, "Leo", "Chair"))
    named = stated(text, turns, {"Leo": "Leo Kaplan"})
    assert [(t.speaker, text[t.said_from : t.end]) for t in named] == [
        ("Ana Ruiz", "We came."),
        ("Leo Kaplan", "It rained."),
    ]


PIECES = st.sampled_from(
    ["Mr. Roy:", "Ms. Lund (Chair):", "Q:", "A:", "**", "[", "]", ">>", "\n", "\n\n", " ", "Hello.",
     "no", "00:12", "(", ")", "Mr. ROY. ", "—", "Note:", "Ana", "\u00a0", "\f", "’", ":"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_turns_are_in_order_and_hold_words(text: str) -> None:
    at = 0
    for turn in recognise(text, "Ana Roy"):
        assert at <= turn.start <= turn.said_from < turn.end <= len(text)
        assert re.search(r"\S", text[turn.said_from : turn.end])
        at = turn.end


@pytest.mark.parametrize(
    "piece",
    ["Mr. " + "A" * 50_000, "A:" * 25_000, "Mr. A: b\n" * 6_000, "**" * 25_000, "A " * 25_000,
     "(" * 50_000, "Mr. A (" * 8_000, "[A" * 25_000, ">> " * 17_000, "A. – " * 10_000],
)  # fmt: skip
def test_hostile_texts_take_no_time(piece: str) -> None:
    began = time.process_time()
    recognise(piece)
    recognise(f"Mr. Roy: No.\n\nMs. Lund: Yes.\n\nMr. Roy: {piece}")
    assert time.process_time() - began < 3
