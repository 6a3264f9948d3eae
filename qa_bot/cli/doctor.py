"""qa-bot doctor: check the installation and say what is wrong in plain words."""

from __future__ import annotations

import argparse
import os
import platform
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from qa_bot.cli.common import add_model_flags, add_place_flags, print_json, settings_from
from qa_bot.cli.deployment import examine_address, examine_settings
from qa_bot.cli.finding import Finding
from qa_bot.corpus import load_corpus
from qa_bot.corpus.omissions import by_file, lines
from qa_bot.errors import QABotError
from qa_bot.index import load_embedder, open_index
from qa_bot.index.open import read_otherwise
from qa_bot.reading import Reader, TwoStageReader, load_reader
from qa_bot.reading.loading import fitted_otherwise, fitted_under
from qa_bot.schema import Passage
from qa_bot.settings import Settings

EPILOG = """\
examples:
  qa-bot doctor
  qa-bot doctor --json > report.json       for a bug report; holds no speech and no question
  qa-bot doctor --url https://intranet.example/tools/bot
                                           ask a running server whether all of it arrives

exit code: 0 when everything works, 1 when something is wrong.
"""

PACKAGES = (
    "torch",
    "transformers",
    "sentence-transformers",
    "faiss-cpu",
    "bm25s",
    "langchain-text-splitters",
    "gradio",
    "fastapi",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--url", metavar="ADDRESS", help="look at the server that people reach under this address"
    )
    add_place_flags(parser)
    add_model_flags(parser)


def run(args: argparse.Namespace) -> int:
    settings = settings_from(args)
    findings: list[Finding] = []
    for finding in examine_address(args.url) if args.url else examine(settings):
        findings.append(finding)
        if not args.json:
            mark = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}[finding.state]
            print(f"{mark}  {finding.what}: {finding.detail}", flush=True)
            if finding.remedy:
                print(f"       → {finding.remedy}", flush=True)
    if args.json:
        print_json([asdict(finding) for finding in findings])
    return 1 if any(finding.state == "wrong" for finding in findings) else 0


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything in turn, yielding a finding for each."""
    yield _machine()
    yield from _packages()
    yield from _corpus(settings)
    yield _guarded("index", lambda: _index(settings))
    yield _guarded("embedder", lambda: _embedder(settings))
    yield _guarded("number format", lambda: _precision(settings))
    yield from _runtimes(settings.model_copy(update={"second_reader": ""}))
    yield _guarded("confidence", lambda: _confidence(settings))
    yield from examine_settings(settings)
    yield _port(settings)


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except QABotError as error:
        return Finding(what, "wrong", error.message, error.hint)


def _machine() -> Finding:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    detail = (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory:.0f} GB"
    )
    if memory < 2:
        return Finding("machine", "note", detail, "2 GB of memory or more are advised.")
    return Finding("machine", "ok", detail)


def _packages() -> Iterator[Finding]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            yield Finding(
                "package",
                "wrong",
                f"{name} is not installed",
                "Install qa-bot again, with its dependencies.",
            )
    yield Finding("packages", "ok", ", ".join(f"{n} {v}" for n, v in found.items()))


def _corpus(settings: Settings) -> Iterator[Finding]:
    """What is read and skipped, and what of the files read is not in their texts."""
    try:
        corpus = load_corpus(settings.corpus, max_file_mb=settings.max_file_mb, ocr=settings.ocr)
    except QABotError as error:
        yield Finding("corpus", "wrong", error.message, error.hint)
        return
    detail = f"{len(corpus.documents)} speeches in {settings.corpus}"
    if corpus.skipped:
        first = "; ".join(f"{s.path} ({s.reason})" for s in corpus.skipped[:5])
        yield Finding("corpus", "note", f"{detail}, {len(corpus.skipped)} skipped", first)
    else:
        yield Finding("corpus", "ok", detail)
    if left_out := by_file(corpus.documents):
        detail = f"of {len(left_out)} files parts are not in the text that is searched"
        yield Finding("left out", "note", detail, " | ".join(lines(left_out, 5)))


def _index(settings: Settings) -> Finding:

    index = open_index(settings)
    detail = f"version {index.version}: {len(index.documents)} speeches, "
    detail += f"{len(index.passages)} passages, checksums right"
    if read_otherwise(index.record):
        detail += "; built by another version of qa-bot"
        return Finding("index", "note", detail, "Run: qa-bot index")
    return Finding("index", "ok", f"{detail}, up to date")


def _embedder(settings: Settings) -> Finding:

    embedder = load_embedder(settings)
    embedder.encode_questions(["warm-up"])
    times = []
    for number in range(5):
        began = time.perf_counter()
        embedder.encode_questions([f"Where was dialogue number {number} held?"])
        times.append(time.perf_counter() - began)
    ms = statistics.median(times) * 1000
    return Finding("embedder", "ok", f"{embedder.name}, {ms:.0f} ms a question")


def _precision(settings: Settings) -> Finding:
    """Which format the readers compute in, and whether this processor is quick in it."""
    from qa_bot.reading.runtimes.torch import multiplies_bfloat16

    amx = multiplies_bfloat16()
    detail = f"precision is {settings.precision}; this processor has {'' if amx else 'no '}AMX"
    if settings.precision == "bf16" and not amx:
        return Finding("number format", "note", detail, "fp32 is most likely faster here.")
    return Finding("number format", "ok", detail)


def _runtimes(settings: Settings) -> Iterator[Finding]:
    """Time every reader runtime that is installed on eight passages of 200 tokens."""

    speeds: dict[str, float] = {}
    for runtime in ("torch", "onnx"):
        try:
            reader = load_reader(settings.model_copy(update={"runtime": runtime}))
            taken = _seconds(reader)
        except QABotError as error:
            state = "wrong" if settings.runtime == runtime or runtime == "torch" else "note"
            yield Finding(f"reader ({runtime})", state, error.message, error.hint)
            continue
        name = reader.runtime.name
        speeds[name] = taken
        detail = f"{reader.name}: {speeds[name] * 1000:.0f} ms for 8 passages"
        yield Finding(f"reader ({name})", "ok", detail)
    if len(speeds) > 1:
        fastest = min(speeds, key=speeds.__getitem__)
        yield Finding("fastest runtime", "ok", fastest)


def _confidence(settings: Settings) -> Finding:
    """Whether probabilities were fitted for the reader, or both readers, that answer."""

    reader = load_reader(settings)
    detail = f"{'fitted' if reader.calibration.fitted else 'not fitted'} for {reader.name}"
    good = reader.calibration.fitted
    detail += f"; answers from {reader.min_confidence(settings):.2f} on"
    if isinstance(reader, TwoStageReader):
        ms = _seconds(reader) * 1000
        detail += f"; {ms:.0f} ms for 8 alike passages, the best {reader.passages} read again"
    if other := fitted_otherwise(reader.calibration, fitted_under(settings, reader)):
        good = False
        detail += f"; but fitted with {other}"
    if good:
        return Finding("confidence", "ok", detail)
    flags = f" --reader {settings.reader}" if settings.reader != "small" else ""
    flags += f" --second-reader {settings.second_reader}" if settings.second_reader else ""
    remedy = f"Run: python -m qa_bot.calibration{flags} --data YOUR_TEST_SET"
    return Finding("confidence", "note", detail, f"{remedy} (docs/reading.md, Confidence)")


def _seconds(reader: Reader) -> float:
    """Median time for eight passages of 200 tokens."""

    words = "The network will support Member States in the implementation of the Compact. " * 14
    passages = [Passage(f"d{n}", 0, len(words), words, n) for n in range(8)]
    question = "Whom will the network support?"
    reader.read(question, passages)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        reader.read(question, passages)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return Finding(
                "port",
                "note",
                f"{settings.host}:{settings.port} cannot be used: {error.strerror}",
                "A server may be running already; else use --port.",
            )
    return Finding("port", "ok", f"{settings.host}:{settings.port} is free")
