"""What can go wrong, in the user's words.

Every error that a user can cause or mend is a :class:`QABotError`: its message says what is wrong
and its ``hint`` says what to do about it. Front ends print both and never a traceback.
"""

from __future__ import annotations


class QABotError(Exception):
    """Base of all errors that the user can understand and mend.

    Args:
        message: what is wrong, one sentence, with the file or value it is about.
        hint: what to do about it: a command or a setting. Empty when the message says it all.
    """

    exit_code = 9

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def first_line(error: BaseException) -> str:
    """What an error of a library says, in one line: its first, or its kind when it says nothing.

    >>> first_line(ValueError("no such\\nfile")), first_line(KeyError())
    ('no such', 'KeyError')
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class SettingsError(QABotError):
    """A setting has a value that cannot be used."""

    exit_code = 2


class QuestionError(QABotError):
    """The question is empty, too long, or holds no word at all."""

    exit_code = 2


class CorpusError(QABotError):
    """The corpus folder or its catalogue is missing, empty or unreadable."""

    exit_code = 3


class TableError(QABotError):
    """A table of who spoke and when cannot be read, or has no column for the file."""

    exit_code = 2


class IndexMissingError(QABotError):
    """There is no index in the index folder."""

    exit_code = 4


class IndexStaleError(QABotError):
    """The index was built from another corpus, splitter or embedder than the ones set now."""

    exit_code = 4


class IndexDamagedError(QABotError):
    """A file of the index is missing or its checksum is wrong."""

    exit_code = 4


class IndexBusyError(QABotError):
    """Another process is building this index."""

    exit_code = 4


class ModelError(QABotError):
    """A model's folder is missing, incomplete, or its checksum is wrong."""

    exit_code = 5


class DocumentNotFoundError(QABotError):
    """No document has that id."""

    exit_code = 6


class TestSetError(QABotError):
    """A test set has rows that cannot be used."""

    __test__ = False  # the name starts with "Test": keep pytest from collecting it
    exit_code = 7
