"""Debates in XML: Akoma Ntoso, and TEI as ParlaMint writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from qa_bot.corpus.loaders import akoma_ntoso, tei
from qa_bot.corpus.loaders.base import Contents, UnusableFileError
from qa_bot.corpus.loaders.spoken_xml import children, local_name

LISTS = {"listPerson", "listOrg", "taxonomy", "teiCorpus", "teiHeader"}


def load_all(data: bytes) -> Contents:
    """The speeches with who gave them as turns; headings and narrative stand between turns.

    Nothing outside the file is read: no other files, no document types, no addresses.

    Raises:
        UnusableFileError: it is no XML, or of another kind.
    """
    # Entities that the file itself defines are read, as far as the parser takes them for harmless.
    parser = etree.XMLParser(
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnusableFileError(f"no XML that can be read ({str(error)[:80]})") from error
    kind = local_name(root)
    if kind == "akomaNtoso":
        return Contents((akoma_ntoso.read(root),))
    if kind == "TEI":
        return Contents((tei.read(root),))
    if kind == "teiCorpus" and (records := list(children(root, "TEI"))):
        return _records(root, records)
    if kind in LISTS:
        raise UnusableFileError(f"no speeches but a list that belongs to them ({kind})")
    raise UnusableFileError(
        f"XML of a kind that is not known ({kind[:40]}); Akoma Ntoso and TEI are read"
    )


def _records(corpus: Any, records: Sequence[Any]) -> Contents:
    """The records that one file holds, each by its id or its number."""
    speeches = tuple(
        replace(tei.read(record, corpus), name=tei.name_of(record) or str(number))
        for number, record in enumerate(records, start=1)
    )
    return Contents(speeches)
