"""Example questions that the corpus at hand can answer, made from its own words.

Names and terms that the speeches use are put into plain question patterns; each question is asked
and only those that the bot answers surely are kept, so an example never leads to "not found".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from qa_bot.conversation.words import STOP_WORDS

if TYPE_CHECKING:
    from qa_bot.bot import QABot
    from qa_bot.schema import Document

# A name: capitalised words, joined by small ones ("Global Forum on Migration and Development").
_NAME = re.compile(
    r"\b[A-Z][\w’'-]+(?:[ \u00a0]+(?:(?:of|for|on|and|in|the)[ ]+(?:the[ ]+)?)?[A-Z][\w’'-]+)+"
)
_ADDRESS = re.compile(
    r"\b(?:ladies|gentlemen|excellenc|honou?rable|distinguished|remarks|chapter|section|minister)",
    re.I,
)
# What stands right after a name tells which question it can answer.
_PATTERNS = (
    (re.compile(r"^\s*[-–—(]+\s*(?:an?|the)\s"), "What is {name}?"),
    (re.compile(r"^\s+is\s"), "What is {name}?"),
    (re.compile(r"^\s+(?:offers?|provides?)\s"), "What does {name} offer?"),
    (re.compile(r"^\s+(?:noted|said|recalled|stressed|urged)\s"), "What did {name} say?"),
    (re.compile(r"^\s+(?:highlights?|shows?)\s"), "What does {name} highlight?"),
    (re.compile(r"^\s+(?:requires?|needs?)\s"), "What does {name} require?"),
)
TRIED = 16
KEPT = 6


def example_questions(bot: QABot) -> list[str]:
    """Questions that ``bot`` answers surely, most sure first, at most one about a name.

    Asks the bot up to 16 questions: some seconds. The same corpus gives the same questions.
    """
    documents = [bot.document(info.id) for info in bot.documents]
    sure: list[tuple[float, str]] = []
    for question in islice(_candidates(documents), TRIED):
        answer = bot.ask(question)
        if answer.found and not _repeats(answer.text, question):
            sure.append((answer.confidence, question))
    sure.sort(key=lambda pair: -pair[0])
    return [question for _, question in sure[:KEPT]]


def _candidates(documents: Iterable[Document]) -> Iterable[str]:
    """Questions about names in the speeches, the patterns that promise most first."""
    promising: dict[str, str] = {}
    articles: dict[str, str] = {}
    common: Counter[str] = Counter()
    for document in documents:
        for match in _NAME.finditer(document.text):
            article, name = _named(match.group(0), document.text[: match.start()][-4:])
            if " " not in name or len(name) > 60 or name.isupper() or _ADDRESS.search(name):
                continue
            common[name] += 1
            after = document.text[match.end() : match.end() + 12]
            for pattern, question in _PATTERNS:
                if pattern.match(after):
                    promising.setdefault(name, question.format(name=article + name))
            articles.setdefault(name, article)
    asked: list[str] = []
    for name in [*promising, *(name for name, _ in common.most_common(2 * TRIED))]:
        if any(name in other or other in name for other in asked):
            continue  # "the Global Compact" beside "the Global Compact for Migration"
        asked.append(name)
        yield promising.get(name, f"What is said about {articles[name]}{name}?")


def _named(found: str, before: str) -> tuple[str, str]:
    """(article, name) of a run of capitalised words: "The Compact’s" → ("the ", "Compact")."""
    words = found.split()
    article = "the " if before.casefold() == "the " else ""
    while words and words[0].casefold() in STOP_WORDS:
        article = "the " if words[0].casefold() == "the" else ""
        words = words[1:]
    return article, re.sub(r"['’]s?$", "", " ".join(words))


def _repeats(answer: str, question: str) -> bool:
    """Whether the answer only says the question's words again."""
    asked = set(re.findall(r"\w+", question.casefold()))
    return all(word in asked for word in re.findall(r"\w+", answer.casefold()))
