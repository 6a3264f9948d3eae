"""Imports stand at the top of a module, but for those that cost what many commands do without."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted([*(ROOT / "qa_bot").rglob("*.py"), *(ROOT / "training").rglob("*.py")])

# All that may be imported inside a function, and why.
LATE = {
    "heavy: seconds, or hundreds of megabytes": {
        *("bm25s", "faiss", "gradio", "onnx", "onnxruntime", "safetensors"),
        *(
            "sentence_transformers",
            "tokenizers",
            "torch",
            "transformers",
            "langchain_text_splitters",
        ),
    },
    "a tenth of a second, for few files or few questions": {"Stemmer", "charset_normalizer"},
    "our modules that import the heavy ones at their top": {
        *("qa_bot.bot", "qa_bot.passages.splitter", "qa_bot.transformer.model"),
        "qa_bot.transformer.weights",
        *("qa_bot.reading.runtimes.onnx", "qa_bot.reading.runtimes.torch"),
        *("qa_bot.web", "qa_bot_training"),
    },
    "not installed everywhere: an extra, or a system's own": {
        "lemminflect",
        "readline",
        "resource",
    },
}


def late_imports(path: Path) -> Iterator[str]:
    """The modules that a file imports inside functions."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    yield node.module or "."


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_inside_functions_are_listed(path: Path) -> None:
    listed = {name for names in LATE.values() for name in names}
    found = set(late_imports(path))
    assert {n for n in found if not any(f"{n}.".startswith(f"{one}.") for one in listed)} == set()
