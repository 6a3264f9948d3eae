"""A folder of speeches, read into documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from qa_bot.corpus.catalogue import CATALOGUE, CATALOGUES, FACTS, Catalogue, read_catalogue
from qa_bot.corpus.files import SkippedFile, SpeechFile, find_files, read_bytes
from qa_bot.corpus.ids import assign_ids, row_ids
from qa_bot.corpus.isolation import FileParser
from qa_bot.corpus.loaders import Loaded, UnusableFileError
from qa_bot.corpus.turns import given, recognise, unknown
from qa_bot.errors import CorpusError
from qa_bot.schema import Document, Turn

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Corpus:
    """The speeches of a folder.

    Attributes:
        documents: sorted by path.
        skipped: files, folders and catalogue entries that were not used, each with the reason.
    """

    documents: tuple[Document, ...]
    skipped: tuple[SkippedFile, ...]


def load_corpus(
    folder: Path,
    *,
    max_file_mb: int = 50,
    ocr: bool = False,
    progress: Progress | None = None,
) -> Corpus:
    """Read every speech in a folder and its subfolders, and the catalogue beside them.

    A file that cannot be used is listed in ``skipped`` and costs no other file its place.

    Args:
        max_file_mb: files larger than this are skipped.
        ocr: read scanned pages of PDFs from their picture.
        progress: called after each file with (files done, files in all, path).

    Raises:
        CorpusError: the folder is missing or is no folder, or its catalogue cannot be read.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "opening.txt").write_text("Opening remarks\\n\\nWelcome.")
        >>> [(d.id, d.title) for d in load_corpus(folder).documents]
        [('opening', 'Opening remarks')]
    """
    root = corpus_folder(folder)
    files, skipped = find_files(root)
    catalogue = read_catalogue(root, {file.path for file in files})
    ids, id_warnings = assign_ids([file.path for file in files], catalogue.ids)
    skipped += [SkippedFile(CATALOGUE, warning) for warning in catalogue.warnings + id_warnings]
    documents = []
    taken = set(ids.values())
    with FileParser(ocr=ocr) as parser:
        for number, file in enumerate(files, start=1):
            try:
                if why := catalogue.withheld.get(file.path):
                    raise UnusableFileError(why)
                contents = parser.load(file.path, read_bytes(file, max_file_mb))
            except UnusableFileError as error:
                skipped.append(SkippedFile(file.path, error.reason))
            else:
                skipped += [SkippedFile(file.path, problem) for problem in contents.problems]
                names = [loaded.name for loaded in contents.speeches]
                own_ids = row_ids(ids[file.path], names, taken)
                for id, loaded in zip(own_ids, contents.speeches, strict=True):
                    documents.append(_document(file, id, loaded, catalogue))
                    spoken = catalogue.turn_names.get(file.path, {})
                    skipped += [
                        SkippedFile(
                            CATALOGUE, f"[{file.path!r}] turn_names: nobody speaks as {name!r}"
                        )
                        for name in unknown(loaded, spoken)
                    ]
            if progress:
                progress(number, len(files), file.path)
    return Corpus(tuple(documents), tuple(sorted(skipped, key=lambda s: (s.path, s.reason))))


def fingerprint(folder: Path) -> str:
    """SHA-256 over the paths and bytes of the speeches and the catalogue.

    Equal fingerprints mean that :func:`load_corpus` reads the same documents.

    Raises:
        CorpusError: the folder is missing or is no folder.
    """
    root = corpus_folder(folder)
    digest = hashlib.sha256()
    for name, path in [(f.path, f.location) for f in find_files(root)[0]] + [
        (name, root / name) for name in CATALOGUES if name == CATALOGUE or (root / name).exists()
    ]:
        try:
            with path.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            content = type(error).__name__
        digest.update(f"{name}\0{content}\n".encode())
    return digest.hexdigest()


def corpus_folder(folder: Path) -> Path:
    """The whole path of the corpus folder.

    Raises:
        CorpusError: it is missing or is no folder.
    """
    if not folder.exists():
        raise CorpusError(
            f"There is no folder {str(folder)!r}.",
            "Make it and put speeches in it, or name another: --corpus FOLDER or QA_BOT_CORPUS.",
        )
    if not folder.is_dir():
        raise CorpusError(
            f"{str(folder)!r} is a file, not a folder.", "Name the folder the speeches are in."
        )
    return folder.resolve()


def _document(file: SpeechFile, id: str, loaded: Loaded, catalogue: Catalogue) -> Document:
    """What the catalogue says, then what the file says, then nothing (a title: the file's name)."""
    facts = {name: value for name, value in loaded.facts.items() if value and name in FACTS}
    facts |= catalogue.facts.get(file.path, {})
    facts = {name: normalize("NFC", value) for name, value in facts.items()}
    facts.setdefault("title", f"{readable_name(file.path)} {loaded.name}".strip())
    return Document(
        id=id,
        path=file.path,
        text=loaded.text,
        pages=loaded.pages,
        page_labels=loaded.page_labels,
        turns=_turns(file, loaded, facts, catalogue),
        times=loaded.times,
        omissions=loaded.omissions,
        groups=catalogue.groups.get(file.path, ()),
        **facts,
    )


def _turns(
    file: SpeechFile, loaded: Loaded, facts: Mapping[str, str], catalogue: Catalogue
) -> tuple[Turn, ...]:
    """Who speaks where, by the format if it says so, else by the labels in the text."""
    if file.path in catalogue.one_speaker:
        return ()
    names = catalogue.turn_names.get(file.path, {})
    if loaded.turns:
        return given(loaded.text, loaded.turns, names)
    return recognise(loaded.text, facts.get("speaker", ""), facts.get("role", ""), names)


def readable_name(path: str) -> str:
    """A title made of a file's name.

    Example:
        >>> readable_name("2018/opening_remarks-geneva.txt")
        'Opening remarks geneva'
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    words = " ".join(stem.replace("_", " ").replace("-", " ").split()) or stem
    return words[:1].upper() + words[1:]
