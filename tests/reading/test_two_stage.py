"""Two readers: the second reads what the first one liked best."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from qa_bot import QABot
from qa_bot.errors import ModelError
from qa_bot.reading import Calibration, Reader, TwoStageReader, load_reader, loading
from qa_bot.reading import two_stage as two_stage
from qa_bot.reading.checksums import write_checksums
from qa_bot.reading.loading import PACKAGED
from qa_bot.reading.two_stage import FILE, MARGIN
from qa_bot.schema import Passage, Span
from qa_bot.settings import Settings
from tests.reading.test_reader import FILLER, one, random_reader

__all__ = ["random_reader"]  # a fixture

QUESTION = "Where was the dialogue held?"


class Spy:
    """Remembers which passages a reader was given."""

    def __init__(self, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: list[list[str]] = []
        true = reader.word_logits

        def spied(question: str, prepared: Sequence[Any], *more: Any) -> Any:
            self.given.append([item.clean.text for item in prepared])
            return true(question, prepared, *more)

        monkeypatch.setattr(reader, "word_logits", spied)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged reader, one of its weights changed, to stand for a second reader."""
    place = tmp_path_factory.mktemp("second") / "large"
    shutil.copytree(PACKAGED / "small", place)
    tensors = load_file(place / "model.safetensors")
    tensors["qa_outputs.bias"] += 0.5
    save_file(tensors, place / "model.safetensors", metadata={"format": "pt"})
    write_checksums(place)
    return place


@pytest.fixture
def passages() -> list[Passage]:
    texts = [*FILLER, "The dialogue was held in Geneva.", "It ended in Marrakech."]
    return [one(text, f"talk-{number}") for number, text in enumerate(texts)]


def liked(reader: Reader, passages: Sequence[Passage], count: int) -> list[Passage]:
    return list(dict.fromkeys(s.passage for s in reader.read(QUESTION, passages, limit=999)))[
        :count
    ]


def never_sure(first: Reader, second: Reader, passages: int) -> TwoStageReader:
    """Both readers, of which the second one reads every time and all that it is given."""
    both = TwoStageReader(first, second, passages)
    both.sure = both.enough = float("inf")
    return both


def bare(spans: Sequence[Span]) -> list[Span]:
    """Without what the first reader gave them."""
    return [replace(span, first=None) for span in spans]


def test_the_second_reader_sees_what_the_first_one_liked(
    reader: Reader,
    random_reader: Reader,
    passages: list[Passage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(two_stage, "MARGIN", float("inf"))
    for first, second in ((random_reader, reader), (reader, random_reader)):
        chosen = liked(first, passages, 2)
        assert set(chosen) != set(liked(second, passages, 2))
        both = never_sure(first, second, 2)
        spy = Spy(both, monkeypatch)
        spans = both.read(QUESTION, passages)
        assert spy.given == [[passage.text] for passage in chosen]
        assert bare(spans) == second.read(QUESTION, chosen)
        assert bare(spans) != first.read(QUESTION, chosen)
        assert both.words() == first.words()


def test_what_the_first_reader_holds_far_worse_is_not_read_again(
    reader: Reader,
    random_reader: Reader,
    passages: list[Passage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spans = reader.read(QUESTION, passages, limit=999)
    near = {s.passage.text for s in spans if s.score >= spans[0].score - MARGIN}
    assert 0 < len(near) < len(passages) - 1
    both = never_sure(reader, random_reader, len(passages) - 1)
    spy = Spy(both, monkeypatch)
    both.read(QUESTION, passages)
    assert {text for given in spy.given for text in given} == near


def test_where_the_first_reader_is_sure_nothing_is_read_again(
    reader: Reader,
    random_reader: Reader,
    passages: list[Passage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = TwoStageReader(reader, random_reader, 2)
    best = reader.read(QUESTION, passages)[0].score
    assert best > 0
    monkeypatch.setattr(reader, "sure", best)
    both.sure = best
    alone, _ = reader.read_and_scan(QUESTION, passages, whole=False)
    spy = Spy(both, monkeypatch)
    spans, _ = both.read_and_scan(QUESTION, passages, whole=False)
    assert spy.given == []
    assert spans == alone
    assert both.confidence(spans, []) == reader.calibration.confidence(spans, [])
    both.sure = best + 0.1
    again, _ = both.read_and_scan(QUESTION, passages, whole=False)
    assert spy.given
    assert both.confidence(again, []) == both.calibration.confidence(again, [])


def test_the_second_reader_stops_where_it_is_sure(
    reader: Reader,
    random_reader: Reader,
    passages: list[Passage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(two_stage, "MARGIN", float("inf"))
    chosen = liked(random_reader, passages, 4)
    best = [reader.read(QUESTION, [passage])[0].score for passage in chosen]
    stop = best.index(max(best))
    both = never_sure(random_reader, reader, 4)
    both.enough = max(best) - 0.01
    spy = Spy(both, monkeypatch)
    spans, _ = both.read_and_scan(QUESTION, passages, whole=False)
    assert spy.given == [[passage.text] for passage in chosen[: stop + 1]]
    assert spans[0].score == pytest.approx(max(best))


def test_all_is_read_where_all_is_wanted(
    reader: Reader,
    random_reader: Reader,
    passages: list[Passage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(two_stage, "MARGIN", float("inf"))
    both = TwoStageReader(reader, random_reader, 3)
    both.sure = both.enough = float("-inf")
    spy = Spy(both, monkeypatch)
    both.read_and_scan(QUESTION, passages, whole=True)
    assert len(spy.given) == 3


def test_progress_is_told_over_both(
    reader: Reader, random_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_stage, "MARGIN", float("inf"))
    passages = [one(text, f"talk-{number}") for number, text in enumerate(FILLER * 6)]
    told: list[tuple[int, int]] = []
    never_sure(random_reader, reader, 20).read(
        "When will the network meet?", passages, progress=lambda *done: told.append(done)
    )
    assert told == [(done, 24) for done in range(1, 25)]  # 30, eight at a time, then 20 one by one


def test_few_passages_are_all_read_by_both(
    reader: Reader,
    random_reader: Reader,
    passages: list[Passage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = never_sure(random_reader, reader, len(passages))
    spy = Spy(random_reader, monkeypatch)
    spans = both.read(QUESTION, passages)
    assert bare(spans) == reader.read(QUESTION, passages)
    assert all(span.first is not None for span in spans)
    assert both.read(QUESTION, []) == []
    assert [len(given) for given in spy.given] == [len(passages), 0]
    assert both.read(" ", [*passages, passages[0]]) == []


def test_where_the_first_reader_finds_nothing_the_retrievers_best_are_read(
    reader: Reader, random_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = ["…", "!!", "—", "It was held in Geneva."]
    both = TwoStageReader(random_reader, reader, 2)
    spy = Spy(both, monkeypatch)
    found = both.read(QUESTION, [one(text, f"talk-{at}") for at, text in enumerate(blank)])
    assert found[0].text == "Geneva"
    assert both.read(QUESTION, [one(text, f"talk-{at}") for at, text in enumerate(blank[:3])]) == []
    assert spy.given == [["It was held in Geneva."], ["…"], ["!!"]]


def test_the_calibration_is_that_of_both(
    folder: Path, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(second_reader=str(folder), runtime="torch", second_passages=2)
    both = load_reader(settings)
    assert isinstance(both, TwoStageReader)
    assert both.name == "small+large"
    assert both.passages == 2
    assert not both.calibration.fitted
    assert both.fingerprint != reader.fingerprint
    assert both.calibration_file == folder / FILE
    shape = json.loads((PACKAGED / "small" / "calibration.json").read_text())
    alone = tmp_path / "of_small.json"
    alone.write_text(json.dumps(shape))
    (folder / FILE).write_text(json.dumps(shape))
    assert not load_reader(settings).calibration.fitted  # of other weights
    shape["provenance"]["reader_fingerprint"] = both.fingerprint
    (folder / FILE).write_text(json.dumps(shape))
    named = settings.model_copy(update={"calibration": str(alone)})
    for given in (settings, named):  # a file of *small* alone does not stand in its way
        assert load_reader(given).calibration == Calibration.load(folder / FILE)
    # The package brings that of its own two readers, wherever the second one was built.
    (tmp_path / "weights" / "base").mkdir(parents=True)
    (folder / FILE).rename(tmp_path / "weights" / "base" / FILE)
    shutil.copytree(PACKAGED / "small", tmp_path / "weights" / "small")
    monkeypatch.setattr(loading, "PACKAGED", tmp_path / "weights")
    assert load_reader(settings).calibration.fitted


def test_a_second_reader_that_cannot_be_one_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="second_reader names no reader") as told:
        load_reader(Settings(second_reader=str(tmp_path / "nothing")))
    assert "path" in told.value.hint
    with pytest.raises(ModelError, match="second_reader") as told:
        load_reader(Settings(second_reader="base"))
    assert "qa_bot.reading.base" in told.value.hint
    with pytest.raises(ModelError, match="the same model"):
        load_reader(Settings(second_reader="small"))


def test_a_wrong_second_reader_is_told_before_an_index_is_built(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="second_reader"):
        QABot.open(index=tmp_path / "index", second_reader=str(tmp_path / "nothing"))
    assert not (tmp_path / "index").exists()


def test_the_bot_quotes_what_the_second_reader_found(folder: Path, tmp_path: Path) -> None:
    bot = QABot.open(index=tmp_path / "index", second_reader=str(folder), runtime="torch")
    answer = bot.ask("Where was the first session of the dialogue held?")
    cited = (*answer.citations, *answer.alternatives)
    assert cited
    for citation in cited:
        text = bot.document(citation.document.id).text
        assert text[citation.start : citation.end] == citation.quote
    assert bot.reader.name == "small+large"
    # Spans of no more passages than the second reader was given.
    bot.reader.sure = float("inf")  # type: ignore[attr-defined]
    read = bot.reader.read(answer.question, [hit.passage for hit in bot.search(answer.question)])
    assert len({span.passage for span in read}) <= bot.settings.second_passages
