"""What comes after training: whole dev files scored, the model exported with its card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from qa_bot_training.base import build
from qa_bot_training.data import DataError, Example, find_dataset, load_examples
from qa_bot_training.dev_scores import fixed_sample, in_words, score_model
from qa_bot_training.export import export, export_additions, model_card
from qa_bot_training.machine import describe, load_model
from qa_bot_training.reworded import reworded
from qa_bot_training.trainer import STABLE, Trainer, cooldown_folder


def rows_to_score(
    data: Path, name: str, limit: int = 0, skip: int = 0, in_other_words: bool = False
) -> list[Example]:
    """The rows of a dev file; `limit` > 0 takes the fixed sample of that size.

    `skip` leaves out the fixed sample of that size; `in_other_words` puts synonyms into the
    questions (reworded.py). Raises DataError when the file is missing or nothing is left of it.
    """
    rows = fixed_sample(load_examples(find_dataset(data, name, "dev")), limit, skip)
    if not rows:
        raise DataError(f"{name}: holds no more than the {skip} questions to skip")
    if in_other_words:
        asked = [reworded(r.question, Random(r.id), wider=not r.is_impossible) for r in rows]
        rows = [replace(r, question=q) for r, q in zip(rows, asked, strict=True) if q]
        if not rows:
            raise DataError(f"{name}: none of the questions has a word to replace")
    return rows


def machines(trainer: Trainer) -> str:
    """Every kind of machine and number of threads that the run was started or resumed on."""
    rows = [*trainer.journal.events("started"), *trainer.journal.events("resumed")]
    told = dict.fromkeys(row["machine"] for row in rows if "machine" in row)
    return "; then ".join(told) or describe(trainer.device)


def curve(trainer: Trainer) -> list[dict[str, Any]]:
    """The dev scores on this model's own way: of the stable phase up to its cool-down, and of that.

    The log of a run that was cooled down twice holds the scores of both.
    """
    if trainer.cooled is None:
        return trainer.journal.events("dev")
    begun, _ = trainer.cooled
    rows = [
        row
        for row in trainer.journal.events("dev")
        if row.get("phase") == cooldown_folder(*trainer.cooled)
        or (row.get("phase") == STABLE and row["examples"] <= begun)
    ]
    # A run that was killed and went on from an earlier checkpoint comes by the same place again.
    return list({(row["phase"], row["examples"]): row for row in rows}.values())


def finish(trainer: Trainer, limit: int = 0) -> Path:
    """Export `output/model` at once, score the dev files, then write the scores into its card.

    The export comes first: whoever stops the scoring still has the model. A run with an adapter
    leaves its additions in `output/adapter`, and `output/model` is built from them, so that what is
    scored is what anybody else builds. Returns the model's folder.
    """
    r, folder = trainer.recipe, trainer.output / "model"
    model, tokenizer, cards = trainer.model, trainer.tokenizer, [folder / "model_card.md"]
    scores: dict[str, dict[str, float]] = {}

    def card() -> str:
        return model_card(
            trainer.mixture,
            scores,
            trainer.init,
            machines(trainer),
            trainer.progress.examples,
            trainer.progress.seconds,
            trainer.cooled,
            curve(trainer),
        )

    if r.adapter:
        additions, init = trainer.output / "adapter", Path(trainer.init)
        export_additions(model, tokenizer, r.adapter, init, additions, card())
        build(folder, init, additions)
        model, tokenizer = load_model(folder)
        model.to(trainer.device)
        cards = [additions / "README.md", folder / "README.md"]
    else:
        export(model, tokenizer, folder, card())
    trainer.journal.note("exported", f"model written to {folder}", folder=str(folder))
    for name in r.dev_files:
        trainer.journal.note("scoring", f"scoring {name}: takes minutes on a CPU", file=name)
        try:
            rows = rows_to_score(trainer.data, name, limit)
            scores[name] = score_model(model, tokenizer, rows, r.window, r.window // 2)
        except DataError as problem:
            trainer.journal.note("skipped", f"not scored: {problem}", file=name)
            continue
        trainer.journal.note(
            "final",
            f"{name}: {in_words(scores[name])}",
            file=name,
            examples=trainer.progress.examples,
            **scores[name],
        )
        for path in cards:
            path.write_text(card(), encoding="utf-8")
        (folder / "dev_scores.json").write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    return folder
