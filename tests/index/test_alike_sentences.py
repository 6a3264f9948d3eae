"""Which sentences an index takes for the same."""

from __future__ import annotations

import numpy as np
import pytest
from hash_embedder import HashEmbedder
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.index import build_index, open_index, versions
from qa_bot.index.alike import alike
from qa_bot.index.sentences import Sentences
from qa_bot.settings import Settings

TOWN = (
    "Friends in {0}, the fund will pay every household that lost its home.",
    "The fund was set up by the county after the storm.",
    "Ask at your town hall for the form of the fund.",
    "Thank you, {0}.",
)


def groups(*speeches: tuple[str, ...]) -> list[int]:
    rows = [row for row, speech in enumerate(speeches) for _ in speech]
    return alike(rows, [text for speech in speeches for text in speech]).tolist()


def spoken(town: str, *changed: str) -> tuple[str, ...]:
    """The town's speech, with other sentences at its end."""
    return (*(line.format(town) for line in TOWN), *changed)


def test_a_standard_speech_is_the_same_in_every_town() -> None:
    assert groups(spoken("Arvik"), spoken("Bodal"), spoken("Corin")) == [0, 1, 2, 3] * 3


def test_names_count_where_the_speeches_are_not_the_same() -> None:
    one = ("Germany attacked the small country without any warning.", "We shall not forget it.")
    other = ("Russia attacked the small country without any warning.", "It rained all of the day.")
    assert groups(one, other) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("draft", "delivered", "same"),
    [
        ("We will build new schools in every district of the county.",
         "We will build new schools in every single district of the county.", True),
        ("We will build 500 schools in every district of the county.",
         "We will build 700 schools in every district of the county.", False),
        ("We will raise the tax on land in every district of the county.",
         "We will not raise the tax on land in every district of the county.", False),
        ("We will build two schools in every district of the county.",
         "We will build three schools in every district of the county.", False),
        ("It costs 1.5 million in all of the county.", "It costs 15 million in all of the county.",
         False),
        ("It costs $5 million in all of the county.", "It costs €5 million in all of the county.",
         False),
        ("We saw it all in the county, he said.", "WE SAW IT ALL IN THE COUNTY — HE SAID", True),
    ],
)  # fmt: skip
def test_a_draft_and_what_was_delivered(draft: str, delivered: str, same: bool) -> None:
    found = groups(spoken("Arvik", draft), spoken("Arvik", delivered))
    assert found == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4 if same else 9]


def test_what_anybody_may_say_is_alike_in_versions_only() -> None:
    assert groups(("Thank you very much.",), ("Thank you very much.",)) == [0, 1]


WORDS = ("we", "pay", "not", "the", "Arvik", "Bodal", "fund", "in", "two")
_LINE = st.lists(
    st.sampled_from([*"57IU.,—é\u0301", *WORDS]),
    max_size=9,
).map(" ".join)


@given(st.lists(st.lists(_LINE, min_size=1, max_size=6), min_size=1, max_size=5))
def test_groups_are_known_by_their_first_and_agree_in_numbers(speeches: list[list[str]]) -> None:
    found = groups(*map(tuple, speeches))
    texts = [text for speech in speeches for text in speech]
    for at, first in enumerate(found):
        assert first <= at
        assert found[first] == first
        numbers = [
            sorted(w for w in texts[n].split() if w in "57" or w == "two") for n in (at, first)
        ]
        assert numbers[0] == numbers[1]


def test_many_speeches_with_a_sentence_in_common_take_no_time() -> None:
    line = "This one sentence is in every one of the speeches."
    own = [(line, f"Here we speak of matter number {n} and of {n} more.") for n in range(3000)]
    found = groups(*own)
    assert set(found[::2]) == {0}
    assert found[1::2] == list(range(1, 6000, 2))


def test_an_index_of_before_opens_and_is_brought_up_to_date(settings: Settings) -> None:
    embedder = HashEmbedder()
    build_index(settings, embedder=embedder)
    assert not build_index(settings, embedder=embedder).changed
    version, manifest = versions.read_current(settings.index)
    folder = settings.index / version
    bounds = np.load(folder / "sentences" / "bounds.npy")
    assert bounds.shape[1] == 5
    np.save(folder / "sentences" / "bounds.npy", bounds[:, :4])
    old = Sentences.load(folder / "sentences")
    assert old.alike.tolist() == list(range(len(old)))
    old.check([10**6] * 3)
    manifest.fingerprints.pop("alike")  # type: ignore[attr-defined]
    np.save(folder / "sentences" / "bounds.npy", bounds)
    again = settings.index / "v000002.tmp-1"
    folder.rename(again)
    versions.switch(settings.index, again, "v000002", manifest)
    open_index(settings, embedder=embedder)
    report = build_index(settings, embedder=embedder)
    assert report.changed
    assert report.embedded == 0


@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_sentence_is_like_an_earlier_one_or_the_index_is_damaged(
    settings: Settings, wrong: int
) -> None:
    build_index(settings, embedder=HashEmbedder())
    sentences = open_index(settings, embedder=HashEmbedder()).sentences
    sentences.alike[0] = wrong
    with pytest.raises(ValueError, match="like one"):
        sentences.check([10**6] * 3)
