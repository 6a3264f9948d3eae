"""Subject and sides are cut from the question, and from nowhere else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.calibration.frames import ROWS, read, rule_tags, scores, untagged
from qa_bot.errors import ModelError
from qa_bot.understanding.sides import parts, subject
from qa_bot.understanding.tags import ABOUT, WEIGHTS, Tagger

ROOT = Path(__file__).parents[2]


def test_the_weights_are_of_the_rows() -> None:
    about = json.loads(ABOUT.read_text())
    every = [*read(ROOT / ROWS, "train"), *read(ROOT / ROWS, "test")]
    told = hashlib.sha256(json.dumps(every, ensure_ascii=False).encode()).hexdigest()[:16]
    assert about["rows"] == told


def test_what_is_shipped_knows_its_rows_better_than_rules() -> None:
    rows = read(ROOT / ROWS, "test")
    tagger = Tagger.load()
    told = scores(rows, lambda q: [tag for _, tag in tagger.tag(q)])
    assert told[0] > 0.97
    assert all(a > b for a, b in zip(told, scores(rows, rule_tags), strict=True))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What did the abbot say about bees in 1740?", "bees"),
        ("give me a quote on gardens I can use", "gardens"),
        ("tell me about the lighthouse", "the lighthouse"),
        ("and the lifeboats?", "the lifeboats"),
        ("salmon", "salmon"),
    ],
)
def test_subject(question: str, wanted: str) -> None:
    assert subject(question) == wanted


@pytest.mark.parametrize(
    ("question", "sides", "about"),
    [
        ("Compare Ahlgren and Boyd on fishing", ("Ahlgren", "Boyd"), "fishing"),
        ("osei vs tanaka on rents", ("osei", "tanaka"), "rents"),
        ("How did Boyd's view on tolls change from 1802 to 1811?", ("1802", "1811"), "tolls"),
        ("How do the two speeches differ on rents?", (), "rents"),
        ("What did the abbot say about bees?", (), "bees"),
    ],
)
def test_sides(question: str, sides: tuple[str, ...], about: str) -> None:
    found = parts(question)
    assert found.sides == sides and found.subject == about


@pytest.mark.parametrize(
    "question", ["", "?" * 10_000, "a vs b " * 2_000, "👋🏽 vs 🙃", "\x00", "\ud800"]
)
def test_anything_is_cut_from_the_question(question: str) -> None:
    found = parts(question)
    assert subject(question) in question
    assert len(found.sides) in (0, 2)


@given(st.text(max_size=200))
def test_places_hold_the_words(question: str) -> None:
    found = parts(question)
    assert tuple(question[a:b] for a, b in found.side_places) == found.sides
    assert " ".join(question[a:b] for a, b in found.subject_places) == found.subject


def test_marks_are_read() -> None:
    assert untagged("[a] vs <b> on {c d}")[1] == [
        "first", "frame", "second", "frame", "subject", "subject",
    ]  # fmt: skip


def test_damage_is_found(tmp_path: Path) -> None:
    damaged = tmp_path / "frames.safetensors"
    damaged.write_bytes(WEIGHTS.read_bytes()[:-1])
    with pytest.raises(ModelError, match="damaged"):
        Tagger.load(damaged)
