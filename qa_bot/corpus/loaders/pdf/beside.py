"""What a PDF page holds beside its text: pictures, comments, forms, films."""

from __future__ import annotations

import ctypes
from collections import Counter

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MOST_THINGS = 5_000  # of a page, looked at
SMALL_PICTURE = 0.02  # of the page: a smaller one is a bullet or a line
FULL_PICTURE = 0.5  # a larger one is a scan of the page, or lies under its text

PICTURES = "pictures"
PARTS = {
    raw.FPDF_ANNOT_TEXT: "comments",
    raw.FPDF_ANNOT_FREETEXT: "comments",
    raw.FPDF_ANNOT_STAMP: "stamps",
    raw.FPDF_ANNOT_WIDGET: "form fields",
    raw.FPDF_ANNOT_FILEATTACHMENT: "attached files",
    raw.FPDF_ANNOT_SOUND: "sounds, films and models",
    raw.FPDF_ANNOT_MOVIE: "sounds, films and models",
    raw.FPDF_ANNOT_SCREEN: "sounds, films and models",
    raw.FPDF_ANNOT_THREED: "sounds, films and models",
    raw.FPDF_ANNOT_RICHMEDIA: "sounds, films and models",
}


def beside(page: pdfium.PdfPage) -> tuple[Counter[str], bool]:
    """What stands on a page beside its text, counted, and whether a picture covers most of it."""
    width, height = page.get_size()
    parts = [part / max(width * height, 1.0) for part in _pictures(page.raw)]
    found = Counter({PICTURES: sum(SMALL_PICTURE <= part <= FULL_PICTURE for part in parts)})
    for at in range(min(raw.FPDFPage_GetAnnotCount(page.raw), MOST_THINGS)):
        if note := raw.FPDFPage_GetAnnot(page.raw, at):
            if part := PARTS.get(raw.FPDFAnnot_GetSubtype(note)):
                found[part] += 1
            raw.FPDFPage_CloseAnnot(note)
    return +found, max(parts, default=0.0) > FULL_PICTURE


def _pictures(page: raw.FPDF_PAGE) -> list[float]:
    """The area of each picture of a page, in square points."""
    areas = []
    for at in range(min(raw.FPDFPage_CountObjects(page), MOST_THINGS)):
        thing = raw.FPDFPage_GetObject(page, at)
        if _is_picture(thing):
            areas.append(_area(thing))
    return areas


def _is_picture(thing: raw.FPDF_PAGEOBJECT) -> bool:
    """Whether a page object is a picture, or a group of objects with a picture in it."""
    kind = raw.FPDFPageObj_GetType(thing)
    if kind == raw.FPDF_PAGEOBJ_FORM:
        inside = (
            raw.FPDFFormObj_GetObject(thing, at)
            for at in range(min(raw.FPDFFormObj_CountObjects(thing), 50))
        )
        return any(raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_IMAGE for one in inside)
    return bool(kind == raw.FPDF_PAGEOBJ_IMAGE)


def _area(thing: raw.FPDF_PAGEOBJECT) -> float:
    bounds = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(thing, *bounds):
        return 0.0
    left, bottom, right, top = (number.value for number in bounds)
    return max(0.0, right - left) * max(0.0, top - bottom)
