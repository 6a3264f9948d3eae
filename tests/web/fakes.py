"""A bot with the methods of QABot and no models: finds the sentence that shares most words."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from answers import KINDS, NOTES, answer
from fastapi import APIRouter, FastAPI, Request
from fastapi.testclient import TestClient

from qa_bot.errors import DocumentNotFoundError, QuestionError
from qa_bot.schema import Answer, Citation, Document, DocumentInfo, Filters, Hit, Passage
from qa_bot.web import problems
from qa_bot.web.access.person import Person

CORPUS = Path(__file__).parents[2] / "corpus"
STOP = {"what", "did", "the", "a", "to", "as", "of", "is", "who", "was", "in", "how", "many"}


HOSTILE = Document(
    id="sub/hostile speech",
    title="<script>alert(1)</script>",
    speaker="![](http://tracker.example/a.png)",
    event="$\\int$ [link](http://x.example)",
    date="2018-10",
    source="javascript:alert(1)",
    text=(
        "<img src=x onerror=alert(1)>\n\n"
        "![](http://tracker.example/b.png) **bold** 😀 أهلا $x^2$.\fEnd."
    ),
    pages=(0, 83),
)


def corpus() -> list[Document]:
    catalogue = tomllib.loads((CORPUS / "catalogue.toml").read_text())
    return [
        Document(id=Path(name).stem, text=(CORPUS / name).read_text(), path=name, **fields)
        for name, fields in catalogue.items()
    ]


def asked_by(router: APIRouter, groups: tuple[str, ...] | None) -> TestClient:
    """Some routes alone, asked by somebody in these groups; by nobody known for None."""
    app = FastAPI()
    problems.install(app)
    app.include_router(router)

    @app.middleware("http")
    async def person(request: Request, call_next):
        if groups is not None:
            request.state.person = Person("ada", groups)
        return await call_next(request)

    return TestClient(app)


class FakeBot:
    """Stands in for QABot where only the pages are tested.

    "evidence?" gets an answer of that kind, "greeting?" that note.
    """

    def __init__(self, documents: Sequence[Document] | None = None) -> None:
        self._documents = {d.id: d for d in (corpus() if documents is None else documents)}
        self.asked: list[tuple[str, list[tuple[str, str]], Filters | None]] = []
        self.options: list[dict[str, object]] = []
        self.hashes: dict[str, str] = {}  # of files, by path

    def seen_by(self, groups: Collection[str] | None) -> FakeBot:
        mine = Filters(groups=None if groups is None else tuple(groups))
        seen = copy.copy(self)
        seen._documents = {d.id: d for d in self._documents.values() if mine.allows(d)}
        return seen

    @property
    def documents(self) -> tuple[DocumentInfo, ...]:
        return tuple(d.info for d in self._documents.values())

    def document(self, document_id: str) -> Document:
        try:
            return self._documents[document_id]
        except KeyError:
            raise DocumentNotFoundError(f"No document {document_id!r}.") from None

    def file_hash(self, document_id: str) -> str:
        return self.hashes.get(self.document(document_id).path, "")

    def next_questions(
        self, answer: Answer, history: Sequence[tuple[str, str]] = (), count: int = 3
    ) -> list[str]:
        return [q for q in self.examples(count + 1) if q != answer.question][:count]

    def examples(self, count: int) -> list[str]:
        return [
            "What did IOM commit to as Network secretariat?",
            "When were the closing remarks given?",
            "What is the overarching theme of the two dialogues?",
            "Who shepherded the Global Compact?",
        ][:count]

    def search(
        self, question: str, top_k: int | None = None, filters: Filters | None = None
    ) -> list[Hit]:
        wanted = set(re.findall(r"\w+", question.casefold())) - STOP
        hits = []
        for document in self._documents.values():
            if filters and not filters.allows(document):
                continue
            for match in re.finditer(r"\S[^.!?]*[.!?]?", document.text):
                found = wanted & set(re.findall(r"\w+", match.group().casefold()))
                if found:
                    passage = Passage(document.id, match.start(), match.end(), match.group())
                    hits.append(Hit(passage, document.info, len(found) / len(wanted)))
        hits.sort(key=lambda hit: -hit.score)
        return hits[: top_k or 5]

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        filters: Filters | None = None,
        *,
        ignore: Collection[str] = (),
        progress: Callable[[str, int, int], None] | None = None,
        rewrite: bool = True,
    ) -> Answer:
        self.asked.append((question, list(history), filters))
        self.options.append({"ignore": list(ignore), "rewrite": rewrite})
        for stage, done, total in [("retrieve", 0, 1), ("read", 0, 2), ("read", 2, 2)]:
            if progress:
                progress(stage, done, total)
        if "boom" in question:
            raise RuntimeError("secret detail")
        if not re.search(r"\w", question):
            raise QuestionError("There is no word in that question.", "Ask in words.")
        kind = question.rstrip("?")
        if kind in (*KINDS, *NOTES):
            made = answer("note" if kind in NOTES else kind, self._shown, question)
            return replace(made, note=kind) if kind in NOTES else made
        hits = self.search(question, 4, filters)
        best = [self.cite(hit) for hit in hits]
        found = bool(best) and best[0].confidence > 0.5
        return Answer(
            question=question,
            understood=question,
            found=found,
            text=best[0].quote if found else "",
            confidence=best[0].confidence if best else 0.0,
            citations=tuple(best[:1]) if found else (),
            alternatives=tuple(best[1:]) if found else tuple(best),
            passages=tuple(hits),
        )

    @property
    def _shown(self) -> list[Document]:
        return list(self._documents.values())[:2]

    def cite(self, hit: Hit) -> Citation:
        """The second half of the passage, in its sentence."""
        document = self.document(hit.passage.document_id)
        half = hit.start + hit.text.rfind(" ", 0, max(2, len(hit.text) // 2)) + 1
        return Citation(
            quote=document.text[half : hit.end],
            start=half,
            end=hit.end,
            sentence=hit.text,
            sentence_start=hit.start,
            sentence_end=hit.end,
            document=document.info,
            page=document.page_at(half),
            score=hit.score,
            confidence=hit.score,
        )
