"""A teacher's opinion on the student's windows, also when its special tokens or ids differ."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from qa_bot.training.features import Window, to_tensors
from qa_bot.training.machine import autocast, load_model


class TeacherError(ValueError):
    """The teacher cannot teach this student."""


class Teacher:
    """A frozen reader asked for its start and end logits at the student's token places.

    Both must cut text into the same word pieces (all-mpnet-base-v2 and all-MiniLM-L6-v2 do: the
    vocabulary of bert-base-uncased under other numbers); only ids and special tokens may differ.
    """

    def __init__(self, folder: str, student_tokenizer: Any, device: torch.device) -> None:
        """Raises TeacherError when a word piece of the student is unknown to the teacher."""
        self.model, self.tokenizer = load_model(folder)
        self.model.to(device).eval()
        self.device = device
        mine, theirs = student_tokenizer.get_vocab(), self.tokenizer.get_vocab()
        special = set(student_tokenizer.all_special_tokens)
        missing = [piece for piece in mine if piece not in theirs and piece not in special]
        # A few [unused…] slots may be missing: no text is ever cut into those.
        missing = [piece for piece in missing if not piece.startswith("[unused")]
        if missing:
            raise TeacherError(f"{folder}: does not know the word pieces {missing[:5]} …")
        unknown = self.tokenizer.unk_token_id
        self._ids = np.full(max(mine.values()) + 1, unknown, dtype=np.int64)
        for piece, number in mine.items():
            self._ids[number] = theirs.get(piece, unknown)
        # The special tokens around a pair: "[CLS] q [SEP] c [SEP]" or "<s> q </s></s> c </s>".
        pair = self.tokenizer("a", "b")
        parts = pair.sequence_ids(0)
        question, passage = parts.index(0), parts.index(1)
        ids = pair["input_ids"]
        self._frame = ids[:question], ids[question + 1 : passage], ids[passage + 1 :]

    def translate(self, window: Window) -> Window:
        """The same question and passage part as the teacher's input."""
        before, between, after = self._frame
        inside = [i for i in range(window.first) if window.types[i] == 0 and i != window.cls]
        question = self._ids[window.ids[inside[:-1]]]  # the last one is the separator
        passage = self._ids[window.ids[window.first : window.last + 1]]
        ids = np.concatenate([before, question, between, passage, after]).astype(np.int64)
        first = len(before) + len(question) + len(between)
        types = np.zeros_like(ids)
        types[first:] = 1
        cls = int(np.flatnonzero(ids == self.tokenizer.cls_token_id)[0])
        last = first + len(passage) - 1
        return Window(window.example, ids, types, first, last, window.offsets, cls, window.covers)

    @torch.no_grad()
    def __call__(self, windows: Sequence[Window], width: int) -> SimpleNamespace:
        """start_logits and end_logits, (windows, width), at the student's places; 0 elsewhere."""
        translated = [self.translate(window) for window in windows]
        inputs, _ = to_tensors(
            translated, self.tokenizer.pad_token_id, self.tokenizer.model_input_names, self.device
        )
        with autocast(self.device):
            output = self.model(**inputs)
        made = {}
        for name in ("start_logits", "end_logits"):
            theirs = getattr(output, name).float()
            placed = torch.zeros(len(windows), width, device=self.device)
            for row, (own, other) in enumerate(zip(windows, translated, strict=True)):
                placed[row, own.first : own.last + 1] = theirs[row, other.first : other.last + 1]
                placed[row, own.cls] = theirs[row, other.cls]
            made[name] = placed
        return SimpleNamespace(**made)
