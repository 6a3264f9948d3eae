"""Files in, documents out: a loader for each file type, the catalogue, cleaning for the models."""

from qa_bot.corpus.cleaning import CleanText, clean
from qa_bot.corpus.corpus import Corpus, fingerprint, load_corpus
from qa_bot.corpus.files import SkippedFile

__all__ = ["CleanText", "Corpus", "SkippedFile", "clean", "fingerprint", "load_corpus"]
