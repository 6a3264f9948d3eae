import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.conversation.spelling import Lexicon, Spelling

SPEECH = (
    "Louise Arbour thanked the Network secretariat. Migrants and migration were mentioned with "
    "regional approaches by the trust fund, with partners, with states. Fifteen partners formed it."
)
ENGLISH = ["boston", "mayor", "crypto", "sad", "fond", "signed", "silent", "listen"]
SPELLING = Spelling(Lexicon.of_texts([SPEECH]), Lexicon.of_language(ENGLISH))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What did the Netwrok do?", "What did the Network do?"),
        ("who thnaked the secretariet", "who thanked the secretariat"),
        ("wich aproaches were mentoned", "which approaches were mentioned"),
        ("Did Luoise Arbuor speak?", "Did Louise Arbour speak?"),
        ("imgrants?", "migrants?"),  # the first two letters exchanged
        ("who signwd it", "who signed it"),  # a word, but not of the speeches
        ("the trust's secretariet's work", "the trust's secretariat's work"),
    ],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert SPELLING.respelled(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor of Boston?",  # a word, but not of the speeches
        "Who is Signwd?",  # a name
        'Who said "secretariet"?',  # word for word
        "What is the NETWROK?",  # capitals: an abbreviation
        "migrant approach",  # another form of a word
        "secr3tariat",
        "the fnd",  # too short to say
        "Wie heißt der Generalsekretär der Vereinten Nationen mit Netwrok?",  # another language
        "",
        "?!",
    ],
)
def test_what_is_no_slip_stays(question: str) -> None:
    assert SPELLING.respelled(question) == question


def test_a_word_between_two_others_stays() -> None:
    here = Lexicon.of_texts(["The cart and the card, the hat."])
    spelling = Spelling(here, Lexicon({}))
    assert spelling.respelled("the carx, the hat") == "the carx, the hat"


def test_words_of_the_conversation_are_no_slips() -> None:
    assert SPELLING.respelled("And Migratin?", ["Who founded Migratin?"]) == "And Migratin?"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_taken_and_settles(text: str) -> None:
    once = SPELLING.respelled(text)
    assert SPELLING.respelled(once) == once
