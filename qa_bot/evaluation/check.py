"""Check a test set against the documents: ``python -m qa_bot.evaluation.check FILE``."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qa_bot.corpus import load_corpus
from qa_bot.errors import QABotError
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.testset import Question, TestSet
from qa_bot.schema import Document, Filters


def check(test_set: TestSet, documents: Mapping[str, Document]) -> TestSet:
    """Every row compared with the documents; what is wrong is added to ``problems``.

    Every gold span must be verbatim and in a document that the row's filters allow; none of the
    ``absent`` word beginnings of a question without an answer may occur in a document that its
    filters allow; no question may be asked twice in the same circumstances.
    """
    checked = resolve(test_set, documents)
    problems = list(checked.problems)
    asked: dict[object, int] = {}
    for question in checked.questions:
        found = wrong_with(question, documents)
        key = (question.question.casefold(), question.history, question.filters)
        if asked.setdefault(key, question.line) != question.line:
            found.append(f"the same question is on line {asked[key]}")
        problems += [question.problem(message) for message in found]
    return replace(checked, problems=tuple(sorted(problems, key=lambda p: p.line)))


def wrong_with(question: Question, documents: Mapping[str, Document]) -> list[str]:
    """What is wrong with one row whose gold spans are located."""
    allowed = (question.filters or Filters()).allows
    found = [
        f"the answer is in {span.document}, which the filters exclude"
        for item in question.answers
        for span in item
        if not allowed(documents[span.document])
    ]
    if question.wanted:
        found += [
            f"points stand in {document}, which the filters exclude"
            for document in question.wanted.documents
            if not allowed(documents[document])
        ]
    for words in question.absent:
        pattern = re.compile(rf"(?<!\w){re.escape(words)}", re.IGNORECASE)
        for document in documents.values():
            if allowed(document) and (match := pattern.search(document.text)):
                around = document.text[max(0, match.start() - 20) : match.end() + 20]
                found.append(f"{words!r} is not absent from {document.id}: {around!r}")
    return found


def check_against(
    test_set: TestSet, corpus: Path, *, max_file_mb: int = 50, ocr: bool = False
) -> TestSet:
    """:func:`check` against the paragraphs that the test set brings along, or else the corpus."""

    if test_set.paragraphs:
        return check(
            test_set, {p.name: Document(p.name, p.title, text=p.text) for p in test_set.paragraphs}
        )
    return check(
        test_set, {d.id: d for d in load_corpus(corpus, max_file_mb=max_file_mb, ocr=ocr).documents}
    )


def describe(test_set: TestSet) -> str:
    """How many questions of which type and split, in a few lines."""
    questions = test_set.questions
    types = Counter(question.type for question in questions)
    splits = Counter(question.split or "no split" for question in questions)
    without = sum(not question.answerable for question in questions)
    users = sum(question.wanted is not None for question in questions)
    return "\n".join(
        [
            f"{test_set.name}: {len(questions)} questions, {without} without an answer"
            + (f", {users} as people ask them" if users else ""),
            "  types:  " + ", ".join(f"{name} {count}" for name, count in types.most_common()),
            "  splits: " + ", ".join(f"{name} {count}" for name, count in sorted(splits.items())),
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files; 0 when every row is good, 7 when some are not."""
    parser = argparse.ArgumentParser(prog="python -m qa_bot.evaluation.check", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"), metavar="FOLDER")
    args = parser.parse_args(argv)
    bad = 0
    try:
        for path in args.files:
            checked = check_against(load_test_set(path), args.corpus)
            sys.stdout.write(describe(checked) + "\n")
            for problem in checked.problems:
                sys.stdout.write(f"{path}: {problem}\n")
            bad += len(checked.problems)
    except QABotError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 7 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
