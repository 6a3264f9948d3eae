"""The embedder: questions and passages to unit vectors whose inner product is their likeness."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa_bot.index.encoders import Encoder, load_encoder, stay_offline
from qa_bot.index.model_folder import ModelSource, check_weights, find_embedder
from qa_bot.recent import Recent
from qa_bot.settings import Settings
from qa_bot.text.cleaning import clean

Vectors = NDArray[np.float32]
REMEMBERED = 256  # question vectors kept: people ask the same thing again, and pages reload


class Embedder(Protocol):
    """What the index and the retriever need of an embedder.

    Attributes:
        fingerprint: changes when the vectors would.
    """

    name: str
    fingerprint: str

    @property
    def tokenizer(self) -> Any:
        """What passage lengths are counted with: a fast tokenizer of transformers."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), d)."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """Unit vectors, shape (len(texts), d). ``progress`` is called with (done, total)."""
        ...

    def encode_sentences(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """The same for single sentences."""
        ...


class ModelEmbedder:
    """An embedder with a model behind it. Safe to use from many threads.

    Texts are cleaned as for every model (:func:`qa_bot.corpus.clean`).

    Example:
        >>> from qa_bot.settings import load_settings
        >>> embedder = load_embedder(load_settings())                  # doctest: +SKIP
        >>> embedder.encode_questions(["Who pays?"]).shape             # doctest: +SKIP
        (1, 384)
    """

    def __init__(self, source: ModelSource, encoder: Encoder) -> None:
        self.name = source.name
        self.fingerprint = source.fingerprint
        self._source = source
        self._encoder = encoder
        self._lock = threading.Lock()
        self._known: Recent[str, Vectors] = Recent(REMEMBERED)

    @cached_property
    def tokenizer(self) -> Any:
        """A fast tokenizer of transformers. Loaded when first needed: only building needs it."""
        return self._encoder.load_tokenizer()

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        prompted = [self._source.query_prompt + clean(text).text for text in texts]
        # One at a time through the model: with few cores, sharing them is no faster than queueing.
        with self._lock:
            vectors = {t: kept for t in prompted if (kept := self._known.get(t)) is not None}
            missing = [t for t in dict.fromkeys(prompted) if t not in vectors]
            vectors.update(zip(missing, self._encoder.encode(missing), strict=True))
            for text in missing:
                self._known.put(text, vectors[text])
        if not prompted:
            return np.empty((0, self._encoder.dimension), dtype=np.float32)
        return np.stack([vectors[text] for text in prompted])

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        prompted = [self._source.passage_prompt + clean(text).text for text in texts]
        with self._lock:
            return self._encoder.encode(prompted, progress)

    encode_sentences = encode_passages


def load_embedder(settings: Settings) -> ModelEmbedder:
    """The embedder named in the settings, its weights checked before they are loaded.

    Raises:
        ModelError: it is missing, damaged, or not allowed; says what to do.
    """
    source = find_embedder(settings)
    check_weights(source)
    stay_offline(settings.allow_hub)
    if settings.threads:
        import torch

        torch.set_num_threads(settings.threads)
    # Passage lengths are counted before cleaning and prompting: leave some room.
    encoder = load_encoder(source.folder, source.name, settings.passage_tokens + 16)
    return ModelEmbedder(source, encoder)
