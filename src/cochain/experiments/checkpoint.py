"""The state of a training on disk, so that a run which was ended goes on from there, bit for bit."""

import json
import math
import os
import time
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from cochain.errors import DataError
from cochain.experiments.files import write_atomically

FORMAT = 1
"""Version of the checkpoint file."""
SHARE = 0.05
"""Most of the training's time that writing checkpoints may take. An epoch longer than 20 times what a checkpoint
takes to write is always followed by one; of shorter epochs only every so many."""


class CheckpointWarning(UserWarning):
    """A checkpoint that cannot be used or written, and what is done about it."""


@dataclass(frozen=True)
class Snapshot:
    """The state of a training: tensors by name, and everything else as plain values."""

    tensors: dict[str, Tensor]
    """On the CPU."""
    values: dict[str, Any]
    """What goes to JSON."""

    def to_bytes(self, identity: str, spec: str = "") -> bytes:
        """Give a safetensors file whose header holds the values as JSON, the run and its spec, and a checksum."""
        flat, index = _flatten(self.tensors)
        text = json.dumps({"index": index, "values": self.values})
        header = {"format": str(FORMAT), "run": identity, "spec": spec, "content": text, "crc": _crc(flat, text)}
        return save(flat, header)

    @staticmethod
    def read(path: Path, identity: str) -> "Snapshot":
        """Read a file that `to_bytes` gave.

        Raises:
            DataError: for a file that is damaged, of another run or of another format.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DataError(f"{path} should be a checkpoint, but cannot be read ({error.strerror})") from error
        return Snapshot.parse(data, identity, str(path))

    @staticmethod
    def parse(data: bytes, identity: str, name: str = "the data") -> "Snapshot":
        """Read what `to_bytes` gave; `name` is for messages.

        Raises:
            DataError: for data that is damaged, of another run or of another format.
        """
        try:
            flat, header = load(data), header_of(data)
        except (SafetensorError, ValueError) as error:
            raise DataError(f"{name} should be a checkpoint, but cannot be read ({error})") from error
        if header.get("format") != str(FORMAT):
            raise DataError(
                f"{name} should be a checkpoint of format {FORMAT}, but has format {header.get('format')!r}: another "
                "version of Cochain wrote it"
            )
        if header.get("run") != identity:
            raise DataError(
                f"{name} should belong to run {identity[:16]}, but belongs to {header.get('run', 'none')[:16]}"
            )
        if header.get("crc") != _crc(flat, header.get("content", "")):
            raise DataError(f"{name} should be a checkpoint, but its checksum does not fit: it is damaged")
        content = json.loads(header["content"])
        return Snapshot(_unflatten(flat, content["index"]), content["values"])


def _flatten(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[Any]]:
    """Lay all tensors of a type one after another: a thousand small ones cost more to write than their bytes.

    The second part says which lies where: name, type and shape of each, in order.
    """
    index: list[Any] = []
    parts: dict[str, list[Tensor]] = {}
    for name, value in tensors.items():
        kind = str(value.dtype).removeprefix("torch.")
        index.append([name, kind, list(value.shape)])
        parts.setdefault(kind, []).append(value.detach().cpu().reshape(-1))
    return {kind: torch.cat(values) for kind, values in parts.items()}, index


def _unflatten(flat: dict[str, Tensor], index: list[Any]) -> dict[str, Tensor]:
    """Give back what `_flatten` took, each with memory of its own."""
    found, begin = {}, dict.fromkeys(flat, 0)
    for name, kind, shape in index:
        end = begin[kind] + math.prod(shape)
        found[name] = flat[kind][begin[kind] : end].reshape(shape).clone()
        begin[kind] = end
    return found


def header_of(data: bytes) -> dict[str, str]:
    """Give the texts in the header of a safetensors file, which begins with its length in eight bytes.

    Raises:
        ValueError: when there is none.
    """
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return dict(header.get("__metadata__") or {})


def _crc(tensors: dict[str, Tensor], text: str) -> str:
    value = zlib.crc32(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        value = zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), value)
        if tensor.numel():
            value = zlib.crc32(tensor.reshape(-1).view(torch.uint8).numpy().data, value)
    return f"{value:08x}"


class Checkpoint:
    """Where the state of one run is kept while it trains.

    A file that cannot be read, or written, is named in a warning and never ends the run: without it the training
    begins anew, and without room for it the training goes on unprotected.

    Args:
        path: the file.
        identity: sha256 of the spec of the run; a file of another one is not taken.
        spec: the spec as JSON, so that the file tells by itself what it belongs to.
        share: most of the training's time that the writing may take.
    """

    def __init__(self, path: str | os.PathLike[str], identity: str, spec: str = "", share: float | None = None) -> None:
        self.path = Path(path)
        self.identity, self.spec = identity, spec
        self.share = SHARE if share is None else share
        self._spent = self._trained = 0.0
        self._named = False

    def load(self, check: Callable[[Snapshot], None] | None = None) -> Snapshot | None:
        """Give the state that was written last, or None where there is none that can be used.

        Args:
            check: raises a DataError for a state that does not fit.
        """
        if not self.path.exists():
            return None
        try:
            found = Snapshot.read(self.path, self.identity)
            if check is not None:
                check(found)
        except DataError as error:
            warnings.warn(CheckpointWarning(f"{error}; the training begins anew"), stacklevel=2)
            return None
        return found

    def is_due(self, seconds: float) -> bool:
        """Whether to write after an epoch of so many seconds: the first time, and while writing costs little enough."""
        self._trained += seconds
        return self._spent <= self.share * self._trained

    def save(self, snapshot: Snapshot) -> None:
        """Write the state in place of the last one, as a whole or not at all."""
        begin = time.perf_counter()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, snapshot.to_bytes(self.identity, self.spec))
        except OSError as error:
            if not self._named:
                message = (
                    f"{self.path} should be written, but cannot be ({error.strerror}); the training goes on, and would "
                    "begin anew if it were ended now"
                )
                warnings.warn(CheckpointWarning(message), stacklevel=2)
            self._named = True
        self._spent += time.perf_counter() - begin

    def remove(self) -> None:
        """Delete the file; it has done its part once the result is written."""
        self.path.unlink(missing_ok=True)


def pack_optimizer(optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Take the state of an optimiser apart into tensors and plain values."""
    state = optimizer.state_dict()
    tensors: dict[str, Tensor] = {}
    values: dict[str, Any] = {}
    for number, entries in state["state"].items():
        for name, value in entries.items():
            if isinstance(value, Tensor):
                tensors[f"{number}.{name}"] = value
            else:
                values[f"{number}.{name}"] = value
    return tensors, {"state": values, "groups": state["param_groups"]}


def unpack_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Put back what `pack_optimizer` took apart."""
    state: dict[int, dict[str, Any]] = {}
    for place, value in {**values["state"], **tensors}.items():
        number, _, name = place.partition(".")
        state.setdefault(int(number), {})[name] = value
    # JSON knows no tuples, and the betas are one.
    groups = [
        {name: tuple(value) if name == "betas" else value for name, value in group.items()}
        for group in values["groups"]
    ]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def pack_random(generator: torch.Generator, device: torch.device) -> dict[str, Tensor]:
    """Give the state of all that is random in a training: torch's numbers (dropout), and the order of batches."""
    found = {"torch": torch.get_rng_state(), "order": generator.get_state()}
    if device.type == "cuda":
        found["cuda"] = torch.cuda.get_rng_state(device)
    return found


def unpack_random(generator: torch.Generator, device: torch.device, tensors: dict[str, Tensor]) -> None:
    """Put back what `pack_random` gave."""
    torch.set_rng_state(tensors["torch"])
    generator.set_state(tensors["order"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(tensors["cuda"], device)


def pack_list(values: list[float | None]) -> tuple[Tensor, Tensor]:
    """Give numbers, exactly, and which of them are there."""
    there = torch.tensor([value is not None for value in values], dtype=torch.bool)
    return torch.tensor([0.0 if value is None else value for value in values], dtype=torch.float64), there


def unpack_list(values: Tensor, there: Tensor) -> list[float | None]:
    """Give back what `pack_list` took."""
    return [value if known else None for value, known in zip(values.tolist(), there.tolist(), strict=True)]


def prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Put a prefix before every name."""
    return {f"{prefix}/{name}": value for name, value in tensors.items()}


def without_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Give those whose names have the prefix, without it."""
    start = f"{prefix}/"
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}


def check_fits(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Check that weights are those of a model.

    Raises:
        DataError: when a name or a shape differs, with the first one.
    """
    want = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    have = {name: tuple(value.shape) for name, value in tensors.items()}
    for name in sorted(want.keys() | have.keys()):
        if want.get(name) != have.get(name):
            raise DataError(
                f"weight {name} should have shape {want.get(name, 'none')}, but has {have.get(name, 'none')}; "
                "another version wrote it"
            )
