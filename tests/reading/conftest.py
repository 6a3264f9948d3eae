import pytest

from qa_bot.reading import Reader, load_reader
from qa_bot.reading.loading import PACKAGED
from qa_bot.settings import Settings


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The packaged reader itself: these tests are about what people get."""
    if not (PACKAGED / "small" / "model.safetensors").is_file():
        pytest.skip("the packaged weights are not in this checkout")
    return load_reader(Settings(reader="small", runtime="torch"))
