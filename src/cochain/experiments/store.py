"""The folder of runs: one folder for each, named by its spec, every file written at once or not at all."""

import json
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors.torch import save
from torch import Tensor

from cochain.errors import DataError, SpecError
from cochain.experiments.comparison import Curve
from cochain.experiments.spec import RunSpec, read_spec

SPEC, RESULT, CURVE, WEIGHTS = "spec.json", "result.json", "curve.json", "weights.safetensors"


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


class Finished(BaseModel):
    """A run as it lies in the store."""

    model_config = ConfigDict(frozen=True)

    result: Result
    """Its result."""
    curve: Curve
    """Its learning curves."""


class Store:
    """A folder of runs.

    `runs/<first 16 digits of the hash>/` holds spec.json, curve.json, weights.safetensors and result.json. Each file is
    written beside its place, flushed to the disk and renamed, result.json last. So whatever is interrupted, a run is
    either finished or not there, and is then made again. A lock for each run lets two processes share a folder: the
    second waits, and finds the run finished.

    Args:
        root: the folder; made when it is missing.

    Raises:
        SpecError: when the folder cannot be made or written to.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
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

    @contextmanager
    def locked(self, spec: RunSpec) -> Iterator[None]:
        """Hold the lock of a run; another process that wants it waits."""
        from filelock import FileLock

        locks = self.root / ".locks"
        locks.mkdir(exist_ok=True)
        with FileLock(locks / f"{spec.folder}.lock"):
            yield

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
                left_behind.unlink()
            write_atomically(folder / SPEC, json.dumps(spec.model_dump(mode="json"), indent=1).encode())
            write_atomically(folder / CURVE, json.dumps(plain).encode())
            write_atomically(folder / WEIGHTS, save({name: value.contiguous() for name, value in weights.items()}))
            write_atomically(folder / RESULT, result.model_dump_json(indent=1).encode())
        except OSError as error:
            raise DataError(
                f"{folder} should be written, but cannot be ({error.strerror}); the run is not kept, make room and "
                "compare again"
            ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that at any moment it is there as a whole or not at all.

    Raises:
        OSError: when it cannot be written; then nothing is left behind.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system allows it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
