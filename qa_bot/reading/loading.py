"""Where a reader's files are, whether they may be used, and the reader made of them."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.errors import ModelError, first_line
from qa_bot.reading.checksums import verify
from qa_bot.reading.confidence import Calibration
from qa_bot.reading.reader import Reader
from qa_bot.reading.runtimes import load_runtime
from qa_bot.reading.tokenizers import read_tokenizer
from qa_bot.reading.two_stage import FILE as SECOND
from qa_bot.reading.two_stage import TwoStageReader
from qa_bot.reading.windows import MAX_WINDOW_TOKENS, Windows
from qa_bot.settings import Settings
from qa_bot.transformer.config import read_config

_log = logging.getLogger(__name__)
_loading = threading.Lock()  # transformers' lazy imports are not safe from two threads at once

PACKAGED = Path(__file__).parent / "weights"
# Settings that decide which passages a reader gets, and with that what its scores are worth.
DECIDING = ("embedder", "passage_tokens", "passage_overlap", "fusion", "candidates")


@dataclass(frozen=True)
class Source:
    """A reader's files: a folder, or a hub name when the settings allow one.

    Attributes:
        name: as set by the user.
        place: folder path or hub name, for transformers' `from_pretrained`.
        fingerprint: changes with the files (of a hub name: with the name only).
    """

    name: str
    place: str
    is_folder: bool
    fingerprint: str

    def tokenizer(self) -> Any:
        """The fast tokenizer. Raises ModelError when it cannot be loaded."""
        if self.is_folder and (own := read_tokenizer(Path(self.place))):
            return own
        from transformers import AutoTokenizer

        return self._load(AutoTokenizer)

    def positions(self) -> int | None:
        """Most tokens of an input, as far as the model says. Raises ModelError as above."""
        if self.is_folder and (own := read_config(Path(self.place))):
            return own.positions
        from transformers import AutoConfig

        stated = getattr(self._load(AutoConfig), "max_position_embeddings", None)
        # RoBERTa-style models count positions from the padding id + 1: two fewer are left.
        return stated - 2 if isinstance(stated, int) and stated > 0 else None

    def _load(self, kind: Any) -> Any:
        try:
            return kind.from_pretrained(
                self.place, trust_remote_code=False, local_files_only=self.is_folder
            )
        except Exception as error:  # transformers raises many kinds
            raise ModelError(
                f"The reader {self.name!r} cannot be loaded: {first_line(error)}",
                "It must be a question-answering model in the transformers format.",
            ) from error


def load_reader(settings: Settings) -> Reader:
    """The reader that `settings.reader` names, on the runtime that `settings.runtime` names.

    With `settings.second_reader` a `TwoStageReader` of both.

    Raises:
        ModelError: a model is missing, damaged, or no question-answering model.
    """
    with _loading:
        sources = locate(settings)
        made, *second = [_load(source, settings) for source in sources]
        if second:
            made = TwoStageReader(made, second[0], settings.second_passages)
    made.calibration = _calibration(settings, made)
    return made


def _load(source: Source, settings: Settings) -> Reader:
    """The reader of these files, not calibrated."""
    tokenizer = source.tokenizer()
    runtime = load_runtime(
        source.place,
        settings.runtime,
        threads=settings.threads,
        allow_hub=settings.allow_hub,
        precision=settings.precision,
    )
    return Reader(
        runtime,
        Windows(tokenizer, window_tokens(tokenizer, source.positions())),
        Calibration(),
        source.name,
        source.fingerprint,
        tokenizer.pad_token_id or 0,
        Path(source.place) if source.is_folder else None,
    )


def _calibration(settings: Settings, reader: Reader) -> Calibration:
    """The first that fits: the file that is set, the one beside the weights, the packaged one."""
    places = [reader.calibration_file]
    if isinstance(reader, TwoStageReader):
        places.append(PACKAGED / "base" / SECOND)  # of the two readers that come with the package
    if settings.calibration:
        named = Path(settings.calibration).expanduser()
        if not named.is_file():
            raise ModelError(
                f"The setting calibration names {named}, which is no file.",
                "Make it (docs/reading.md, Confidence), or leave the setting out.",
            )
        places.insert(0, named)
    for place in places:
        if place is None or not place.is_file():
            continue
        made = Calibration.load(place)
        if made.provenance.get("reader_fingerprint", reader.fingerprint) == reader.fingerprint:
            if other := fitted_otherwise(made, fitted_under(settings, reader)):
                _log.warning("%s was fitted with %s: its confidence may be off.", place, other)
            return made
        _log.warning("%s was fitted for other weights and is not used: calibrate again.", place)
    return Calibration()


def fitted_under(settings: Settings, reader: Reader) -> dict[str, Any]:
    """What a confidence depends on beside the reader: settings that decide what it gets to read."""
    made: dict[str, Any] = {name: getattr(settings, name) for name in DECIDING}
    return made | (
        {"second_passages": reader.passages} if isinstance(reader, TwoStageReader) else {}
    )


def fitted_otherwise(calibration: Calibration, now: Mapping[str, Any]) -> str:
    """In words, which settings were others when the confidence was fitted; "" for none.

    >>> fitted_otherwise(Calibration(provenance={"candidates": 12}), {"candidates": 20})
    'candidates 12, now 20'
    """
    before = calibration.provenance
    return "; ".join(
        f"{name} {before[name]}, now {value}"
        for name, value in now.items()
        if before.get(name, value) != value
    )


def locate(settings: Settings) -> list[Source]:
    """Find and check what `settings.reader` names, and `settings.second_reader` if it is set.

    Raises:
        ModelError: nothing is there, a file is missing or damaged, the hub is not allowed, or both
            are the same.
    """
    found = [_locate(settings.reader, "reader", settings.allow_hub)]
    if settings.second_reader:
        found.append(_locate(settings.second_reader, "second_reader", settings.allow_hub))
        if found[0].fingerprint == found[1].fingerprint:
            raise ModelError(
                "The settings reader and second_reader name the same model.",
                "Leave second_reader out, or set it to a larger model.",
            )
    return found


def _locate(name: str, setting: str, allow_hub: bool) -> Source:
    """Packaged weights, a folder, or a hub name."""
    if name == "small":
        folder = PACKAGED / name
        return Source(name, str(folder), True, verify(folder, required=True))
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(
                f"The reader's folder {folder} holds no config.json.",
                "Set the reader to a folder saved by transformers' save_pretrained.",
            )
        if not any(folder.glob("*.safetensors")):
            raise ModelError(
                f"The reader's folder {folder} holds no .safetensors weights.",
                "Save the model with transformers' save_pretrained; other formats may run code.",
            )
        return Source(name, str(folder), True, verify(folder, required=False))
    if allow_hub and not name.startswith((".", "/", "~")):
        return Source(name, name, False, hashlib.sha256(name.encode()).hexdigest()[:16])
    hint = "Check the path, or set QA_BOT_ALLOW_HUB=1 to fetch a model by its name."
    if name == "base":
        hint = "Build it with python -m qa_bot.reading.base FOLDER, and set FOLDER."
    raise ModelError(
        f"The setting {setting} names no reader: {name!r} is neither 'small' nor a folder.", hint
    )


def window_tokens(tokenizer: Any, positions: int | None) -> int:
    """The longest window for this model: what both tokenizer and position embeddings allow."""
    limit = MAX_WINDOW_TOKENS
    longest = getattr(tokenizer, "model_max_length", None)
    if isinstance(longest, (int, float)) and longest > 0:
        limit = int(min(limit, longest))
    return min(limit, positions) if positions else limit
