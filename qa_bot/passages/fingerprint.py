"""How documents are split, as a short string.

Apart from the splitter itself: checking an index must not wait for langchain's imports.
"""

from __future__ import annotations

import hashlib

from qa_bot.passages.tokens import CHARACTERS_PER_TOKEN

ALGORITHM = 3  # raise when the same text would be split differently: indexes are then rebuilt
SMALL_CHUNK = 4  # a chunk below this part of a passage joins its neighbour, if both fit


def splitter_fingerprint(size: int, overlap: int) -> str:
    """Changes whenever the same documents would be split differently (by one tokenizer)."""
    name = f"{ALGORITHM}/{size}/{overlap}/{SMALL_CHUNK}/{CHARACTERS_PER_TOKEN}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]
