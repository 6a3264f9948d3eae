"""The forward pass of our own against the library's, and what depends on nothing but the text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    AutoModel,
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BertConfig,
    BertForQuestionAnswering,
    BertModel,
    MPNetConfig,
    MPNetForQuestionAnswering,
    PreTrainedModel,
)

from qa_bot.index.model_folder import find_embedder
from qa_bot.reading.loading import PACKAGED
from qa_bot.reading.tokenizers import read_tokenizer
from qa_bot.settings import Settings
from qa_bot.transformer.config import is_known, read_config
from qa_bot.transformer.model import PACKED, Transformer, _packs

TINY = {
    "vocab_size": 200,
    "hidden_size": 24,
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "intermediate_size": 40,
    "max_position_embeddings": 300,
}
LENGTHS = [5, 290, 1, 60, 290, 200, 290, 7]


def made(model: PreTrainedModel, folder: Path) -> Path:
    """The model with weights large enough that a mistake shows, saved."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    model.eval().save_pretrained(folder)
    return folder


def texts(lengths: list[int], vocabulary: int = 190) -> list[np.ndarray]:
    random = np.random.default_rng(1)
    return [random.integers(5, vocabulary, length) for length in lengths]


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (MPNetForQuestionAnswering, MPNetConfig(**TINY)),
        (BertForQuestionAnswering, BertConfig(**TINY)),
    ],
)
def test_the_same_logits_as_the_library(kind: type, config: object, tmp_path: Path) -> None:
    folder = made(kind(config), tmp_path)
    library = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    own = Transformer(folder)
    ids = texts(LENGTHS)
    types = [np.arange(len(line)) % 2 for line in ids]
    found = own.answers(ids, types if own.takes_types else None)
    for line, kinds, logits in zip(ids, types, found, strict=True):
        inputs = {"input_ids": torch.tensor(line)[None]}
        if own.takes_types:
            inputs["token_type_ids"] = torch.tensor(kinds)[None]
        with torch.inference_mode():
            expected = library(**inputs)
        wanted = torch.stack([expected.start_logits[0], expected.end_logits[0]], dim=1)
        np.testing.assert_allclose(logits, wanted.numpy(), atol=2e-4)


@pytest.mark.numeric
def test_the_same_vectors_as_the_library_for_the_packaged_embedder() -> None:
    folder = find_embedder(Settings()).folder
    assert folder is not None
    library, own = AutoModel.from_pretrained(folder).eval(), Transformer(folder)
    ids = texts([12, 80, 3], 20000)
    for line, states in zip(ids, own.states(ids), strict=True):
        with torch.inference_mode():
            wanted = library(input_ids=torch.tensor(line)[None]).last_hidden_state[0]
        torch.testing.assert_close(states, wanted, atol=2e-5, rtol=1e-4)


def test_a_text_does_not_depend_on_its_neighbours() -> None:
    own = Transformer(PACKAGED / "small")
    ids = texts([300, 20, 300, 300, 300, 40], 20000)
    together = own.answers(ids)
    for line, found in zip(ids, together, strict=True):
        np.testing.assert_allclose(own.answers([line])[0], found, atol=1e-4)


def test_texts_are_computed_in_packs_of_bounded_size() -> None:
    lengths = [PACKED, 1, PACKED - 1, 2, PACKED + 7, 3]
    assert _packs(lengths) == [(0, 1), (1, 3), (3, 4), (4, 5), (5, 6)]
    assert _packs([]) == []


def test_a_model_without_a_head_answers_nothing(tmp_path: Path) -> None:
    folder = made(BertModel(BertConfig(**TINY)), tmp_path)
    assert is_known(folder) and not is_known(folder, head=True)
    with pytest.raises(ValueError, match="question answering"):
        Transformer(folder).answers(texts([4]))


@pytest.mark.parametrize(
    "changed",
    [
        {"model_type": "roberta"},
        {"hidden_act": "relu"},
        {"position_embedding_type": "relative_key"},
        {"is_decoder": True},
        {"num_hidden_layers": "many"},
    ],
)
def test_other_models_are_left_to_the_library(changed: dict[str, object], tmp_path: Path) -> None:
    folder = made(BertModel(BertConfig(**TINY)), tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changed))
    assert read_config(folder) is None
    assert not is_known(folder)


def test_damaged_weights_are_left_to_the_library(tmp_path: Path) -> None:
    folder = made(BertModel(BertConfig(**TINY)), tmp_path)
    (folder / "model.safetensors").write_bytes(b"x" * 100)
    assert not is_known(folder)


def test_the_same_tokenizer_as_the_library() -> None:
    folder = PACKAGED / "small"
    own, library = read_tokenizer(folder), AutoTokenizer.from_pretrained(folder)
    assert own is not None
    for name in ("cls_token_id", "bos_token_id", "pad_token_id", "model_max_length"):
        assert getattr(own, name) == getattr(library, name)
    assert set(own.model_input_names) == set(library.model_input_names)
    text = "Ünïcode [SEP] İstanbul 3.5% \u200b—don't"
    theirs = library(text, add_special_tokens=False)["input_ids"]
    assert own.backend_tokenizer.encode(text, add_special_tokens=False).ids == theirs
