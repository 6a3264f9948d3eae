"""Tables that people keep in a spreadsheet and save as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from qa_bot.corpus.loaders.decoding import unmarked

DELIMITERS = ",;\t"


def table_text(raw: bytes) -> str:
    """The text of a CSV file: UTF-8, what its byte order mark tells, or Western European.

    Raises:
        UnicodeDecodeError: it is none of these.
    """
    bare, told = unmarked(raw)
    if told:
        return bare.decode(told)
    try:
        return bare.decode("utf-8")
    except UnicodeDecodeError:
        return bare.decode("cp1252")


def delimiter_of(text: str) -> tuple[str, int]:
    """(delimiter, number of lines before the column titles).

    >>> delimiter_of("file;speaker;date"), delimiter_of("sep=|")
    ((';', 0), ('|', 1))
    """
    first = text.split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own hint
        return first[4], 1
    return max(DELIMITERS, key=first.count), 0


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number of its first line.

    Raises:
        csv.Error: the text is no CSV.
    """
    delimiter, skip = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for cells in reader:
        first, line = line, reader.line_num + 1
        if first > skip and any(cell.strip() for cell in cells):
            yield first, [cell.strip() for cell in cells]
