"""Word documents (.docx)."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx import Document as open_docx
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.facts import date_in_header, given_title, title_in_header

MOST_PARTS = 10_000
MOST_BYTES = 400_000_000  # unpacked
OLD_FORMAT = b"\xd0\xcf\x11\xe0"

PARAGRAPH, ROW, CELL = qn("w:p"), qn("w:tr"), qn("w:tc")
WORDS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
TEXT, RUN = qn("w:t"), qn("w:r")
# Deleted or moved text, tab stops, and the second copy of a text box for old readers.
LEFT_OUT = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:pPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


def load(data: bytes) -> Loaded:
    """Paragraphs and tables in order; a row's cells are set apart by ``" | "``.

    Text in content controls, tracked insertions, links and text boxes is kept; deleted and
    hidden text, headers, footers, footnotes and comments are not.
    """
    _check(data)
    document = open_docx(io.BytesIO(data))
    text = _text(document.element.body)
    title = given_title(document.core_properties.title) or title_in_header(text)
    facts = {"title": title, "date": date_in_header(text)}
    return Loaded(text, facts=facts)


def _check(data: bytes) -> None:
    """Look at what the file would unpack to, before anything is unpacked."""
    if data.startswith(OLD_FORMAT):
        raise UnusableFileError("protected by a password, or an old .doc; save it as .docx")
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise UnusableFileError("damaged, or not a .docx file") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnusableFileError("unpacks to far more than a speech (a zip bomb?)")


def _hidden(run: Any) -> bool:
    """Whether Word does not show a run of text."""
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false", "off")


def _text(body: Any) -> str:
    pieces: list[str] = []
    gap = ""
    left_out = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        starts, tag = event == "start", element.tag
        if tag in LEFT_OUT or (tag == RUN and _hidden(element)):
            left_out += 1 if starts else -1
        elif left_out:
            continue
        elif tag == PARAGRAPH:
            gap = gap if gap == " | " and starts else "\n\n"
        elif tag == ROW:
            gap = "\n"
        elif tag == CELL and not starts:
            gap = " | "
        elif starts and (tag == TEXT or tag in WORDS):
            words = (element.text or "") if tag == TEXT else WORDS[tag]
            if words.strip() or (pieces and not gap):
                pieces += (gap if pieces else "", words)
                gap = ""
    return "".join(pieces)
