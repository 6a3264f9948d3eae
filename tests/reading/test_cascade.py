"""Two readers: the second reads what the first one liked best."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qa_bot import QABot
from qa_bot.reading import Calibration, Cascade, Reader, load_reader
from qa_bot.reading.cascade import FILE
from qa_bot.reading.loading import PACKAGED
from qa_bot.schema import Passage
from qa_bot.settings import Settings
from tests.reading.test_reader import FILLER, one

QUESTION = "Where was the dialogue held?"


class Spy:
    """Remembers which passages a reader was given."""

    def __init__(self, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: list[list[Passage]] = []
        true = reader.word_logits

        def spied(question: str, prepared: Sequence[Any], *more: Any) -> Any:
            self.given.append([item.clean.text for item in prepared])
            return true(question, prepared, *more)

        monkeypatch.setattr(reader, "word_logits", spied)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged reader's weights in another place, to stand for a second reader."""
    place = tmp_path_factory.mktemp("second") / "large"
    return Path(shutil.copytree(PACKAGED / "small", place))


@pytest.fixture
def passages() -> list[Passage]:
    texts = [*FILLER, "The dialogue was held in Geneva.", "It ended in Marrakech."]
    return [one(text, f"talk-{number}") for number, text in enumerate(texts)]


def test_the_second_reader_sees_what_the_first_one_liked(
    reader: Reader, passages: list[Passage], monkeypatch: pytest.MonkeyPatch
) -> None:
    liked = list(dict.fromkeys(s.passage for s in reader.read(QUESTION, passages, limit=99)))[:2]
    cascade = Cascade(reader, reader, 2)
    spy = Spy(cascade, monkeypatch)
    told: list[tuple[int, int]] = []
    spans = cascade.read(QUESTION, passages, progress=lambda *done: told.append(done))
    assert spy.given == [[passage.text for passage in liked]]
    assert spans[0].text == "Geneva"
    assert spans == reader.read(QUESTION, liked)
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == 1 + -(-len(passages) // 8)


def test_with_room_for_all_it_is_the_second_reader(reader: Reader, passages: list[Passage]) -> None:
    cascade = Cascade(reader, reader, 50)
    assert cascade.read(QUESTION, passages) == reader.read(QUESTION, passages)
    assert cascade.words() == reader.words()


def test_passages_without_a_span_come_in_the_retrievers_order(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = [one("", "a"), one("…", "b"), one("\f", "c"), one("It was held in Geneva.", "d")]
    cascade = Cascade(reader, reader, 3)
    spy = Spy(cascade, monkeypatch)
    assert cascade.read(QUESTION, blank)[0].text == "Geneva"
    assert sorted(spy.given[0]) == sorted(["", "…", "It was held in Geneva."])
    assert cascade.read(QUESTION, []) == []
    assert cascade.read(" ", blank) == []


def test_the_calibration_is_that_of_both(folder: Path, reader: Reader) -> None:
    settings = Settings(second_reader=str(folder), runtime="torch", second_passages=2)
    cascade = load_reader(settings)
    assert isinstance(cascade, Cascade)
    assert cascade.name == "small+large"
    assert cascade.passages == 2
    # The weights' own calibration, which was copied with them, is of one reader alone.
    assert load_reader(Settings(reader=str(folder), runtime="torch")).calibration.fitted
    assert not cascade.calibration.fitted
    assert cascade.fingerprint != reader.fingerprint
    assert cascade.calibration_file == folder / FILE
    shape = json.loads((folder / "calibration.json").read_text())
    (folder / FILE).write_text(json.dumps(shape))
    assert not load_reader(settings).calibration.fitted  # of other weights
    shape["provenance"]["reader_fingerprint"] = cascade.fingerprint
    (folder / FILE).write_text(json.dumps(shape))
    again = load_reader(settings)
    assert again.calibration.fitted
    assert again.calibration == Calibration.load(folder / FILE)
    (folder / FILE).unlink()


def test_the_bot_quotes_what_the_second_reader_found(folder: Path, tmp_path: Path) -> None:
    bot = QABot.open(index=tmp_path / "index", second_reader=str(folder), runtime="torch")
    answer = bot.ask("Where was the first session of the dialogue held?")
    for citation in (*answer.citations, *answer.alternatives):
        text = bot.document(citation.document.id).text
        assert text[citation.start : citation.end] == citation.quote
    cited = {(c.document.id, c.start) for c in (*answer.citations, *answer.alternatives)}
    assert cited
    assert bot.reader.name == "small+large"
