import pytest

from qa_bot.reading.lists import is_list_question, several, split_items
from qa_bot.reading.prepare import prepare
from qa_bot.schema import Passage, Span


@pytest.mark.parametrize(
    "question",
    [
        "Which regional approaches to capacity development were mentioned?",
        "What are the main objectives of the compact?",
        "Who are the co-facilitators?",
        "Name three partners of the network.",
        "Can you list the speakers?",
        "Could you please give the main reasons?",
        "Tell me the objectives of the Compact.",
        "list the sources of funding",
        "Which agencies gave examples?",
        "What kinds of support do cities give?",
        "Who else spoke?",
    ],
)
def test_questions_for_several_things(question: str) -> None:
    assert is_list_question(question)


@pytest.mark.parametrize(
    "question",
    [
        "Tell me the date of the remarks.",
        "Give me the quote about women.",
        "Who gave the closing remarks?",
        "What is the news?",
        "Which machine allows the machine to have several states?",
        "What does this mean?",
        "What were the villagers doing?",
        "What are migrants said to be at the heart of?",
        "Why do people move?",
        "What drives people from home against their will?",
        "which " * 2000 + "?",
    ],
)
def test_questions_for_one_thing(question: str) -> None:
    assert not is_list_question(question)


def items(text: str) -> list[str]:
    prepared = prepare(text)
    return [
        text[prepared.words[a, 0] : prepared.words[b, 1]]
        for a, b in split_items(prepared, 0, len(prepared.words) - 1)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("governments, the private sector, and philanthropists",
         ["governments", "the private sector", "philanthropists"]),
        ("border and crime control, human rights, and health",
         ["border and crime control", "human rights", "health"]),
        ("Safa and Marwah", ["Safa", "Marwah"]),
        ("a full and open spirit", ["a full and open spirit"]),
        ("a king and queen", ["a king", "queen"]),
        ("a doctor and two nurses", ["a doctor", "two nurses"]),
        ("funding for schools, health, and roads", ["funding for schools", "health", "roads"]),
        ("a teacher and a friend", ["a teacher", "a friend"]),
        ("executing its role in trust and cooperation with its fellow agencies",
         ["executing its role in trust and cooperation with its fellow agencies"]),
        ("training officials and drafting laws", ["training officials", "drafting laws"]),
        ("building, health, and schools", ["building", "health", "schools"]),
        ("Geneva, Switzerland", ["Geneva, Switzerland"]),
        ("the fund (grants, loans, and gifts)", ["the fund (grants, loans, and gifts)"]),
        ("an action plan to protect migrants and refugees",
         ["an action plan to protect migrants and refugees"]),
    ],
)  # fmt: skip
def test_enumerations(text: str, wanted: list[str]) -> None:
    assert items(text) == wanted


def test_several_keeps_near_spans_and_their_origin() -> None:
    text = "Funds come from states, banks and cities. Some come from donors. Rain fell."
    passage = Passage("a", 100, 100 + len(text), text)
    other = Passage("b", 0, 5, "Chads")

    def at(words: str, score: float) -> Span:
        start = 100 + text.index(words)
        return Span(passage, start, start + len(words), score)

    spans = [at("states, banks and cities", 5.0), Span(other, 0, 5, 3.0), at("donors", 2.5)]
    found = several([*spans, at("Rain", -1.0)])
    assert [(s.text, place) for s, place in found] == [
        ("states", 0), ("banks", 0), ("cities", 0), ("donors", 2),
    ]  # fmt: skip
    assert all(s.score == spans[place].score for s, place in found)


SPEECH = (
    "We have three aims. First, we will invest in data. It matters. Second, capacity must grow; it "
    "is key. And finally, we act.\n\n- safe paths, and\n- strong partners\n\nRain fell."
)


def span_of(words: str, score: float) -> Span:
    start = SPEECH.index(words)
    return Span(Passage("a", 0, len(SPEECH), SPEECH), start, start + len(words), score)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("invest in data", ["invest in data", "capacity must grow; it is key", "we act"]),
        ("partners", ["safe paths", "partners"]),
        ("It matters", ["It matters"]),
        ("Rain", ["Rain"]),
    ],
)
def test_a_list_of_sentences_or_lines_is_one_list(words: str, wanted: list[str]) -> None:
    assert [span.text for span, _ in several([span_of(words, 4.0)])] == wanted


def in_text(text: str, words: str, score: float) -> Span:
    start = text.index(words)
    return Span(Passage("a", 0, len(text), text), start, start + len(words), score)


def test_a_long_item_that_holds_the_best_answer_stays() -> None:
    text = (
        f"First, we invest in data, {'so that ' * 40}it is known. Second, we grow. Finally, we act."
    )
    found = [span.text for span, _ in several([in_text(text, "invest in data", 4.0)])]
    assert found == ["invest in data", "we grow", "we act"]


def test_a_line_of_dashes_is_no_item() -> None:
    text = "- safe paths\n- - -\n- …\n- strong partners"
    found = [span.text for span, _ in several([in_text(text, "safe paths", 4.0)])]
    assert found == ["safe paths", "strong partners"]


def test_the_readers_own_span_stands_for_its_item() -> None:
    spans = [span_of("invest in data", 4.0), span_of("capacity", 2.0), span_of("Rain", 3.0)]
    found = several(spans)
    assert [(s.text, place) for s, place in found] == [
        ("invest in data", 0), ("capacity", 1), ("we act", 0),
    ]  # fmt: skip


def test_another_sentence_must_be_nearer() -> None:
    text = "It met in Rome. It met in Oslo, by the sea."
    passage = Passage("a", 0, len(text), text)

    def at(words: str, score: float) -> Span:
        return Span(passage, text.index(words), text.index(words) + len(words), score)

    spans = [at("Oslo", 9.0), at("the sea", 4.5), at("Rome", 4.5)]
    assert [s.text for s, _ in several(spans)] == ["Oslo", "the sea"]
    assert several([]) == []


def test_a_list_goes_on_past_its_passage() -> None:
    text = "We have aims. First, we grow. It matters.\n\nSecond, we share. Finally, we act. Rain."
    whole = Passage("a", 0, len(text), text)
    part = Passage("a", 14, 41, text[14:41])
    span = Span(part, text.index("we grow"), text.index("we grow") + 7, 4.0)
    elsewhere = Span(Passage("b", 0, 4, "Snow"), 0, 4, 3.0)
    found = several([span, elsewhere], around=lambda passage: whole)
    assert [s.text for s, _ in found] == ["we grow", "we share", "we act", "Snow"]


def test_an_item_is_found_by_words_with_its_number() -> None:
    text = "(1) a commission;\n(2) a court; and\n(3) a law."
    found = [span.text for span, _ in several([in_text(text, "(1) a commission", 4.0)])]
    assert found == ["a commission", "a court", "a law"]
