"""Small Word documents with what python-docx cannot write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import docx

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_docx(body: str, parts: Mapping[str, tuple[str, str, bytes]] | None = None) -> bytes:
    """A document with this XML as its body.

    Args:
        parts: by relation id: (relation, name of the part, its bytes).
    """
    packed = io.BytesIO()
    docx.Document().save(packed)
    made = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = f"<w:document {SPACES}><w:body>{body}</w:body></w:document>".encode()
            if name == "word/_rels/document.xml.rels":
                links = "".join(
                    f'<Relationship Id="{id}" Type="{RELATION}/{kind}" Target="{part}"/>'
                    for id, (kind, part, _) in (parts or {}).items()
                )
                data = data.replace(b"</Relationships>", links.encode() + b"</Relationships>")
            if name == "[Content_Types].xml":
                kinds = b'<Default Extension="html" ContentType="text/html"/>'
                data = data.replace(b"<Default", kinds + b"<Default", 1)
            new.writestr(name, data)
        for _, part, content in (parts or {}).values():
            new.writestr(f"word/{part}", content)
    return made.getvalue()


def paragraph(*runs: str, properties: str = "") -> str:
    """A paragraph of runs; a text without markup becomes one."""
    made = (r if r.startswith("<") else run(r) for r in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(made)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def superscript(text: str) -> str:
    return run(text, '<w:vertAlign w:val="superscript"/>')


def text_box(*paragraphs: str) -> str:
    """A run with a text box, as Word writes it: once for itself and once for old readers."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice><wps:txbx>{content}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
        f"</mc:AlternateContent></w:r>"
    )


def notes(kind: str, *texts: str) -> bytes:
    """The part of footnotes or endnotes, with ids from 1."""
    made = "".join(
        f'<w:{kind} w:id="{id}">{paragraph(" " + text)}</w:{kind}>'
        for id, text in enumerate(texts, start=1)
    )
    line = f'<w:{kind} w:type="separator" w:id="0">{paragraph("—")}</w:{kind}>'
    return f"<w:{kind}s {SPACES}>{line}{made}</w:{kind}s>".encode()


def reference(kind: str, id: int, mark: str = "") -> str:
    own = f'w:customMarkFollows="1"/><w:t>{mark}</w:t' if mark else "/"
    return f'<w:r><w:{kind}Reference w:id="{id}" {own}></w:r>'


def numbered(num: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
