"""Question and passages in, model inputs out, with the way back to characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa_bot.errors import ModelError

MAX_QUESTION_TOKENS = 64
MAX_QUESTION_CHARS = 2000  # bounds the tokenizer's work; far above 64 tokens of any language
MAX_WINDOW_TOKENS = 384
OVERLAP_TOKENS = 128
WORD_BEGINS = "Ġ▁"  # marks of a word's first token, in the RoBERTa and SentencePiece kinds


@dataclass(frozen=True, slots=True)
class Window:
    """One model input: question and a part of one passage.

    Attributes:
        passage: which of the passages given to `Windows.make` this part is of.
        ids, types: int64 arrays of one length; `types` are the token type ids.
        null: place of the token that stands for "no answer here" ([CLS] or <s>).
        first: place of the passage's first token; the passage's tokens are consecutive.
        offsets: (tokens of the passage, 2), their character ranges in the passage's text.
    """

    passage: int
    ids: np.ndarray
    types: np.ndarray
    null: int
    first: int
    offsets: np.ndarray


class Windows:
    """Makes windows with a fast tokenizer.

    Safe from many threads: the tokenizer is set up once and only read afterwards.

    Args:
        tokenizer: a fast transformers tokenizer (one with `backend_tokenizer`).
        max_tokens: longest input of the model, special tokens included.
        overlap: tokens of the passage shared by neighbouring windows.

    Raises:
        ModelError: the tokenizer is not a fast one, so it knows no offsets.
    """

    def __init__(
        self, tokenizer: Any, max_tokens: int = MAX_WINDOW_TOKENS, overlap: int = OVERLAP_TOKENS
    ) -> None:
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise ModelError(
                "The reader's tokenizer gives no character offsets.",
                "Use a model with a tokenizer.json.",
            )
        from tokenizers import Tokenizer

        self._single = Tokenizer.from_str(backend.to_str())
        self._single.no_padding()
        self._single.no_truncation()
        # "[SEP]" typed by a person is five characters, not the separator.
        self._single.encode_special_tokens = True
        self._pair = Tokenizer.from_str(self._single.to_str())
        self._pair.encode_special_tokens = True
        special = self._pair.num_special_tokens_to_add(True)
        self.question_tokens = min(MAX_QUESTION_TOKENS, max(1, (max_tokens - special) // 3))
        room = max_tokens - special - self.question_tokens
        if room < 8:
            raise ModelError(f"The reader takes only {max_tokens} tokens, too few to read with.")
        self._pair.enable_truncation(
            max_tokens, stride=min(overlap, room // 2), strategy="only_second"
        )
        self._typed = "token_type_ids" in tokenizer.model_input_names
        self._null_id = tokenizer.cls_token_id
        if self._null_id is None:
            self._null_id = tokenizer.bos_token_id

    def cap(self, question: str) -> str:
        """The question cut after its last token that fits; white space at the ends dropped."""
        question = question.strip()[:MAX_QUESTION_CHARS]
        offsets = self._single.encode(question, add_special_tokens=False).offsets
        if len(offsets) > self.question_tokens:
            question = question[: offsets[self.question_tokens - 1][1]]
            # Characters that share a token can still make one too many when cut apart.
            while (
                len(self._single.encode(question, add_special_tokens=False)) > self.question_tokens
            ):
                question = question[:-1]
        return question

    def words(self) -> list[str]:
        """What the model knows as whole words, in lower case and the order of its vocabulary."""
        tokens = sorted(self._single.get_vocab().items(), key=lambda item: item[1])
        marked = [token[1:] for token, _ in tokens if token[0] in WORD_BEGINS]
        # Without such marks it is the pieces inside a word that have one ("##ing").
        whole = marked or [token for token, _ in tokens]
        return list(dict.fromkeys(word.casefold() for word in whole if word.isalpha()))

    def make(self, question: str, texts: Sequence[str], limit: int = 512) -> list[Window]:
        """The windows of all texts, in order of the texts and within each in order of its words.

        At most `limit` windows are returned (later texts lose theirs first). A text without any
        token has no window.
        """
        question = self.cap(question)
        made: list[Window] = []
        for number, whole in enumerate(self._pair.encode_batch([(question, t) for t in texts])):
            for part in (whole, *whole.overflowing):
                window = self._window(number, part)
                if window is not None:
                    made.append(window)
            if len(made) >= limit:
                break
        return made[:limit]

    def _window(self, number: int, encoding: Any) -> Window | None:
        owners = encoding.sequence_ids
        places = [place for place, owner in enumerate(owners) if owner == 1]
        if not places:
            return None
        ids = np.array(encoding.ids, dtype=np.int64)
        null = next((p for p, i in enumerate(encoding.ids) if i == self._null_id), 0)
        offsets = np.array(encoding.offsets[places[0] : places[-1] + 1], dtype=np.int64)
        types = np.array(encoding.type_ids, dtype=np.int64) * self._typed
        return Window(number, ids, types, null, places[0], offsets)
