"""What a run tells: one JSON line per event in `log.jsonl`, one readable line on the console."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any


class Journal:
    """Appends events to a log file; a resumed run goes on in the same file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path

    def note(self, event: str, line: str, **values: Any) -> None:
        """Write the event with its values, and print `line` with the time of day (UTC)."""
        now = time.gmtime()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", now)
        with self.path.open("a", encoding="utf-8") as log:
            log.write(json.dumps({"time": stamp, "event": event, **values}) + "\n")
        print(time.strftime("%H:%M:%S", now), line, flush=True)

    def events(self, event: str) -> list[dict[str, Any]]:
        """All logged events of one kind, oldest first; a half-written last line is skipped."""
        found = []
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:
                    continue
                if row.get("event") == event:
                    found.append(row)
        return found


def duration(seconds: float) -> str:
    """Seconds as "2 h 05 min", "12 min" or "40 s".

    >>> duration(7500), duration(725), duration(40)
    ('2 h 05 min', '12 min', '40 s')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
