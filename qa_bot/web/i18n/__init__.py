"""What the pages say, in each language: one TOML file a language, chosen for each request."""

from qa_bot.web.i18n.choice import COOKIE, language_of
from qa_bot.web.i18n.texts import LANGUAGES, Words, words_for

__all__ = ["COOKIE", "LANGUAGES", "Words", "language_of", "words_for"]
