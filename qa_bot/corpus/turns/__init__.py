"""Who speaks where in a text that holds several speakers."""

from qa_bot.corpus.turns.given import given, unknown
from qa_bot.corpus.turns.recognise import recognise

__all__ = ["given", "recognise", "unknown"]
