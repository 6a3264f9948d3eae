"""Debates in XML: Akoma Ntoso, and TEI as ParlaMint writes it."""

from __future__ import annotations

from lxml import etree  # type: ignore[import-untyped]

from qa_bot.corpus.loaders import akoma_ntoso, tei
from qa_bot.corpus.loaders.base import Loaded, UnusableFileError
from qa_bot.corpus.loaders.spoken_xml import local_name

LISTS = {"listPerson", "listOrg", "taxonomy", "teiCorpus"}


def load(data: bytes) -> Loaded:
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
        return akoma_ntoso.read(root)
    if kind == "TEI":
        return tei.read(root)
    if kind in LISTS:
        raise UnusableFileError(f"no speeches but a list that belongs to them ({kind})")
    raise UnusableFileError(
        f"XML of a kind that is not known ({kind[:40]}); Akoma Ntoso and TEI are read"
    )
