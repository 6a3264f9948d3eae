"""Finds the passages that may hold the answer: by meaning and by words, fused into one ranking."""

from qa_bot.retrieval.retriever import Retriever

__all__ = ["Retriever"]
