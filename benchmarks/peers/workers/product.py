"""This bot, used as a library, from its installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import loop

from qa_bot import QABot
from qa_bot.evaluation.scoring import said
from qa_bot.index import build_index
from qa_bot.schema import Citation
from qa_bot.settings import Settings, load_settings


def settings(config: loop.Config) -> Settings:
    """Everything as it comes but the places, the number of threads, and which readers there are."""
    return load_settings(
        corpus=Path(config["corpus"]),
        index=Path(config["index"]) / "index",
        feedback=Path(config["index"]) / "feedback",
        threads=config["threads"],
        second_reader=config["options"].get("second_reader", ""),
    )


def cited(citation: Citation) -> dict[str, Any]:
    """A citation as a place, with the sentence and the marks that are shown."""
    return {
        "document": citation.document.id,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "sentence": [citation.sentence_start, citation.sentence_end],
        "marks": citation.marks,
    }


class Product:
    alone = False  # any number of threads may ask

    def __init__(self, config: loop.Config) -> None:
        self.bot = QABot.open(settings(config))

    @staticmethod
    def build(config: loop.Config) -> None:
        build_index(settings(config))

    def ask(self, question: str) -> loop.Reply:
        answer = self.bot.ask(question)
        return {
            "found": answer.found,
            "confidence": answer.confidence,
            "said": len(said(answer)) or 1,  # of none found, the best that was left
            "answers": [cited(c) for c in answer.citations or answer.alternatives[:1]],
            "closest": [cited(c) for c in answer.closest],
            "facts": [fact.value for fact in answer.facts],
        }


if __name__ == "__main__":
    loop.main(Product)
