"""Where settings come from and how a bad one is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_bot.errors import SettingsError
from qa_bot.settings import Settings, load_settings, with_sample_speeches


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_BOT_CONFIG", raising=False)


def test_order_of_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("qa_bot.toml").write_text("port = 1\ncandidates = 2\ntop_k = 3\n")
    monkeypatch.setenv("QA_BOT_PORT", "10")
    monkeypatch.setenv("QA_BOT_CANDIDATES", "20")
    settings = load_settings(port=100)
    assert (settings.port, settings.candidates, settings.top_k) == (100, 20, 3)


@pytest.mark.parametrize(
    ("corpus", "index"),
    [("corpus", "index"), ("/a/corpus", "/a/index"), ("talks", "talks-index")],
)
def test_the_index_lies_beside_the_corpus(corpus: str, index: str) -> None:
    assert Settings(corpus=Path(corpus)).index == Path(index)


def test_a_bad_value_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="min_confidence") as caught:
        load_settings(min_confidence=7)
    assert "--min-confidence" in caught.value.hint


def test_a_typo_in_the_file_is_noticed() -> None:
    Path("qa_bot.toml").write_text("anwser_at = 0.3\n")
    with pytest.raises(SettingsError, match="anwser_at"):
        load_settings()


def test_a_file_that_is_not_toml_is_a_clear_error() -> None:
    Path("qa_bot.toml").write_text("port == 3")
    with pytest.raises(SettingsError, match=r"qa_bot\.toml"):
        load_settings()


def test_overlap_must_fit() -> None:
    with pytest.raises(SettingsError, match="passage_overlap"):
        load_settings(passage_tokens=64, passage_overlap=64)


def test_no_sample_speeches_when_a_corpus_was_named() -> None:
    _, sample = with_sample_speeches(load_settings(corpus="mine"))
    assert not sample


def test_an_old_name_of_a_setting_is_taken_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.warns(DeprecationWarning, match="min_confidence"):
        assert load_settings(answer_at=0.3).min_confidence == 0.3
    monkeypatch.setenv("QA_BOT_ANSWER_AT", "0.2")
    with pytest.warns(DeprecationWarning, match="min_confidence"):
        assert load_settings().min_confidence == 0.2
    monkeypatch.delenv("QA_BOT_ANSWER_AT")
    Path("qa_bot.toml").write_text("answer_at = 0.1\n")
    with pytest.warns(DeprecationWarning, match="qa_bot.toml"):
        assert load_settings().min_confidence == 0.1
