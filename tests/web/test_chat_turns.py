"""Turns that come back from a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from answers import KINDS, answer
from fakes import FakeBot, corpus
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.schema import CatalogueFact, Chip
from qa_bot.web import render
from qa_bot.web.i18n import words_for
from qa_bot.web.turns import KEPT_TURNS, ChatTurn, Controls, Place, answer_of, turn_of, turns_in

ASKED = "what did IOM commit to as Network secretariat?"
BOT = FakeBot()
GIVEN = BOT.ask(ASKED)
ENGLISH = words_for("en")
TEXTS = {document.id: document.text for document in corpus()}


def test_an_answer_comes_back_as_it_was() -> None:
    also = replace(GIVEN.citations[0], also=(GIVEN.alternatives[0],))
    made = replace(
        GIVEN,
        citations=(also,),
        chips=(Chip("speaker", "IOM", "of IOM"),),
        facts=(CatalogueFact(corpus()[0].info, "date", corpus()[0].date),),
    )
    shape = json.loads(json.dumps(turn_of(made, Controls(), ["a:b"], False, ["Why?"]).shape()))
    (turn,) = turns_in([shape])
    again, lost = answer_of(turn, BOT)
    assert lost == 0
    assert again.text == GIVEN.text
    same = replace(again.citations[0], score=also.score, also=also.also)
    assert same == also
    assert again.citations[0].also[0].quote == GIVEN.alternatives[0].quote
    assert (again.chips, again.facts) == (made.chips, made.facts)
    assert (turn.ignore, turn.rewrite, turn.next) == (("a:b",), False, ("Why?",))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_comes_back(kind: str) -> None:
    made = answer(kind, corpus())
    shape = json.loads(json.dumps(turn_of(made, Controls()).shape()))
    (turn,) = turns_in([shape])
    again, lost = answer_of(turn, BOT)
    assert lost == 0
    assert render.answer(again, ENGLISH) == render.answer(made, ENGLISH)
    for name in ("kind", "found", "more", "at_least", "note"):
        assert getattr(again, name) == getattr(made, name)


def test_a_turn_of_before_there_were_kinds_is_read() -> None:
    place = turn_of(GIVEN, Controls()).shape()["quotes"][0]
    old = {"question": "q", "understood": "q", "found": True, "sure": 0.5, "quotes": [place]}
    (turn,) = turns_in([old])
    again, _ = answer_of(turn, BOT)
    assert (again.kind, again.groups, again.closest) == ("exact", (), ())
    assert again.citations[0].quote == GIVEN.citations[0].quote


def test_groups_lose_what_the_speeches_lost() -> None:
    made = answer("comparison", corpus())
    first, second = corpus()
    again, lost = answer_of(turn_of(made, Controls()), FakeBot([first, replace(second, text="")]))
    assert [group.label for group in again.groups] == [made.groups[0].label]
    assert lost == len(made.groups[1].citations)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "<b>"}, {"note": "a b"}, {"more": -1}, {"groups": [{"label": "x" * 301}]},
     {"groups": [{"label": "", "quotes": [-1]}]}, {"closest": "none"}],
)  # fmt: skip
def test_a_made_up_form_is_no_turn(wrong: dict[str, object]) -> None:
    assert turns_in([{**turn_of(GIVEN, Controls()).shape(), **wrong}]) == ()


def test_nearest_passages_come_back() -> None:
    nothing = BOT.ask("What is the price of cheese in the partnership of Geneva?")
    assert not nothing.found
    again, _ = answer_of(turn_of(nothing, Controls()), BOT)
    assert [hit.text for hit in again.passages] == [hit.text for hit in nothing.passages] != []


def test_words_that_changed_are_lost() -> None:
    turn = turn_of(GIVEN, Controls())
    changed = FakeBot([replace(d, text=d.text.replace("UN", "EU")) for d in corpus()])
    again, lost = answer_of(turn, changed)
    assert (again.found, again.text, again.citations, lost) == (False, "", (), 1)


def test_only_the_last_turns_count() -> None:
    shape = turn_of(GIVEN, Controls()).shape()
    turns = turns_in([{**shape, "question": str(n)} for n in range(KEPT_TURNS + 9)])
    assert [turns[0].question, turns[-1].question] == ["9", str(KEPT_TURNS + 8)]


places = st.fixed_dictionaries(
    {
        "document": st.sampled_from([*TEXTS, "", "../x"]),
        "start": st.integers(-5, 9000),
        "end": st.integers(-5, 2**45),
        "mark": st.text(max_size=10),
        "sentence_start": st.integers(-5, 9000),
        "sentence_end": st.integers(-5, 2**45),
        "sure": st.floats(allow_nan=True, allow_subnormal=False),
        "marks": st.lists(st.tuples(st.integers(-5, 9000), st.integers(-5, 9000)), max_size=3),
    }
)
groups = st.fixed_dictionaries(
    {"label": st.text(max_size=310), "quotes": st.lists(st.integers(-2, 25), max_size=4)}
)


@given(
    st.lists(places, max_size=4),
    st.lists(places, max_size=4),
    st.lists(places, max_size=2),
    st.lists(groups, max_size=2),
)
def test_whatever_comes_only_words_of_the_speeches_are_shown(
    quotes: list[dict[str, Any]],
    near: list[dict[str, Any]],
    closest: list[dict[str, Any]],
    grouped: list[dict[str, Any]],
) -> None:
    shape = {"question": "q", "understood": "q", "found": True, "sure": 0.5}
    parts = {"quotes": quotes, "near": near, "closest": closest, "groups": grouped}
    for turn in turns_in([{**shape, **parts}]):
        again, _ = answer_of(turn, BOT)
        for group in again.groups:
            assert set(group.citations) <= set(again.citations)
        for citation in (*again.citations, *again.closest):
            text = TEXTS[citation.document.id]
            assert text[citation.start : citation.end] == citation.quote
            assert text[citation.sentence_start : citation.sentence_end] == citation.sentence
            for start, end in citation.marks:
                assert citation.sentence_start <= start < end <= citation.sentence_end


def test_a_place_without_its_mark_shows_nothing() -> None:
    citation = GIVEN.citations[0]
    bare = Place(document=citation.document.id, start=citation.start, end=citation.end)
    turn = ChatTurn(question="q", understood="q", found=False, sure=0.0, near=(bare,))
    assert answer_of(turn, BOT)[0].passages == ()
