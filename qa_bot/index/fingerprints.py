"""What an index depends on, in a few short strings that can be compared without loading a model."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from qa_bot.corpus import fingerprint
from qa_bot.corpus.catalogue import CATALOGUES
from qa_bot.corpus.files import find_files
from qa_bot.index.alike import ALIKE_FINGERPRINT
from qa_bot.index.manifest import sha256_of
from qa_bot.index.model_folder import find_embedder
from qa_bot.index.sentences import SENTENCES_FINGERPRINT
from qa_bot.passages.fingerprint import splitter_fingerprint
from qa_bot.settings import Settings
from qa_bot.text.stems import WORDS_FINGERPRINT
from qa_bot.version import __version__

if TYPE_CHECKING:
    from qa_bot.index.embedding import Embedder


def model_fingerprints(settings: Settings, embedder: Embedder | None = None) -> dict[str, str]:
    """Of everything but the corpus: "embedder", "splitter", "sentences", "words", "alike" and
    "version".

    The version stands for how files are read, cleaned and cut: none of that is told by its result.
    An index with other rules for sentences that say the same still opens; the next build brings it
    up to date.

    Raises:
        ModelError: no ``embedder`` is given and the settings' one is not there.
    """
    return {
        "embedder": embedder.fingerprint if embedder else find_embedder(settings).fingerprint,
        "splitter": splitter_fingerprint(settings.passage_tokens, settings.passage_overlap),
        "sentences": SENTENCES_FINGERPRINT,
        "words": WORDS_FINGERPRINT,
        "alike": ALIKE_FINGERPRINT,
        "version": __version__,
    }


def corpus_fingerprint(settings: Settings) -> str:
    """Of the speeches, the catalogue, and the settings that say which files and pages are read.

    Raises:
        CorpusError: there is no such folder.
    """
    parts = f"{fingerprint(settings.corpus)} {settings.max_file_mb}{' ocr' * settings.ocr}"
    return hashlib.sha256(parts.encode()).hexdigest()


def corpus_files(folder: Path) -> dict[str, str]:
    """Path inside the corpus → SHA-256 of every speech and of the catalogue.

    A file that cannot be read has an empty string.
    """
    root = folder.resolve()
    places = {file.path: file.location for file in find_files(root)[0]}
    places |= {name: root / name for name in CATALOGUES if (root / name).is_file()}
    return {path: _digest(location) for path, location in sorted(places.items())}


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return ""
