"""What came of questions whose answers are known: the material that confidence is fitted on."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from qa_bot.bot import QABot
from qa_bot.errors import QABotError, TestSetError
from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.places import resolve
from qa_bot.evaluation.scoring import candidate_scores
from qa_bot.evaluation.temporary import paragraph_bot
from qa_bot.evaluation.testset import Question, TestSet
from qa_bot.evaluation.text_metrics import best_over_golds
from qa_bot.reading.confidence import FEATURES, Calibration, Floats, features
from qa_bot.reading.loading import DECIDING
from qa_bot.reading.reader import Reader
from qa_bot.schema import DocumentInfo, Filters, Hit, Span
from qa_bot.settings import Settings
from qa_bot.version import __version__

# Of a file that brings paragraphs, a question is asked about those of so many titles: in a large
# collection a near miss is always at hand, so confidence has to know how large it is.
TITLES = (1, 3, 9, None)
RIGHT_AT = 0.5  # F1 from which a span counts as answering
TOLD = 5  # unusable rows that are named
SPANS = 5  # spans of each question that are kept


@dataclass(frozen=True)
class Outcome:
    """One question after the whole path: its spans' features and how good each span is.

    Attributes:
        kind: the file it is from.
        table: (spans, features), best first.
        f1: of each span; 0 where there is no answer.
    """

    id: str
    kind: str
    answerable: bool
    table: Floats
    f1: tuple[float, ...]

    @property
    def right(self) -> list[bool]:
        """Whether each span answers the question."""
        return [f >= RIGHT_AT for f in self.f1]

    @property
    def first_right(self) -> bool:
        """Whether the best span answers the question; not without a span."""
        return bool(self.f1) and self.right[0]

    @property
    def fold(self) -> int:
        """A number that depends on the question only, to divide questions by."""
        return hashlib.sha256(self.id.encode()).digest()[0]


class Recorder:
    """Stands in for a reader's calibration and remembers the first spans it was asked about.

    It is sure of those, and of nothing else that it is asked about the same question. So what is
    judged is the first look's best answer: no other speech joins it, no wider look replaces it.
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.hits: list[Hit] = []
        self.question = ""

    def confidence(
        self, spans: Sequence[Span], hits: Sequence[Hit], question: str = ""
    ) -> list[float]:
        """1 for the first spans, else 0."""
        if self.spans:
            return [0.0] * len(spans)
        self.spans, self.hits, self.question = list(spans), list(hits), question
        return [1.0] * len(spans)


def ask_all(
    files: Sequence[Path],
    reader: Reader,
    settings: Settings,
    kept: Path,
    questions: int,
    seconds: float = float("inf"),
) -> list[Outcome]:
    """Ask the questions of all files, at most `questions` of each.

    What was asked with the same weights, code and settings before is taken from `kept`. Stops
    asking after `seconds`: what was asked by then is still a fair sample of each file.

    Rows that cannot be used are named on stderr.

    Raises:
        TestSetError: a file cannot be used, or no question could be asked.
    """
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + seconds
    for number, (path, kind) in enumerate(zip(files, kinds(files), strict=True)):
        test_set = load_test_set(path).select("dev")
        unusable = list(test_set.problems)
        place = kept / f"{_key(path, reader, settings)}.jsonl"
        known = {o.id: o for o in _load(place, kind)}
        wanted = sorted(test_set.questions, key=lambda q: _hash(q.id))[:questions]
        missing = {q.id for q in wanted if q.id not in known}
        share = (deadline - time.monotonic()) / (len(files) - number)
        if missing and share > 0:
            place.parent.mkdir(parents=True, exist_ok=True)
            with ExitStack() as stack:
                # The reader is replaced below: neither a second one nor the file that may only be
                # about to be written is needed to find passages.
                plain = settings.model_copy(update={"calibration": "", "second_reader": ""})
                bot, test_set = _bot(test_set, plain, stack)
                recorder = Recorder()
                bot = bot.with_reader(read_with(reader, recorder))
                resolved = resolve(test_set, bot.index.documents)
                located, unusable = resolved.questions, list(resolved.problems)
                titles = by_title(bot.documents) if test_set.paragraphs else {}
                todo = sorted((q for q in located if q.id in missing), key=lambda q: _hash(q.id))
                file = stack.enter_context(place.open("a", encoding="utf-8"))
                file.write("\n" if file.tell() else "")  # a killed run may have left half a line
                begun = time.monotonic()
                for done, question in enumerate(todo):
                    if time.monotonic() - begun > share:
                        break
                    asked = replace(question, filters=scope(question, titles) or question.filters)
                    outcome = ask(bot, recorder, asked, kind)
                    if outcome is not None:
                        known[outcome.id] = outcome
                        file.write(json.dumps(_row(outcome)) + "\n")
                        file.flush()
                    if sys.stderr.isatty() or done % 50 == 0:
                        sys.stderr.write(f"\r{kind}: {done + 1} of {len(todo)} questions ")
                sys.stderr.write("\n")
        if unusable:
            told = "".join(f"\n  {problem}" for problem in unusable[:TOLD])
            more = f"\n  … and {len(unusable) - TOLD} more" if len(unusable) > TOLD else ""
            sys.stderr.write(f"{path}: {len(unusable)} rows cannot be used:{told}{more}\n")
        outcomes += [known[q.id] for q in wanted if q.id in known]
    if not outcomes:
        raise TestSetError(
            f"No question of {', '.join(map(str, files))} could be asked.",
            "See what is wrong with: qa-bot evaluate FILE --check",
        )
    return outcomes


def kinds(files: Sequence[Path]) -> list[str]:
    """What to call each file: its name; with a number in front where another has the same name.

    >>> kinds([Path("a/dev.csv"), Path("b/dev.csv"), Path("c.csv")])
    ['dev.csv', '2-dev.csv', 'c.csv']
    """
    names = [path.name for path in files]
    nth = [names[:place].count(name) + 1 for place, name in enumerate(names)]
    return [f"{n}-{name}" if n > 1 else name for n, name in zip(nth, names, strict=True)]


def by_title(documents: Sequence[DocumentInfo]) -> dict[str, list[str]]:
    """The ids of the documents of each title, in their order."""
    made: dict[str, list[str]] = {}
    for info in documents:
        made.setdefault(info.title, []).append(info.id)
    return made


def scope(question: Question, titles: Mapping[str, Sequence[str]]) -> Filters | None:
    """What a question is asked about: paragraphs of its own title and of some others; None: all.

    How many and which is drawn from the question's id. Only for files that bring paragraphs.
    """
    draw = random.Random(question.id)
    count = draw.choice(TITLES)
    if count is None or question.about not in titles or len(titles) <= count:
        return None
    others = draw.sample(sorted(set(titles) - {question.about}), count - 1)
    chosen = (question.about, *others)
    return Filters(documents=tuple(name for title in chosen for name in titles[title]))


def _bot(test_set: TestSet, settings: Settings, stack: ExitStack) -> tuple[QABot, TestSet]:
    """A bot over the paragraphs of the test set, or over the corpus."""

    if test_set.paragraphs:
        return stack.enter_context(paragraph_bot(test_set, settings))
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="qa-bot-"))
    return QABot.open(settings.model_copy(update={"index": Path(folder) / "index"})), test_set


def read_with(reader: Reader, recorder: Recorder) -> Reader:
    """The same reader, its confidences asked of the recorder."""
    made = copy.copy(reader)
    made.calibration = cast(Calibration, recorder)
    return made


def ask(bot: QABot, recorder: Recorder, question: Question, kind: str) -> Outcome | None:
    """One question through the whole path; None when it was answered without reading."""
    recorder.spans, recorder.hits = [], []
    try:
        answer = bot.ask(question.question, question.history, question.filters)
    except QABotError:
        return None
    spans, hits = recorder.spans, recorder.hits
    if answer.facts or not hits:
        return None
    golds = [span.text for item in question.answers for span in item]
    f1 = [best_over_golds(s.text, golds)[1] if golds else 0.0 for s in spans[:SPANS]]
    if f1:  # the first one as the evaluation judges it: a list by its items
        f1[0] = candidate_scores(answer, question)["candidate_f1"]
    table = features(spans, hits, recorder.question)[:SPANS]
    return Outcome(question.id, kind, question.answerable, table, tuple(f1))


def _row(outcome: Outcome) -> dict[str, Any]:
    table = [[None if np.isnan(v) else round(float(v), 5) for v in row] for row in outcome.table]
    f1 = [round(f, 4) for f in outcome.f1]
    return {"id": outcome.id, "answerable": outcome.answerable, "table": table, "f1": f1}


def _load(place: Path, kind: str) -> list[Outcome]:
    """Kept outcomes; a last line that a killed run left half-written is skipped."""
    made = []
    lines = place.read_text(encoding="utf-8").splitlines() if place.is_file() else []
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        table = np.array(row["table"], dtype=np.float64).reshape(-1, len(FEATURES))
        made.append(Outcome(row["id"], kind, row["answerable"], table, tuple(row["f1"])))
    return made


def _key(path: Path, reader: Reader, settings: Settings) -> str:
    """Changes with what an outcome depends on: weights, code, questions, speeches, settings."""
    key = hashlib.sha256(f"{__version__} {reader.fingerprint}".encode())
    key.update(path.read_bytes())
    package = Path(__file__).parent.parent
    for source in sorted(package.rglob("*.py")):
        if source.relative_to(package).parts[0] not in ("web", "cli", "training"):
            key.update(source.read_bytes())
    for speech in sorted(p for p in Path(settings.corpus).rglob("*") if p.is_file()):
        key.update(f"{speech}\0".encode() + speech.read_bytes())
    chosen = set(DECIDING)
    if settings.second_reader:
        chosen.add("second_passages")
    key.update(settings.model_dump_json(include=chosen).encode())
    return f"{path.name.split('.')[0]}-{key.hexdigest()[:16]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
