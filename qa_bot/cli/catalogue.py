"""qa-bot catalogue: a draft of who spoke and when, to be edited."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qa_bot.cli.common import on_one_line, print_json, progress_bar
from qa_bot.corpus.catalogue import CATALOGUE
from qa_bot.corpus.draft_files import append, write_new
from qa_bot.corpus.proposals import Draft, propose, toml_draft
from qa_bot.corpus.speech_table import read_table
from qa_bot.settings import load_settings

EPILOG = """\
examples:
  qa-bot catalogue                              show a draft for what catalogue.toml lacks
  qa-bot catalogue --output draft.toml          keep it in a new file
  qa-bot catalogue --append                     add it to catalogue.toml, behind what is there
  qa-bot catalogue --csv speeches.csv           with what a table says: filename, speaker, date, …

Title, speaker and date are proposed only where the file's name, its first lines or the table state
them plainly; a comment says which. Nothing is used before it stands in catalogue.toml: check it.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--corpus", metavar="FOLDER", help="folder of speeches (default: corpus)")
    parser.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="a table with the column filename and any of title, speaker, date or year, event, "
        "place, role, language, source",
    )
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--output", type=Path, metavar="FILE", help="a file that is not there yet")
    target.add_argument(
        "--append", action="store_true", help=f"add what is missing to {CATALOGUE} in the corpus"
    )
    parser.add_argument("--json", action="store_true", help="print the proposals as JSON")


def run(args: argparse.Namespace) -> int:
    settings = load_settings(corpus=args.corpus)  # the sample speeches are nobody's to catalogue
    table = read_table(args.csv) if args.csv else None
    with progress_bar() as report:
        draft = propose(
            settings.corpus,
            table=table,
            max_file_mb=settings.max_file_mb,
            progress=lambda done, total, _: report("reading", done, total),
        )
    added = 0
    if args.output:
        write_new(args.output, toml_draft(draft.entries))
    elif args.append:
        added = append(settings.corpus, draft.entries)
    if args.json:
        print_json(_as_json(draft))
        return 0
    if draft.entries and not (args.output or args.append):
        print(toml_draft(draft.entries), end="")
    _tell(draft)
    if args.append:
        hint = ": check it, then run qa-bot index" if added else ""
        print(f"Added to {CATALOGUE}: {speeches(added)}{hint}.")
    elif args.output:
        print(on_one_line(f"Written to {args.output}: check it, then put it into {CATALOGUE}."))
    return 0


def _tell(draft: Draft) -> None:
    """What else there is to know, on standard error."""
    lines = [f"skipped {s.path}: {s.reason}" for s in draft.skipped]
    lines += [f"table, {problem}" for problem in draft.problems]
    lines += [f"no row for {path}" for path in draft.without_row]
    whole = sum(not entry.notes for entry in draft.entries)
    lines.append(
        f"{speeches(len(draft.entries))} in the draft, {whole:,} of them complete; "
        f"{draft.complete:,} need nothing."
        if draft.entries
        else f"{CATALOGUE} tells title, speaker and date of each speech: nothing to add."
    )
    for line in lines:
        print(on_one_line(line), file=sys.stderr)


def speeches(number: int) -> str:
    """ "1 speech", "2 speeches"."""
    return f"{number:,} {'speech' if number == 1 else 'speeches'}"


def _as_json(draft: Draft) -> dict[str, object]:
    return {
        "speeches": [
            {
                "path": entry.path,
                "listed": entry.listed,
                "proposed": {
                    key: {"value": " ".join(f.value.split()), "from": f.origin}
                    for key, f in entry.fields.items()
                },
                "left_out": entry.notes,
            }
            for entry in draft.entries
        ],
        "complete": draft.complete,
        "skipped": [{"path": s.path, "reason": s.reason} for s in draft.skipped],
        "table_problems": list(draft.problems),
        "without_row": list(draft.without_row),
    }
