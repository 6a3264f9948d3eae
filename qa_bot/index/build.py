"""Build an index: only what changed is embedded, and the switch to it is atomic."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_bot.corpus import Corpus, SkippedFile, load_corpus
from qa_bot.corpus.omissions import by_file
from qa_bot.errors import CorpusError, IndexDamagedError, IndexMissingError, SettingsError
from qa_bot.index import versions
from qa_bot.index.embedding import Embedder, load_embedder
from qa_bot.index.fingerprints import corpus_files, corpus_fingerprint, model_fingerprints
from qa_bot.index.manifest import Manifest, describe_files
from qa_bot.index.open import Index, open_index, open_whole
from qa_bot.index.records import write_documents, write_passages
from qa_bot.index.sentences import Sentences, cut, embedded, known_vectors
from qa_bot.index.stores.bm25 import Bm25Store
from qa_bot.index.stores.flat import FlatStore
from qa_bot.schema import Omission, Passage
from qa_bot.settings import Settings
from qa_bot.text.cleaning import clean
from qa_bot.version import __version__

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        documents, passages: how many the index holds now.
        embedded, reused: passages embedded by this build, and taken over from the old index.
        skipped: files that could not be used, with the reason.
        left_out: what files hold beyond their texts, by path.
        version: the version in use now.
        changed: False when the old index was still right and nothing was written.
    """

    documents: int
    passages: int
    embedded: int
    reused: int
    skipped: tuple[SkippedFile, ...]
    left_out: Mapping[str, tuple[Omission, ...]]
    seconds: float
    version: str
    changed: bool


def build_index(
    settings: Settings,
    *,
    force: bool = False,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
) -> BuildReport:
    """Bring the index in ``settings.index`` up to date with ``settings.corpus``.

    Args:
        force: build from scratch, whatever is there.
        progress: called with (stage, done, total); stages are "read", "split", "embed",
            "sentences", "write".
        embedder: use this one instead of loading the settings' one.

    Raises:
        CorpusError: there is no corpus folder, or no usable speech in it.
        IndexBusyError: another process is building this index.
        SettingsError: the index folder cannot be written.
        ModelError: the embedder cannot be used.

    Example:
        >>> from qa_bot.settings import load_settings
        >>> report = build_index(load_settings())                       # doctest: +SKIP
        >>> report.documents                                            # doctest: +SKIP
        2
    """
    began = time.perf_counter()
    report = progress or (lambda stage, done, total: None)
    with versions.build_lock(settings.index):
        old, current = _old_index(settings.index)
        versions.sweep(settings.index, current)
        # Taken before the files are read: a file that changes meanwhile makes the index stale,
        # never wrongly fresh.
        fingerprints = {
            "corpus": corpus_fingerprint(settings),
            **model_fingerprints(settings, embedder),
        }
        if old is not None and not force and old.record.fingerprints == fingerprints:
            return _unchanged(old, time.perf_counter() - began)

        files = corpus_files(settings.corpus)
        corpus = _load(settings, report)
        embedder = embedder or load_embedder(settings)
        passages = _split(corpus, settings, embedder, report)
        texts = [clean(passage.in_context).text for passage in passages]
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = {} if force else _known_vectors(old, embedder)
        vectors, embedded = _embed(passages, hashes, known, embedder, report)
        sparse = Bm25Store.build(texts)
        sentences = _sentences(
            corpus, None if force else old, embedder, sparse, vectors.shape[1], report
        )

        report("write", 0, 1)
        scratch = None
        try:
            version, scratch = versions.scratch_folder(settings.index)
            write_documents(scratch / "documents.jsonl", corpus.documents)
            write_passages(scratch / "passages.jsonl", passages, hashes)
            FlatStore.build(vectors).save(scratch / "vectors.faiss")
            sparse.save(scratch / "bm25")
            sentences.save(scratch / "sentences")
            manifest = Manifest(
                fingerprints=fingerprints,
                models={"embedder": embedder.name, "dimension": vectors.shape[1]},
                counts={
                    "documents": len(corpus.documents),
                    "passages": len(passages),
                    "sentences": len(sentences),
                },
                corpus_files=files,
                skipped=tuple((skip.path, skip.reason) for skip in corpus.skipped),
                files=describe_files(scratch),
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                qa_bot=__version__,
            )
            versions.switch(settings.index, scratch, version, manifest)
        except OSError as error:
            raise SettingsError(
                f"The index could not be written to {settings.index}: {error}.",
                "Make room there, or set another folder; the index in use is as it was.",
            ) from error
        finally:
            if scratch:
                shutil.rmtree(scratch, ignore_errors=True)  # gone already when all went well
        versions.prune(settings.index, keep={version, current or version})
        report("write", 1, 1)
    return BuildReport(
        documents=len(corpus.documents),
        passages=len(passages),
        embedded=embedded,
        reused=len(passages) - embedded,
        skipped=corpus.skipped,
        left_out=by_file(corpus.documents),
        seconds=time.perf_counter() - began,
        version=version,
        changed=True,
    )


def ready_index(
    settings: Settings, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> Index:
    """The index, built first if there is none.

    Raises:
        IndexStaleError, IndexDamagedError: with the command that mends it.
        CorpusError: there is no index and no speech to build one from.
    """
    try:
        return open_index(settings, embedder=embedder)
    except IndexMissingError:
        build_index(settings, embedder=embedder, progress=progress)
        return open_index(settings, embedder=embedder)


def _old_index(root: Path) -> tuple[Index | None, str | None]:
    """The index in use if it is whole, and the name of its version if that can be read."""
    try:
        old = open_whole(root)
    except IndexMissingError:
        return None, None
    except IndexDamagedError:
        try:
            return None, versions.read_current(root)[0]
        except IndexDamagedError:
            return None, None
    return old, old.version


def _unchanged(old: Index, seconds: float) -> BuildReport:
    return BuildReport(
        documents=len(old.documents),
        passages=len(old.passages),
        embedded=0,
        reused=len(old.passages),
        skipped=tuple(SkippedFile(path, reason) for path, reason in old.record.skipped),
        left_out=by_file(old.documents.values()),
        seconds=seconds,
        version=old.version,
        changed=False,
    )


def _load(settings: Settings, report: Progress) -> Corpus:
    corpus = load_corpus(
        settings.corpus,
        max_file_mb=settings.max_file_mb,
        ocr=settings.ocr,
        progress=lambda done, total, path: report("read", done, total),
    )
    if not any(document.text.strip() for document in corpus.documents):
        reasons = "".join(f" {skip.path}: {skip.reason}." for skip in corpus.skipped[:3])
        raise CorpusError(
            f"There is no speech to index in {settings.corpus}.{reasons}",
            "Put .txt, .html, .pdf or .docx files there (docs/corpus.md lists all types), or "
            "choose another with --corpus.",
        )
    return corpus


def _split(
    corpus: Corpus, settings: Settings, embedder: Embedder, report: Progress
) -> list[Passage]:
    from qa_bot.passages.splitter import Splitter

    cutter = Splitter(embedder.tokenizer, settings.passage_tokens, settings.passage_overlap)
    passages: list[Passage] = []
    for done, document in enumerate(corpus.documents, start=1):
        passages.extend(cutter.split(document, first_ordinal=len(passages)))
        report("split", done, len(corpus.documents))
    if not passages:
        raise CorpusError(
            f"The files in {settings.corpus} hold no text.",
            "Scanned PDFs need text recognition first.",
        )
    return passages


def _known_vectors(old: Index | None, embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """Vectors of the old index by hash of the cleaned text, if the same embedder made them."""
    if old is None or old.record.fingerprints.get("embedder") != embedder.fingerprint:
        return {}
    return dict(zip(old.hashes, old.dense.vectors(), strict=True))


def _embed(
    passages: Sequence[Passage],
    hashes: Sequence[str],
    known: dict[str, NDArray[np.float32]],
    embedder: Embedder,
    report: Progress,
) -> tuple[NDArray[np.float32], int]:
    """One vector a passage, shape (n, d), and how many passages had to be embedded."""
    fresh = {h: p.in_context for p, h in zip(passages, hashes, strict=True) if h not in known}
    report("embed", 0, len(fresh))
    if fresh:
        made = embedder.encode_passages(
            list(fresh.values()), progress=lambda done, total: report("embed", done, total)
        )
        known = {**known, **dict(zip(fresh, made, strict=True))}
    vectors = np.stack([known[digest] for digest in hashes])
    return vectors, sum(digest in fresh for digest in hashes)


def _sentences(
    corpus: Corpus,
    old: Index | None,
    embedder: Embedder,
    sparse: Bm25Store,
    dimension: int,
    report: Progress,
) -> Sentences:
    """The sentences of the corpus with their vectors; those of the old index keep theirs."""
    known = {}
    if old is not None and old.record.fingerprints.get("embedder") == embedder.fingerprint:
        known = known_vectors(old.sentences, list(old.documents.values()))

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return embedder.encode_sentences(
            texts, progress=lambda done, total: report("sentences", done, total)
        )

    return embedded(cut(corpus.documents), known, encode, dimension, sparse.numbers)
