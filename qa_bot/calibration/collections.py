"""Collections of questions to fit a confidence on: a folder of texts, an index, questions.

Public reading sets become one large collection of articles and stories, each a document as long
as a speech. A question of theirs is asked about its own document, about nine, or about all; and
some with their own document left out, so that the collection does not answer them.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qa_bot.bot import QABot
from qa_bot.corpus.ids import slug
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.testset import GoldSpan, Question
from qa_bot.schema import Filters
from qa_bot.settings import Settings

# What the readers never saw in training: dev files. The articles of `AROUND` only stand around.
MIXED = ("squad2", "squadshifts_newwiki", "fairytaleqa")
AROUND = "squad_partial"
AROUND_ARTICLES = 20
SCOPES = (1, 9, 0)  # documents that a question is asked about; 0: all
LEFT_OUT = 0.3  # of the questions of a file that has none without an answer


@dataclass(frozen=True)
class Collection:
    """Questions about one folder of texts.

    Attributes:
        name: of the group that its questions are in when figures are given.
        corpus, index: folders; the index is made where there is none.
        files: test sets in the project's own format.
        questions: made ones, beside those of the files.
        splits: of the files that are used.
    """

    name: str
    corpus: Path
    index: Path
    files: tuple[Path, ...] = ()
    questions: tuple[Question, ...] = field(default=(), repr=False)
    splits: tuple[str, ...] = ("dev",)

    def bot(self, settings: Settings) -> QABot:
        """A bot over it."""
        return QABot.open(settings.model_copy(update={"corpus": self.corpus, "index": self.index}))

    def asked(self, bot: QABot) -> list[Question]:
        """Its questions, gold spans in place, in an order that depends on their ids alone."""
        found = list(self.questions)
        for path in self.files:
            test_set = load_test_set(path)
            resolved = resolve(test_set, bot.index.documents)
            found += [q for q in resolved.questions if not q.split or q.split in self.splits]
        return sorted(found, key=lambda q: random.Random(q.id).random())


def mixed(shared: Path, folder: Path) -> list[Collection]:
    """Articles and stories of public reading sets as one collection, a group for each set.

    Args:
        shared: the folder of data sets, with `dev` and `train` in it.
        folder: where corpus and index are kept.
    """
    corpus = folder / "corpus"
    sets = {name: _articles(shared / "dev" / f"{name}.jsonl.gz") for name in MIXED}
    around = _articles(shared / "train" / f"{AROUND}.jsonl.gz")
    names = sorted(around, key=lambda title: random.Random(title).random())[:AROUND_ARTICLES]
    texts: dict[str, dict[str, list[dict[str, Any]]]] = {
        **sets,
        AROUND: {name: around[name] for name in names},
    }
    _write(texts, corpus)
    every = [f"{s}/{_stem(t)}" for s, articles in texts.items() for t in articles]
    return [
        Collection(
            name,
            corpus,
            folder / "index",
            questions=tuple(_questions(name, articles, every)),
        )
        for name, articles in sets.items()
    ]


def _articles(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows of a SQuAD-like file by title."""
    made: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            made.setdefault(row["title"], []).append(row)
    return made


def _write(texts: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]], corpus: Path) -> None:
    """A file for each article, its paragraphs in the order of its questions, and a catalogue."""
    catalogue = []
    for name, articles in texts.items():
        (corpus / name).mkdir(parents=True, exist_ok=True)
        for title, rows in articles.items():
            path = corpus / name / f"{_stem(title)}.txt"
            text = "\n\n".join(dict.fromkeys(row["context"] for row in rows))
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
            called = json.dumps(title.replace("_", " ")).replace("\x7f", "\\u007f")
            catalogue.append(f'["{name}/{path.name}"]\ntitle = {called}\n')
    (corpus / "catalogue.toml").write_text("\n".join(catalogue), encoding="utf-8")


def _stem(title: str) -> str:
    """A file's name without its suffix, which is its document's id too."""
    return slug(title.replace("/", "-"))[:60].strip(".-")


def _questions(
    name: str, articles: Mapping[str, Sequence[Mapping[str, Any]]], every: Sequence[str]
) -> Iterator[Question]:
    complete = any(row["is_impossible"] for rows in articles.values() for row in rows)
    for title, rows in articles.items():
        own = f"{name}/{_stem(title)}"
        others = [other for other in every if other != own]
        for row in rows:
            draw = random.Random(row["id"])
            count, out = draw.choice(SCOPES), not complete and draw.random() < LEFT_OUT
            about = draw.sample(others, (count or 9) - (not out)) if count or out else []
            golds = () if out else tuple(GoldSpan(a["text"], own) for a in row["answers"])
            question = Question(
                str(row["id"]),
                row["question"],
                (golds,) if golds else (),
                "answerable" if golds else "unanswerable",
                about=title,
            )
            if about or count == 1:
                among = tuple(about) if out else (own, *about)
                question = replace(question, filters=Filters(documents=among))
            yield question


__all__ = ("Collection", "mixed")
