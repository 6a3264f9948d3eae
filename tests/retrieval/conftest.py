from __future__ import annotations

import sys
from pathlib import Path

# The made-up speeches and the embedder without a model are shared with the index's tests.
sys.path.insert(0, str(Path(__file__).parent.parent / "index"))
