"""Weights in 8 bits: small files, the same numbers everywhere, readable by other programs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForQuestionAnswering, MPNetConfig, MPNetForQuestionAnswering

from qa_bot.transformer import weights
from qa_bot.transformer.config import is_known, weight_files
from qa_bot.transformer.model import Transformer
from qa_bot.transformer.weights import is_packed, read_weights, unpack, whole, write_eight_bits


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model with its matrices in 8 bits, in several files."""
    monkeypatch.setattr(weights, "LEAST", 2000)
    monkeypatch.setattr(weights, "MOST_BYTES", 20_000)
    torch.manual_seed(1)
    config = MPNetConfig(
        vocab_size=90,
        hidden_size=64,
        num_attention_heads=2,
        num_hidden_layers=2,
        intermediate_size=128,
        max_position_embeddings=40,
    )
    model = MPNetForQuestionAnswering(config).eval()
    folder = tmp_path / "packed"
    model.config.save_pretrained(folder)
    write_eight_bits(model.state_dict(), folder)
    return folder


def test_numbers_keep_their_size_within_half_a_step() -> None:
    matrix = torch.randn(512, 1024) * torch.logspace(-1, 1, 512)[:, None]
    matrix[3, :64] = 0
    numbers, scales = weights._quantised(matrix)
    assert numbers.dtype == torch.int8
    found = weights._times(numbers, scales)
    steps = scales.float().repeat_interleave(weights.GROUP, dim=1)
    assert ((found - matrix).abs() <= 0.6 * steps + 1e-7).all()
    assert not found[3, :64].any()


def test_many_files_no_larger_than_asked_for(folder: Path) -> None:
    files = weight_files(folder)
    assert len(files) > 2 and all(path.stat().st_size < 25_000 for path in files)
    assert is_known(folder, head=True) and is_packed(folder)


def test_other_programs_read_it_unpacked_and_compute_the_same(folder: Path, tmp_path: Path) -> None:
    readable = unpack(folder, tmp_path / "readable")
    assert not is_packed(readable)
    assert {t.dtype for t in load_file(readable / "model.safetensors").values()} <= {
        torch.float16,
        torch.int64,
    }
    ids = [[0, 7, 9, 2], [0, 5, 2]]
    library = AutoModelForQuestionAnswering.from_pretrained(readable, dtype=torch.float32).eval()
    for line, found in zip(ids, Transformer(folder).answers(ids), strict=True):
        with torch.inference_mode():
            wanted = library(input_ids=torch.tensor([line]))
        expected = torch.stack([wanted.start_logits[0], wanted.end_logits[0]], dim=1)
        torch.testing.assert_close(torch.from_numpy(found), expected, atol=2e-3, rtol=1e-3)


def test_a_table_looks_rows_up_as_the_whole_matrix_has_them(folder: Path) -> None:
    name = "mpnet.embeddings.word_embeddings.weight"
    stored = read_weights(folder)
    assert name + weights.SCALES in stored
    ids = torch.tensor([4, 80, 4])
    rows = weights.Table(stored, name, torch.float32)(ids)
    assert torch.equal(rows, whole(stored, name, torch.float32)[ids])


def test_what_16_bits_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="16 bits cannot hold"):
        write_eight_bits({"a": torch.full((2,), 1e6)}, tmp_path)
