from collections.abc import Callable

import pytest

from qa_bot.reading import Reader, load_reader
from qa_bot.reading.loading import PACKAGED
from qa_bot.schema import Passage
from qa_bot.settings import Settings


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The packaged reader itself: these tests are about what people get."""
    if not (PACKAGED / "small" / "model.safetensors").is_file():
        pytest.skip("the packaged weights are not in this checkout")
    return load_reader(Settings(reader="small", runtime="torch"))


@pytest.fixture(scope="session")
def passage() -> Callable[..., Passage]:
    def make(text: str, document: str = "talk", start: int = 0, ordinal: int = 0) -> Passage:
        return Passage(document, start, start + len(text), text, ordinal)

    return make
