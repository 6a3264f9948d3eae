from __future__ import annotations

from qa_bot.corpus.omissions import by_file, in_words, lines
from qa_bot.schema import Document, Omission


def test_what_a_file_holds_beyond_its_texts_is_told_by_file() -> None:
    rows = [Document(id=f"t/{n}", path="t.csv", omissions=(Omission("notes", n),)) for n in (1, 2)]
    whole = Document(id="a", path="a.docx", omissions=(Omission("scanned pages", 2, "4-5"),))
    found = by_file([*rows, whole, Document(id="b", path="b.txt")])
    assert lines(found) == ["t.csv: notes: 3", "a.docx: scanned pages: 2 (4-5)"]
    assert in_words(()) == ""


def test_many_files_are_summed_up() -> None:
    found = {f"{n}.docx": (Omission("pictures", 2, "1"), Omission("comments")) for n in range(1002)}
    told = lines(found, 2)
    assert told[:2] == [f"{n}.docx: pictures: 2 (1); comments: 1" for n in (0, 1)]
    assert told[2:] == ["… 1,000 more files: pictures: 2,000; comments: 1,000"]
