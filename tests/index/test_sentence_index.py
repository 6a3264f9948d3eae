"""The sentences of an index: exact places, the right vectors, nothing embedded twice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hash_embedder import HashEmbedder, write_speech
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.errors import IndexDamagedError, IndexStaleError
from qa_bot.index import build_index, open_index
from qa_bot.index.sentences import Sentences, cut
from qa_bot.passages.marks import ADDRESS, BARE, DATE, LEADS, LEANS, NAME, NUMBER, REASON, marks
from qa_bot.schema import Document
from qa_bot.settings import Settings
from qa_bot.text.sentences import sentences


def test_each_sentence_has_its_place_its_vector_and_its_words(
    settings: Settings, embedder: HashEmbedder
) -> None:
    build_index(settings, embedder=embedder)
    index = open_index(settings, embedder=embedder)
    found, documents = index.sentences, list(index.documents.values())
    assert len(found) == sum(len(sentences(d.text)) for d in documents)
    texts = []
    for row, document in enumerate(documents):
        own = found.of(row)
        bounds = list(zip(found.starts[own].tolist(), found.ends[own].tolist(), strict=True))
        assert bounds == sentences(document.text)
        texts += [document.text[start:end] for start, end in bounds]
    assert np.array_equal(found.vectors, embedder.encode_sentences(texts).astype(np.float16))
    first = found.words[: found.word_ends[0]].tolist()
    assert first == sorted(set(index.sparse.numbers(texts[0]))) != []
    assert isinstance(found.vectors, np.memmap)


def test_only_new_sentences_are_embedded(settings: Settings, embedder: HashEmbedder) -> None:
    build_index(settings, embedder=embedder)
    assert len(embedder.seen_sentences) == len(set(embedder.seen_sentences)) > 60
    path = settings.corpus / "b.txt"
    path.write_text(path.read_text().replace("number 29", "number twenty-nine"))
    write_speech(settings.corpus, "0-first", "water")  # the same sentences as a.txt
    again = HashEmbedder()
    build_index(settings, embedder=again)
    assert len(again.seen_sentences) == 1 and "twenty-nine" in again.seen_sentences[0]
    index = open_index(settings, embedder=again)
    texts = [
        list(index.documents.values())[row].text[start:end]
        for row, start, end in zip(
            index.sentences.rows, index.sentences.starts, index.sentences.ends, strict=True
        )
    ]
    wanted = embedder.encode_sentences(texts).astype(np.float16)
    assert np.array_equal(index.sentences.vectors, wanted)


@pytest.mark.parametrize("change", [{"force": True}, {"embedder": HashEmbedder("hash-2")}])
def test_what_embeds_every_sentence_again(
    settings: Settings, embedder: HashEmbedder, change: dict[str, object]
) -> None:
    build_index(settings, embedder=embedder)
    again = HashEmbedder()
    build_index(settings, **{"embedder": again, "force": False, **change})  # type: ignore[arg-type]
    used = change.get("embedder", again)
    assert used.seen_sentences == embedder.seen_sentences  # type: ignore[attr-defined]


def test_other_rules_for_sentences_make_an_index_stale(
    settings: Settings, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(settings, embedder=embedder)
    monkeypatch.setattr("qa_bot.index.fingerprints.SENTENCES_FINGERPRINT", "other")
    with pytest.raises(IndexStaleError, match="other rules for sentences"):
        open_index(settings, embedder=embedder)
    assert build_index(settings, embedder=embedder).changed


def test_an_index_of_the_format_before_is_built_again(
    settings: Settings, embedder: HashEmbedder
) -> None:
    first = build_index(settings, embedder=embedder)
    place = settings.index / first.version / "manifest.json"
    raw = place.read_text().replace('"format": 2', '"format": 1').encode()
    place.write_bytes(raw)
    name = f"{first.version} {hashlib.sha256(raw).hexdigest()}\n"
    (settings.index / "CURRENT").write_text(name)
    with pytest.raises(IndexDamagedError, match="another version of qa-bot"):
        open_index(settings, embedder=embedder)
    assert build_index(settings, embedder=embedder).version == "v000002"
    open_index(settings, embedder=embedder)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_sentences_lie_in_their_documents_in_order(texts: list[str]) -> None:
    documents = [Document(str(n), text=text) for n, text in enumerate(texts)]
    found = cut(documents)
    for row, document in enumerate(documents):
        mine = found.rows == row
        bounds = list(zip(found.starts[mine].tolist(), found.ends[mine].tolist(), strict=True))
        assert bounds == sentences(document.text)


@given(st.data())
def test_stretches_find_the_sentences_that_they_touch(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("a. \n", max_size=40), min_size=1, max_size=4))
    made = cut([Document(str(n), text=text) for n, text in enumerate(texts)])
    none = np.empty(0, np.int32)
    found = Sentences(
        made.rows, made.starts, made.ends, made.marks,
        np.empty((len(made.rows), 1), np.float16), none, np.zeros(len(made.rows), np.int32),
        np.arange(len(made.rows), dtype=np.int32),
    )  # fmt: skip
    row = data.draw(st.integers(0, len(texts) - 1))
    start = data.draw(st.integers(0, len(texts[row])))
    end = data.draw(st.integers(start, len(texts[row])))
    part = found.within(row, start, end)
    touched = [
        n for n in range(len(found))
        if found.rows[n] == row and found.starts[n] < end and start < found.ends[n]
    ]  # fmt: skip
    if start < end:
        assert list(range(part.start, part.stop)) == touched
    first, last = found.spans(np.array([row]), np.array([start]), np.array([end]))
    assert (first[0], last[0]) == (part.start, part.stop)


@pytest.mark.parametrize(
    "damage",
    [
        lambda b, v, w, e: (b[:, :3], v, w, e),
        lambda b, v, w, e: (b, v[:-1], w, e),
        lambda b, v, w, e: (b, v.astype(np.float32), w, e),
        lambda b, v, w, e: (b, v, w[:-1], e),
        lambda b, v, w, e: (b.astype(np.int64), v, w, e),
    ],
)
def test_arrays_that_do_not_agree_are_refused(
    settings: Settings, embedder: HashEmbedder, tmp_path: Path, damage: object
) -> None:
    build_index(settings, embedder=embedder)
    folder = next(settings.index.glob("v*")) / "sentences"
    names = ("bounds.npy", "vectors.npy", "words.npy", "word_ends.npy")
    arrays = damage(*(np.load(folder / name) for name in names))  # type: ignore[operator]
    for name, array in zip(names, arrays, strict=True):
        np.save(tmp_path / name, array)
    with pytest.raises(ValueError):
        Sentences.load(tmp_path)


def test_a_sentence_outside_its_document_is_refused(
    settings: Settings, embedder: HashEmbedder
) -> None:
    build_index(settings, embedder=embedder)
    found = open_index(settings, embedder=embedder).sentences
    with pytest.raises(ValueError, match="outside"):
        found.check([10, 10, 10])
    with pytest.raises(ValueError, match="no document"):
        found.check([10**6, 10**6])


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("We built 3 schools.", NUMBER),
        ("They met on 4 March.", LEANS | NUMBER | DATE | NAME),
        ("This year the roads were mended.", 0),
        ("This is what we decided.", LEANS),
        ("It is my duty to report on the roads.", 0),
        ("It failed for want of money.", LEANS),
        ("In this we failed because nobody came.", LEANS | REASON),
        ("Ladies and gentlemen, welcome to you all.", ADDRESS),
        ("12.", BARE | NUMBER),
        ("We spoke with Ms. Bralo of Croatia.", NAME),
    ],
)
def test_marks(text: str, bits: int) -> None:
    assert marks(text, False) == bits
    assert marks(text, True) == bits | LEADS


def test_a_damaged_vector_file_is_found(settings: Settings, embedder: HashEmbedder) -> None:
    build_index(settings, embedder=embedder)
    path = next(settings.index.glob("v*")) / "sentences" / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-2] + b"no")
    with pytest.raises(IndexDamagedError, match=r"sentences/vectors\.npy"):
        open_index(settings, embedder=embedder)
