"""Fit the confidence of the readers that come with the package, on several collections.

    python -m qa_bot.calibration --second-reader base --shared ../shared/data \\
        --collection sotu=FOLDER,INDEX,QUESTIONS[,QUESTIONS…] --processes 2 --minutes 25

Questions about the speeches in corpus/ (eval/speeches.jsonl, split dev), about articles and stories
of public reading sets (--shared) and about each --collection take the product's whole path once, by
the first reader alone and by both. What was read and said is kept (--kept): a run that was stopped
goes on, and a change to features or to the fit asks nothing again. Both confidences are then fitted
and written, with figures for each collection by a fit on the others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from qa_bot.calibration.asked import Asked, load
from qa_bot.calibration.asking import Asking, ask_missing
from qa_bot.calibration.collections import Collection, mixed
from qa_bot.calibration.data import SPANS, Outcome
from qa_bot.calibration.fitting import FOLDS, best_min_confidence, cross_validated, figures, fit
from qa_bot.calibration.held_out import leave_one_out
from qa_bot.errors import QABotError, SettingsError
from qa_bot.reading.confidence import DEFAULT_MIN_CONFIDENCE, features
from qa_bot.reading.loading import DECIDING, fitted_under, load_reader
from qa_bot.reading.reader import Reader
from qa_bot.reading.two_stage import MARGIN, TwoStageReader
from qa_bot.settings import Settings, cache_folder, load_settings

SPEECHES = Path("eval/speeches.jsonl")
# What decides nothing of what is read: changes to these ask nothing again.
APART = ("web", "cli", "training", "calibration", "evaluation")
APART_FILES = (
    "confidence.py",
    "unmatched_names.py",
)


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        settings = load_settings(
            second_reader=given.second_reader, min_confidence=0.5, calibration=""
        )
        if given.part:
            _ask(given, settings)
            return 0
        if given.minutes > 0:
            plain = settings.model_copy(update={"second_reader": ""})
            for made in _collections(given):  # an index that is missing is built here, once
                made.bot(plain)
            _ask_in_parts(given, arguments if arguments is not None else sys.argv[1:])
        reader = load_reader(settings)
        rows = {c.name: list(_kept(given, settings, reader, c)) for c in _collections(given)}
        collection = {c.name: c.corpus.name for c in _collections(given) if c.files}
        first = reader.first if isinstance(reader, TwoStageReader) else reader
        for one, output in ((first, given.output), (reader, given.output_second)):
            if output is not None and any(a.by.get(one.name) for r in rows.values() for a in r):
                sys.stdout.write(_fit(one, settings, rows, collection, output))
    except (QABotError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    return 0


def outcomes_of(rows: Mapping[str, Sequence[Asked]], name: str) -> list[Outcome]:
    """The first spans' features of every question, by one way of reading."""
    return [
        Outcome(
            asked.id,
            kind,
            asked.answerable,
            features(asked.by[name].spans, asked.hits, asked.question)[:SPANS],
            asked.by[name].f1[:SPANS],
        )
        for kind, several in rows.items()
        for asked in several
        if name in asked.by
    ]


def _fit(
    reader: Reader,
    settings: Settings,
    rows: Mapping[str, Sequence[Asked]],
    collection: Mapping[str, str],
    output: Path,
) -> str:
    """Fit and write one file; returns what to tell."""
    outcomes = outcomes_of(rows, reader.name)
    sure = cross_validated(outcomes)
    chosen = best_min_confidence(outcomes, sure)
    least = DEFAULT_MIN_CONFIDENCE if chosen is None else chosen
    provenance: dict[str, Any] = {
        "reader": reader.name,
        "reader_fingerprint": reader.fingerprint,
        **fitted_under(settings, reader),
        "fitted_on_questions": len(outcomes),
        "folds": FOLDS,
        "left_out": leave_one_out(outcomes, collection),
        "cross_validated": figures(outcomes, sure),
    }
    if isinstance(reader, TwoStageReader):
        provenance |= {"first_fingerprint": reader.first.fingerprint, "margin": MARGIN}
    replace(fit(outcomes), min_confidence=least, provenance=provenance).save(output)
    told = json.dumps(provenance["left_out"], indent=2)
    return f"{reader.name}, each collection by a fit on the others:\n{told}\n{output}: {least}\n"


def _ask_in_parts(given: argparse.Namespace, arguments: Sequence[str]) -> None:
    """Ask in processes of their own; what each was told goes to stderr."""
    commands = [
        [sys.executable, "-m", "qa_bot.calibration", *arguments, "--part", str(n)]
        for n in range(1, given.processes + 1)
    ]
    running = [subprocess.Popen(command) for command in commands]  # noqa: S603 - this program
    codes = [process.wait() for process in running]  # of all, before any is judged
    if any(codes):
        raise SettingsError("Questions could not be asked.", "See the lines above.")


def _ask(given: argparse.Namespace, settings: Settings) -> None:
    """One process's share of the questions of each collection."""
    reader = load_reader(settings)
    plain = settings.model_copy(update={"second_reader": ""})
    collections = list(_collections(given))
    deadline = time.monotonic() + 60 * given.minutes
    for number, collection in enumerate(collections):
        bot = collection.bot(plain)
        questions = collection.asked(bot)[: given.questions]
        mine = [q for n, q in enumerate(questions) if n % given.processes == given.part - 1]
        share = (deadline - time.monotonic()) / (len(collections) - number)
        place = _place(given, settings, reader, collection, given.part)
        ask_missing(mine, partial(Asking, bot, reader), place, collection.name, share)


def _kept(
    given: argparse.Namespace, settings: Settings, reader: Reader, collection: Collection
) -> Iterator[Asked]:
    """What was asked of a collection, by all processes, each question once."""
    seen = set()
    for part in range(1, given.processes + 1):
        for asked in load(_place(given, settings, reader, collection, part)):
            if asked.id not in seen:
                seen.add(asked.id)
                yield asked


def _collections(given: argparse.Namespace) -> Iterator[Collection]:
    kept = given.kept or cache_folder() / "calibration"
    yield Collection("speeches", given.corpus, kept / "speeches-index", (SPEECHES,))
    for text in given.collection:
        name, _, rest = text.partition("=")
        corpus, index, *files = map(Path, rest.split(","))
        for n, file in enumerate(files):
            yield Collection(name if n == 0 else f"{name}-{n + 1}", corpus, index, (file,))
    if given.shared:
        yield from mixed(given.shared, kept / "mixed")


def _place(
    given: argparse.Namespace,
    settings: Settings,
    reader: Reader,
    collection: Collection,
    part: int,
) -> Path:
    """Where a process keeps what it asked: changes with weights, code, questions, settings."""
    kept: Path = given.kept or cache_folder() / "calibration"
    if given.as_kept:
        key = given.as_kept
    else:
        digest = hashlib.sha256(reader.fingerprint.encode())
        digest.update(settings.model_dump_json(include={*DECIDING, "second_passages"}).encode())
        package = Path(__file__).parent.parent
        for source in sorted(package.rglob("*.py")):
            place = source.relative_to(package).parts
            if place[0] not in APART and place[-1] not in APART_FILES:
                digest.update(source.read_bytes())
        for path in collection.files:
            digest.update(path.read_bytes())
        key = digest.hexdigest()[:12]
    return kept / f"{collection.name}-{key}-{part}.jsonl"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m qa_bot.calibration",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    weights = Path(__file__).parent.parent / "reading" / "weights"
    parser.add_argument("--second-reader", default="", help="the larger reader, 'base' or a folder")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), help="the two speeches")
    parser.add_argument("--shared", type=Path, help="folder of reading sets, with dev/ and train/")
    parser.add_argument(
        "--collection",
        action="append",
        default=[],
        metavar="NAME=FOLDER,INDEX,QUESTIONS",
        help="a folder of speeches, its index and test sets; may be repeated",
    )
    parser.add_argument("--questions", type=int, default=150, help="most of each collection")
    parser.add_argument("--minutes", type=float, default=25, help="stop asking after so long")
    parser.add_argument("--processes", type=int, default=1, help="that ask, each loads the models")
    parser.add_argument("--kept", type=Path, help="folder for what was asked; default: the cache")
    parser.add_argument("--as-kept", default="", metavar="KEY", help="use rows kept under this key")
    parser.add_argument("--output", type=Path, default=weights / "small" / "calibration.json")
    parser.add_argument(
        "--output-second", type=Path, default=weights / "base" / "calibration-second.json"
    )
    parser.add_argument("--part", type=int, default=0, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
