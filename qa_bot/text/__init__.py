"""Text as every stage reads it: cleaning with offset maps, sentences, stems, names, one lexicon.

Imports nothing of the other packages.
"""

from qa_bot.text.cleaning import CleanText, clean
from qa_bot.text.sentences import sentences

__all__ = ["CleanText", "clean", "sentences"]
