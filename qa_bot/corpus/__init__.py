"""Files in, documents out: a loader for each file type, and the catalogue."""

from qa_bot.corpus.corpus import Corpus, fingerprint, load_corpus
from qa_bot.corpus.files import SkippedFile

__all__ = ["Corpus", "SkippedFile", "fingerprint", "load_corpus"]
