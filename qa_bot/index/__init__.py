"""Passages made searchable: embedded, indexed by words, stored, checked.

``build_index`` brings the index up to date, ``open_index`` opens it whole or not at all.
"""

from qa_bot.index.build import BuildReport, build_index, ready_index
from qa_bot.index.embedding import Embedder, load_embedder
from qa_bot.index.open import Index, open_index

__all__ = [
    "BuildReport",
    "Embedder",
    "Index",
    "build_index",
    "load_embedder",
    "open_index",
    "ready_index",
]
