"""A bot over the paragraphs that a test set brings along, instead of the speeches."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from qa_bot.bot import QABot
from qa_bot.evaluation.testset import Item, Paragraph, TestSet
from qa_bot.settings import Settings

CATALOGUE = "catalogue.toml"


@contextmanager
def paragraph_bot(
    test_set: TestSet,
    settings: Settings,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[tuple[QABot, TestSet]]:
    """A bot that answers from ``test_set.paragraphs``, and the test set with its document ids.

    The paragraphs are written to a temporary folder as one file each, indexed as any corpus is, and
    removed at the end.
    """

    with tempfile.TemporaryDirectory(prefix="qa-bot-") as folder:
        corpus = Path(folder) / "corpus"
        write_corpus(test_set.paragraphs, corpus)
        # Keep the other settings; only the two places are others.
        own = settings.model_copy(update={"corpus": corpus, "index": Path(folder) / "index"})
        bot = QABot.open(own, progress=progress)
        yield bot, renamed(test_set, {Path(d.path).stem: d.id for d in bot.documents})


def write_corpus(paragraphs: Sequence[Paragraph], folder: Path) -> None:
    """One text file for each paragraph, and a catalogue with their titles."""
    folder.mkdir(parents=True)
    rows = []
    for paragraph in paragraphs:
        path = folder / f"{paragraph.name}.txt"
        path.write_bytes(paragraph.text.encode("utf-8"))
        if paragraph.title:
            # A JSON string is a TOML string too, but for the character that JSON leaves bare.
            title = json.dumps(paragraph.title).replace("\x7f", "\\u007f")
            rows.append(f'["{path.name}"]\ntitle = {title}\n')
    (folder / CATALOGUE).write_text("\n".join(rows), encoding="utf-8")


def renamed(test_set: TestSet, ids: dict[str, str]) -> TestSet:
    """The test set with the documents of its gold spans called by their ids in the index.

    A paragraph that has no id (its file was skipped) keeps its name: its questions then show up
    among the problems.
    """

    def item(spans: Item) -> Item:
        return tuple(replace(s, document=ids.get(s.document, s.document)) for s in spans)

    questions = tuple(
        replace(q, answers=tuple(item(spans) for spans in q.answers)) for q in test_set.questions
    )
    return replace(test_set, questions=questions)
