from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import qa_bot.evaluation

MODULES = [module.name for module in pkgutil.iter_modules(qa_bot.evaluation.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(f"qa_bot.evaluation.{name}"))
    assert failed == 0
