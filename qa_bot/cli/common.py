"""Flags, progress and output that several commands share."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from qa_bot.schema import Filters
from qa_bot.settings import Settings, load_settings, with_sample_speeches

Report = Callable[[str, int, int], None]
SECONDS_BETWEEN_LINES = 60.0  # in a log

PLACE_FLAGS = ("corpus", "index")
MODEL_FLAGS = (
    "reader",
    "second_reader",
    "runtime",
    "precision",
    "threads",
    "candidates",
    "min_confidence",
)


def add_place_flags(parser: argparse.ArgumentParser) -> None:
    """--corpus, --index."""
    parser.add_argument("--corpus", metavar="FOLDER", help="folder of speeches (default: corpus)")
    parser.add_argument(
        "--index", metavar="FOLDER", help="index folder (default: beside the corpus)"
    )


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    """--reader, --second-reader, --runtime, --precision, --threads and so on."""
    parser.add_argument("--reader", metavar="MODEL", help="'small' or a model folder")
    parser.add_argument(
        "--second-reader", metavar="MODEL", help="reads the reader's best passages again"
    )
    parser.add_argument("--runtime", choices=["auto", "torch", "onnx"], help="how the reader runs")
    parser.add_argument(
        "--precision", choices=["auto", "fp32", "bf16"], help="number format the reader runs in"
    )
    parser.add_argument("--threads", type=int, metavar="N", help="model threads (0: one per core)")
    parser.add_argument("--candidates", type=int, metavar="N", help="passages given to the reader")
    parser.add_argument(
        "--min-confidence",
        "--answer-at",  # its old name
        type=float,
        metavar="P",
        help="answer only when at least this sure (0..1; default: fitted with the reader)",
    )


def add_question_flags(parser: argparse.ArgumentParser) -> None:
    """What `ask` and `search` share: --json, the filters and --corpus, --index."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_filter_flags(parser)
    add_place_flags(parser)


def add_filter_flags(parser: argparse.ArgumentParser) -> None:
    """--speaker, --event, --since, --until, --document."""
    group = parser.add_argument_group("filters")
    group.add_argument("--speaker", default="", help="only speeches by this speaker (or a part)")
    group.add_argument("--event", default="", help="only speeches at this event (or a part)")
    group.add_argument("--since", default="", metavar="DATE", help="from this date, YYYY[-MM[-DD]]")
    group.add_argument("--until", default="", metavar="DATE", help="up to this date")
    group.add_argument(
        "--document", action="append", default=[], metavar="ID", help="only this document"
    )


def filters_from(args: argparse.Namespace) -> Filters:
    """The filters that the flags ask for."""
    return Filters(
        speaker=args.speaker,
        event=args.event,
        date_from=args.since,
        date_to=args.until,
        documents=tuple(args.document),
    )


def settings_from(args: argparse.Namespace, **more: Any) -> Settings:
    """Settings from the flags at hand, the environment and the file; says so when it falls back."""
    given = {name: getattr(args, name, None) for name in PLACE_FLAGS + MODEL_FLAGS}
    settings, sample = with_sample_speeches(load_settings(**given, **more))
    if sample:
        print(
            "No corpus folder here: asking the two speeches that come "
            "with qa-bot. Use --corpus FOLDER for your own.",
            file=sys.stderr,
        )
    return settings


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A progress bar on standard error; yields report(stage, done, total).

    Where standard error is no terminal but a log, a line a minute says how far it is.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines().report
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


class _Lines:
    """Says how far something is, in lines far between: quick work says nothing."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def report(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            print(f"{stage}: {done:,} of {total:,}", file=sys.stderr, flush=True)


def print_json(value: Any, *, on_one_line: bool = False) -> None:
    """One JSON document on standard output, indented or on a line of its own."""
    print(json.dumps(value, ensure_ascii=False, indent=None if on_one_line else 2))


def on_one_line(text: str) -> str:
    """Show a quotation on one line; control characters (a terminal would obey them) are dropped."""
    joined = " ".join(text.split())
    padded = (" " if text[:1].isspace() else "") + joined + (" " if text[-1:].isspace() else "")
    shown = padded if joined else (" " if text else "")
    return "".join(c for c in shown if c.isprintable() or c == " ")
