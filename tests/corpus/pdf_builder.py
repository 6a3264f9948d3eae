"""Tiny PDF files for tests, written by hand: text, boxes and labels at given places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Placed = tuple[float, float, str]  # x, y (points from the bottom left corner), text

HELVETICA, COURIER, LIGATURES = "F1", "F2", "F3"
COURIER_WIDTH = 0.6  # of each of its characters, in font sizes
FONTS = (
    b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    b"/F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >> "
    b"/F3 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding "
    b"/BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl] >> /ToUnicode 3 0 R >> >>"
)
# The letters of F3 are told, its ligatures (codes 1 and 2) are not.
TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /N def /CMapType 2 "
    b"def 1 begincodespacerange <00> <FF> endcodespacerange 3 beginbfrange <01> <01> <0000> "
    b"<02> <02> <0000> <20> <7E> <0020> endbfrange endcmap end end"
)


class Text(NamedTuple):
    """Text at a place; ``spacing`` is set between its letters, ``angle`` is in degrees."""

    x: float
    y: float
    text: str
    size: float = 11
    angle: float = 0
    font: str = HELVETICA
    spacing: float = 0
    artifact: bool = False


@dataclass
class Page:
    """A page with more than text; pictures are (left, bottom, right, top), notes kinds of
    annotations, like "Text"."""

    texts: Sequence[Placed | Text]
    pictures: Sequence[tuple[float, float, float, float]] = ()
    notes: Sequence[str] = ()
    rotate: int = 0
    box: tuple[float, float, float, float] = (0, 0, 595, 842)


def column(lines: list[str], top: float = 780, leading: float = 14) -> list[Placed]:
    """Lines one below the other; an empty line leaves a gap."""
    return [(72, top - leading * n, line) for n, line in enumerate(lines) if line]


def courier(
    lines: Sequence[str], x: float = 72, top: float = 780, size: float = 10, leading: float = 14
) -> list[Text]:
    """The same in a font whose characters are all six tenths of the size wide."""
    return [
        Text(x, top - leading * n, line, size, font=COURIER) for n, line in enumerate(lines) if line
    ]


def end_of(text: Text) -> float:
    """Where a text in Courier ends."""
    return text.x + COURIER_WIDTH * text.size * len(text.text)


def make_pdf(
    pages: Sequence[Sequence[Placed | Text] | Page],
    info: dict[str, str] | None = None,
    encrypted: bool = False,
    labels: str = "",
    attached: int = 0,
) -> bytes:
    """A file with these pages.

    Args:
        labels: what its catalogue says of printed page numbers, like ``0 << /S /r >>``.
        attached: how many files are attached.
    """
    files = b" ".join(b"(f%d) << /Type /Filespec /F (f%d) >>" % (n, n) for n in range(attached))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [%s] >> /Names << /EmbeddedFiles "
        b"<< /Names [%s] >> >> >>" % (labels.encode(), files),
        b"",
        _stream(TO_UNICODE),
        _stream(b"\x80", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace "
                b"/DeviceGray /BitsPerComponent 8"),
    ]  # fmt: skip
    kids = []
    for page in (one if isinstance(one, Page) else Page(one) for one in pages):
        drawn = [
            b"q %g 0 0 %g %g %g cm /Im Do Q" % (right - left, top - bottom, left, bottom)
            for left, bottom, right, top in page.pictures
        ]
        drawn += [_shown(Text(*text)) for text in page.texts]
        objects.append(_stream(b"\n".join(drawn)))
        notes = b" ".join(
            b"<< /Type /Annot /Subtype /%s /Rect [500 20 520 40] /Contents (Note) >>" % n.encode()
            for n in page.notes
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%g %g %g %g] /Rotate %d /Annots [%s] "
            b"/Resources << /Font %s /XObject << /Im 4 0 R >> >> /Contents %d 0 R >>"
            % (*page.box, page.rotate, notes, FONTS, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    fields = "".join(f"/{key} ({_escaped(value)})" for key, value in (info or {}).items())
    objects.append(f"<< {fields} >>".encode("cp1252"))
    trailer = b"/Size %d /Root 1 0 R /Info %d 0 R" % (len(objects) + 1, len(objects))
    if encrypted:  # keys that no password fits
        trailer += b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
            b"00" * 32, b"11" * 32
        ) + b" /ID [<00> <00>]"  # fmt: skip
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + b"trailer << %s >>\nstartxref\n%d\n%%%%EOF" % (trailer, len(data))


def _stream(body: bytes, about: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(body), body)


def _shown(text: Text) -> bytes:
    turn = math.radians(text.angle)
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {text.x:.3f} {text.y:.3f}"
    font = f"/{text.font} {text.size} Tf {text.spacing} Tc"
    shown = f"BT {font} {matrix} Tm ({_escaped(text.text)}) Tj ET".encode("cp1252")
    return b"/Artifact BMC %s EMC" % shown if text.artifact else shown


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
