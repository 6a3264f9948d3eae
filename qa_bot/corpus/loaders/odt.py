"""OpenDocument texts (.odt)."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header
from qa_bot.corpus.loaders.odt_styles import OFFICE, TABLE, TEXT, Lists, Styles
from qa_bot.corpus.loaders.raised import raised
from qa_bot.schema import Omission

DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
MOST_PART = 200_000_000  # bytes of one part, unpacked
MOST_SPACES = 1000
PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
LEFT_OUT = {
    f"{TEXT}tracked-changes",
    f"{OFFICE}forms",
    f"{TEXT}note-citation",
    f"{TEXT}sequence-decls",
    f"{TEXT}variable-decls",
    f"{TEXT}hidden-text",
    f"{TEXT}hidden-paragraph",
    f"{TEXT}ruby-text",
}
REPORTED = {
    f"{OFFICE}annotation": "comments",
    f"{DRAW}image": "pictures",
    f"{DRAW}object": "embedded objects",
    f"{DRAW}object-ole": "embedded objects",
}
GAP = re.compile(r"[ \t\r\n]+")  # the format means one space by it
SIGNS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}


def load(data: bytes) -> Loaded:
    """Paragraphs, lists with their numbers and tables in order; text boxes after the paragraph they
    belong to, notes after the text. Deleted and hidden text and comments are not kept."""
    content, styles, meta = _parts(data)
    reader = _Reader(Styles(content, styles))
    body = content.find(f".//{OFFICE}text")
    if body is None:
        raise UnusableFileError("no text document of OpenDocument (a table or a presentation?)")
    text = "\n\n".join([reader.read(body), *reader.notes]).strip()
    title = meta.find(".//{http://purl.org/dc/elements/1.1/}title") if meta is not None else None
    facts = {
        "title": given_title(title.text if title is not None else "") or title_in_header(text),
        "date": date_in_header(text),
    }
    omissions = tuple(Omission(what, count) for what, count in reader.left_out.items())
    return Loaded(text, facts=facts, omissions=omissions)


def _parts(data: bytes) -> tuple[Any, Any, Any]:
    """The roots of content, styles and properties; the last two may be None."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        manifest, *parts = (
            _unpacked(archive, name)
            for name in ("META-INF/manifest.xml", "content.xml", "styles.xml", "meta.xml")
        )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise UnusableFileError("damaged, or not an .odt file") from error
    if b"encryption-data" in (manifest or b""):
        raise UnusableFileError("protected by a password; save it without one")
    if parts[0] is None:
        raise UnusableFileError("damaged, or not an .odt file")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    content, styles, meta = (
        None if part is None else etree.fromstring(part, parser) for part in parts
    )
    return content, styles, meta


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A part of the file; None if it has no such part."""
    try:
        part = archive.getinfo(name)
    except KeyError:
        return None
    if part.file_size > MOST_PART:
        raise UnusableFileError("unpacks to far more than a speech (a zip bomb?)")
    return archive.read(part)


@dataclass
class _Flow:
    """Text that runs on: the body, a note or a text box."""

    pieces: list[str] = field(default_factory=list)
    gap: str = ""
    label: str = ""
    after: list[str] = field(default_factory=list)  # text boxes of the paragraph

    def add(self, words: str) -> None:
        if not words.strip() and (not self.pieces or self.gap):
            return
        self.pieces += (self.gap if self.pieces else "", self.label, words)
        self.gap = self.label = ""


class _Reader:
    def __init__(self, styles: Styles) -> None:
        self.notes: list[str] = []
        self.left_out: Counter[str] = Counter()
        self._styles = styles
        self._lists = Lists(styles)

    def read(self, root: Any) -> str:
        """The text below an element; notes are added to ``notes``."""
        flows = [_Flow()]
        left_out = 0
        for event, node in etree.iterwalk(root, events=("start", "end")):
            starts, tag, flow = event == "start", node.tag, flows[-1]
            if tag in REPORTED and starts and not left_out:
                self.left_out[REPORTED[tag]] += 1
            if tag in LEFT_OUT or tag in REPORTED or self._styles.hides(node):
                left_out += 1 if starts else -1
            elif not left_out:
                if tag in (f"{TEXT}note-body", f"{DRAW}text-box"):
                    self._inner(flows, node, starts)
                elif tag in PARAGRAPHS:
                    self._paragraph(flow, node, starts)
                elif tag in (f"{TEXT}list", f"{TEXT}list-item", f"{TEXT}list-header"):
                    self._lists.step(node, starts)
                    flow.label = self._lists.label(node) if starts else ""
                elif tag == f"{TABLE}table-row":
                    flow.gap = "\n"
                elif tag == f"{TABLE}table-cell" and not starts:
                    flow.gap = " | "
                elif starts and tag in SIGNS:
                    flow.add(SIGNS[tag])
                elif starts and tag == f"{TEXT}s":
                    count = (node.get(f"{TEXT}c") or "1")[:6]
                    flow.add(" " * min(int(count) if count.isdecimal() else 1, MOST_SPACES))
                if starts and node.text and _is_inline(node):
                    self._words(flow, node.text, node)
            if not starts and not left_out and node.tail and _is_inline(node.getparent()):
                self._words(flows[-1], node.tail, node.getparent())
        return "".join(flows[0].pieces)

    def _words(self, flow: _Flow, text: str, node: Any) -> None:
        words = GAP.sub(" ", text)
        if self._styles.raises(node):
            words = raised("" if flow.gap else "".join(flow.pieces[-12:]), words)
        if words:
            flow.add(words)

    def _paragraph(self, flow: _Flow, node: Any, starts: bool) -> None:
        if starts:
            flow.gap = flow.gap if flow.gap == " | " else "\n\n"
            if node.tag == f"{TEXT}h" and not flow.label:
                flow.label = self._lists.heading(node)
            return
        flow.gap, flow.label = "\n\n", ""
        boxes, flow.after = flow.after, []
        for box in filter(None, boxes):
            flow.add(box)
            flow.gap = "\n\n"

    def _inner(self, flows: list[_Flow], node: Any, starts: bool) -> None:
        if starts:
            flows.append(_Flow())
            return
        words = "".join(flows.pop().pieces).strip()
        if node.tag == f"{DRAW}text-box":
            flows[-1].after.append(words)
        elif words:
            mark = node.getparent().find(f"{TEXT}note-citation")
            number = (mark.text or "").strip() if mark is not None else ""
            self.notes.append(f"[{number or len(self.notes) + 1}] {words}")


def _is_inline(node: Any) -> bool:
    """Whether text of its own stands in an element: in a paragraph or below one."""
    while node is not None:
        if node.tag in PARAGRAPHS:
            return True
        if node.tag in (f"{TEXT}note", f"{TEXT}list", f"{DRAW}frame", f"{TABLE}table"):
            return False
        node = node.getparent()
    return False
