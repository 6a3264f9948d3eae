"""Fitting what tells kinds of questions: ``python -m qa_bot.calibration.kinds``.

Reads ``eval/understanding/kinds.jsonl``, prints how good the embedder's vector, the words, and both
are (cross-validated, and on rows held out), and writes the weights beside
:mod:`qa_bot.understanding.kind`. The same rows, embedder and libraries give the same file.

``--also FILE`` measures on further rows, such as a set of questions with their ``intent``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from safetensors.numpy import save
from scipy.sparse import csr_matrix, hstack, vstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]

from qa_bot.calibration.variants import variants
from qa_bot.evaluation.abstention import ece
from qa_bot.index.embedding import load_embedder
from qa_bot.settings import load_settings
from qa_bot.understanding.features import BUCKETS, SHAPE
from qa_bot.understanding.kind import ABOUT, GROUP_OF, GROUPS, VECTOR, WEIGHTS, features

ROWS = Path("eval/understanding/kinds.jsonl")
FOLDS = 10
STRENGTH = 10.0  # inverse of the regularisation
PRECISE = 0.97  # of what is held to be a note, at the threshold
SEED = 0
VARIANTS = 2  # of each row, as `variants` makes them
Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Row:
    question: str
    kind: str
    split: str = "train"
    multi_part: bool = False


def read_rows(path: Path) -> list[Row]:
    """Rows of questions with their kind; those of another kind or with a history are left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind = row.get("kind") or row.get("intent")
        if kind in GROUP_OF and not row.get("history"):
            found.append(
                Row(row["question"], kind, row.get("split", "test"), bool(row.get("multi_part")))
            )
    return found


def fingerprint(rows: Sequence[Row]) -> str:
    """Changes when the rows, or what is fitted on them, do."""
    told = [[r.question, r.kind, r.multi_part] for r in rows]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


def assembled(questions: Sequence[str]) -> Any:
    """What many questions show beside their vectors, as a sparse matrix."""
    rows = [features(question) for question in questions]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    return csr_matrix(
        (np.concatenate([v for _, v in rows]), np.concatenate([p for p, _ in rows]), ends),
        shape=(len(questions), BUCKETS + len(SHAPE)),
    )


def fitted(matrix: Any, kinds: Sequence[str]) -> LogisticRegression:
    """The regression of kinds on features."""
    return LogisticRegression(C=STRENGTH, max_iter=3000, tol=1e-5).fit(matrix, list(kinds))


def varied(rows: Sequence[Row]) -> list[Row]:
    """Rows with a speaker and a time put in, `VARIANTS` of each; notes stay as they are."""
    return [
        replace(row, question=question)
        for number, row in enumerate(rows)
        for question in (
            (row.question,) * VARIANTS
            if GROUP_OF[row.kind] == "note"
            else variants(row.question, number)
        )
    ]


def cross_validated(
    matrix: Any, rows: Sequence[Row], names: Sequence[str], more: Any = None
) -> Numbers:
    """Each row's probabilities by a regression that has not seen its fold.

    Args:
        more: the matrix of `VARIANTS` further rows of each, seen with it and left out with it.
    """
    kinds = np.array([r.kind for r in rows])
    chances = np.zeros((len(rows), len(names)))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(
        matrix, kinds
    ):
        known, told = matrix[seen], kinds[seen]
        if more is not None:
            own = (seen[:, None] * VARIANTS + np.arange(VARIANTS)).ravel()
            known = vstack([known, more[own]])
            told = np.concatenate([told, np.repeat(told, VARIANTS)])
        chances[unseen] = fitted(known, told).predict_proba(matrix[unseen])
    return chances


def by_group(chances: Numbers, names: Sequence[str]) -> Numbers:
    """Probabilities of groups, in the order of ``GROUPS``."""
    return chances @ np.array([[GROUP_OF[n] == g for g in GROUPS] for n in names], dtype=float)


def measured(chances: Numbers, rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """Share of kinds and of groups told right, and the calibration errors of both."""
    kinds = np.array([names.index(r.kind) for r in rows])
    groups = np.array([list(GROUPS).index(GROUP_OF[r.kind]) for r in rows])
    of_groups = by_group(chances, names)
    right, right_group = chances.argmax(1) == kinds, of_groups.argmax(1) == groups
    return [
        f"{len(rows)}",
        f"{right.mean():.3f}",
        f"{right_group.mean():.3f}",
        f"{ece(chances.max(1), right):.3f}",
        f"{ece(of_groups.max(1), right_group):.3f}",
    ]


def note_threshold(chances: Numbers, rows: Sequence[Row], names: Sequence[str]) -> float:
    """The least probability of a note at which those held to be one are precise enough."""
    for threshold in np.arange(0.5, 0.99, 0.01):
        told, right, _ = notes(chances, rows, names, float(threshold))
        if told and right / told >= PRECISE:
            return round(float(threshold), 2)
    return 0.99


def notes(
    chances: Numbers, rows: Sequence[Row], names: Sequence[str], threshold: float
) -> tuple[int, int, int]:
    """How many are held to be notes, how many of them rightly, and how many are notes."""
    place = list(GROUPS).index("note")
    likely = [GROUP_OF[names[i]] == "note" for i in chances.argmax(1)]
    told = (by_group(chances, names)[:, place] >= threshold) & np.array(likely)
    true = np.array([GROUP_OF[r.kind] == "note" for r in rows])
    return int(told.sum()), int((told & true).sum()), int(true.sum())


def table(lines: Sequence[Sequence[str]]) -> Table:
    """What was measured, a line for each set of features and of rows."""
    made = Table("features", "rows", "questions", "kind", "group", "ECE kind", "ECE group")
    for line in lines:
        made.add_row(*line)
    return made


def write(
    tensors: dict[str, Numbers], about: dict[str, Any], weights: Path, described: Path
) -> None:
    """The weights in 16 bits, and what they are with their checksum."""
    content = save({name: np.ascontiguousarray(t, np.float16) for name, t in tensors.items()})
    about = about | {"sha256": hashlib.sha256(content).hexdigest()}
    weights.write_bytes(content)
    described.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--also", type=Path, action="append", default=[])
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--about", type=Path, default=ABOUT)
    given = parser.parse_args(arguments)
    console = Console()

    rows = read_rows(given.rows)
    embedder = load_embedder(load_settings())
    names = sorted({r.kind for r in rows})
    train = [r for r in rows if r.split == "train"]
    sets = {"held out": [r for r in rows if r.split != "train"]}
    sets["held out, named"] = varied(sets["held out"])
    sets |= {path.stem: read_rows(path) for path in given.also}

    def views(some: Sequence[Row]) -> dict[str, Any]:
        questions = [r.question for r in some]
        vectors = csr_matrix(np.asarray(embedder.encode_questions(questions)) * VECTOR)
        words = assembled(questions)
        return {"vector": vectors, "words": words, "both": hstack([vectors, words]).tocsr()}

    seen, unseen = views(train), {name: views(some) for name, some in sets.items()}
    more = views(varied(train))
    lines, told = [], {}
    for view, matrix in seen.items():
        told[view] = cross_validated(matrix, train, names, more[view])
        lines.append([view, f"{FOLDS} folds", *measured(told[view], train, names)])
        model = fitted(vstack([matrix, more[view]]), [r.kind for r in (*train, *varied(train))])
        for name, some in sets.items():
            chances = model.predict_proba(unseen[name][view])
            lines.append([view, name, *measured(chances, some, names)])
            if view == "both":
                told[name] = chances
    console.print(table(lines))

    note_at = note_threshold(told["both"], train, names)
    for name, some in {"both": train, **sets}.items():
        claimed, right, true = notes(told[name], some, names, note_at)
        shown = f"{FOLDS} folds" if name == "both" else name
        console.print(
            f"notes at {note_at:.2f}, {shown}: {right} of {claimed} rightly told, of {true}"
        )
    wrong = Counter(
        (r.kind, names[place])
        for r, place in zip(train, told["both"].argmax(1), strict=True)
        if GROUP_OF[r.kind] != GROUP_OF[names[place]]
    )
    for (kind, taken_for), count in wrong.most_common(12):
        console.print(f"  {kind} taken for {taken_for}: {count}")

    # What is shipped has seen all rows; the figures above are of one that has seen four in five.
    told_of = fingerprint(rows)
    rows = [*rows, *varied(rows)]
    every = views(rows)
    parts = [r.multi_part for r in rows]
    several = (
        cross_validated(seen["both"], [_part(r) for r in train], ["one", "several"])[:, 1] >= 0.5
    )
    true_parts = np.array([r.multi_part for r in train])
    console.print(
        f"several parts, {FOLDS} folds: {int((several & true_parts).sum())} of "
        f"{int(several.sum())} rightly told, of {int(true_parts.sum())}"
    )
    tensors: dict[str, Numbers] = {}
    for view in ("both", "words"):
        model = fitted(every[view], [r.kind for r in rows])
        multi = LogisticRegression(C=STRENGTH, max_iter=3000).fit(every[view], parts)
        weights = np.vstack([model.coef_, multi.coef_]).T
        dimension = len(weights) - every["words"].shape[1]
        if dimension:
            tensors[f"{view}.vector"] = weights[:dimension]
        tensors[f"{view}.words"] = weights[dimension:]
        tensors[f"{view}.bias"] = np.concatenate([model.intercept_, multi.intercept_])
    about = {
        "kinds": names,
        "note_at": note_at,
        "embedder": embedder.fingerprint,
        "rows": told_of,
    }
    write(tensors, about, given.weights, given.about)
    console.print(f"{given.weights}: {given.weights.stat().st_size / 1e6:.2f} MB")
    return 0


def _part(row: Row) -> Row:
    return replace(row, kind="several" if row.multi_part else "one")


if __name__ == "__main__":
    raise SystemExit(main())
