"""The numbers of a model's files: as other programs store them, or in 8 bits.

In 8 bits a matrix is stored as whole numbers from -127 to 127, each run of `GROUP` of a row with a
scale of its own in 16 bits: a quarter of the size of 32 bits. They are multiplied out before
anything is computed: only the file is smaller, and every machine computes with the same numbers.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from qa_bot.transformer.config import tensor_names, weight_files

GROUP = 64  # numbers of a row that share a scale
LEAST = 2**19  # numbers of a matrix worth storing in 8 bits
MOST_BYTES = 64 * 10**6  # of a file: code hosts refuse files of 100 MB
SCALES = ".scales"  # a matrix's scales are stored under its name and this


def read_weights(folder: Path) -> dict[str, Tensor]:
    """All tensors of a model's files, as stored."""
    tensors: dict[str, Tensor] = {}
    for path in weight_files(folder):
        with safe_open(path, "pt") as file:
            tensors |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return tensors


def write_eight_bits(tensors: Mapping[str, Tensor], folder: Path) -> list[Path]:
    """Store a model's tensors, large matrices in 8 bits and the rest in 16; returns the files.

    Raises:
        ValueError: a value is too large for 16 bits, or is no number.
    """
    small: dict[str, Tensor] = {}
    for name, tensor in sorted(tensors.items()):
        if tensor.ndim == 2 and tensor.numel() >= LEAST and tensor.shape[1] % GROUP == 0:
            small[name], small[name + SCALES] = _quantised(tensor)
        else:
            small[name] = (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
    if bad := [name for name, tensor in small.items() if not tensor.isfinite().all()]:
        raise ValueError(f"{bad[0]} has values that 16 bits cannot hold")
    parts: list[dict[str, Tensor]] = [{}]
    room = MOST_BYTES
    for name, tensor in small.items():
        if (size := tensor.nbytes) > room and parts[-1]:
            parts.append({})
            room = MOST_BYTES
        parts[-1][name] = tensor
        room -= size
    written = []
    for number, part in enumerate(parts, start=1):
        written.append(folder / f"model-{number:05}-of-{len(parts):05}.safetensors")
        save_file(part, written[-1], metadata={"format": "pt"})
    return written


def unpack(folder: Path, target: Path) -> Path:
    """A copy of a model's folder in `target` as other programs read it, in 16 bits."""
    weights = {path.name for path in weight_files(folder)}
    shutil.copytree(folder, target, ignore=lambda _, names: weights & set(names))
    tensors = read_weights(folder)
    names = [name for name in tensors if not name.endswith(SCALES)]
    held = {name: whole(tensors, name, torch.float16).contiguous() for name in names}
    save_file(held, target / "model.safetensors", metadata={"format": "pt"})
    (target / "checksums.json").unlink(missing_ok=True)  # of the files that it came from
    return target


def is_packed(folder: Path) -> bool:
    """Whether a model's files hold numbers in 8 bits, which other programs cannot read."""
    return any(name.endswith(SCALES) for name in tensor_names(folder))


def whole(tensors: Mapping[str, Tensor], name: str, dtype: torch.dtype) -> Tensor:
    """One tensor, ready to compute with."""
    tensor = tensors[name]
    if (scales := tensors.get(name + SCALES)) is not None:
        return _times(tensor, scales).to(dtype)
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


class Table:
    """An embedding table kept as stored: few of its rows are wanted at a time.

    Example:
        >>> table = Table({"words": torch.eye(3).half()}, "words", torch.float32)
        >>> table(torch.tensor([2]))
        tensor([[0., 0., 1.]])
    """

    def __init__(self, tensors: Mapping[str, Tensor], name: str, dtype: torch.dtype) -> None:
        self._rows, self._scales = tensors[name], tensors.get(name + SCALES)
        self._dtype = dtype

    def __call__(self, ids: Tensor) -> Tensor:
        """(tokens,) → (tokens, hidden)."""
        rows = F.embedding(ids, self._rows)
        if self._scales is not None:
            rows = _times(rows, F.embedding(ids, self._scales))
        return rows.to(self._dtype)


def _quantised(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, columns) → whole numbers of the same shape, and scales (rows, columns / GROUP)."""
    runs = matrix.double().view(len(matrix), -1, GROUP)
    scales = (runs.abs().amax(-1) / 127).half()
    divisor = scales.double().clamp(min=torch.finfo(torch.float16).tiny)[..., None]
    numbers = (runs / divisor).round().clamp(-127, 127).to(torch.int8)
    return numbers.flatten(1).contiguous(), scales


def _times(numbers: Tensor, scales: Tensor) -> Tensor:
    """What `_quantised` took apart, in 32 bits: exact, as 8 and 11 bits of mantissa fit in 24."""
    return (numbers.float().view(len(numbers), -1, GROUP) * scales.float()[..., None]).flatten(1)
