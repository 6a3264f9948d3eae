"""Reading-comprehension scores of a model on dev files.

Meant for choosing between readers: one span per question, the best over all windows of its passage.
"""

from __future__ import annotations

import hashlib
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from qa_bot.evaluation.text_metrics import best_over_golds, best_threshold
from qa_bot.schema import Passage
from qa_bot_training.data import DataError, Example
from qa_bot_training.features import TrainingWindow, make_windows, to_tensors

if TYPE_CHECKING:
    from qa_bot.reading import Reader


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best span of a question: its text, and span score minus null score (logits)."""

    text: str
    confidence: float


def fixed_sample(examples: Sequence[Example], size: int, skip: int = 0) -> list[Example]:
    """The same `size` rows each time (0: all), whatever the file's order: smallest id hashes first.

    A smaller sample is therefore part of every larger one: `skip` leaves out the rows of the sample
    of that size, so that a report does not count what something was chosen on.
    """
    if skip <= 0 and (size <= 0 or size >= len(examples)):
        return list(examples)
    ranked = sorted(examples, key=lambda e: hashlib.sha256(e.id.encode()).hexdigest())
    return ranked[max(0, skip) :][: size if size > 0 else None]


def best_spans(
    start: torch.Tensor, end: torch.Tensor, passage: torch.Tensor, max_tokens: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Best span of each row: (score, first token, last token), each of shape (rows,).

    `start`, `end`: logits (rows, length); `passage`: bool, the tokens that an answer may use.
    Only spans with first <= last and at most `max_tokens` tokens count.
    """
    low = torch.finfo(start.dtype).min / 4
    start, end = start.masked_fill(~passage, low), end.masked_fill(~passage, low)
    length = start.shape[1]
    allowed = torch.ones(length, length, dtype=torch.bool, device=start.device)
    allowed = allowed.triu().tril(max_tokens - 1)
    scores = start[:, :, None] + end[:, None, :]
    score, flat = scores.masked_fill_(~allowed, 2 * low).flatten(1).max(dim=1)
    return score, flat // length, flat % length


@torch.inference_mode()
def predict(
    model: Any,
    tokenizer: Any,
    examples: Sequence[Example],
    window: int = 256,
    overlap: int = 128,
    max_answer_tokens: int = 60,
    batch: int = 16,
) -> list[Prediction]:
    """One Prediction per example, in their order.

    Over the windows of a passage the one with the largest span-minus-null score wins: raw scores
    compare across windows, where a softmax in each would hide which window is right.
    """
    was_training = model.training
    model.eval()
    # In a short window a long question would leave the passage no room.
    most = min(64, window // 2 - 4)
    overlap = min(overlap, window - most - 8)
    windows: list[TrainingWindow] = [
        w for own in make_windows(tokenizer, examples, window, overlap, most) for w in own
    ]
    windows.sort(key=lambda w: len(w.ids))  # a batch of one length pads nothing
    found: list[Prediction | None] = [None] * len(examples)
    for i in range(0, len(windows), batch):
        group = windows[i : i + batch]
        inputs, passage = to_tensors(
            group, tokenizer.pad_token_id, tokenizer.model_input_names, model.device
        )
        output = model(**inputs)
        start, end = output.start_logits.float(), output.end_logits.float()
        rows = torch.arange(len(group))
        cls = torch.tensor([w.cls for w in group])
        null = (start[rows, cls] + end[rows, cls]).tolist()
        passage[rows, cls] = False
        best = best_spans(start, end, passage, max_answer_tokens)
        score, first, last = (t.tolist() for t in best)
        for row, w in enumerate(group):
            confidence = score[row] - null[row]
            known = found[w.example]
            if known is None or confidence > known.confidence:
                begin = int(w.offsets[first[row] - w.first, 0])
                stop = int(w.offsets[last[row] - w.first, 1])
                text = examples[w.example].context[begin:stop]
                found[w.example] = Prediction(text, confidence)
    model.train(was_training)
    return [p if p is not None else Prediction("", float("-inf")) for p in found]


def score_predictions(
    examples: Sequence[Example], predictions: Sequence[Prediction]
) -> dict[str, float]:
    """Scores in per cent (one decimal is meaningful at best).

    `f1`, `em`: answerable questions, never abstaining. When the set has unanswerable questions also
    `f1_all`, `em_all` (all questions at the best threshold on span minus null score, the official
    SQuAD 2.0 figures) and `threshold` (of f1_all; missing when never answering scores best).
    `f1_error` and `f1_all_error`: the standard error of the mean, over questions.
    """
    pairs = [
        best_over_golds(p.text, (a.text for a in e.answers))
        for e, p in zip(examples, predictions, strict=True)
    ]
    known = [not e.is_impossible for e in examples]
    answerable = [pair for pair, yes in zip(pairs, known, strict=True) if yes]
    scores: dict[str, float] = {"questions": float(len(examples))}
    if answerable:
        scores["em"] = 100 * sum(em for em, _ in answerable) / len(answerable)
        scores["f1"] = 100 * sum(f for _, f in answerable) / len(answerable)
        scores["f1_error"] = 100 * standard_error([f for _, f in answerable])
    if not all(known):
        confidences = [p.confidence for p in predictions]
        em_all, _ = best_threshold([em for em, _ in pairs], confidences, known)
        f1_all, threshold = best_threshold([f for _, f in pairs], confidences, known)
        earned = [
            (f if yes else 0.0) if sure >= threshold else float(not yes)
            for (_, f), sure, yes in zip(pairs, confidences, known, strict=True)
        ]
        scores |= {"em_all": 100 * em_all, "f1_all": 100 * f1_all}
        scores["f1_all_error"] = 100 * standard_error(earned)
        if math.isfinite(threshold):
            scores["threshold"] = threshold
    return {name: round(value, 3) for name, value in scores.items()}


def standard_error(values: Sequence[float]) -> float:
    """Of the mean of independent values; 0 for a single one.

    >>> standard_error([0.0, 1.0])
    0.5
    """
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


def score_model(
    model: Any, tokenizer: Any, examples: Sequence[Example], window: int = 256, overlap: int = 128
) -> dict[str, float]:
    """`predict` then `score_predictions`, with the seconds it took.

    Raises DataError when the words that answer are not marked, only their sentences.
    """
    check_exact(examples)
    begun = time.monotonic()
    scores = score_predictions(examples, predict(model, tokenizer, examples, window, overlap))
    return scores | {"seconds": round(time.monotonic() - begun, 1)}


def score_reader(reader: Reader, examples: Sequence[Example]) -> dict[str, float]:
    """`score_predictions` of a reader as the bot uses it: its own decoder over each whole passage.

    Raises DataError when the words that answer are not marked, only their sentences.
    """
    check_exact(examples)
    begun = time.monotonic()
    predictions = []
    for row in examples:
        passage = Passage(row.id, 0, len(row.context), row.context)
        found = reader.read(row.question, [passage], limit=1)
        best = (found[0].text, found[0].score) if found else ("", float("-inf"))
        predictions.append(Prediction(*best))
    scores = score_predictions(examples, predictions)
    return scores | {"seconds": round(time.monotonic() - begun, 1)}


def check_exact(examples: Sequence[Example]) -> None:
    """Raise DataError when the words that answer are not marked, only their sentences."""
    if not all(example.exact for example in examples):
        raise DataError("cannot be scored: it marks whole sentences, not the words that answer")


def in_words(scores: dict[str, float]) -> str:
    """One readable line of scores; after ± the standard error of F1."""
    parts = [f"{int(scores['questions'])} questions"]
    if "f1_all" in scores:
        error = f" ± {scores['f1_all_error']:.1f}" if "f1_all_error" in scores else ""
        parts.append(f"all {scores['em_all']:.1f}/{scores['f1_all']:.1f}{error} EM/F1")
        at = f"{scores['threshold']:.2f}" if "threshold" in scores else "none: always silent"
        parts.append(f"at threshold {at}")
    if "f1" in scores:
        error = f" ± {scores['f1_error']:.1f}" if "f1_error" in scores else ""
        parts.append(f"answerable {scores['em']:.1f}/{scores['f1']:.1f}{error} EM/F1")
    return ", ".join(parts)
