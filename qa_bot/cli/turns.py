"""qa-bot index --show-turns: who speaks in the files of the corpus."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa_bot.cli.common import on_one_line, print_json
from qa_bot.corpus import load_corpus
from qa_bot.corpus.catalogue import CATALOGUE
from qa_bot.errors import CorpusError
from qa_bot.schema import Document
from qa_bot.settings import Settings

FIRST_WORDS = 60  # characters


def show_turns(settings: Settings, file: str, *, as_json: bool) -> int:
    """Print the speakers of each file, how many turns each has, and the first words of the first.

    Args:
        file: only this one, by its path in the corpus folder or its id; "" for all.

    Raises:
        CorpusError: there is no such file among those that can be read, or no corpus folder.
    """
    corpus = load_corpus(settings.corpus, max_file_mb=settings.max_file_mb, ocr=settings.ocr)
    chosen = [d for d in corpus.documents if not file or file in (d.path, d.id)]
    if file and not chosen:
        raise CorpusError(
            f"There is no file {file[:100]!r} that can be read in {settings.corpus}.",
            "Name it as `qa-bot index --list` does, or by its path in the corpus folder.",
        )
    for skipped in corpus.skipped:
        if skipped.path == CATALOGUE:
            print(on_one_line(f"skipped  {skipped.path}: {skipped.reason}"), file=sys.stderr)
    shapes: list[dict[str, Any]] = [
        {"path": d.path, "turns": len(d.turns), "speakers": _speakers(d)} for d in chosen
    ]
    if as_json:
        print_json(shapes)
        return 0
    console = Console(highlight=False)
    for shape in shapes:
        if not shape["speakers"]:
            if file:
                console.print(Text(on_one_line(f"{shape['path']}: one speaker")))
            continue
        head = f"{shape['path']}: {shape['turns']:,} turns, {len(shape['speakers'])} speakers"
        console.print(Text(on_one_line(head), style="bold"))
        table = Table(box=None, pad_edge=False, show_header=False)
        for one in shape["speakers"]:
            role = f" ({one['role']})" if one["role"] else ""
            cells = (f"{one['turns']:,}", f"{one['speaker']}{role}", one["first_words"])
            table.add_row(*(Text(on_one_line(cell)) for cell in cells))
        console.print(table)
    alone = sum(not shape["speakers"] for shape in shapes)
    if alone and not file:
        console.print(Text(f"{alone:,} with one speaker", style="dim"))
    return 0


def _speakers(document: Document) -> list[dict[str, Any]]:
    """Who speaks in a document, in the order in which they first do."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for turn in document.turns:
        said = " ".join(document.text[turn.said_from : turn.end][: 4 * FIRST_WORDS].split())
        one = found.setdefault(
            (turn.speaker, turn.role),
            {
                "speaker": turn.speaker,
                "role": turn.role,
                "turns": 0,
                "first_words": said if len(said) <= FIRST_WORDS else f"{said[:FIRST_WORDS]}…",
            },
        )
        one["turns"] += 1
    return list(found.values())
