"""An embedder without a model: words hashed into a few dimensions. Fast, the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.settings import Settings, load_settings

DIMENSION = 16


class HashEmbedder:
    """Remembers the passages and sentences that it was asked to embed."""

    name = "hash"

    def __init__(self, fingerprint: str = "hash-1") -> None:
        self.fingerprint = fingerprint
        self.seen: list[str] = []
        self.seen_sentences: list[str] = []

    @property
    def tokenizer(self) -> Any:
        return lambda texts, **options: {"input_ids": [text.split() for text in texts]}

    def encode_questions(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([_vector(text) for text in texts])

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> np.ndarray:
        self.seen.extend(texts)
        if progress:
            progress(len(texts), len(texts))
        return np.stack([_vector(text) for text in texts])

    def encode_sentences(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> np.ndarray:
        self.seen_sentences.extend(texts)
        return np.stack([_vector(text) for text in texts])


def _vector(text: str) -> np.ndarray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0] = 0.1  # never the zero vector
    for word in text.lower().split():
        digest = hashlib.sha256(word.encode(errors="replace")).digest()
        vector[digest[0] % DIMENSION] += 1 if digest[1] % 2 else -1
    return vector / np.linalg.norm(vector)


def write_speech(folder: Path, name: str, topic: str, sentences: int = 30) -> Path:
    """A made-up speech of a few passages about ``topic``."""
    path = folder / f"{name}.txt"
    lines = (
        f"Sentence {n} of the speech on {topic} says that {topic} number {n} matters to us all."
        for n in range(sentences)
    )
    path.write_text(f"Remarks on {topic}\n\n" + " ".join(lines) + "\n")
    return path


def make_settings(folder: Path) -> Settings:
    """Settings of a corpus of three made-up speeches, and an index folder that is not there yet."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, topic in (("a", "water"), ("b", "roads"), ("c", "schools")):
        write_speech(corpus, name, topic)
    return load_settings(
        corpus=corpus, index=folder / "index", passage_tokens=64, passage_overlap=16
    )
