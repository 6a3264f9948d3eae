"""Texts to vectors. Two ways of running one model, with equal results.

Importing sentence-transformers takes about five seconds more than the model itself needs, because
it brings its training code along. Most embedders are a transformer with averaged token vectors:
:class:`PlainEncoder` runs those without the library. :class:`LibraryEncoder` runs everything else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import ModelError, first_line
from qa_bot.index.model_folder import read_json
from qa_bot.transformer.config import is_known

Vectors = NDArray[np.float32]
BATCH = 32


class Encoder(Protocol):
    dimension: int

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        ...

    def load_tokenizer(self) -> Any:
        """A fast tokenizer of transformers, to count tokens with."""
        ...


def stay_offline(allow_hub: bool) -> None:
    """Tell the model libraries to look nowhere outside, before they are imported.

    Also lets idle model threads sleep: spinning ones make a question 50 times slower when any other
    process is busy.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if not allow_hub:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"


def load_encoder(folder: Path | None, name: str, longest: int) -> Encoder:
    """The fastest encoder that can run this model.

    Args:
        folder: the model's folder; None to let the library fetch ``name``.
        longest: tokens of the longest text that should not be cut, if the model can read as many.

    Raises:
        ModelError: the folder is not a model that can be loaded.
    """
    try:
        if folder is not None and is_plain(folder):
            return PlainEncoder(folder, longest)
        return LibraryEncoder(str(folder) if folder is not None else name, folder is not None)
    except Exception as error:  # tokenizers and safetensors raise bare ones
        raise ModelError(
            f"The embedder {folder or name} cannot be loaded: {first_line(error)}",
            "Check the setting 'embedder'.",
        ) from error


def is_plain(folder: Path) -> bool:
    """Whether the model is a transformer, averaged (or its first token taken), and no more."""
    modules = read_json(folder / "modules.json") or []
    kinds = [str(m.get("type", "")).rsplit(".", 1)[-1] for m in modules]
    paths = [str(m.get("path", "")) for m in modules]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        return False
    if paths[0] or not (folder / "tokenizer.json").is_file():
        return False
    if read_json(folder / "sentence_bert_config.json").get("do_lower_case"):
        return False
    return _pooling(folder) is not None


def _pooling(folder: Path) -> str | None:
    """How token vectors become one: "mean", "cls", or None for any other way."""
    paths = [m["path"] for m in read_json(folder / "modules.json")[1:2]]
    config = read_json(folder / (paths[0] if paths else "1_Pooling") / "config.json")
    if config.get("include_prompt") is False:
        return None
    if "pooling_mode" in config:
        return config["pooling_mode"] if config["pooling_mode"] in ("mean", "cls") else None
    modes = [key for key, on in config.items() if key.startswith("pooling_mode_") and on is True]
    return {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}.get(
        modes[0] if len(modes) == 1 else ""
    )


def token_limit(folder: Path, longest: int) -> int:
    """Most tokens the model reads of one text, its special tokens included.

    The folder's own limit is often far below what the model can do: it is raised to ``longest``
    as far as the model has positions.
    """
    config = read_json(folder / "config.json")
    # RoBERTa's family counts positions from pad_token_id + 1.
    offset = 2 if "roberta" in str(config.get("model_type", "")) else 0
    positions = int(config.get("max_position_embeddings", 512)) - offset
    stated = int(read_json(folder / "sentence_bert_config.json").get("max_seq_length") or positions)
    return min(positions, max(stated, longest))


class PlainEncoder:
    """A transformer with mean or first-token pooling, run without sentence-transformers."""

    def __init__(self, folder: Path, longest: int) -> None:
        import tokenizers

        self._folder = folder
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(token_limit(folder, longest))
        self._states, self.dimension = _network(folder)
        self._pooling = _pooling(folder)

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(ids)), key=lambda i: (-len(ids[i]), i))
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            vectors[rows] = self._forward([ids[i] for i in rows])
            if progress is not None:
                progress(min(at + BATCH, len(order)), len(order))
        return vectors

    def load_tokenizer(self) -> Any:
        from transformers import PreTrainedTokenizerFast

        return PreTrainedTokenizerFast(tokenizer_file=str(self._folder / "tokenizer.json"))

    def _forward(self, ids: list[list[int]]) -> Vectors:
        import torch

        with torch.inference_mode():
            states = self._states(ids)
            pooled = [s[0] if self._pooling == "cls" else s.mean(dim=0) for s in states]
            return torch.nn.functional.normalize(torch.stack(pooled), dim=1).numpy()


def _network(folder: Path) -> tuple[Callable[[list[list[int]]], list[Any]], int]:
    """What gives each text's last token vectors, (tokens, d), from its token ids; and d."""
    import torch

    from qa_bot.transformer.model import Transformer

    if is_known(folder):
        own = Transformer(folder)
        return own.states, own.config.hidden

    from transformers import AutoModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    model = AutoModel.from_pretrained(
        str(folder),
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        dtype=torch.float32,
    ).eval()
    padding = int(model.config.pad_token_id or 0)

    def states(ids: list[list[int]]) -> list[Any]:
        width = max(map(len, ids))
        tokens = torch.full((len(ids), width), padding, dtype=torch.long)
        mask = torch.zeros((len(ids), width), dtype=torch.long)
        for row, line in enumerate(ids):
            tokens[row, : len(line)] = torch.tensor(line)
            mask[row, : len(line)] = 1
        found = model(input_ids=tokens, attention_mask=mask).last_hidden_state
        return [vectors[: len(line)] for vectors, line in zip(found, ids, strict=True)]

    return states, int(model.config.hidden_size)


class LibraryEncoder:
    """Any sentence-transformers model."""

    def __init__(self, name: str, local: bool) -> None:
        from sentence_transformers import SentenceTransformer

        self.model: Any = SentenceTransformer(
            name,
            device="cpu",
            local_files_only=local,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        self.dimension = int(self.model.get_embedding_dimension())

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        parts = []
        for at in range(0, len(texts), 8 * BATCH):
            part = list(texts[at : at + 8 * BATCH])
            parts.append(
                self.model.encode(
                    part,
                    batch_size=BATCH,
                    prompt="",  # prompts are put in front by the Embedder
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            )
            if progress is not None:
                progress(at + len(part), len(texts))
        if not parts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.concatenate(parts).astype(np.float32)

    def load_tokenizer(self) -> Any:
        return self.model.tokenizer
