"""How much of a saved page's article the HTML loader keeps, and how much beside it.

    git clone https://github.com/mozilla/readability /tmp/readability
    python benchmarks/pages.py /tmp/readability/test/test-pages

The pages have the article as Mozilla's readability cuts it out. Prints for the loader, and for each
of trafilatura, readability-lxml and justext that is installed, the mean of precision, recall and F1
in words, and the seconds taken.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from qa_bot.corpus.loaders import html


def extractors() -> dict[str, Callable[[str], str]]:
    found: dict[str, Callable[[str], str]] = {"qa_bot": lambda page: html.load(page.encode()).text}
    for name in ("trafilatura", "readability", "justext"):
        try:
            module = import_module(name)
        except ImportError:
            continue
        if name == "trafilatura":
            found[name] = lambda page, m=module: m.extract(page, favor_recall=True) or ""
        elif name == "readability":
            found[name] = lambda page, m=module: all_words(m.Document(page).summary())
        else:
            stop = module.get_stoplist("English")
            found[name] = lambda page, m=module, s=stop: " ".join(
                p.text for p in m.justext(page, s) if not p.is_boilerplate
            )
    return found


def all_words(page: str) -> str:
    tree = LexborHTMLParser(page)
    tree.strip_tags(["script", "style"])
    return tree.body.text(separator=" ") if tree.body else ""


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def main(folder: Path) -> None:
    for name, extract in extractors().items():
        sums = Counter[str]()
        began = time.perf_counter()
        pages = sorted(path.parent for path in folder.glob("*/source.html"))
        for page in pages:
            wanted = words(all_words((page / "expected.html").read_text(encoding="utf-8")))
            found = words(extract((page / "source.html").read_text(encoding="utf-8")))
            common = (wanted & found).total()
            precision, recall = common / max(1, found.total()), common / max(1, wanted.total())
            sums["precision"] += precision
            sums["recall"] += recall
            sums["F1"] += 2 * precision * recall / max(1e-9, precision + recall)
        means = "  ".join(f"{key} {value / len(pages):.3f}" for key, value in sums.items())
        print(f"{name:12} {means}  {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
