"""Files in, documents out: loaders for each file type, the catalogue, and cleaning for the models."""

from qa_bot.corpus.cleaning import CleanText, clean
from qa_bot.corpus.corpus import Corpus, SkippedFile, fingerprint, load_corpus

__all__ = ["CleanText", "Corpus", "SkippedFile", "clean", "fingerprint", "load_corpus"]
