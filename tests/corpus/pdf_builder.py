"""Tiny PDF files for tests, written by hand: text lines at given places, nothing else."""

from __future__ import annotations

Placed = tuple[float, float, str]  # x, y (points from the bottom left corner), text


def column(lines: list[str], top: float = 780, leading: float = 14) -> list[Placed]:
    """Lines one below the other; an empty line leaves a gap."""
    return [(72, top - leading * n, line) for n, line in enumerate(lines) if line]


def make_pdf(
    pages: list[list[Placed]], info: dict[str, str] | None = None, encrypted: bool = False
) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    kids = []
    for lines in pages:
        stream = b"BT /F1 11 Tf\n"
        for x, y, text in lines:
            stream += f"1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj\n".encode("cp1252")
        stream += b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % len(objects)
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


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
