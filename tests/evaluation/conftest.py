"""A small bot that answers at once: word overlap finds passages, a list of quotes reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from qa_bot.evaluation.testset import GoldSpan, Question, TestSet
from qa_bot.schema import Answer, Citation, Document, Filters, Hit, Passage, Span
from qa_bot.settings import Settings
from qa_bot.understanding.entities import Entities

TOPICS = (
    "budget",
    "climate",
    "youth",
    "health",
    "cities",
    "diaspora",
    "trade",
    "data",
    "schools",
    "water",
    "banks",
    "ports",
    "forests",
    "farms",
    "rail",
    "housing",
    "energy",
    "fishing",
    "courts",
    "roads",
)


def text_of(name: str) -> str:
    return "\n".join(f"About {topic} the speaker said {name} {topic} plan." for topic in TOPICS)


@dataclass
class FakeRetriever:
    """Passages that share the most words with the question."""

    documents: dict[str, Document]
    passages: list[Passage]
    broken: bool = False

    def search(
        self,
        question: str,
        *,
        top_k: int,
        filters: Filters | None = None,
        phrases: Sequence[str] = (),
    ) -> list[Hit]:
        asked = set(re.findall(r"\w+", question.lower()))
        hits = []
        for passage in self.passages:
            document = self.documents[passage.document_id]
            if filters is not None and not filters.allows(document):
                continue
            shared = len(asked & set(re.findall(r"\w+", passage.text.lower())))
            score = -shared if self.broken else shared
            hits.append(Hit(passage, document.info, float(score), float(score), float(score)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.ordinal))[:top_k]


@dataclass
class FakeReader:
    """Quotes the words after "said " of the first passage about the question's topic."""

    name: str = "fake"
    fingerprint: str = "0"

    def read(self, question: str, passages: Sequence[Passage], *, limit: int = 20) -> list[Span]:
        topic = re.findall(r"\w+", question.lower())[-1]
        found = []
        for passage in passages:
            match = re.search(rf"\w+ {re.escape(topic)} plan", passage.text)
            if match:
                start, end = passage.start + match.start(), passage.start + match.end()
                found.append(Span(passage, start, end, 5.0))
        return found[:limit]


@dataclass
class FakeBot:
    retriever: FakeRetriever
    reader: FakeReader = field(default_factory=FakeReader)
    settings: Settings = field(default_factory=Settings)
    min_confidence: float = 0.25
    lie: bool = False  # cite words that do not stand there

    @property
    def index(self) -> SimpleNamespace:
        return SimpleNamespace(
            documents=self.retriever.documents, passages=self.retriever.passages, version="v1"
        )

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(self.retriever.documents.values())

    @property
    def entities(self) -> Entities:
        return Entities([document.info for document in self.documents])

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        filters: Filters | None = None,
    ) -> Answer:
        hits = self.retriever.search(question, top_k=3, filters=filters)
        spans = self.reader.read(question, [hit.passage for hit in hits])
        cited = tuple(self._cite(span) for span in spans[:1])
        return Answer(
            question=question,
            understood=question,
            found=bool(cited),
            text=cited[0].quote if cited else "",
            confidence=0.9 if cited else 0.0,
            citations=cited,
            passages=tuple(hits),
            seconds={"retrieve": 0.001, "read": 0.002, "total": 0.003},
        )

    def _cite(self, span: Span) -> Citation:
        p = span.passage
        document = self.retriever.documents[p.document_id]
        quote = span.text.upper() if self.lie else span.text
        return Citation(
            quote,
            span.start,
            span.end,
            p.text,
            p.start,
            p.end,
            document.info,
            None,
            span.score,
            0.9,
        )


@pytest.fixture(scope="session")
def make_bot() -> Callable[..., FakeBot]:
    """Makes a bot over two speeches of one sentence a topic, one passage a sentence."""

    def make(*, broken: bool = False, lie: bool = False) -> FakeBot:
        documents = {
            name: Document(id=name, title=f"Speech {name}", speaker=name, text=text_of(name))
            for name in ("alpha", "beta")
        }
        passages = []
        for name, document in documents.items():
            for line in re.finditer(r".+", document.text):
                passages.append(
                    Passage(name, line.start(), line.end(), line.group(), len(passages))
                )
        return FakeBot(FakeRetriever(documents, passages, broken), lie=lie)

    return make


@pytest.fixture(scope="session")
def questions() -> TestSet:
    """One answerable question a topic, half with filters for either speech; and five without."""
    rows = []
    for number, topic in enumerate(TOPICS):
        name = ("alpha", "beta")[number % 2]
        rows.append(
            Question(
                id=f"q{number}",
                question=f"What did {name} say about {topic}",
                answers=((GoldSpan(f"{name} {topic} plan", name),),),
                type="fact" if number % 4 else "clause",
                filters=Filters(documents=(name,)),
                line=number + 1,
            )
        )
    for number, topic in enumerate(("sport", "music", "space", "crime", "taxes")):
        line = len(TOPICS) + number + 1
        rows.append(
            Question(f"u{number}", f"What was said about {topic}", type="unanswerable", line=line)
        )
    return TestSet("topics.jsonl", tuple(rows))
