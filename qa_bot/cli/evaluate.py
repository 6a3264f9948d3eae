"""``qa-bot evaluate``: measure a bot on a test set, compare runs, keep the gate."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from qa_bot.bot import QABot
from qa_bot.cli.common import Report, add_model_flags, add_place_flags, progress_bar, settings_from
from qa_bot.errors import TestSetError
from qa_bot.evaluation.check import check_against, describe
from qa_bot.evaluation.compare import compare
from qa_bot.evaluation.gate import EXIT_CLOSED, judge
from qa_bot.evaluation.html_report import render
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.results import Evaluation, read_run, write_run
from qa_bot.evaluation.runner import run_evaluation
from qa_bot.evaluation.temporary import paragraph_bot
from qa_bot.evaluation.terminal import show, show_comparison, show_verdict
from qa_bot.evaluation.testset import Problem, TestSet
from qa_bot.settings import Settings, with_sample_speeches

DEFAULT_FOLDER = Path("eval")
# Questions as people ask them, on the same speeches; taken in where they are there.
DEFAULT_USERS = (
    DEFAULT_FOLDER / "users" / "speeches.jsonl",
    DEFAULT_FOLDER / "users" / "dev_speeches.jsonl",
)
BASELINE = DEFAULT_FOLDER / "baseline.json"

EXAMPLES = """\
examples:
  qa-bot evaluate                                the questions in eval/, both splits
  qa-bot evaluate eval/users/speeches.jsonl      only questions as people ask them
  qa-bot evaluate mine.csv --html report.html    question, expected answer, document
  qa-bot evaluate dev-v2.0.json --limit 500      SQuAD: its paragraphs become the corpus
  qa-bot evaluate --json now.json --compare before.json
  qa-bot evaluate --gate                         exit code 8 when quality dropped beyond noise
  qa-bot evaluate --accept                       make this the accepted state of the gate
  qa-bot evaluate mine.jsonl --check             only check the rows against the documents
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``qa-bot evaluate``."""

    parser.epilog = EXAMPLES
    parser.add_argument(
        "test_set",
        nargs="*",
        type=Path,
        metavar="TESTSET",
        help="files, or folders of them (default: eval): JSON lines, SQuAD JSON, CSV",
    )
    parser.add_argument(
        "--split", choices=["dev", "test", "all"], help="default: all; dev with --gate and --accept"
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="only N questions, evenly spaced over the file"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the run as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as one page")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="against an earlier --json")
    parser.add_argument("--check", action="store_true", help="check the rows, measure nothing")
    parser.add_argument("--gate", action="store_true", help="fail when worse than the baseline")
    parser.add_argument("--accept", action="store_true", help="write this run as the baseline")
    parser.add_argument(
        "--baseline",
        type=Path,
        default=BASELINE,
        metavar="FILE",
        help=f"accepted state of the gate (default: {BASELINE})",
    )
    add_place_flags(parser)
    add_model_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code: 0 done, 7 bad rows with --check or nothing to measure, 8 the gate is closed."""

    if args.limit is not None and (args.limit < 1 or args.gate or args.accept):
        raise TestSetError(
            "--limit needs a number above 0 and goes with neither --gate nor --accept."
        )
    split = args.split or ("dev" if args.gate or args.accept else "all")
    settings = settings_from(args)
    test_set = load(*(args.test_set or default_sets()))
    if args.check:
        return _check(test_set, settings)
    # Read, and see that the results can be written, before the long part.
    for path in (args.json, args.html, args.baseline if args.accept else None):
        if path:
            _writable(path)
    earlier = read_run(args.compare) if args.compare else None
    baseline = read_run(args.baseline) if args.gate else None

    chosen = test_set.select(split, args.limit)
    if not chosen.questions and test_set.questions:
        raise TestSetError(f"{test_set.name} has no question in the split {split!r}.")
    with progress_bar() as report, _bot(chosen, settings, report) as (bot, located):
        result = run_evaluation(bot, located, split=split, progress=report)

    # A log or a pipe has no width of its own; 80 columns would break the tables.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    show(result, console)
    compared = compare(result, earlier) if earlier else None
    if compared:
        show_comparison(compared, console)
    verdict = judge(result, baseline) if baseline else None
    if verdict:
        show_verdict(verdict, console)
    if args.json:
        write_run(result, args.json)
    if args.html:
        args.html.write_text(render(result, compared, verdict), encoding="utf-8")
    closed = verdict is not None and not verdict.open
    if args.accept and closed:
        sys.stdout.write("not accepted, as the gate is closed; accept it by leaving out --gate\n")
    elif args.accept:
        _accept(result, args.baseline)
    return EXIT_CLOSED if closed else 0


def default_sets() -> tuple[Path, ...]:
    """What is asked when no test set is named."""
    return (DEFAULT_FOLDER, *(path for path in DEFAULT_USERS if path.is_file()))


def load(*paths: Path) -> TestSet:
    """The questions of files, and of all test sets directly in folders.

    Raises:
        TestSetError: there is none.
    """
    sets = [test_set for path in paths for test_set in _sets(path)]
    if len(sets) == 1:
        return sets[0]
    if any(s.paragraphs for s in sets):
        raise TestSetError("There are SQuAD rows beside other test sets.", "Name one file.")
    times = Counter(q.id for s in sets for q in s.questions)
    return TestSet(
        name=", ".join(dict.fromkeys(path.name for path in paths)),
        questions=tuple(
            replace(q, file=s.name, id=f"{s.name}:{q.id}" if times[q.id] > 1 else q.id)
            for s in sets
            for q in s.questions
        ),
        problems=tuple(Problem(p.line, f"{s.name}: {p.message}") for s in sets for p in s.problems),
    )


def _sets(path: Path) -> list[TestSet]:
    if not path.is_dir():
        if path == DEFAULT_FOLDER:
            raise TestSetError(
                "There is no folder eval/ here, and no test set was named.",
                "Name one: qa-bot evaluate FILE. docs/evaluation.md describes the formats.",
            )
        return [load_test_set(path)]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in (".jsonl", ".csv", ".tsv"))
    if not found:
        raise TestSetError(f"There is no .jsonl or .csv test set in {path}.")
    return [load_test_set(p) for p in found]


@contextmanager
def _bot(test_set: TestSet, settings: Settings, report: Report) -> Iterator[tuple[QABot, TestSet]]:
    if test_set.paragraphs:
        with paragraph_bot(test_set, settings, progress=report) as made:
            yield made
    else:
        yield QABot.open(settings, progress=report), test_set


def _check(test_set: TestSet, settings: Settings) -> int:

    settings, _ = with_sample_speeches(settings)  # as the run itself would
    checked = check_against(
        test_set, settings.corpus, max_file_mb=settings.max_file_mb, ocr=settings.ocr
    )
    sys.stdout.write(describe(checked) + "\n")
    for problem in checked.problems:
        sys.stdout.write(f"  {problem}\n")
    return TestSetError.exit_code if checked.problems else 0


def _writable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writable = os.access(path if path.exists() else path.parent, os.W_OK)
    except OSError:
        writable = False
    if not writable or path.is_dir():
        raise TestSetError(f"{path} cannot be written.", "Name another file.")


def _accept(result: Evaluation, path: Path) -> None:
    """Write the baseline, unless it would make the gate useless."""

    if result.value("citations", "quote fidelity") < 1:
        raise TestSetError("Some quotations are not verbatim: this run cannot be accepted.")
    if result.problems:
        raise TestSetError(
            f"{len(result.problems)} rows could not be used: this run cannot be accepted.",
            "See them with: qa-bot evaluate --check",
        )
    write_run(result, path)
    sys.stdout.write(f"accepted: {path}\n")
