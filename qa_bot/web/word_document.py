"""A Word document with footnotes.

python-docx writes the text; footnotes, which it does not know, are a part of the file of their own
(ECMA-376, part 1, section 17.11).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}
# What XML cannot hold: control characters and lone surrogates.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class WordDocument:
    """Headings, paragraphs and quotations, each with a footnote if it has one.

    Example:
        >>> file = WordDocument("Migration", "en")
        >>> address = "http://localhost/source/a"
        >>> file.quotation([("It was in ", False), ("Geneva", True)], [("Laura Thompson", address)])
        >>> file.saved()[:2]
        b'PK'
    """

    def __init__(self, title: str, language: str) -> None:
        self._file = Document()
        self._file.core_properties.title = _clean(title)[:250]
        self._file.core_properties.author = ""
        self._file.core_properties.comments = ""
        self._file.core_properties.language = _LANGUAGES.get(language, language)
        self._notes: list[tuple[str, list[str]]] = []
        self._styles()
        self._file.add_heading(_clean(title), 0)

    def heading(self, text: str, level: int = 2) -> None:
        """A question, or at level 3 what some of its quotations have in common."""
        self._file.add_heading(_clean(text), level)

    def paragraph(
        self, text: str, *, italic: bool = False, note: str = "", address: str = ""
    ) -> None:
        """Text of the bot's own pages."""
        paragraph = self._file.add_paragraph()
        paragraph.add_run(_clean(text)).italic = italic
        self._refer(paragraph, note, address)

    def quotation(self, pieces: Iterable[tuple[str, bool]], notes: Iterable[Sequence[str]]) -> None:
        """A sentence of a speech, in pieces that are marked or not, with the footnotes that say
        where it stands: the note, then addresses, empty ones left out.
        """
        paragraph = self._file.add_paragraph(style="Quote")
        for text, marked in pieces:
            run = paragraph.add_run(_clean(text))
            if marked:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        for note, *addresses in notes:
            self._refer(paragraph, note, *addresses)

    def saved(self) -> bytes:
        """The file."""
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, b"", self._file.part.package)
        self._file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        part._blob = self._footnotes(part)
        file = io.BytesIO()
        self._file.save(file)
        return file.getvalue()

    def _styles(self) -> None:
        styles = self._file.styles
        text = styles.add_style("Footnote Text", 1)
        text.base_style = styles["Normal"]
        text.font.size = Pt(9)
        text.paragraph_format.space_after = Pt(2)
        number = styles.add_style("Footnote Reference", 2)
        number.font.superscript = True
        address = styles.add_style("Hyperlink", 2)
        address.font.underline = True
        address.font.color.rgb = RGBColor(0x0B, 0x5F, 0x66)

    def _refer(self, paragraph: Any, note: str, *addresses: str) -> None:
        """Puts the number of a new footnote at the end of a paragraph."""
        if not note:
            return
        self._notes.append((_clean(note), [address for address in addresses if address]))
        run = paragraph.add_run()
        run.style = self._file.styles["Footnote Reference"]
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._notes)))
        run._r.append(reference)

    def _footnotes(self, part: Part) -> bytes:
        """The part that holds the notes; numbers -1 and 0 draw the line above them."""
        root = OxmlElement("w:footnotes")
        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            note = _under(root, "w:footnote", ("w:type", kind), ("w:id", str(number)))
            _under(_under(_under(note, "w:p"), "w:r"), f"w:{kind}")
        for count, (text, addresses) in enumerate(self._notes, 1):
            note = _under(root, "w:footnote", ("w:id", str(count)))
            paragraph = _under(note, "w:p")
            _under(_under(paragraph, "w:pPr"), "w:pStyle", ("w:val", "FootnoteText"))
            mark = _under(paragraph, "w:r")
            _under(_under(mark, "w:rPr"), "w:rStyle", ("w:val", "FootnoteReference"))
            _under(mark, "w:footnoteRef")
            _text(paragraph, f" {text}.")
            for address in addresses:
                _text(paragraph, " ")
                relation = part.rels.get_or_add_ext_rel(RELATIONSHIP_TYPE.HYPERLINK, address)
                _text(_under(paragraph, "w:hyperlink", ("r:id", relation)), address, "Hyperlink")
        return bytes(serialize_part_xml(root))


def _under(parent: Any, name: str, *attributes: tuple[str, str]) -> Any:
    element = OxmlElement(name)
    for attribute, value in attributes:
        element.set(qn(attribute), value)
    parent.append(element)
    return element


def _text(parent: Any, text: str, style: str = "") -> None:
    run = _under(parent, "w:r")
    if style:
        _under(_under(run, "w:rPr"), "w:rStyle", ("w:val", style))
    shown = _under(run, "w:t", ("xml:space", "preserve"))
    shown.text = text


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
