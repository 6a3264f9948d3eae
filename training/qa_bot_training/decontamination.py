"""What is measured on must not be trained on: passages and questions of the dev files."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

from qa_bot_training.data import DataError, Example, find_dataset, load_examples

LEAST_WORDS = 4  # "Who is he?" is anybody's question; a longer one that recurs is the same one

_OTHER = re.compile("[^a-z0-9]")
_NO_LETTER = re.compile(r"[\W_]+")


def squeezed(text: str) -> str:
    """Letters and digits only: equal for two copies of a text, however each was tokenised.

    Latin letters without accents, which copies of a text may have lost, unless it is mostly in
    others.

    >>> squeezed("It 's 5 , 000 .") == squeezed("It's 5,000.")
    True
    >>> squeezed("Что было в 1939?")
    'чтобылов1939'
    """
    folded = text.casefold()
    latin, every = _OTHER.sub("", folded), _NO_LETTER.sub("", folded)
    return latin if 2 * len(latin) >= len(every) else every


class Decontamination:
    """Passages and questions, compared by their letters and digits."""

    def __init__(self, examples: Iterable[Example]) -> None:
        """`examples`: the rows of every dev file."""
        self._passages: set[str] = set()
        self._questions: set[str] = set()
        for row in examples:
            self._passages.add(squeezed(row.context))
            if len(row.question.split()) >= LEAST_WORDS:
                self._questions.add(squeezed(row.question))
        # Texts without a single letter or digit would all be equal.
        self._passages.discard("")
        self._questions.discard("")

    def without(self, rows: list[Example]) -> list[Example]:
        """The rows that share neither their passage nor their question with what is kept out."""
        seen = {text: squeezed(text) in self._passages for text in {row.context for row in rows}}
        return [
            row
            for row in rows
            if not seen[row.context] and squeezed(row.question) not in self._questions
        ]


def dev_rows(folder: Path, names: Iterable[str]) -> list[Example]:
    """The rows of every file in `folder/dev` that holds passages, and of the dev files in `names`.

    Files of another kind (questions to rewrite, say) are left out. Raises DataError.
    """
    paths = {
        path
        for path in (folder / "dev").glob("*")
        if path.name.endswith((".jsonl", ".jsonl.gz")) and _holds_passages(path)
    }
    for name in names:
        try:
            paths.add(find_dataset(folder, name, "dev"))
        except DataError:
            continue  # scoring says so later, and training needs it only to keep it out
    return [row for path in sorted(paths) for row in load_examples(path)]


def _holds_passages(path: Path) -> bool:
    """Whether the first row is a question about a passage, or about sentences."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            first = json.loads(next((line for line in lines if line.strip()), "{}"))
    except (OSError, EOFError, zlib.error, ValueError) as problem:
        raise DataError(f"{path}: cannot be read: {problem}") from problem
    return isinstance(first, dict) and ("context" in first or "candidates" in first)
