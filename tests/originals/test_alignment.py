"""Letters of a text are found on the page it was made of, or nowhere; never at another place."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.originals.alignment import NOWHERE, align
from qa_bot.originals.letters import breaks, letters

BODY = (
    "The International Dialogue on Migration closes today. We thank every delegation for its work, "
    "and we promise that the Network will serve all of them without delay. The Dialogue goes on."
)
HEAD = "International Dialogue on Migration"


def placed(text: str, page: str) -> str:
    """The letters of ``page`` that the letters of ``text`` were found at, in the text's order."""
    (mine, places), theirs = letters(text), letters(page)[0]
    found = align(mine, theirs, breaks(text, places))
    return "".join("·" if at == NOWHERE else theirs[at] for at in found)


def test_heads_and_numbers_of_the_page_are_passed_over() -> None:
    mine, theirs = letters(BODY)[0], letters(f"{HEAD} 3 {BODY} {HEAD} 4")[0]
    before = len(letters(f"{HEAD} 3")[0])
    assert align(mine, theirs) == list(range(before, before + len(mine)))


def test_hyphens_ligatures_accents_and_marks() -> None:
    text = "A ﬁne déci-\nsion of 2018 was taken by the assembly of the members."
    page = "A fine de\u0301cision of 2018¹ was taken by the assem\u00adbly of the members."
    assert placed(text, page) == letters(text)[0]


def test_columns_set_row_by_row() -> None:
    left = """The treaty enters into force
when eight members have ratified it,
no sooner than
the first of March, and then
the harbours open to all vessels.""".splitlines()
    right = """Mr. Lindqvist objected to the levy,
which would fall upon small boats
and asked
that the matter be taken up again
at the session held in Valletta.""".splitlines()
    rows = [line for pair in zip(left, right, strict=True) for line in pair]
    text = "\n".join(left + right)
    (mine, places), theirs = letters(text), letters("\n".join(rows))[0]
    starts = [theirs.index(letters(line)[0]) for line in left + right]
    wanted = [at + n for at, line in zip(starts, left + right, strict=True)
              for n in range(len(letters(line)[0]))]  # fmt: skip
    assert align(mine, theirs, breaks(text, places)) == wanted


def test_letters_that_the_page_lost_are_nowhere_and_the_rest_is_found() -> None:
    text = (
        "The reconciliation office opened its doors again, and the first field reports "
        "confirmed what the ministers had already heard from the provinces."
    )
    page = text.replace("ffi", "f\0").replace("fi", "\0")
    found = placed(text, page)
    assert found.count("·") == 8
    assert found.startswith("thereconciliationo") and "ceopeneditsdoorsagainandthe··rst" in found


def test_words_of_another_page_are_nowhere() -> None:
    assert set(placed("The fleet registry lists many vessels of the north.", BODY)) == {"·"}


def test_what_repeats_is_not_guessed() -> None:
    assert set(placed("Yes we can.", "Yes we can. Yes we can.")) == {"·"}
    refrain = "Yes we can. " * 30
    assert NOWHERE in align(letters(refrain)[0], letters(HEAD + refrain)[0])


WORDS = st.sampled_from(["peace", "work", "the", "of", "migration", "and", "fund", "report"])
PARTS = st.lists(st.lists(WORDS, min_size=1, max_size=12).map("".join), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(PARTS, st.data())
def test_letters_agree_and_no_place_is_taken_twice(parts: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(parts))))
    theirs = "".join(parts[at] + data.draw(WORDS) for at in order)
    mine = "".join(parts)
    found = [
        (at, there)
        for at, there in enumerate(align(mine, theirs, [1] * len(mine)))
        if there != NOWHERE
    ]
    assert all(mine[at] == theirs[there] for at, there in found)
    assert len({there for _, there in found}) == len(found)


def test_time_grows_with_the_letters_alone() -> None:
    began = time.perf_counter()
    for mine, theirs in (
        ("a" * 60_000, "a" * 59_999),
        ("ab" * 30_000, "ba" * 30_000 + "c"),
        ("abcdefghijklm" * 4000, ("abcdefghijklm" * 30 + "x") * 150),
    ):
        align(mine, theirs)
    assert time.perf_counter() - began < 20
