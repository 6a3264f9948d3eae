"""Lengths in tokens of the embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa_bot.text.cleaning import clean

BATCH = 1000  # texts given to the tokenizer at once
MOST_REMEMBERED = 200_000
# WordPiece takes a "word" of more than a hundred letters for one unknown token: however few tokens
# a text has, it counts for no fewer than one in so many characters.
CHARACTERS_PER_TOKEN = 8


class TokenCounter:
    """Counts tokens of cleaned text, special tokens left out.

    Args:
        tokenizer: a fast tokenizer of transformers, or anything that is called like one.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self._known: dict[str, int] = {}

    def count_all(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, at least 1. The texts are cleaned already."""
        counts: list[int] = []
        for at in range(0, len(texts), BATCH):
            batch = list(texts[at : at + BATCH])
            encoded = self.tokenizer(
                batch,
                add_special_tokens=False,
                truncation=False,
                padding=False,
                return_attention_mask=False,
                return_token_type_ids=False,
                verbose=False,
            )
            counts += [
                max(1, len(ids), len(text) // CHARACTERS_PER_TOKEN)
                for ids, text in zip(encoded["input_ids"], batch, strict=True)
            ]
        return counts

    def count(self, text: str) -> int:
        """Tokens of one text as kept, at least 1; 0 for no text."""
        if not text:
            return 0
        if text not in self._known:
            self.remember(text, self.count_all([clean(text).text])[0])
        return self._known[text]

    def remember(self, text: str, tokens: int) -> None:
        """Store a length that is known already."""
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[text] = tokens
