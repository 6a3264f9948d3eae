"""The text of a part of a Word document: its body, or a note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from qa_bot.corpus.loaders.docx_numbering import VALUE, Numbering
from qa_bot.corpus.loaders.raised import LOOKED_AT, raised
from qa_bot.corpus.loaders.symbols import readable, sign_of

COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"
VECTOR = "{urn:schemas-microsoft-com:vml}"

PARAGRAPH, ROW, CELL, RUN = qn("w:p"), qn("w:tr"), qn("w:tc"), qn("w:r")
TEXT, SYMBOL, BOX, INSERTED = qn("w:t"), qn("w:sym"), qn("w:txbxContent"), qn("w:altChunk")
NOTES = {"footnote": qn("w:footnote"), "endnote": qn("w:endnote")}
REFERENCES = {qn(f"w:{kind}Reference"): kind for kind in NOTES}
WORDS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
# Deleted or moved text, tab stops, how a word is read (above it), and the second copy of a text
# box for old readers.
LEFT_OUT = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:pPr"),
    qn("w:rt"),
    f"{COMPATIBLE}Fallback",
}
REPORTED = {
    f"{DRAWING}picture}}pic": "pictures",
    f"{VECTOR}imagedata": "pictures",
    f"{DRAWING}chart}}chart": "charts",
    f"{DRAWING}diagram}}relIds": "diagrams",
    qn("w:object"): "embedded objects",
}
UNREADABLE_SIGNS = "signs of a font without letters"
INSERTED_FILES = "inserted files that cannot be read"
PLACEHOLDER = f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}"


@dataclass
class _Flow:
    """Text that runs on: the story itself, or a text box in it."""

    pieces: list[str] = field(default_factory=list)
    gap: str = ""
    label: str = ""  # of the paragraph, until its first words come
    boxes: list[str] = field(default_factory=list)  # they float over the paragraph
    begins: int = 0  # number of pieces before the paragraph
    paragraphs: int = 0  # that are open

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def add(self, words: str) -> None:
        if not words.strip() and (not self.pieces or self.gap):
            return
        self.pieces += (self.gap if self.pieces else "", self.label, words)
        self.gap = self.label = ""

    def add_block(self, words: str) -> None:
        if words.strip():
            self.gap, self.label = "\n\n", ""
            self.add(words.strip())
            self.gap = "\n\n"

    @property
    def last_words(self) -> str:
        """The end of the paragraph so far."""
        return "" if self.gap else "".join(self.pieces[max(self.begins, len(self.pieces) - 12) :])


@dataclass
class Story:
    """A text, the ids of the notes it refers to, and what was left out, by its plain name."""

    text: str
    notes: dict[str, list[str]]
    left_out: Counter[str]


class StoryReader:
    """Reads the parts of one document, by the numbers of its lists and the looks of its styles."""

    def __init__(self, numbering: Numbering, styles: Any) -> None:
        self._numbering = numbering
        self._raised_styles = set()
        if styles is not None:
            self._raised_styles = {
                style.get(qn("w:styleId"))
                for style in styles.findall(qn("w:style"))
                if _is_superscript(style.find(qn("w:rPr")))
            }

    def read(self, root: Any, inserted: Callable[[str], str | None] | None = None) -> Story:
        """The text below an element, without note marks.

        Args:
            inserted: gives the text of an inserted file by its id; None if it cannot be read.
        """
        flows = [_Flow()]
        story = Story("", {kind: [] for kind in NOTES}, Counter())
        left_out = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            starts, tag = event == "start", element.tag
            flow = flows[-1]
            if tag in LEFT_OUT or (tag == RUN and _hidden(element)) or _is_placeholder(element):
                left_out += 1 if starts else -1
            elif left_out:
                continue
            elif tag == BOX:
                if starts:
                    flows.append(_Flow())
                else:
                    box = flows.pop()
                    flows[-1].boxes += box.boxes
                    flows[-1].boxes.append(box.text)
            elif tag == PARAGRAPH:
                self._paragraph(flow, element, starts)
            elif tag == ROW:
                flow.gap = "\n"
            elif tag == CELL and not starts:
                flow.gap = " | "
            elif tag == RUN and not starts:
                self._run(flow, element, story)
            elif starts and tag == MATH_TEXT:
                flow.add(element.text or "")
            elif starts and tag == INSERTED:
                words = inserted(element.get(qn("r:id")) or "") if inserted else None
                flow.add_block(words or "")
                story.left_out[INSERTED_FILES] += words is None
            elif starts and tag in REPORTED:
                story.left_out[REPORTED[tag]] += 1
        story.text = flows[0].text
        return story

    def _paragraph(self, flow: _Flow, element: Any, starts: bool) -> None:
        if starts:
            flow.gap = flow.gap if flow.gap == " | " else "\n\n"
            label = self._numbering.label(element)
            flow.label = f"{label} " if label else ""
            flow.begins = len(flow.pieces)
        else:
            flow.gap, flow.label = "\n\n", ""
            boxes, flow.boxes = flow.boxes, []
            for box in boxes:
                flow.add_block(box)

    def _run(self, flow: _Flow, run: Any, story: Story) -> None:
        """The words of a run: signs of one look, without children that are runs."""
        properties = run.find(qn("w:rPr"))
        fonts = properties.find(qn("w:rFonts")) if properties is not None else None
        font = (fonts.get(qn("w:ascii")) or "") if fonts is not None else ""
        words = ""
        for child in run:
            if child.tag in REFERENCES:
                story.notes[REFERENCES[child.tag]].append(child.get(qn("w:id")))
                return  # its own mark, if one was typed, stands in the same run
            if child.tag == TEXT:
                words += readable(child.text or "", font)
            elif child.tag == SYMBOL:
                sign = _symbol(child)
                words += sign
                story.left_out[UNREADABLE_SIGNS] += not sign
            elif child.tag in WORDS:
                words += WORDS[child.tag]
            elif child.tag == qn("w:ruby"):
                continue  # its words are a run of their own
        if words and self._is_raised(properties):
            words = raised(flow.last_words[-LOOKED_AT:], words)
        if words:
            flow.add(words)

    def _is_raised(self, properties: Any) -> bool:
        if properties is None:
            return False
        style = properties.find(qn("w:rStyle"))
        if properties.find(qn("w:vertAlign")) is None and style is not None:
            return style.get(VALUE) in self._raised_styles
        return _is_superscript(properties)


def _is_superscript(properties: Any) -> bool:
    mark = properties.find(qn("w:vertAlign")) if properties is not None else None
    return mark is not None and mark.get(VALUE) == "superscript"


def _hidden(run: Any) -> bool:
    """Whether Word does not show a run of text."""
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(VALUE, "1") not in ("0", "false", "off")


def _is_placeholder(element: Any) -> bool:
    """Whether it is a field of a form that nobody has filled in."""
    return element.tag == qn("w:sdt") and element.find(PLACEHOLDER) is not None


def _symbol(element: Any) -> str:
    try:
        code = int(element.get(qn("w:char")) or "", 16)
    except ValueError:
        return ""
    return sign_of(element.get(qn("w:font")) or "", code)
