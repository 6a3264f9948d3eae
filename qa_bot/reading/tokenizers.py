"""The reader's tokenizer, without importing transformers for the models that need none of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.transformer.config import read_config


@dataclass(frozen=True)
class FastTokenizer:
    """What windows need of a fast tokenizer, by the names that transformers gives it.

    Attributes:
        backend_tokenizer: of the package tokenizers.
        model_input_names: what the model takes.
        cls_token_id, bos_token_id, pad_token_id: numbers of special tokens, None without one.
        model_max_length: most tokens of an input.
    """

    backend_tokenizer: Any
    model_input_names: tuple[str, ...]
    cls_token_id: int | None
    bos_token_id: int | None
    pad_token_id: int | None
    model_max_length: int


def read_tokenizer(folder: Path) -> FastTokenizer | None:
    """The tokenizer of the model in a folder; None where the library has to load it.

    Of BERT and MPNet, the kinds that we compute, tokenizer.json is all of it.
    """
    from tokenizers import Tokenizer

    config = read_config(folder)
    if config is None:
        return None
    try:
        about = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        backend = Tokenizer.from_file(str(folder / "tokenizer.json"))
        special = {
            name: backend.token_to_id(_content(about[name]))
            for name in ("cls_token", "bos_token", "pad_token")
            if about.get(name)
        }
        names = (
            "input_ids",
            *(["token_type_ids"] if config.kind == "bert" else []),
            "attention_mask",
        )
        return FastTokenizer(
            backend,
            names,
            special.get("cls_token"),
            special.get("bos_token"),
            special.get("pad_token"),
            int(about.get("model_max_length", 512)),
        )
    except Exception:  # tokenizers raises bare ones; the library says what is wrong
        return None


def _content(token: Any) -> str:
    return str(token["content"] if isinstance(token, dict) else token)
