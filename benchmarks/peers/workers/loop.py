"""What every system's process does alike: build an index, or answer questions in JSON lines.

    python SYSTEM.py build CONFIG.json      prints {"peak_mb": …} when the index is written
    python SYSTEM.py serve CONFIG.json      prints {"ready": true}, then a reply for each question

Runs in each rival's own environment, so it needs nothing but the standard library. A question is
{"id", "question"}, its reply {"id", "found", "confidence", "said", "answers", "closest"}: places in
the documents, {"document", "start", "end", "quote"}, best first. `said` of the answers make up the
answer to a precise question; the others are shown below it. The last line, when standard input
ends, is {"peak_mb"}.

A system is a class made from the configuration, with `ask(question)`, the static method
`build(config)`, which writes into the folder config["index"], and `alone`: whether its library is
not safe to ask from two threads at once.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

Config = dict[str, Any]
Reply = dict[str, Any]


def main(system: Any) -> None:
    """The command of a system's script."""
    command, config = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no reply
    one_writes = threading.Lock()

    def say(line: Reply) -> None:
        with one_writes:
            print(json.dumps(line), file=out, flush=True)

    if command == "build":
        Path(config["index"]).mkdir(parents=True, exist_ok=True)
        system.build(config)
        say({"peak_mb": peak_mb()})
        return
    opened = system(config)
    one_asks = threading.Lock() if opened.alone else nullcontext()

    def answer(asked: Reply) -> None:
        try:
            with one_asks:
                reply = opened.ask(asked["question"])
        except Exception as error:  # a system that fails on one question is asked the next
            reply = {"error": f"{type(error).__name__}: {error}"[:300]}
        say({"id": asked["id"], **reply})

    say({"ready": True})
    with ThreadPoolExecutor(config["clients"]) as pool:
        for line in sys.stdin:
            pool.submit(answer, json.loads(line))
    say({"peak_mb": peak_mb()})


def peak_mb() -> float:
    """The most memory this process and its children held at any time, in MB (2^20 bytes)."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in whose) / 1024


def read_passages(config: Config) -> list[dict[str, Any]]:
    """The passages that every rival gets: {"document", "start", "end", "text", "heading"}."""
    with Path(config["passages"]).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def with_heading(passage: dict[str, Any]) -> str:
    """What is embedded: the passage behind what the catalogue says of its document."""
    return f"{passage['heading']}\n{passage['text']}" if passage["heading"] else passage["text"]


def place(passage: dict[str, Any], start: int, end: int, quote: str) -> dict[str, Any]:
    """A stretch of a passage as a place in its document."""
    at = passage["start"]
    found = {"document": passage["document"], "start": at + start, "end": at + end}
    return {**found, "quote": quote}


def whole(passage: dict[str, Any]) -> dict[str, Any]:
    """All of a passage as a place."""
    return place(passage, 0, len(passage["text"]), passage["text"])
