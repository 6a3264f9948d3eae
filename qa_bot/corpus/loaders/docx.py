"""Word documents (.docx)."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from typing import Any

from docx import Document as open_docx
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa_bot.corpus.loaders import html, text
from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.docx_numbering import Numbering
from qa_bot.corpus.loaders.docx_story import NOTES, Story, StoryReader
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header
from qa_bot.corpus.loaders.list_numbers import roman
from qa_bot.schema import Omission

MOST_PARTS = 10_000
MOST_BYTES = 400_000_000  # unpacked
OLD_FORMAT = b"\xd0\xcf\x11\xe0"
STRICT = b"http://purl.oclc.org/ooxml/"
PARTS_IN_PARTS = 3  # documents inserted in documents
NOT_NOTES = ("separator", "continuationSeparator", "continuationNotice")


def load(data: bytes) -> Loaded:
    """Paragraphs and tables in order; a row's cells are set apart by ``" | "``.

    Text in content controls, tracked insertions and links is kept, and numbers that Word counts
    stand in it. A text box follows the paragraph that it floats over. Footnotes and endnotes
    follow the text, each after its number in brackets; their marks in the text are left out.
    Deleted and hidden text, headers and footers are not kept.
    """
    return _load(data, PARTS_IN_PARTS)


def _load(data: bytes, inserted: int) -> Loaded:
    _check(data)
    document = open_docx(io.BytesIO(data))
    part = document.part
    reader = StoryReader(_numbering(part), _style_root(part))
    story = reader.read(document.element.body, lambda id: _inserted(part, id, inserted))
    text = "\n\n".join([story.text, *_notes(part, reader, story)])
    title = given_title(document.core_properties.title) or title_in_header(story.text)
    facts = {"title": title, "date": date_in_header(story.text)}
    left_out = Counter(story.left_out)
    if RELATION.COMMENTS in {r.reltype for r in part.rels.values()}:
        comments = _related(part, RELATION.COMMENTS)
        left_out["comments"] += (
            len(comments.findall(qn("w:comment"))) if comments is not None else 0
        )
    omissions = tuple(Omission(what, count) for what, count in left_out.items() if count)
    return Loaded(text, facts=facts, omissions=omissions)


def _check(data: bytes) -> None:
    """Look at what the file would unpack to, before anything is unpacked."""
    if data.startswith(OLD_FORMAT):
        raise UnusableFileError("protected by a password, or an old .doc; save it as .docx")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnusableFileError("damaged, or not a .docx file") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnusableFileError("unpacks to far more than a speech (a zip bomb?)")
    if "_rels/.rels" in archive.namelist() and STRICT in archive.read("_rels/.rels"):
        raise UnusableFileError("a Strict Open XML document; save it as Word Document (.docx)")


def _related(part: Part, kind: str) -> Any:
    """The root of a part that belongs to the document, or None."""
    try:
        return parse_xml(part.part_related_by(kind).blob)
    except (KeyError, ValueError):  # none, several, or no XML
        return None


def _style_root(part: Part) -> Any:
    return _related(part, RELATION.STYLES)


def _numbering(part: Part) -> Numbering:
    return Numbering(_related(part, RELATION.NUMBERING), _style_root(part))


def _notes(part: Part, reader: StoryReader, story: Story) -> list[str]:
    """The notes that the text refers to, in its order, each with its number.

    A note that is referred to in a note is none of them.
    """
    found = []
    for kind, tag in NOTES.items():
        root = _related(part, RELATION.FOOTNOTES if kind == "footnote" else RELATION.ENDNOTES)
        notes = {} if root is None else {n.get(qn("w:id")): n for n in root.findall(tag)}
        wanted = [id for id in dict.fromkeys(story.notes[kind]) if id in notes]
        for number, id in enumerate(wanted, start=1):
            if notes[id].get(qn("w:type")) in NOT_NOTES:
                continue
            words = reader.read(notes[id]).text.strip()
            if words:
                mark = str(number) if kind == "footnote" else roman(number)
                found.append(f"[{mark}] {words}")
    return found


def _inserted(part: Part, id: str, deeper: int) -> str | None:
    """The text of a file that is kept in the document as it was (``w:altChunk``); None if it
    cannot be read."""
    try:
        inner = part.related_parts[id]
        name = str(inner.partname).lower()
        if name.endswith((".html", ".htm", ".xhtml")):
            return html.load(inner.blob).text
        if name.endswith(".txt"):
            return text.load(inner.blob).text
        if name.endswith((".docx", ".dotx")) and deeper:
            return _load(inner.blob, deeper - 1).text
    except Exception:  # whatever is wrong with it, the document goes on
        return None
    return None
