"""qa-bot ask: one question, or many at a prompt."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from itertools import repeat

from rich.console import Console
from rich.text import Text

from qa_bot.bot import QABot
from qa_bot.cli.common import (
    add_model_flags,
    add_question_flags,
    filters_from,
    on_one_line,
    print_json,
    progress_bar,
    settings_from,
)
from qa_bot.display import Sentence, sections, sentences
from qa_bot.errors import QuestionError
from qa_bot.recording import moment
from qa_bot.schema import Answer, Chip, Citation, DocumentInfo, Filters
from qa_bot.understanding.question import checked_question
from qa_bot.web.i18n import LANGUAGES, words_for

WORDS = words_for(LANGUAGES[0])

EPILOG = """\
examples:
  qa-bot ask "what did IOM commit to as Network secretariat?"
  qa-bot ask "What is essential according to Laura Thompson?"
  qa-bot ask --speaker Thompson "What is essential?"
  qa-bot ask "What happened in 2018?" --ignore date_from:2018
  qa-bot ask 'Who spoke of "the core of national sovereignty"?'
  qa-bot ask "Who gave the closing remarks?"
  qa-bot ask --json "When was the dialogue held?" | jq .citations
  qa-bot ask                                a prompt; follow-up questions are understood
  qa-bot ask --json < questions.txt         one question a line, one JSON object a line

Words like "according to Laura Thompson", "in the closing speech" or "in 2018" leave only those
speeches; the answer says so, and --ignore KEY takes it back. "Words in double quotes" must occur
exactly so: put the whole question into 'single quotes' for the shell.

exit code: 0 when every question found an answer, 1 when the speeches hold none.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("question", nargs="*", help="the question; without one a prompt opens")
    parser.add_argument("--more", action="store_true", help="show the next-best quotations too")
    add_question_flags(parser)
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="KEY",
        help="a restriction, as an answer names it, that the question's words shall not set",
    )
    add_model_flags(parser)


def run(args: argparse.Namespace) -> int:
    questions = [" ".join(args.question)] if args.question else []
    if not questions and not sys.stdin.isatty():
        questions = [line for line in sys.stdin.read().splitlines() if line.strip()] or [""]
    settings = settings_from(args)
    filters = filters_from(args)
    for question in questions:  # a mistake in the last of many is said before models load
        checked_question(question, settings.max_question_chars)

    with progress_bar() as report:
        bot = QABot.open(settings, progress=report)
    if not questions:
        return _prompt(bot, filters, args.ignore, more=args.more)
    all_found = True
    for question in questions:
        answer = bot.ask(question, filters=filters, ignore=args.ignore)
        all_found = all_found and answer.found
        if args.json:
            print_json(answer.to_dict(), on_one_line=len(questions) > 1)
        else:
            show(answer, more=args.more)
    return 0 if all_found else 1


def _prompt(bot: QABot, filters: Filters, ignore: Sequence[str], *, more: bool) -> int:
    """Ask until an empty line or the end of input."""

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  line editing and history in input()

    history: list[tuple[str, str]] = []
    print("Ask about the speeches; an empty line ends.")
    while True:
        try:
            question = input("\n? ")
        except EOFError:
            print()
            return 0
        if not question.strip():
            return 0
        try:
            answer = bot.ask(question, history, filters, ignore=ignore)
        except QuestionError as error:
            print(error)
            continue
        show(answer, more=more)
        history.append((answer.understood, answer.text))


def show(answer: Answer, *, more: bool = False, console: Console | None = None) -> None:
    """Print an answer: whole sentences, the decisive words marked, each with its citation."""
    # A pipe gets whole lines; a terminal gets them wrapped at its width.
    console = console or Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    if answer.understood != answer.question:
        console.print(Text(on_one_line(f"Understood as: {answer.understood}"), style="dim"))
    for chip in answer.chips:
        console.print(Text(on_one_line(f"Only: {_restriction(chip)}"), style="dim"))
    for chip in answer.set_aside:
        beyond = "No speech has this date" if chip.empty else "Also looked beyond"
        console.print(Text(on_one_line(f"{beyond}: {_restriction(chip)}"), style="dim"))
    if not answer.found:
        _show_nothing_found(answer, console, more=more)
        return
    for fact in answer.facts:
        console.print(Text(on_one_line(fact.value), style="bold green"))
        console.print(Text(f"  · the catalogue says so of {_known(fact.document)}", style="dim"))
    if answer.at_least:
        console.print(Text(WORDS.at_least, style="dim"))
    number = 0
    for section in sections(answer):
        if section.label:
            console.print(Text(on_one_line(section.label), style="bold"))
        for sentence in section.sentences:
            names = [f"[{number + n}]" for n in range(1, len(sentence.citations) + 1)]
            number += len(names)
            _show(console, sentence, names, sure=answer.kind == "exact")
    if answer.more:
        search = "qa-bot search finds passages"
        console.print(Text(f"{WORDS.count('further', answer.more)} ({search})", style="dim"))
    if more and answer.alternatives:
        console.print(Text("\nOther candidates:", style="dim"))
        for sentence in sentences(answer.alternatives):
            _show(console, sentence, sure=True)


def _show_nothing_found(answer: Answer, console: Console, *, more: bool) -> None:
    if answer.note or answer.closest:
        console.print(Text(WORDS.note(answer.note) if answer.note else WORDS.closest, style="bold"))
        for sentence in sentences(answer.closest):
            _show(console, sentence, sure=False)
        return
    console.print(Text(WORDS.not_found, style="bold"))
    if not answer.passages:
        console.print(Text(_nothing_left(answer.chips), style="dim"))
    if answer.alternatives:
        console.print(Text("The nearest words, which may not answer:", style="dim"))
        for sentence in sentences(answer.alternatives[: 5 if more else 2]):
            _show(console, sentence, sure=True)


def _show(console: Console, sentence: Sentence, names: Sequence[str] = (), *, sure: bool) -> None:
    """The whole sentence with its marks, and below it where each of its citations stands."""
    line = Text()
    for text, marked in sentence.pieces:
        line.append(on_one_line(f"«{text}»" if marked else text), "bold green" if marked else "")
    console.print(line)
    for citation, name in zip(sentence.citations, names or repeat("·"), strict=False):
        _show_place(console, citation, name, sure=sure)


def _show_place(console: Console, citation: Citation, name: str, *, sure: bool) -> None:
    page = f" · page {citation.page_name}" if citation.page else ""
    certain = f", {citation.confidence:.0%} sure" if sure else ""
    console.print(
        Text(
            f"  {name} {_known(citation.about)}{_moment(citation)}{page}  "
            f"({citation.document.id}, characters {citation.start}-{citation.end}{certain})",
            style="dim",
        )
    )
    for other in citation.also:
        words = "nearly the same words" if other.nearly else "the same words"
        console.print(
            Text(
                f"      {words}: {_known(other.about)}{_moment(other)}  "
                f"({other.document.id}, characters "
                f"{other.start}-{other.end})",
                style="dim",
            )
        )


def _moment(citation: Citation) -> str:
    """When the words are said, and the address that plays them."""
    known = (moment(citation.time), citation.media_link)
    return on_one_line("".join(f" · {part}" for part in known if part))


def _known(document: DocumentInfo) -> str:
    """What the catalogue knows about a speech, on one line."""
    known = (document.title, document.speaker, document.event, document.date)
    return on_one_line(" · ".join(part for part in known if part) or document.id)


def _restriction(chip: Chip) -> str:
    """A chip in words, with its key when words of the question set it."""
    named = f"{chip.field.replace('_', ' ')} {chip.value}"
    if chip.field == "phrase":
        named = f"passages with the words “{chip.value}”"
    return f"{named} (--ignore '{chip.key}')" if chip.words else named


def _nothing_left(chips: Sequence[Chip]) -> str:
    if any(chip.field == "phrase" for chip in chips):
        return "No passage that may be used holds exactly these words."
    if any(chip.empty for chip in chips):
        return "No speech has this date."
    return "No speech passes the filters."
