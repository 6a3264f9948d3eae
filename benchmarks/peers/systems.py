"""The systems that are compared, and an environment of its own for each kind."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Rival:
    """One library: its script in workers/, its pinned packages, the ones to name in the report."""

    name: str
    script: str
    packages: tuple[str, ...]
    requirements: str = ""  # none: this bot, from the working tree

    @property
    def worker(self) -> Path:
        return HERE / "workers" / self.script


@dataclass(frozen=True)
class System:
    """A library with a reader and options; `options` go to its script."""

    name: str
    rival: Rival
    reader: str  # "small" or "large"
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def slug(self) -> str:
        return self.name.replace(", ", "-").replace(" ", "")


OURS = Rival("qa-bot", "product.py", ("torch", "transformers", "faiss-cpu", "bm25s"))
TEXTBOOK = Rival(
    "textbook",
    "textbook.py",
    ("torch", "transformers", "sentence-transformers", "faiss-cpu"),
    "textbook.txt",
)
TXTAI = Rival("txtai", "ask_txtai.py", ("torch", "txtai", "transformers", "faiss-cpu"), "txtai.txt")
HAYSTACK = Rival(
    "haystack",
    "ask_haystack.py",
    ("torch", "haystack-ai", "transformers-haystack", "transformers", "sentence-transformers"),
    "haystack.txt",
)
TOP = 12  # passages that the product gives its reader
SYSTEMS = (
    System("qa-bot", OURS, "large", {"second_reader": "base"}),  # what it is compared as
    System("qa-bot, small", OURS, "small"),
    *(
        System(f"{rival.name}{about}, {reader}", rival, reader, options)
        for reader in ("small", "large")
        for rival, about, options in (
            (TEXTBOOK, " top 5", {"top": 5}),
            (TEXTBOOK, f" top {TOP}", {"top": TOP}),
            (TXTAI, "", {}),
            (HAYSTACK, "", {"top": TOP}),
        )
    ),
)


def chosen(names: list[str]) -> tuple[System, ...]:
    """The systems whose names begin with one of these; all for none. Raises SystemExit if none."""
    kept = tuple(s for s in SYSTEMS if not names or s.name.startswith(tuple(names)))
    if not kept:
        raise SystemExit(f"no such system; there are: {'; '.join(s.name for s in SYSTEMS)}")
    return kept


def environment(rival: Rival, work: Path) -> Path:
    """The folder of a rival's virtual environment."""
    return work / "environments" / rival.name


def python(rival: Rival, work: Path) -> str:
    """The interpreter of a rival's environment."""
    return str(environment(rival, work).absolute() / "bin" / "python")


def set_up(rival: Rival, work: Path) -> None:
    """Make the environment, or bring it up to date: pip leaves what is there already."""
    print(f"setting up {rival.name} …", flush=True)
    if not Path(python(rival, work)).exists():
        subprocess.run([sys.executable, "-m", "venv", environment(rival, work)], check=True)
    wanted = ["-c", ROOT / "constraints.txt", ROOT]
    if rival.requirements:
        wanted = ["-r", HERE / "requirements" / rival.requirements]
    subprocess.run([python(rival, work), "-m", "pip", "install", "--quiet", *wanted], check=True)


def describe(rival: Rival, work: Path) -> dict[str, Any]:
    """Versions of the packages that matter, and the size of all that is installed, in MB."""
    command = [python(rival, work), "-m", "pip", "list", "--format=json"]
    listed = json.loads(subprocess.check_output(command, text=True))
    versions = {one["name"]: one["version"] for one in listed}
    named = {name: versions.get(name, "?") for name in rival.packages}
    return {"versions": named, "install_mb": size_mb(environment(rival, work))}


def size_mb(folder: Path) -> float:
    """The size of all files in a folder, in MB (2^20 bytes)."""
    files = (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    return sum(p.stat().st_size for p in files) / 2**20
