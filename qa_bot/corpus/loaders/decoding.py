"""Bytes to text."""

from __future__ import annotations

import codecs
import re
import unicodedata

from qa_bot.corpus.loaders.base import UnusableFileError

# Longest first: the UTF-32 mark begins with the UTF-16 one.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 100_000  # bytes that are looked at to tell what a file is
MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0",
         b"\x1f\x8b", b"\x7fELF", b"{\\rtf")  # fmt: skip
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
WESTERN = frozenset(
    "àâäáãåæçéèêëíìîïñóòôöõøœúùûüÿßªºÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜŸ‘’“”„«»‹›–—…•·°§€£©®¡¿\xa0\xad"
)
BINARY = "looks binary, not text"
# What pages that declare these really hold, as every browser takes it (WHATWG Encoding Standard).
MEANT = dict.fromkeys(
    ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii"), "cp1252"
) | {"gb2312": "gb18030"}


def decode(data: bytes, declared: str = "") -> str:
    """Decode the bytes of a text file; ``\\n`` becomes the only line end.

    A byte order mark decides; then UTF-8; then the ``declared`` encoding; then UTF-16 without a
    mark; then what charset-normalizer takes it for.

    Raises:
        UnusableFileError: the bytes are not text.
    """
    return _decode(data, declared).replace("\r\n", "\n").replace("\r", "\n")


def unmarked(data: bytes) -> tuple[bytes, str]:
    """The bytes without their byte order mark, and the encoding it tells; "" without a mark.

    >>> unmarked("a = 1".encode("utf-16"))[1] in ("utf-16-le", "utf-16-be")
    True
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :], encoding
    return data, ""


def _decode(data: bytes, declared: str) -> str:
    bare, encoding = unmarked(data)
    if encoding:
        return bare.decode(encoding, "replace")
    sample = data[:SAMPLE]
    if data.startswith(MAGIC):
        raise UnusableFileError(BINARY)
    if wide := _utf16_without_mark(sample):
        return data.decode(wide, "replace")
    if len(CONTROL.findall(sample)) > len(sample) / 200:
        raise UnusableFileError(BINARY)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # UTF-8 with a few broken bytes is still UTF-8.
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for c in text[:SAMPLE] if c > "\x7f") - text[:SAMPLE].count("\ufffd")
    if whole >= 5 * broken:
        return text
    declared = MEANT.get(declared.strip().lower(), declared)
    for encoding in filter(None, (declared, _guess(sample))):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def _utf16_without_mark(sample: bytes) -> str:
    """Latin text in UTF-16 has a NUL in every other byte."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _guess(sample: bytes) -> str:
    """An old 8-bit encoding: Western European when that reads as such, else charset-normalizer's
    guess (which takes a few words of French for Slovak)."""
    from charset_normalizer import from_bytes  # only needed for old encodings

    best = from_bytes(sample).best()
    if best and not all(_is_latin(c) for c in str(best)):
        return best.encoding
    western = sample.decode("cp1252", "replace")
    if best is None or all(c in WESTERN for c in western if c > "\x7f"):
        return "cp1252"
    return best.encoding


def _is_latin(character: str) -> bool:
    return not character.isalpha() or unicodedata.name(character, "").startswith("LATIN")
