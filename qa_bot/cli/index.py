"""qa-bot index: build or update the search index."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa_bot.cli.common import add_place_flags, on_one_line, print_json, progress_bar, settings_from
from qa_bot.cli.turns import show_turns
from qa_bot.index import build_index, open_index
from qa_bot.schema import document_dict

EPILOG = """\
examples:
  qa-bot index                              corpus/ → index/
  qa-bot index --corpus ~/speeches          ~/speeches → ~/speeches-index
  qa-bot index --list                       what is in the index
  qa-bot index --show-turns debate.txt      who speaks in it, how often, and the first words
  qa-bot index --force                      build again from nothing

Only new or changed passages are embedded. A build that is interrupted leaves the old index working.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    add_place_flags(parser)
    parser.add_argument("--force", action="store_true", help="build again even if up to date")
    parser.add_argument("--list", action="store_true", help="list the indexed speeches and stop")
    parser.add_argument(
        "--show-turns",
        nargs="?",
        const="",
        metavar="FILE",
        help="who speaks in each file (or in this one), as read now, and stop",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(args: argparse.Namespace) -> int:
    settings = settings_from(args)
    if args.list:
        return _list(settings, as_json=args.json)
    if args.show_turns is not None:
        return show_turns(settings, args.show_turns, as_json=args.json)

    with progress_bar() as report:
        built = build_index(settings, force=args.force, progress=report)
    if args.json:
        print_json(
            {
                "documents": built.documents,
                "passages": built.passages,
                "embedded": built.embedded,
                "reused": built.reused,
                "skipped": [{"path": s.path, "reason": s.reason} for s in built.skipped],
                "seconds": round(built.seconds, 2),
                "version": built.version,
                "changed": built.changed,
            }
        )
        return 0
    for skipped in built.skipped:
        print(on_one_line(f"skipped  {skipped.path}: {skipped.reason}"), file=sys.stderr)
    state = "is up to date" if not built.changed else f"built in {built.seconds:.1f} s"
    print(
        f"Index {state}: {_count(built.documents, 'speech', 'speeches')}, "
        f"{_count(built.passages, 'passage', 'passages')} "
        f"({built.embedded} embedded, {built.reused} reused) in {settings.index}"
    )
    return 0


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _list(settings: object, *, as_json: bool) -> int:

    documents = open_index(settings, check_corpus=False).documents.values()  # type: ignore[arg-type]
    if as_json:
        print_json([{**document_dict(d), "characters": len(d.text)} for d in documents])
        return 0
    table = Table("id", "title", "speaker", "date", "characters", box=None, pad_edge=False)
    for d in documents:
        cells = (d.id, d.title, d.speaker, d.date, f"{len(d.text):,}")
        table.add_row(*(Text(on_one_line(cell)) for cell in cells))
    Console().print(table)
    return 0
