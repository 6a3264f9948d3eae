"""A teacher's opinion on the student's windows, also when its special tokens or ids differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from qa_bot_training.adapters import HEAD
from qa_bot_training.features import TrainingWindow, frame, to_tensors
from qa_bot_training.identity import weights_sha256
from qa_bot_training.int8 import quantise
from qa_bot_training.machine import autocast, load_model, precision
from qa_bot_training.recipe import Distillation
from qa_bot_training.teacher_cache import Logits, TeacherCache, key_of


class TeacherError(ValueError):
    """The teacher cannot teach this student."""


class Teacher:
    """A frozen reader asked for its start and end logits at the student's token places.

    Both must cut text into the same word pieces (all-mpnet-base-v2 and all-MiniLM-L6-v2 do: the
    vocabulary of bert-base-uncased under other numbers); only ids and special tokens may differ.
    """

    def __init__(
        self, settings: Distillation, student_tokenizer: Any, device: torch.device
    ) -> None:
        """Raises TeacherError when a word piece of the student is unknown to the teacher."""
        folder = settings.teacher
        self.model, self.tokenizer = load_model(folder, trained=True)
        how = "int8" if settings.int8 and device.type == "cpu" else precision(device)
        if how == "int8":
            quantise(self.model, keep=HEAD)
        self.model.to(device).eval()
        self.opinions: TeacherCache | None = None
        if settings.kept:
            name = f"{weights_sha256(Path(folder))[:16]}-{how}.sqlite"
            self.opinions = TeacherCache(Path(settings.kept) / name)
        self.device = device
        self.tells_states = settings.states > 0
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
        self._frame = frame(self.tokenizer)
        self._own_frame = frame(student_tokenizer)

    def translate(self, window: TrainingWindow) -> TrainingWindow:
        """The same question and passage part as the teacher's input."""
        before, between, after = self._frame
        own_before, own_between, _ = self._own_frame
        asked = slice(len(own_before), window.first - len(own_between))
        question = self._ids[window.ids[asked]]
        passage = self._ids[window.ids[window.first : window.last + 1]]
        ids = np.concatenate([before, question, between, passage, after]).astype(np.int64)
        first = len(before) + len(question) + len(between)
        types = np.zeros_like(ids)
        types[first:] = 1
        cls = int(np.flatnonzero(ids == self.tokenizer.cls_token_id)[0])
        last = first + len(passage) - 1
        return TrainingWindow(
            window.example, ids, types, first, last, window.offsets, cls, window.covers
        )

    def __call__(self, windows: Sequence[TrainingWindow], width: int) -> SimpleNamespace:
        """start_logits and end_logits, (windows, width), at the student's places; 0 elsewhere.

        Of a reworded question: what it says of the question as it was.
        With the recipe's `states` also `states`, (windows, width, the teacher's width); else None.
        """
        told: list[torch.Tensor] = []
        asked = [window.asked or window for window in windows]
        if self.opinions is None:
            said, told = self._read(asked)
        else:
            keys = [key_of(window) for window in asked]
            known = dict(zip(keys, self.opinions.find(keys), strict=True))
            new = {key: w for key, w in zip(keys, asked, strict=True) if known[key] is None}
            if new:
                self.opinions.keep(dict(zip(new, self._read(list(new.values()))[0], strict=True)))
                # Another run may have been faster: what was kept first counts for both.
                known |= dict(zip(new, self.opinions.find(list(new)), strict=True))
            said = [logits for key in keys if (logits := known[key]) is not None]
        made = torch.zeros(2, len(windows), width)
        for row, (window, both) in enumerate(zip(windows, said, strict=True)):
            for kind, values in enumerate(both):
                made[kind, row, _places(window)] = torch.from_numpy(values.astype(np.float32))
        made = made.to(self.device)
        states = None
        if told:
            states = told[0].new_zeros(len(windows), width, told[0].shape[-1])
            for row, (window, of_window) in enumerate(zip(windows, told, strict=True)):
                states[row, _places(window)] = of_window
        return SimpleNamespace(start_logits=made[0], end_logits=made[1], states=states)

    @torch.no_grad()
    def _read(self, windows: Sequence[TrainingWindow]) -> tuple[list[Logits], list[torch.Tensor]]:
        """Of each window: start and end logits of its first token and then of its passage's.

        In 16 bits, whether they are kept or not: a run that is resumed sees the same ones. Then,
        where wanted, the last hidden states of the same places, (places, width), of each window.
        """
        translated = [self.translate(window) for window in windows]
        inputs, _ = to_tensors(
            translated, self.tokenizer.pad_token_id, self.tokenizer.model_input_names, self.device
        )
        with autocast(self.device):
            output = self.model(**inputs, output_hidden_states=self.tells_states)
        both = torch.stack([output.start_logits, output.end_logits]).half().cpu().numpy()
        places = [_places(window) for window in translated]
        said = [(both[0, row, held], both[1, row, held]) for row, held in enumerate(places)]
        if not self.tells_states:
            return said, []
        last = output.hidden_states[-1].float()
        return said, [last[row, held] for row, held in enumerate(places)]


def _places(window: TrainingWindow) -> list[int]:
    """Where a window's logits count: its first token, then the passage's."""
    return [window.cls, *range(window.first, window.last + 1)]
