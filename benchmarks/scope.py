"""How well words of a question are taken for restrictions, and questions for catalogue questions.

Reads ``eval/scope/questions.jsonl``: questions over the two speeches and over forty invented ones
(``eval/scope/many.toml``), each with the chips it must set and, where it asks about the speeches
themselves, the field and the speeches that answer it. Needs no model.

    python benchmarks/scope.py             the figures, and every question taken wrongly
    python benchmarks/scope.py --json
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from qa_bot.schema import DocumentInfo
from qa_bot.understanding.catalogue_questions import catalogue_question
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.restrictions import read_scope

ROOT = Path(__file__).parent.parent
SET = ROOT / "eval" / "scope" / "questions.jsonl"
CATALOGUES = {
    "speeches": ROOT / "corpus" / "catalogue.toml",
    "many": ROOT / "eval" / "scope" / "many.toml",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    figures, wrong = measure()
    if args.json:
        print(json.dumps({**figures, "wrong": wrong}, ensure_ascii=False, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value}")
        for line in wrong:
            print(f"  {line}")
    return 0


def measure() -> tuple[dict[str, Any], list[str]]:
    """(figures by name, a line for every question taken wrongly)."""
    catalogues = {name: _catalogue(path) for name, path in CATALOGUES.items()}
    rows = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for row in rows:
        chips, facts = taken(row["question"], catalogues[row["corpus"]])
        wanted, asked = set(row["chips"]), (row["field"], tuple(row["documents"]))
        if asked[0]:
            counts["catalogue questions"] += 1
            counts["catalogue right"] += facts == asked
        counts["catalogue taken"] += bool(facts[0])
        counts["catalogue taken rightly"] += bool(facts[0]) and facts == asked
        if not asked[0] and not facts[0]:
            counts["chips wanted"] += len(wanted)
            counts["chips set"] += len(chips)
            counts["chips right"] += len(chips & wanted)
        nothing = not wanted and not asked[0]
        counts["to be left alone"] += nothing
        counts["left alone"] += nothing and not chips and not facts[0]
        if facts != asked or (not asked[0] and chips != wanted):
            wrong.append(f"{row['question']}  wanted {sorted(wanted)} {asked}, got "
                         f"{sorted(chips)} {facts}")  # fmt: skip
    figures = {
        "questions": len(rows),
        "chips: precision": _share(counts["chips right"], counts["chips set"]),
        "chips: recall": _share(counts["chips right"], counts["chips wanted"]),
        "catalogue: precision": _share(
            counts["catalogue taken rightly"], counts["catalogue taken"]
        ),
        "catalogue: recall": _share(counts["catalogue right"], counts["catalogue questions"]),
        "left alone as they should": _share(counts["left alone"], counts["to be left alone"]),
    }
    return figures, wrong


def taken(question: str, entities: Entities) -> tuple[set[str], tuple[str, tuple[str, ...]]]:
    """(keys of the chips it sets, (field, documents) if it is about the catalogue)."""
    asked = catalogue_question(question, entities)
    if asked:
        return set(), (asked.field, tuple(document.id for document in asked.documents))
    scope = read_scope(question, entities)
    return {chip.key for r in scope.restrictions for chip in r.chips}, ("", ())


def _catalogue(path: Path) -> Entities:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return Entities([DocumentInfo(Path(name).stem, **facts) for name, facts in tables.items()])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part} of {whole})" if whole else "none"


if __name__ == "__main__":
    sys.exit(main())
