"""Follow-up questions are made self-contained; other questions are left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.understanding.followups import complete
from qa_bot.understanding.item_references import listed
from qa_bot.understanding.referents import phrases

FUND = [("What is the start-up fund for?", "support the implementation")]
INCLUDES = [("What does the proposed mechanism include?", "a start-up fund")]
PERSON = [("Who gave the closing remarks?", "Laura Thompson")]
THANKED = [("Who did the Director General thank?", "Louise Arbour")]
BANK = [("Which initiative empowers young people?", "Boost Africa")]
NETWORK = [("What will be established?", "The establishment of a UN Network on Migration")]
PLANS = [
    ("Which plans were named?", "the Council's plan to protect migrants … the Union's framework")
]
OPENING = [("What does the opening speech say about youth?", "")]
THEME = [
    ("What did Laura Thompson say about financing?", "Adequate financing requires innovation.")
]


@pytest.mark.parametrize(
    "question",
    [
        "Which countries have met their targets?",
        "How are migrants treated when they arrive?",
        "What happens to children when they are separated from their parents?",
        "If the Compact is not binding, why does it matter?",
        "What is AI and is it dangerous?",
        "ok thank you",
        "and then?",
    ],
)
def test_what_stands_alone_keeps_out_what_was_spoken_of(question: str) -> None:
    assert complete(question, [("Who leads the Network?", "IOM")]).question == question


@pytest.mark.parametrize(
    ("history", "question", "understood"),
    [
        (FUND, "What does it include?", "What does the start-up fund include?"),
        (FUND, "And what does it require?", "What does the start-up fund require?"),
        (FUND, "Wow! What does it require?", "What does the start-up fund require?"),
        (FUND, "and in Geneva?", "What is the start-up fund for in Geneva?"),
        (FUND, "What is its purpose?", "What is the start-up fund’s purpose?"),
        (FUND, "What about the network?", "What is the network for?"),
        (INCLUDES, "What is it for?", "What is the proposed mechanism for?"),
        (INCLUDES, "Why is the fund needed?", "Why is the start-up fund needed?"),
        (PERSON, "What position did she hold?", "What position did Laura Thompson hold?"),
        (PERSON, "What was her role?", "What was Laura Thompson’s role?"),
        (PERSON, "When?", "When did Laura Thompson give the closing remarks?"),
        ([("Who said IOM will stick to it?", "Ana Silva")], "When?",
         "When did Ana Silva say IOM will stick to it?"),
        ([("Who chairs the session?", "Ana Silva")], "When?",
         "When is it that Ana Silva chairs the session?"),
        ([("Who is Laura Thompson?", "Deputy Director General")], "What is her role?",
         "What is Laura Thompson’s role?"),
        ([("Who is the Special Representative?", "Louise Arbour")], "What is her role?",
         "What is Louise Arbour’s role?"),
        ([*FUND, ("What is the Forum?", "an annual dialogue")], "what about its benefits?",
         "What is said about the Forum’s benefits?"),
        (THANKED, "What is she known for?", "What is Louise Arbour known for?"),
        (BANK, "What does it support?", "What does Boost Africa support?"),
        (NETWORK, "Who leads it?", "Who leads the UN Network on Migration?"),
        (INCLUDES, "Why?", "Why does the proposed mechanism include a start-up fund?"),
        (PLANS, "What is the second one for?", "What is the Union's framework for?"),
        (PLANS, "Is the former new?", "Is the Council's plan to protect migrants new?"),
        (OPENING, "And in the closing speech?", "What does the closing speech say about youth?"),
        (OPENING, "What about the closing one?", "What does the closing speech say about youth?"),
        (THEME, "And about youth?", "What did Laura Thompson say about youth?"),
        (THEME, "And the Global Fund?", "What did the Global Fund say about financing?"),
        (THEME, "How important is it?", "How important is financing?"),
        ([("What is possible?", "The ones that share their stories may know")], "Who said that?",
         "Who said that the ones that share their stories may know?"),
        (THEME, "Who said that?", "Who said that Adequate financing requires innovation?"),
        (BANK, "What else?", "Which initiative empowers young people?"),
        (INCLUDES, "Anything else?", "What else does the proposed mechanism include?"),
    ],
)  # fmt: skip
def test_follow_ups(history: list[tuple[str, str]], question: str, understood: str) -> None:
    result = complete(question, history)
    assert result.question == understood
    assert result.changed == (understood != question)


ACCORDING = "According to Laura Thompson, what is essential?"
DID_SAY = "What did Laura Thompson say about youth?"
SPEECH_SAYS = "What does the opening speech say about youth?"


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        (ACCORDING, "and according to the Director General?",
         "What is essential according to the Director General?"),
        ("What is essential according to Laura Thompson?", "And according to Ana Silva?",
         "What is essential according to Ana Silva?"),
        (DID_SAY, "and according to the Director General?",
         "What did the Director General say about youth?"),
        (DID_SAY, "And in the opening speech?", "What did the opening speech say about youth?"),
        (SPEECH_SAYS, "and according to Ana Silva?", "What does Ana Silva say about youth?"),
        (SPEECH_SAYS, "And in Ana Silva's speech?",
         "What does Ana Silva's speech say about youth?"),
        ("In the opening speech, who is thanked?", "And in Silva's remarks?",
         "Who is thanked in Silva's remarks?"),
        ("What was said in 2016 about youth?", "and in 2018?",
         "What was said in 2018 about youth?"),
        ("What was announced by Ana Silva about youth?", "and by Bo Lund?",
         "What was announced by Bo Lund about youth?"),
        ("Where is the fund?", "And according to Ana Silva?",
         "Where is the fund according to Ana Silva?"),
        ("What did Bo Lund say about youth?", "And Ursula von der Leyen?",
         "What did Ursula von der Leyen say about youth?"),
        ("What did Ursula von der Leyen say about youth?", "And Ms. Silva?",
         "What did Ms. Silva say about youth?"),
        ("What did Ursula von der Leyen say about youth?", "And cities?",
         "What did Ursula von der Leyen say about cities?"),
    ],
)  # fmt: skip
def test_a_new_source_takes_the_place_of_the_old(
    earlier: str, question: str, understood: str
) -> None:
    assert complete(question, [(earlier, "Youth matters.")]).question == understood


@pytest.mark.parametrize(
    "question",
    [
        "What is the Global Mayoral Forum?",
        "Is there a start-up fund?",
        "What did IOM say about its role?",
        "Who said that IOM will stick to its DNA?",
        "Which regional approaches were mentioned?",
        "And who did UNICEF thank?",
        "How many sessions were there in all?",
        "Who are the speakers?",
        "When was the first session?",
    ],
)
@pytest.mark.parametrize("history", [PERSON, FUND, BANK])
def test_a_question_that_stands_alone_is_left_alone(
    history: list[tuple[str, str]], question: str
) -> None:
    assert complete(question, history).question == question


def test_a_follow_up_of_a_follow_up() -> None:
    history = [*PERSON, ("What position did she hold?", "Deputy Director General")]
    assert (
        complete("What did she say about youth?", history).question
        == "What did Laura Thompson say about youth?"
    )


def test_a_new_topic_takes_over() -> None:
    history = [*INCLUDES, ("What is the Global Mayoral Forum?", "an annual dialogue")]
    assert complete("Who leads it?", history).question == "Who leads the Global Mayoral Forum?"


def test_without_history_nothing_changes() -> None:
    assert complete("What does it include?").changed is False


def test_items_of_an_answer() -> None:
    assert listed("WHO and UNICEF") == ["WHO", "UNICEF"]
    assert listed("the plan … a fund, with a comma") == ["the plan", "a fund, with a comma"]


def test_verbs_are_no_part_of_what_is_mentioned() -> None:
    asked = "Whom did UNICEF quote in the Migrant's Voice session?"
    assert phrases(asked, asked=True)[0] == "UNICEF"
    assert phrases("Who leads the Global Mayoral Forum?", asked=True) == (
        "the Global Mayoral Forum",
    )


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80))))
@settings(max_examples=25)
def test_any_text_is_survived(question: str, history: list[tuple[str, str]]) -> None:
    assert isinstance(complete(question, history).question, str)


SOME = "what why who did does is the and about it she that there second one last UN of in 's … , ?"
WORDS = st.sampled_from([*SOME.split(" "), "Ms.", "it's", "speech", "said", "closing", "Forum"])


@given(st.lists(WORDS, max_size=12), st.lists(st.lists(WORDS, max_size=12), max_size=6))
@settings(max_examples=30)
def test_any_run_of_words_is_survived(question: list[str], history: list[list[str]]) -> None:
    said = [(" ".join(turn), " ".join(turn[::-1])) for turn in history]
    assert complete(" ".join(question), said).question.strip() or not question


@pytest.mark.parametrize("junk", ["the first one ", "Aa ", "ok. "])
def test_long_junk_takes_no_time(junk: str) -> None:
    long = (junk * 500)[:2000]
    began = time.process_time()
    for question in ("Why is it?", "And the second one?", long[:390]):
        complete(question, [(long, long)] * 30)
    assert time.process_time() - began < 4


GUTERRES = [("What did Guterres say about Ukraine?", "")]


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        # Who was asked about is he or she, also by a surname; what was asked about is not.
        ("What did Guterres say about Ukraine?", "What does he propose?",
         "What does Guterres propose?"),
        ("According to Grandi, what do camps need?", "Who is he?", "Who is Grandi?"),
        ("What does the closing speech say about money?", "What does it say about health?",
         "What does the closing speech say about health?"),
        # A place takes the place of a place.
        ("What was said in Geneva about rates?", "And in New York?",
         "What was said in New York about rates?"),
        ("What was said at the Health Summit about air?", "And at the Peace Forum?",
         "What was said at the Peace Forum about air?"),
        ("What is the outlook for growth?", "And for inflation?",
         "What is the outlook for inflation?"),
        ("What was said in Geneva about rates?", "And in 2022?",
         "What was said in Geneva about rates in 2022?"),
    ],
)  # fmt: skip
def test_who_and_where_are_meant(earlier: str, question: str, expected: str) -> None:
    assert complete(question, [(earlier, "")]).question == expected


@pytest.mark.parametrize(
    "question",
    [
        "How long does it take to process an asylum claim?",
        "Why is it difficult to return migrants?",
        "What does it mean to be a refugee?",
        "What is the New Pact and how does it work?",
        "What causes trafficking and how can it be stopped?",
        "How do migrants support their families?",
        "What solutions are there?",
    ],
)
def test_a_new_question_keeps_its_own_pronouns(question: str) -> None:
    assert not complete(question, GUTERRES).changed


def test_a_pronoun_that_means_the_topic_still_does() -> None:
    assert complete("Is it working?", GUTERRES).question == "Is Ukraine working?"
    assert complete("What is it able to do?", GUTERRES).changed


def test_a_subject_does_not_take_a_speakers_place() -> None:
    def speaks(words: str) -> bool:
        return "Johnson" in words or "Ortega" in words

    def asked(question: str) -> str:
        return complete(question, [("What did Johnson declare in 1964?", "")], speaks).question

    assert (
        asked("and what about Appalachia?") == "What did Johnson declare in 1964 about Appalachia?"
    )
    assert asked("and Ortega?") == "What did Ortega declare in 1964?"


def test_a_year_gives_way_to_a_year_alone() -> None:
    earlier = [("What did Bush say about Iran in 2002?", "")]
    assert complete("and iraq?", earlier).question == "What did Bush say about iraq in 2002?"


def test_a_follow_up_with_a_question_of_its_own_is_no_ellipsis() -> None:
    question = "and Malta, what does Borg want?"
    completed = complete(question, [("How does Oslo want to reform the Council?", "")]).question
    assert "want to" not in completed and "Borg want" in completed
