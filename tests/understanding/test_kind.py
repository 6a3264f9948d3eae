"""Kinds of questions: what is shipped fits the rows, tells plain cases, and stands anything."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.calibration.kinds import ROWS, fingerprint, read_rows
from qa_bot.errors import ModelError
from qa_bot.index.embedding import load_embedder
from qa_bot.settings import Settings, load_settings
from qa_bot.understanding.features import shape, words
from qa_bot.understanding.kind import ABOUT, GROUP_OF, WEIGHTS, KindClassifier, KindGuess

ROOT = Path(__file__).parents[2]
Tell = Callable[[str], KindGuess]


@pytest.fixture(scope="module")
def classifier() -> KindClassifier:
    return KindClassifier.load()


@pytest.fixture(scope="module")
def tell(classifier: KindClassifier) -> Tell:
    embedder = load_embedder(load_settings())
    return lambda q: classifier.classify(q, embedder.encode_questions([q])[0])


def test_the_weights_are_of_the_rows_and_small() -> None:
    rows = read_rows(ROOT / ROWS)
    assert json.loads(ABOUT.read_text())["rows"] == fingerprint(rows)
    assert WEIGHTS.stat().st_size < 1_500_000
    counts = Counter(row.kind for row in rows)
    assert set(counts) == set(GROUP_OF) and min(counts.values()) >= 60
    assert len({row.question.casefold() for row in rows}) == len(rows)


def test_the_weights_are_for_the_embedder_that_comes_with_the_bot(
    classifier: KindClassifier,
) -> None:
    assert load_embedder(Settings()).fingerprint == classifier.embedder


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was the observatory opened?", "fact"),
        ("Who is Ottilie Brandvold?", "who_is"),
        ("Did the treasurer approve of the loan?", "yesno"),
        ("Why did the orchard fail?", "why_how"),
        ("Which villages were evacuated?", "list"),
        ("What did the abbot say about bees?", "said_about"),
        ("Give me a quote about gardens", "quote_request"),
        ("salmon farming", "keyword"),
        ("and Bolivia?", "elliptic"),
        ("Summarise the opening address", "overview"),
        ("Compare Ahlgren and Boyd on fishing", "compare"),
        ("Who said that bread is a right?", "attribution"),
        ("thank you so much", "social"),
        ("what can you do", "meta"),
        ("What do you personally think about the mayor?", "opinion"),
        ("book me a taxi to the station", "out_of_scope"),
    ],
)
def test_plain_questions_are_told(tell: Tell, question: str, kind: str) -> None:
    guess = tell(question)
    assert guess.kind == kind
    assert guess.probability == max(guess.probabilities.values())
    assert guess.note == (kind in ("social", "meta", "opinion", "out_of_scope"))


@pytest.mark.parametrize(
    "question",
    [
        "What is the best way to protect orchards?",
        "was the bishop in favor of the tithe",
        "Should small banks be exempt according to the regulator?",
        "what did the admiral think of the weather",
        "Who won the battle of Vaal Kop?",
    ],
)
def test_answerable_questions_are_not_held_back(tell: Tell, question: str) -> None:
    assert not tell(question).note


def test_several_parts(tell: Tell) -> None:
    assert tell("Who built the pier and when was it opened?").multi_part > 0.5
    assert tell("What did he say about bread and butter?").multi_part < 0.5


def test_without_a_vector_words_decide(classifier: KindClassifier) -> None:
    assert classifier.classify("What did she say about rents?").kind == "said_about"
    other = np.ones(768, dtype=np.float32)
    assert classifier.classify("Why did they leave?", other) == classifier.classify(
        "Why did they leave?"
    )


@pytest.mark.parametrize(
    "question", ["", " \n", "?" * 10_000, "why " * 2_500, "👋🏽🙃", "\x00\x1b[31m", "\ud800"]
)
def test_anything_is_told_something(classifier: KindClassifier, question: str) -> None:
    for vector in (None, np.zeros(384, dtype=np.float32)):
        guess = classifier.classify(question, vector)
        assert sum(guess.probabilities.values()) == pytest.approx(1)
    assert len(words(question)) <= 60


@given(st.text(max_size=300))
def test_features_stand_any_text(question: str) -> None:
    assert np.isfinite(shape(question)).all()


def test_damage_is_found(tmp_path: Path) -> None:
    damaged = tmp_path / "kinds.safetensors"
    content = bytearray(WEIGHTS.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        KindClassifier.load(damaged)
    with pytest.raises(ModelError):
        KindClassifier.load(tmp_path / "none")


@pytest.mark.slow
def test_the_weights_are_what_the_fit_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.numpy import load_file

    from qa_bot.calibration import kinds

    monkeypatch.chdir(ROOT)
    made = tmp_path / "kinds.safetensors"
    kinds.main(["--weights", str(made), "--about", str(tmp_path / "kinds.json")])
    shipped = load_file(WEIGHTS)
    for name, tensor in load_file(made).items():
        np.testing.assert_allclose(tensor, shipped[name], atol=0.05)
