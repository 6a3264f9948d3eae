"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import pkgutil

import pytest

import qa_bot

MODULES = [
    module.name
    for module in pkgutil.walk_packages(qa_bot.__path__, "qa_bot.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    module = pytest.importorskip(name, exc_type=ImportError)  # some need an extra
    assert doctest.testmod(module).failed == 0
