import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.understanding.question import quoted
from qa_bot.understanding.spelling import Lexicon, Spelling, counted

SPEECH = (
    "Louise Arbour thanked the Network secretariat. Migrants and migration were mentioned with "
    "regional approaches by the trust fund, with partners, with states. Fifteen partners formed it."
)
ENGLISH = ["boston", "mayor", "crypto", "sad", "fond", "signed", "silent", "listen"]
SPELLING = Spelling(Lexicon.of_speeches(counted(SPEECH)), Lexicon.of_language(ENGLISH))


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
    here = Lexicon.of_speeches(counted("The cart and the card, the hat."))
    spelling = Spelling(here, Lexicon({}))
    assert spelling.respelled("the carx, the hat") == "the carx, the hat"


@pytest.mark.parametrize(
    "question", ["Who said ”secretariet”?", 'Who said "the “secretariet” rule"?']
)
def test_no_kind_of_quotation_is_touched(question: str) -> None:
    assert SPELLING.respelled(question) == question


@pytest.mark.parametrize(
    "question",
    [
        "What did Mr. Arbeur say?",
        "Where is Ms. Arbourt?",
        "¿Qué dijo la networka?",
        "Was the sécretariat there?",
    ],
)
def test_other_names_and_languages_stay(question: str) -> None:
    assert SPELLING.respelled(question) == question


def test_the_opposite_is_another_word() -> None:
    spelling = Spelling(Lexicon.of_speeches(counted("interregional cooperation")), Lexicon({}))
    assert spelling.respelled("intraregional cooperation") == "intraregional cooperation"
    assert spelling.respelled("interregiomla cooperation") == "interregional cooperation"


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_any_text_is_taken_and_settles(text: str) -> None:
    once = SPELLING.respelled(text)
    assert SPELLING.respelled(once) == once
    assert quoted(once) == quoted(text)
