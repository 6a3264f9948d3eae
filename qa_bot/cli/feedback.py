"""``qa-bot feedback``: what people asked in vain, and how it becomes part of the test set."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa_bot.corpus import load_corpus
from qa_bot.errors import QuestionError, TestSetError
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.testset import GoldSpan, Question, TestSet
from qa_bot.feedback.store import FeedbackStore, Group, grouped
from qa_bot.schema import Document
from qa_bot.settings import Settings, load_settings, with_sample_speeches

DEFAULT_TARGET = Path("eval") / "feedback.jsonl"

EXAMPLES = """\
examples:
  qa-bot feedback                                what people asked in vain, most frequent first
  qa-bot feedback add 3fa9c1                     make a test-set row of it; asks for the answer
  qa-bot feedback add 3fa9c1 --answer "Marrakesh"
  qa-bot feedback add 3fa9c1 --no-answer         the speeches do not say
  qa-bot feedback drop 3fa9c1                    forget it
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``qa-bot feedback``."""
    parser.epilog = EXAMPLES
    parser.add_argument("action", nargs="?", choices=["list", "add", "drop"], default="list")
    parser.add_argument("key", nargs="?", metavar="KEY", help="which group, as `list` shows it")
    parser.add_argument("--answer", metavar="WORDS", help="exact words of a speech, for add")
    parser.add_argument("--no-answer", action="store_true", help="the speeches do not say, for add")
    parser.add_argument("--document", default="", metavar="ID", help="where the words stand")
    parser.add_argument(
        "--to",
        type=Path,
        default=DEFAULT_TARGET,
        metavar="FILE",
        help=f"test set that grows (default: {DEFAULT_TARGET})",
    )
    parser.add_argument(
        "--feedback",
        metavar="FOLDER",
        help="where the chat keeps questions (default: feedback)",
    )
    parser.add_argument("--corpus", metavar="FOLDER", help="folder of speeches (default: corpus)")
    parser.add_argument("--json", action="store_true", help="list as JSON")


def run(args: argparse.Namespace, ask: Callable[[str], str] = input) -> int:
    """Exit code: 0 done, 2 no such group, 7 the words stand in no speech."""
    settings = load_settings(corpus=args.corpus, feedback=args.feedback)
    store = FeedbackStore(settings.feedback)
    groups = grouped(store.entries())
    if args.action == "list":
        _list(groups, as_json=args.json)
        return 0
    group = _chosen(groups, args.key)
    if args.action == "drop":
        store.remove(group.entries)
        sys.stdout.write(f"dropped: {group.question}\n")
        return 0
    id = f"feedback-{group.key}"
    if args.to.suffix.lower() != ".jsonl":
        raise TestSetError(f"{args.to} is no .jsonl file.", "Name one with --to; it may be new.")
    held = args.to.read_text("utf-8") if args.to.is_file() else ""
    if json.dumps(id) in held:  # in a broken row, too
        raise TestSetError(
            f"{args.to} holds this question already, as {id}.",
            f"Change that row, or forget the question with: qa-bot feedback drop {group.key}",
        )
    row = _row(id, group, args, settings, ask)
    args.to.parent.mkdir(parents=True, exist_ok=True)
    with args.to.open("a", encoding="utf-8") as file:
        file.write("\n" if held and not held.endswith("\n") else "")
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    store.remove(group.entries)
    sys.stdout.write(f"added to {args.to}: {group.question}\n")
    return 0


def _list(groups: list[Group], *, as_json: bool) -> None:
    if as_json:
        shape = [{"key": g.key, "entries": [asdict(e) for e in g.entries]} for g in groups]
        sys.stdout.write(json.dumps(shape, ensure_ascii=False, indent=1) + "\n")
        return

    if not groups:
        sys.stdout.write("Nothing was asked in vain.\n")
        return
    table = Table()
    for column in ("key", "times", "kind", "question", "answered", "last"):
        table.add_column(column, overflow="fold")
    for g in groups:
        kinds = " + ".join(sorted({e.kind for e in g.entries}))
        texts = (g.key, str(len(g.entries)), kinds, g.question, g.entries[-1].answer[:100])
        table.add_row(*map(Text, texts), g.entries[-1].when)
    (Console() if sys.stdout.isatty() else Console(width=120)).print(table)


def _chosen(groups: list[Group], key: str | None) -> Group:
    for group in groups:
        if group.key == key:
            return group
    raise QuestionError(
        f"There is no group {key!r}." if key else "Which group?", "See: qa-bot feedback list"
    )


def _row(
    id: str, group: Group, args: argparse.Namespace, settings: Settings, ask: Callable[[str], str]
) -> dict[str, object]:
    """The test-set row, its gold spans located in the speeches."""

    words = "" if args.no_answer else args.answer
    if words is None:
        sys.stdout.write(f"{group.question}\n")
        words = ask("Exact words that answer it (empty: the speeches do not say): ").strip()
    history = group.entries[0].history
    question = Question(
        id=id,
        question=group.question,
        answers=((GoldSpan(words, args.document),),) if words else (),
        type="feedback",
        history=history,
    )
    if not words:
        return question.to_dict()
    located = resolve(TestSet("feedback", (question,)), _documents(settings))
    if located.problems:
        raise TestSetError(
            f"{located.problems[0].message}.",
            "Copy the words from the speech, as they stand there.",
        )
    return located.questions[0].to_dict()


def _documents(settings: Settings) -> Mapping[str, Document]:

    settings, _ = with_sample_speeches(settings)
    corpus = load_corpus(settings.corpus, max_file_mb=settings.max_file_mb, ocr=settings.ocr)
    return {document.id: document for document in corpus.documents}
