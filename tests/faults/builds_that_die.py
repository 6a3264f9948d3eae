"""Build over and over in child processes that are killed on the way; print what was left each time.

Run by test_killed_builds.py in a process of its own: importing once and forking is what makes a
hundred deaths cheap, and the parent never touches FAISS before it forks.

Usage: python builds_that_die.py FOLDER
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bm25s  # noqa: F401  imported before forking, for speed
import faiss  # noqa: F401
from hash_embedder import HashEmbedder, write_speech

from qa_bot.index import build_index
from qa_bot.index.open import open_whole
from qa_bot.passages import Splitter  # noqa: F401
from qa_bot.settings import load_settings


def in_child(work: Callable[[], Any], kill_after: float | None = None) -> tuple[int, Any]:
    """Run ``work`` in a forked child: exit status (negative: killed), and what it returned."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            os.write(write, json.dumps(work()).encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(write)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(read, "rb") as stream:
        raw = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, json.loads(raw) if raw else None


def die_at_step(step: int) -> None:
    """Make this process kill itself just before its ``step``-th change of the disk."""
    left = [step]

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return counted

    for name in ("fsync", "rename", "replace", "mkdir", "unlink", "rmdir"):  # pathlib calls these
        setattr(os, name, counting(getattr(os, name)))


def main(folder: Path) -> None:
    corpus = folder / "corpus"
    corpus.mkdir()
    write_speech(corpus, "first", "water", sentences=60)
    settings = load_settings(
        corpus=corpus, index=folder / "index", passage_tokens=64, passage_overlap=16
    )

    def build() -> str:
        return build_index(settings, embedder=HashEmbedder()).version

    def look() -> list[str]:
        return list(open_whole(settings.index).documents)

    def leftovers() -> list[str]:
        return sorted(p.name for p in settings.index.iterdir() if ".tmp-" in p.name)

    for number in range(2):  # two versions, so that the builds below have an old one to remove
        write_speech(corpus, f"early-{number}", f"theme{number}", sentences=8)
        in_child(build)
    before = in_child(look)[1]
    deaths = [("step", step) for step in range(1, 100)] + [("time", n) for n in range(12)]
    chance = random.Random(7)
    seconds = 0.0
    steps_left = True
    for number, (how, step) in enumerate(deaths):
        if how == "step" and not steps_left:
            continue
        name = f"speech-{number:03d}"
        write_speech(corpus, name, f"topic{number}", sentences=8)

        def doomed(step: int = step if how == "step" else 0) -> str:
            if step:
                die_at_step(step)
            return build()

        began = time.perf_counter()
        status, _ = in_child(doomed, chance.uniform(0.3, 1.2) * seconds if how == "time" else None)
        opened, documents = in_child(look)
        print(json.dumps({
            "how": f"{how} {step}", "status": status, "opened": opened, "before": before,
            "after": documents, "leftovers": leftovers(),
            "corpus": sorted(p.stem for p in corpus.iterdir()),
        }), flush=True)  # fmt: skip
        before = documents
        if how == "step" and status == 0:
            steps_left = False  # it outlived its last step: every one has been tried
            seconds = time.perf_counter() - began

    status, version = in_child(build)
    print(json.dumps({
        "how": "let live", "status": status, "opened": in_child(look)[0], "leftovers": leftovers(),
        "after": in_child(look)[1], "corpus": sorted(p.stem for p in corpus.iterdir()),
        "versions": sorted(p.name for p in settings.index.glob("v*")), "version": version,
    }), flush=True)  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
