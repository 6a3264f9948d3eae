import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from qa_bot.reading.prepare import prepare
from qa_bot.reading.word_offsets import paragraphs, words


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in words(text)]


def test_units_people_would_call_words() -> None:
    assert cut("Ms. Bralo's start-up, 1,000.5 km (U.S.)") == [
        "Ms", ".", "Bralo", "'s", "start-up", ",", "1,000.5", "km", "(", "U.S.", ")",
    ]  # fmt: skip
    assert cut("don't at 10:30 p.m.") == ["don't", "at", "10:30", "p.m."]
    assert cut("8-9 October") == ["8", "-", "9", "October"]


def test_a_dash_parts_words_where_a_hyphen_joins_them() -> None:
    prepared = prepare("**The** start\u2010up—its “secretariat”—met in Asia–Pacific ﬁrst―of all.")
    assert prepared.clean.text == 'The start-up-its "secretariat"-met in Asia-Pacific first-of all.'
    assert prepared.tokens == (
        "The", "start-up", "-", "its", '"', "secretariat", '"', "-", "met", "in",
        "Asia-Pacific", "first", "-", "of", "all", ".",
    )  # fmt: skip


def test_scripts_without_spaces_are_cut_by_character() -> None:
    assert cut("移民 ABC移") == ["移", "民", "ABC", "移"]


def test_combining_marks_and_joined_emoji_stay_whole() -> None:
    assert cut("cafe\u0301 हिन्दी") == ["cafe\u0301", "हिन्दी"]
    assert cut("👍🏽 👩‍🔬!") == ["👍🏽", "👩‍🔬", "!"]


@given(st.text(max_size=200))
@example("e\u0301\u200d'sA-b")
def test_ranges_cover_all_but_space_and_never_cut_a_word(text: str) -> None:
    ranges = words(text)
    flat = ranges.ravel()
    assert (flat[1:] >= flat[:-1]).all()
    assert (ranges[:, 0] < ranges[:, 1]).all()
    covered = {i for a, b in ranges for i in range(a, b)}
    for i, char in enumerate(text):
        assert i in covered or not char.isalnum()
    for a, b in ranges:
        for at in (int(a), int(b)):
            if 0 < at < len(text) and text[at - 1].isascii() and text[at].isascii():
                assert not (text[at - 1].isalnum() and text[at].isalnum())
        if unicodedata.category(text[a])[0] == "M":  # a mark begins a unit only with no base left
            assert a == 0 or not text[a - 1].isalpha() or text[a - 1] in "’'"


def test_paragraph_numbers() -> None:
    text = "A title\nfirst words. Second.\nThird"
    assert paragraphs(text, words(text)).tolist() == [0, 0, 1, 1, 1, 1, 1, 2]
