"""qa-bot search: passages, without reading an answer out of them."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.text import Text

from qa_bot.cli.common import (
    add_question_flags,
    filters_from,
    on_one_line,
    print_json,
    progress_bar,
    settings_from,
)
from qa_bot.index import load_embedder, ready_index
from qa_bot.recording import moment
from qa_bot.retrieval import Retriever
from qa_bot.schema import hit_dict
from qa_bot.understanding.question import checked_question, quoted

EPILOG = """\
examples:
  qa-bot search "start-up fund"
  qa-bot search --top-k 10 --until 2018 "capacity of local governments"
  qa-bot search '"the core of national sovereignty"'      these words, exactly so
  qa-bot search --json "youth" | jq '.[].text'

exit code: 0 when a passage was found, 1 when none was.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("words", nargs="+", help="words or a question")
    parser.add_argument("--top-k", type=int, metavar="N", help="how many passages (default: 5)")
    add_question_flags(parser)


def run(args: argparse.Namespace) -> int:
    settings = settings_from(args, top_k=args.top_k)

    words = checked_question(" ".join(args.words), settings.max_question_chars)
    embedder = load_embedder(settings)
    with progress_bar() as report:
        index = ready_index(settings, embedder=embedder, progress=report)
    hits = Retriever(index, embedder, settings).search(
        words, top_k=settings.top_k, filters=filters_from(args), phrases=quoted(words)
    )
    if args.json:
        print_json([hit_dict(hit) for hit in hits])
        return 0 if hits else 1
    console = Console(highlight=False)
    for number, hit in enumerate(hits, 1):
        title = hit.document.title or hit.document.id
        speaker = hit.turn.speaker if hit.turn else ""
        known = (title, speaker, moment(hit.time), hit.media_link)
        title = on_one_line(" · ".join(part for part in known if part))
        console.print(Text(f"{number}. {title}  ({hit.passage.id}, {hit.score:.3f})", style="bold"))
        console.print(Text(on_one_line(hit.text)))
        for other in hit.also:
            name = on_one_line(other.document.title or other.document.id)
            when = f", {other.document.date}" if other.document.date else ""
            console.print(Text(f"   also in {name}{when}  ({other.passage.id})", style="dim"))
        console.print()
    if not hits:
        console.print("No passage found.")
    return 0 if hits else 1
