"""Fitting what tells subject and sides of questions: ``python -m qa_bot.calibration.frames``.

Reads ``eval/understanding/frames.jsonl``, where {braces} hold the subject, [brackets] the first
side and <angles> the second; prints how good the tagger is beside a handful of rules on rows held
out, and writes the weights beside :mod:`qa_bot.understanding.tags`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from safetensors.numpy import save

from qa_bot.understanding.features import FRAME
from qa_bot.understanding.tags import (
    ABOUT,
    BUCKETS,
    SORTS,
    TAGS,
    WEIGHTS,
    Tagger,
    best,
    seen,
    sorts,
    tokens,
)

ROWS = Path("eval/understanding/frames.jsonl")
ROUNDS = 8
VARIANTS = 5  # of each row, with subjects and sides of others
SEED = 0
_MARKS = {"{": "subject", "[": "first", "<": "second"}
_SUBJECT, _FIRST, _SECOND = (re.compile(p) for p in (r"\{[^}]*\}", r"\[[^]]*\]", r"<[^>]*>"))
_SIDE = r"(.+?)"
_RULES = (  # the rules that the tagger is compared with
    rf"(?:compare|contrast|juxtapose)(?: how| what)? {_SIDE} (?:and|with|to) {_SIDE}"
    r"(?: on| about| said.* about| talk.* about|$)",
    rf"^{_SIDE} (?:vs\.?|versus|compared (?:to|with)) {_SIDE}(?: on| about|$)",
    rf"between {_SIDE} and {_SIDE}(?: on| about|$)",
    rf"\bfrom {_SIDE} to {_SIDE}(?:,|$)",
    rf"^(?:how |where )?(?:do|did|does) {_SIDE} and {_SIDE} (?:differ|agree|compare)",
)
_ABOUT = re.compile(r"\b(?:about|on|regarding|concerning|of|towards?)\b ")
_END = re.compile(
    r"\s+(?:in (?:\d{4}|his|her|the)\b|for my|i can|from|please|between|change).*$|[?.!]+$", re.I
)


def read(path: Path, split: str) -> list[str]:
    """The tagged questions of a split."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [row["tagged"] for row in rows if row["split"] == split]


def untagged(text: str) -> tuple[str, list[str]]:
    """A question without its marks, and its tokens' tags.

    Example:
        >>> untagged("quotes on {whales}")
        ('quotes on whales', ['frame', 'frame', 'subject'])
    """
    plain, tags, current = "", [], "frame"
    for char in text:
        if char in "{[<":
            current = _MARKS[char]
        elif char in "}]>":
            current = "frame"
        else:
            plain += char
            tags.append(current)
    return plain, [tags[t.start] for t in tokens(plain)]


def varied(rows: Sequence[str]) -> list[str]:
    """The rows, and each of them with the subjects and sides of others in the place of its own."""
    random = np.random.default_rng(SEED)
    subjects = [match for row in rows for match in _SUBJECT.findall(row)]
    pairs = [
        (first[0], second[0])
        for row in rows
        if (first := _FIRST.findall(row)) and (second := _SECOND.findall(row))
    ]

    def another(_: re.Match[str]) -> str:
        return str(subjects[random.integers(len(subjects))])

    made = list(rows)
    for row in rows:
        for _ in range(VARIANTS * ("{" in row or "[" in row)):
            first, second = pairs[random.integers(len(pairs))]
            other = _FIRST.sub(first, _SUBJECT.sub(another, row))
            made.append(_SECOND.sub(second, other))
    return made


def fit(rows: Sequence[str]) -> dict[str, NDArray[Any]]:
    """An averaged perceptron over whole sequences; each row as it is and in small letters."""
    data = []
    for question, tags in map(untagged, varied(rows)):
        for form in dict.fromkeys((question, question.lower().rstrip("?."))):
            found = tokens(form)
            gold = [TAGS.index(t) for t in tags[: len(found)]]
            data.append((seen(form, found), sorts(found), gold))
    words = np.zeros((BUCKETS, len(TAGS)))
    follows = np.zeros((len(SORTS), len(TAGS) + 1, len(TAGS)))
    sums = [np.zeros_like(words), np.zeros_like(follows)]
    random, step = np.random.default_rng(SEED), 1
    for _ in range(ROUNDS):
        for i in random.permutation(len(data)):
            features, of_sorts, gold = data[i]
            told = best(np.stack([words[places].sum(0) for places in features]), follows, of_sorts)
            if told != gold:
                for path, sign in ((gold, 1.0), (told, -1.0)):
                    for at, (places, tag) in enumerate(zip(features, path, strict=True)):
                        np.add.at(words, (places, tag), sign)
                        np.add.at(sums[0], (places, tag), sign * step)
                        before = path[at - 1] if at else len(TAGS)
                        follows[of_sorts[at], before, tag] += sign
                        sums[1][of_sorts[at], before, tag] += sign * step
            step += 1
    return {"words": words - sums[0] / step, "follows": follows - sums[1] / step}


def rule_tags(question: str) -> list[str]:
    """Tags by the rules."""
    found, tags = tokens(question), {}
    for rule in _RULES:
        if match := re.search(rule, question.rstrip("?. "), re.I):
            tags = {"first": match.span(1), "second": match.span(2)}
            break
    after = [m for m in _ABOUT.finditer(question) if m.start() >= tags.get("second", (0, 0))[1] - 1]
    if start := (after[0] if tags else after[-1] if after else None) if after else None:
        tags["subject"] = (start.end(), start.end() + len(_END.sub("", question[start.end() :])))
    return [
        next((tag for tag, (low, high) in tags.items() if low <= t.start < high), "frame")
        for t in found
    ]


def scores(
    rows: Sequence[str], tag: Callable[[str], list[str]]
) -> tuple[float, float, float, float, float]:
    """Tokens right; subjects whole; their content words kept, and rightly kept; sides whole."""
    right = total = whole = sides = compared = kept = wanted = claimed = 0
    for question, gold in map(untagged, rows):
        told, found = tag(question), tokens(question)
        right += sum(a == b for a, b in zip(told, gold, strict=True))
        total += len(gold)

        def of(tags: Sequence[str], *names: str, found: Any = found) -> set[int]:
            return {
                i
                for i, (t, name) in enumerate(zip(found, tags, strict=True))
                if name in names and t.text.lower() not in FRAME and t.text[0].isalnum()
            }

        a, b = of(told, "subject"), of(gold, "subject")
        whole += a == b
        kept, wanted, claimed = kept + len(a & b), wanted + len(b), claimed + len(a)
        compared += bool(of(gold, "first"))
        sides += bool(of(gold, "first")) and all(of(told, s) == of(gold, s) for s in TAGS[2:])
    return (
        right / total,
        whole / len(rows),
        kept / max(1, wanted),
        kept / max(1, claimed),
        sides / max(1, compared),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--about", type=Path, default=ABOUT)
    parser.add_argument("--wrong", action="store_true", help="show what is told wrong")
    given = parser.parse_args(arguments)
    console = Console()
    train, test = read(given.rows, "train"), read(given.rows, "test")
    held_out = Tagger(fit(train))

    def by_tagger(question: str) -> list[str]:
        return [tag for _, tag in held_out.tag(question)]

    table = Table(
        "by", "rows", "tokens", "subject whole", "words kept", "words right", "sides whole"
    )
    for name, some in (("train", train), ("held out", test)):
        for by, tag in (("rules", rule_tags), ("tagger", by_tagger)):
            table.add_row(by, name, *(f"{x:.3f}" for x in scores(some, tag)))
    console.print(table)
    if given.wrong:
        for question, gold in map(untagged, test):
            if by_tagger(question) != gold:
                shown = zip(tokens(question), by_tagger(question), gold, strict=True)
                console.print(
                    " ".join(
                        f"{t.text}/{a[:2]}" + ("" if a == b else f"!{b[:2]}") for t, a, b in shown
                    )
                )
    every = [*train, *test]
    content = save({k: np.ascontiguousarray(v, np.float16) for k, v in fit(every).items()})
    given.weights.write_bytes(content)
    told = hashlib.sha256(json.dumps(every, ensure_ascii=False).encode()).hexdigest()[:16]
    about = {"rows": told, "sha256": hashlib.sha256(content).hexdigest()}
    given.about.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    console.print(f"{given.weights}: {len(content) / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
