"""The folder of runs: one folder for each, named by its spec, every file written at once or not at all."""

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from cochain.errors import DataError, SpecError
from cochain.experiments.answers import Answers
from cochain.experiments.checkpoint import Checkpoint
from cochain.experiments.comparison import Curve
from cochain.experiments.files import write_atomically
from cochain.experiments.locks import locked
from cochain.experiments.spec import RunSpec, read_spec

SPEC, RESULT, CURVE, WEIGHTS = "spec.json", "result.json", "curve.json", "weights.safetensors"
CHECKPOINT = "checkpoint.safetensors"
LOCKS = ".locks"


class StoreWarning(UserWarning):
    """A folder of a run that is not what it should be, and what is done about it."""


class Result(BaseModel):
    """What result.json holds. It is written last: a folder with a readable one is a finished run."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    hash: str
    """sha256 of the spec."""
    test_score: float
    """Score on the test part with the kept weights."""
    validation_score: float | None
    """Score on the validation part at the best epoch."""
    best_epoch: int
    """The epoch whose weights were kept."""
    seconds: float
    """Time of the training."""
    seconds_per_epoch: float
    """Median of the epochs."""
    parameters: int
    """Trained numbers."""
    peak_memory_mb: float
    """Peak of memory."""
    warnings: list[str]
    """What a reader of the score should know."""
    equations: list[str]
    """The model's equations."""
    diagram: str
    """The model's diagram, SVG."""
    environment: dict[str, str | int]
    """Threads, platform and versions."""
    answers: Answers | None = None
    """The answers on the test part with the kept weights, condensed; None in runs from before they were kept."""


class Finished(BaseModel):
    """A run as it lies in the store."""

    model_config = ConfigDict(frozen=True)

    result: Result
    """Its result."""
    curve: Curve
    """Its learning curves."""


class Store:
    """A folder of runs.

    `runs/<first 16 digits of the hash>/` holds spec.json, curve.json, weights.safetensors and result.json, and while
    the run trains checkpoint.safetensors. Each file is written beside its place, flushed to the disk and renamed,
    result.json last. What follows from that is a promise:

    * A run is finished, or it is not there; a finished one is never trained again, nor changed.
    * A run that was ended, by `kill -9` too, goes on from its checkpoint. It repeats at most the epoch that it was in
      (of epochs shorter than 20 times the writing of a checkpoint, at most so much time), and gives the same bits on
      the CPU as if it had not been ended.
    * Processes that share the folder share the work: a lock for each run, which ends with the process that holds it.
    * No time of day is read: what is newer is told by nothing but the names and contents of files.
    * A file that is damaged, or of another version or run, is named in a warning and made again; runs of other
      versions lie under names of their own, untouched.
    * A disk that is full costs the keeping, not the run: its result is still reported, with a warning.

    Args:
        root: the folder; made when it is missing.
        writable: check that it can be written to; False for reading alone.

    Raises:
        SpecError: when the folder cannot be made or written to.
    """

    def __init__(self, root: str | os.PathLike[str], writable: bool = True) -> None:
        self.root = Path(root)
        if not writable:
            return
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise SpecError(
                f"runs should name a folder to write to, but {self.root} is none ({error.strerror}); name another"
            ) from error

    def folder(self, spec: RunSpec) -> Path:
        """Give the folder of a run."""
        return self.root / spec.folder

    def locked(self, spec: RunSpec, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the lock of a run; gives False where another process holds it and `wait` is False."""
        return locked(self.root / LOCKS / f"{spec.folder}.lock", wait)

    def checkpoint(self, spec: RunSpec) -> Checkpoint:
        """Give the place of a run's state while it trains."""
        return Checkpoint(self.folder(spec) / CHECKPOINT, spec.hash, spec.to_json())

    def find(self, spec: RunSpec) -> Finished | None:
        """Give a finished run, or None. What cannot be read is named in a warning, and made again."""
        folder = self.folder(spec)
        if not (folder / RESULT).exists():
            return None
        try:
            stored = read_spec((folder / SPEC).read_text("utf-8"))
            result = Result.model_validate_json((folder / RESULT).read_bytes())
            finished = Finished(result=result, curve=json.loads((folder / CURVE).read_bytes()))
        except (OSError, ValueError, SpecError) as error:
            reason = f"{error.error_count()} fields do not fit" if isinstance(error, ValidationError) else str(error)
            warnings.warn(
                StoreWarning(f"{folder} should hold a finished run, but cannot be read ({reason}); it is made again"),
                stacklevel=2,
            )
            return None
        if stored.hash != spec.hash or result.hash != spec.hash:
            warnings.warn(
                StoreWarning(f"{folder} should hold run {spec.hash[:16]}, but holds another; it is made again"),
                stacklevel=2,
            )
            return None
        return finished

    def save(self, spec: RunSpec, result: Result, curve: Curve, weights: dict[str, Tensor]) -> None:
        """Write a finished run.

        Raises:
            DataError: when the disk is full or the folder cannot be written; nothing half-written counts as finished.
        """
        folder = self.folder(spec)
        plain = {
            "epoch": curve.epoch,
            "train_loss": curve.train_loss,
            "validation_score": curve.validation_score,
            "test_score": curve.test_score,
        }
        try:
            folder.mkdir(exist_ok=True)
            (folder / RESULT).unlink(missing_ok=True)
            for left_behind in folder.glob(".*"):  # by a process that was ended while it wrote
                left_behind.unlink(missing_ok=True)
            write_atomically(folder / SPEC, json.dumps(spec.model_dump(mode="json"), indent=1).encode())
            write_atomically(folder / CURVE, json.dumps(plain).encode())
            write_atomically(folder / WEIGHTS, save({name: value.contiguous() for name, value in weights.items()}))
            write_atomically(folder / RESULT, result.model_dump_json(indent=1).encode())
            (folder / CHECKPOINT).unlink(missing_ok=True)
        except OSError as error:
            raise DataError(
                f"{folder} should be written, but cannot be ({error.strerror}); the run is not kept; make room, and "
                "ask again to have it kept"
            ) from error

    def folders(self) -> list[str]:
        """Give the names of all folders that should hold a run."""
        return [path.name for path in self._folders()]

    def finished(self) -> Iterator[tuple[RunSpec, Finished]]:
        """Give all finished runs, of whatever version, by the names of their folders."""
        for folder in self._folders():
            if (folder / RESULT).exists():
                spec = self._spec_in(folder)
                found = None if spec is None else self.find(spec)
                if spec is not None and found is not None:
                    yield spec, found

    def unfinished(self) -> Iterator[RunSpec]:
        """Give the runs that have a checkpoint and no result: the same call that began them goes on with them."""
        from safetensors import safe_open

        for folder in self._folders():
            if (folder / RESULT).exists() or not (folder / CHECKPOINT).exists():
                continue
            try:
                with safe_open(folder / CHECKPOINT, framework="pt") as file:
                    yield read_spec((file.metadata() or {}).get("spec", ""))
            except (OSError, SafetensorError, SpecError) as error:
                warnings.warn(StoreWarning(f"{folder} holds a checkpoint that cannot be read ({error})"), stacklevel=2)

    def weights(self, spec: RunSpec) -> dict[str, Tensor]:
        """Give the kept weights of a finished run.

        Raises:
            DataError: when they are missing or damaged.
        """
        path = self.folder(spec) / WEIGHTS
        try:
            return load(path.read_bytes())
        except (OSError, SafetensorError) as error:
            raise DataError(f"{path} should hold the weights of a run, but cannot be read ({error})") from error

    def remove(self, spec: RunSpec) -> None:
        """Delete a run, finished or not: its result first, so that it is never half there.

        Raises:
            SpecError: when a process is at it.
            DataError: when it cannot be deleted.
        """
        with self.locked(spec, wait=False) as mine:
            if not mine:
                raise SpecError(f"run {spec.folder} should not be in use, but a process is at it; end that first")
            try:
                (self.folder(spec) / RESULT).unlink(missing_ok=True)
                if self.folder(spec).exists():
                    shutil.rmtree(self.folder(spec))
            except OSError as error:
                raise DataError(
                    f"{self.folder(spec)} should be deleted, but cannot be ({error.strerror}); see who owns it"
                ) from error

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return sorted(path for path in self.root.iterdir() if path.is_dir() and path.name != LOCKS)

    def _spec_in(self, folder: Path) -> RunSpec | None:
        try:
            spec = read_spec((folder / SPEC).read_text("utf-8"))
        except (OSError, ValueError) as error:  # a SpecError is a ValueError
            warnings.warn(StoreWarning(f"{folder} should hold a run, but cannot be read ({error})"), stacklevel=2)
            return None
        if spec.folder != folder.name:
            warnings.warn(
                StoreWarning(f"{folder} should hold run {folder.name}, but holds {spec.folder}; it is left alone"),
                stacklevel=2,
            )
            return None
        return spec
