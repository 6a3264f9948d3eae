"""Question and passage in, labelled token windows out (for training and dev scoring only)."""

from __future__ import annotations

import dataclasses
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from qa_bot_training.data import Example, Gold
from qa_bot_training.negatives import holds_answer


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """One model input: [CLS] question [SEP] part of the passage [SEP].

    ids, types: int64 arrays of one length; tokens `first`..`last` (inclusive) are the passage's;
    `offsets` (last - first + 1, 2) are their character ranges in the context; `cls` is the place
    that stands for "no answer"; `covers` is the character range of the context seen in this window.
    `asked`, when the question was reworded: the window with the question as it was.
    """

    example: int
    ids: np.ndarray
    types: np.ndarray
    first: int
    last: int
    offsets: np.ndarray
    cls: int
    covers: tuple[int, int]
    asked: TrainingWindow | None = None

    def label(self, answer: Gold) -> tuple[int, int] | None:
        """(start, end) token places of the answer, both inclusive; None when not wholly inside."""
        begin, end = answer.start, answer.start + len(answer.text)
        if begin < self.covers[0] or end > self.covers[1]:
            return None
        inside = np.flatnonzero((self.offsets[:, 1] > begin) & (self.offsets[:, 0] < end))
        if not len(inside):
            return None  # the answer is made of characters that the tokenizer drops
        return self.first + int(inside[0]), self.first + int(inside[-1])

    def touches(self, answer: Gold) -> bool:
        """Whether any character of the answer lies in this window."""
        begin, end = answer.start, answer.start + len(answer.text)
        return begin < self.covers[1] and end > self.covers[0]


def cap_questions(tokenizer: Any, questions: Sequence[str], limit: int) -> list[str]:
    """Each question cut after its `limit`-th token; an over-long one would leave no room."""
    encoded = tokenizer(
        list(questions),
        add_special_tokens=False,
        return_offsets_mapping=True,
        split_special_tokens=True,
    )
    return [
        question[: offsets[limit - 1][1]] if len(offsets) > limit else question
        for question, offsets in zip(questions, encoded["offset_mapping"], strict=True)
    ]


def make_windows(
    tokenizer: Any,
    examples: Sequence[Example],
    window: int,
    overlap: int,
    max_question_tokens: int = 64,
) -> list[list[TrainingWindow]]:
    """The windows of each example, in order of the text.

    `window` is the most tokens in one input, question included; neighbouring windows share
    `overlap` tokens of the passage. Needs a fast tokenizer (offsets); ValueError otherwise.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ValueError("training needs a fast tokenizer (tokenizer.json): it gives the offsets")
    if not examples:
        return []
    encoded = tokenizer(
        cap_questions(tokenizer, [e.question for e in examples], max_question_tokens),
        [e.context for e in examples],
        truncation="only_second",
        max_length=window,
        stride=overlap,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        return_token_type_ids=True,
        # "[SEP]" typed by a person is five characters, not the separator: as when reading.
        split_special_tokens=True,
    )
    made: list[list[TrainingWindow]] = [[] for _ in examples]
    owners: list[int] = encoded["overflow_to_sample_mapping"]
    for i, owner in enumerate(owners):
        ids = np.asarray(encoded["input_ids"][i], dtype=np.int64)
        places = [place for place, part in enumerate(encoded.sequence_ids(i)) if part == 1]
        if not places:
            continue  # a passage of nothing but characters the tokenizer drops
        offsets = np.asarray(encoded["offset_mapping"][i][places[0] : places[-1] + 1])
        is_first = i == 0 or owners[i - 1] != owner
        is_last = i + 1 == len(owners) or owners[i + 1] != owner
        covers = (
            0 if is_first else int(offsets[0, 0]),
            len(examples[owner].context) if is_last else int(offsets[-1, 1]),
        )
        cls = int(np.flatnonzero(ids == tokenizer.cls_token_id)[0])
        types = np.asarray(encoded["token_type_ids"][i], dtype=np.int64)
        made[owner].append(
            TrainingWindow(owner, ids, types, places[0], places[-1], offsets, cls, covers)
        )
    return made


def frame(tokenizer: Any) -> tuple[list[int], list[int], list[int]]:
    """The special tokens around a pair: "[CLS] q [SEP] c [SEP]" or "<s> q </s></s> c </s>"."""
    pair = tokenizer("a", "b")
    parts, ids = pair.sequence_ids(0), pair["input_ids"]
    question, passage = parts.index(0), parts.index(1)
    return ids[:question], ids[question + 1 : passage], ids[passage + 1 :]


def asking(
    window: TrainingWindow,
    question: str,
    tokenizer: Any,
    max_question_tokens: int = 64,
    longest: int = sys.maxsize,
) -> TrainingWindow:
    """The window with another question before its part of the passage; `asked` is the window.

    The question is cut where it, or the window with it, has too many tokens (`longest`).
    """
    before, between, _ = frame(tokenizer)
    rest = window.first - len(between)  # where what stays begins
    room = longest - len(before) - len(window.ids) + rest
    encoded = tokenizer(question, add_special_tokens=False, split_special_tokens=True)
    words = encoded["input_ids"][: min(room, max_question_tokens)]
    ids = np.concatenate([before, words, window.ids[rest:]]).astype(np.int64)
    own = np.full(len(before) + len(words), window.types[0], dtype=np.int64)
    types = np.concatenate([own, window.types[rest:]])
    moved = len(before) + len(words) - rest
    return dataclasses.replace(
        window,
        ids=ids,
        types=types,
        first=window.first + moved,
        last=window.last + moved,
        cls=int(np.flatnonzero(ids == tokenizer.cls_token_id)[0]),
        asked=window,
    )


def training_window(
    windows: Sequence[TrainingWindow], example: Example, other_window: float, rng: random.Random
) -> tuple[TrainingWindow, int, int] | None:
    """One window of the example with its label (start, end), or None when there is no sound one.

    Unanswerable: any window, labelled `cls`. Answerable: a window that wholly holds an answer
    (alternatives are drawn at random); with probability `other_window` instead one that holds
    nothing of any answer, labelled `cls`. A window that cuts an answer is never used, nor one with
    the words of an answer at another place as an example of no answer.
    """
    if not windows:
        return None
    if example.is_impossible:
        chosen = rng.choice(windows)
        return chosen, chosen.cls, chosen.cls
    texts = [answer.text for answer in example.answers]
    without = [
        w
        for w in windows
        if not any(w.touches(a) for a in example.answers)
        and not holds_answer(example.context[slice(*w.covers)], texts)
    ]
    if without and rng.random() < other_window:
        chosen = rng.choice(without)
        return chosen, chosen.cls, chosen.cls
    held = [
        (w, label) for w in windows for a in example.answers if (label := w.label(a)) is not None
    ]
    if not held:
        return None
    chosen, (start, end) = rng.choice(held)
    return chosen, start, end


def masked(
    window: TrainingWindow, share: float, mask_id: int, spare: tuple[int, int], seed: int
) -> TrainingWindow:
    """The window with about `share` of its passage tokens behind the mask token.

    The places `spare` (first, last; inclusive), the answer's, stay. A passage that never looks the
    same twice cannot be learnt by heart. `seed` decides which tokens are hidden.
    """
    hidden = np.random.default_rng(seed).random(len(window.ids)) < share
    hidden[: window.first] = hidden[window.last + 1 :] = False
    hidden[spare[0] : spare[1] + 1] = False
    ids = np.where(hidden, mask_id, window.ids)
    asked = window.asked
    if asked is not None:  # who is asked otherwise sees the same words
        seen = ids[window.first : window.last + 1]
        before, after = asked.ids[: asked.first], asked.ids[asked.last + 1 :]
        asked = dataclasses.replace(asked, ids=np.concatenate([before, seen, after]))
    return dataclasses.replace(window, ids=ids, asked=asked)


def to_tensors(
    windows: Sequence[TrainingWindow], pad_id: int, names: Sequence[str], device: torch.device
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """(model inputs, allowed): each (windows, longest length rounded up to 8).

    `names` are the inputs the model takes (tokenizer.model_input_names). `allowed` is True at the
    passage's tokens and at `cls`: the only places where an answer may start or end.
    """
    longest = max(len(w.ids) for w in windows)
    width = -(-longest // 8) * 8
    ids = np.full((len(windows), width), pad_id, dtype=np.int64)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    allowed = np.zeros(ids.shape, dtype=bool)
    for row, w in enumerate(windows):
        ids[row, : len(w.ids)], types[row, : len(w.ids)] = w.ids, w.types
        mask[row, : len(w.ids)] = 1
        allowed[row, w.first : w.last + 1] = True
        allowed[row, w.cls] = True
    arrays = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
    inputs = {k: torch.from_numpy(v).to(device) for k, v in arrays.items() if k in names}
    return inputs, torch.from_numpy(allowed).to(device)
