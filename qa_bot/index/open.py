"""Open an index: whole and up to date, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.errors import CorpusError, IndexDamagedError, IndexStaleError
from qa_bot.index import versions
from qa_bot.index.embedding import Embedder
from qa_bot.index.fingerprints import corpus_files, corpus_fingerprint, model_fingerprints
from qa_bot.index.manifest import MEND, Manifest, check_files
from qa_bot.index.records import read_documents, read_passages
from qa_bot.index.sentences import Sentences
from qa_bot.index.stores.bm25 import Bm25Store
from qa_bot.index.stores.flat import FlatStore
from qa_bot.schema import Document, Passage
from qa_bot.settings import Settings
from qa_bot.version import __version__

_log = logging.getLogger(__name__)

UPDATE = "Run: qa-bot index"


@dataclass(frozen=True, eq=False)
class Index:
    """One opened version, held in memory: later builds do not touch it.

    Attributes:
        documents: by id, in corpus order.
        passages: ``passages[i].ordinal == i``.
        dense: passages by vector.
        sparse: passages by words.
        sentences: of all documents, with a vector each.
        hashes: hash of each passage's cleaned text, to recognise it in the next build.
        record: what it was built from, with the checksums.
        version: name of its folder, such as ``v000001``.
    """

    documents: dict[str, Document]
    passages: list[Passage]
    dense: FlatStore
    sparse: Bm25Store
    sentences: Sentences
    hashes: list[str]
    record: Manifest
    version: str

    @property
    def manifest(self) -> dict[str, Any]:
        """``record`` as plain data: "created", "counts", "fingerprints", "models", …"""
        return self.record.to_dict()


def open_index(
    settings: Settings, *, check_corpus: bool = True, embedder: Embedder | None = None
) -> Index:
    """Open the index in ``settings.index``.

    Args:
        check_corpus: compare with the corpus folder. A folder that is not there is no error: an
            index can be deployed alone.
        embedder: the one that will be used; else the settings' one is looked up, not loaded.

    Raises:
        IndexMissingError: nothing was built yet.
        IndexDamagedError: a file is missing or its checksum differs.
        IndexStaleError: corpus, splitter or embedder are no longer the ones it was built from.
        ModelError: the settings' embedder is not there.

    Example:
        >>> from qa_bot.settings import load_settings
        >>> index = open_index(load_settings())                         # doctest: +SKIP
        >>> len(index.passages)                                         # doctest: +SKIP
        27
    """
    index = open_whole(settings.index)
    _check_models(index.record, model_fingerprints(settings, embedder), settings)
    if check_corpus:
        _check_corpus(index.record, settings)
    if read_otherwise(index.record):  # it still answers: an upgrade must not stop a server
        _log.warning("The index was built by another version of qa-bot. %s", UPDATE)
    return index


def read_otherwise(manifest: Manifest) -> bool:
    """Whether another version of qa-bot read the speeches, and this one may read them better."""
    return manifest.fingerprints.get("version") != __version__


def open_whole(root: Path) -> Index:
    """Open the version in use, every checksum compared, whatever it was built from.

    Raises:
        IndexMissingError, IndexDamagedError: as for :func:`open_index`.
    """
    while True:
        version, manifest = versions.read_current(root)
        try:
            return _read(root / version, version, manifest)
        except IndexDamagedError:
            # Two builds may have finished since CURRENT was read, and removed this version.
            if versions.read_current(root)[0] == version:
                raise


def _read(folder: Path, version: str, manifest: Manifest) -> Index:
    check_files(folder, manifest)
    try:
        documents = read_documents(folder / "documents.jsonl")
        passages, hashes = read_passages(folder / "passages.jsonl", documents)
        dense = FlatStore.load(folder / "vectors.faiss")
        sparse = Bm25Store.load(folder / "bm25")
        sentences = Sentences.load(folder / "sentences")
        sentences.check([len(document.text) for document in documents.values()])
    except (ValueError, OSError) as error:
        raise IndexDamagedError(f"The index in {folder} cannot be read: {error}.", MEND) from error
    if not len(passages) == len(dense) == len(sparse):
        raise IndexDamagedError(f"The parts of the index in {folder} do not agree.", MEND)
    return Index(documents, passages, dense, sparse, sentences, hashes, manifest, version)


def _check_models(manifest: Manifest, now: Mapping[str, str], settings: Settings) -> None:
    if manifest.fingerprints.get("embedder") != now["embedder"]:
        raise IndexStaleError(
            f"The index was built with another embedder ({manifest.models.get('embedder')}) than "
            f"the one set now ({settings.embedder}).",
            UPDATE,
        )
    for part, words in (
        ("splitter", "other passage settings"),
        ("sentences", "other rules for sentences"),
        ("words", "another BM25 version"),
    ):
        if manifest.fingerprints.get(part) != now[part]:
            raise IndexStaleError(f"The index was built with {words} than now.", UPDATE)


def _check_corpus(manifest: Manifest, settings: Settings) -> None:
    if not settings.corpus.is_dir():
        return
    try:
        if manifest.fingerprints.get("corpus") == corpus_fingerprint(settings):
            return
        changes = describe_changes(manifest.corpus_files, corpus_files(settings.corpus))
    except CorpusError as error:
        raise IndexStaleError(
            f"The corpus cannot be compared: {error.message}", error.hint
        ) from error
    raise IndexStaleError(
        f"The speeches have changed since the index was built: {changes}.", UPDATE
    )


def describe_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What happened to the files, in words, with up to three names each.

    Example:
        >>> describe_changes({"a.txt": 1, "b.txt": 2}, {"b.txt": 3, "c.txt": 4})
        '1 added (c.txt), 1 removed (a.txt), 1 changed (b.txt)'
    """
    kinds = {
        "added": sorted(now.keys() - before.keys()),
        "removed": sorted(before.keys() - now.keys()),
        "changed": sorted(name for name in before.keys() & now.keys() if before[name] != now[name]),
    }
    parts = []
    for kind, names in kinds.items():
        if names:
            more = ", …" if len(names) > 3 else ""
            parts.append(f"{len(names)} {kind} ({', '.join(names[:3])}{more})")
    return ", ".join(parts) or "the settings that say which files are read"
