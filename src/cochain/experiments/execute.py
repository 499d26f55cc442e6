"""One run from its spec: prepare, build, train, store."""

import os
import platform
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cochain.complexes import Complex
from cochain.errors import DataError
from cochain.experiments.comparison import Task
from cochain.experiments.estimate import check_step, within_memory
from cochain.experiments.links import HeldOut, LinkProblem, hold_out
from cochain.experiments.parallel import Share, check_shareable, joined
from cochain.experiments.prepare import Prepared, Workshop
from cochain.experiments.problems import LabelledProblem, Problem
from cochain.experiments.sound import check_features, notes_on
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished, Result, Store, StoreWarning
from cochain.experiments.tasks import Labels, check_fold, read_labels
from cochain.experiments.train import OnEpoch, Outcome, device_of, seeds_of, train
from cochain.models import build

HIDDEN = 64
CELLS_PER_THREADS = (
    100_000  # below, starting threads costs more than they save, and one alone gives the same bits anywhere
)
DTYPES = {"64-true": torch.float64}


@dataclass(frozen=True)
class Data:
    """The data of a comparison, before any lift."""

    complex_: Complex
    """Everything."""
    task: Task
    """What is asked."""


class Bench:
    """Executes runs on one data set; what they share is made once: lifts, operators, held-out edges.

    Args:
        data: the data.
        store: where finished runs are kept and found; None keeps none.
        threads: most threads of a run; 0 leaves it to torch.
        share: of several processes that train together, the part of this one; the first alone has a store.
    """

    def __init__(self, data: Data, store: Store | None = None, threads: int = 0, share: Share | None = None) -> None:
        self.data = data
        self.store = store
        self.threads = threads
        self.share = share
        self._labels: Labels | None = None
        self._workshops: dict[Any, Workshop] = {}
        self._held_out: dict[int, HeldOut] = {}
        self._on_device: dict[Any, Complex] = {}

    @property
    def labels(self) -> Labels:
        """Labels and split."""
        if self._labels is None:
            self._labels = read_labels(self.data.complex_, self.data.task)
        return self._labels

    def find(self, spec: RunSpec) -> Finished | None:
        """Give a run that is finished already."""
        return self.store.find(spec) if self.store else None

    def run(self, spec: RunSpec, on_epoch: OnEpoch | None = None) -> Finished:
        """Give a finished run, from the store or by training; where another process is at it, wait for that.

        Raises:
            CochainError: when the model cannot be built for the data, the fold cannot be learned, or training diverges.
        """
        finished = self.attempt(spec, on_epoch, wait=True)
        assert finished is not None
        return finished

    def attempt(
        self,
        spec: RunSpec,
        on_epoch: OnEpoch | None = None,
        on_start: Callable[[], None] | None = None,
        wait: bool = False,
    ) -> Finished | None:
        """Give a finished run as `run` does, or None at once where another process is at it.

        Args:
            spec: the run.
            on_epoch: told after every epoch.
            on_start: called when there is something to train.
            wait: wait for the other process instead.
        """
        if self.share is not None:
            return self._attempt_together(spec, on_epoch, on_start, self.share)
        if self.store is None:
            return self._train(spec, on_epoch, on_start)
        with self.store.locked(spec, wait) as mine:
            return self.store.find(spec) or self._train(spec, on_epoch, on_start) if mine else None

    def _attempt_together(
        self, spec: RunSpec, on_epoch: OnEpoch | None, on_start: Callable[[], None] | None, share: Share
    ) -> Finished:
        """Let the first process look into the store, and all of them do as it says."""
        with self.store.locked(spec) if self.store is not None else nullcontext():
            found = self.store.find(spec) if self.store is not None else None
            text = share.from_first(found.model_dump_json().encode() if found else b"")
            return Finished.model_validate_json(text) if text else self._train(spec, on_epoch, on_start)

    def _train(self, spec: RunSpec, on_epoch: OnEpoch | None, on_start: Callable[[], None] | None) -> Finished:
        if on_start is not None:
            on_start()
        notes = notes_on(self.data.complex_)
        notes += check_fold(self.labels, self.data.task, spec.fold) if spec.kind != "link" else []
        checkpoint = self.store.checkpoint(spec) if self.store is not None else None
        with threads(threads_for(self.data.complex_, spec, self.threads)):
            with within_memory(spec):
                problem, prepared = self.problem(spec)
            with within_memory(spec, problem.complex_):
                check_step(spec, problem.complex_)
                model = self.model(spec, problem)
                outcome = train(spec, model, problem, on_epoch, checkpoint, self.share)
        result = Result(
            hash=spec.hash,
            test_score=outcome.test_score,
            validation_score=outcome.validation_score,
            best_epoch=outcome.best_epoch,
            seconds=outcome.seconds,
            seconds_per_epoch=outcome.seconds_per_epoch,
            parameters=sum(p.numel() for p in model.parameters() if p.requires_grad),
            peak_memory_mb=outcome.peak_memory_mb,
            warnings=[*prepared.warnings, *notes],
            equations=list(model.equations()),  # type: ignore[operator]
            diagram=model.diagram(),  # type: ignore[operator]
            environment=environment(),
            answers=outcome.answers,
        )
        self._keep(spec, result, outcome)
        return Finished(result=result, curve=outcome.curve)

    def _keep(self, spec: RunSpec, result: Result, outcome: Outcome) -> None:
        """Write a result; where that is not possible it is not lost to who waits for it."""
        if self.store is None:
            return
        try:
            self.store.save(spec, result, outcome.curve, outcome.weights)
        except DataError as error:
            warnings.warn(StoreWarning(str(error)), stacklevel=2)

    def problem(self, spec: RunSpec) -> tuple[Problem, Prepared]:
        """Give the problem of a run, on its device, and how the data was prepared for it."""
        dtype = DTYPES.get(spec.precision, torch.float32)
        device = device_of(spec.device)
        if spec.kind == "link":
            if spec.fold not in self._held_out:
                self._held_out[spec.fold] = hold_out(self.data.complex_, spec.fold)
            held_out = self._held_out[spec.fold]
            prepared = self._workshop(held_out.graph, spec.fold, dtype).prepare(spec.model, spec.lift, 0)
            return LinkProblem(self._move(prepared, device), held_out, spec.metric), prepared
        prepared = self._workshop(self.data.complex_, None, dtype).prepare(spec.model, spec.lift, spec.target)
        moved = self._move(prepared, device)
        merge = spec.protocol == "xu"
        parts = (moved, self.data.task, self.labels, spec.fold, spec.training, merge, self.share)
        return LabelledProblem(*parts), prepared

    def _workshop(self, complex_: Complex, fold: int | None, dtype: torch.dtype) -> Workshop:
        return self._workshops.setdefault((fold, dtype), Workshop(complex_, dtype))

    def _move(self, prepared: Prepared, device: torch.device) -> Complex:
        """Copy to the device once, so that runs share the operators that are derived there."""
        key = (id(prepared), device)
        if key not in self._on_device:
            self._on_device[key] = prepared.complex_.to(device)
        return self._on_device[key]

    def model(self, spec: RunSpec, problem: Problem) -> nn.Module:
        """Build the model of a run with its initial weights."""
        out = problem.outputs or int(spec.options.get("hidden", HIDDEN))
        weights_seed = seeds_of(spec.seed, spec.fold)[0]
        return build(spec.model, problem.complex_, out=out, target=spec.target, seed=weights_seed, options=spec.options)


def train_one(spec: RunSpec, data: Data, store: Store | None = None, on_epoch: OnEpoch | None = None) -> Finished:
    """Make one run, alone or together with the other processes that `torchrun` started.

    In several processes the batches are shared out by components, and all get the same `Finished`; process 0 alone
    reads and writes the store and tells of the epochs. `parallel.is_shared()` and the environment's RANK tell a
    command which process it is.

    Args:
        spec: the run.
        data: the data, the same in all processes.
        store: where it is kept.
        on_epoch: told after every epoch.

    Raises:
        CochainError: as `Bench.run`.
        SpecError: for several processes and data that cannot be shared out.
    """
    check_features(data.complex_)
    with joined() as share:
        if share is None:
            return Bench(data, store).run(spec, on_epoch)
        check_shareable(len(data.complex_), spec.kind, spec.device, spec.training.batch_size, share)
        first = share.rank == 0
        return Bench(data, store if first else None, share=share).run(spec, on_epoch if first else None)


def threads_for(complex_: Complex, spec: RunSpec, most: int = 0) -> int:
    """Choose the threads of a run: one for little data, so that its bits do not depend on the machine's processors.

    Args:
        complex_: the data; a batch of components counts, or the whole of a single one.
        spec: the run.
        most: threads that are to be had; 0 for what torch has.
    """
    share = min(1.0, spec.training.batch_size / len(complex_)) if len(complex_) > 1 else 1.0
    if sum(complex_.sizes) * share < CELLS_PER_THREADS:
        return 1
    return most or torch.get_num_threads()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch use so many threads."""
    import numba

    before = torch.get_num_threads()
    # Starts numba's threads, if they are not: that sets the number of OpenMP's threads, which torch shares, to all.
    numba.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def environment() -> dict[str, str | int]:
    """Say where a run was made: none of it is in the spec, all of it may change the last bits."""
    return {
        "threads": torch.get_num_threads(),
        "cpus": os.cpu_count() or 1,
        "platform": platform.platform(),
        **versions(),
    }


def versions() -> dict[str, str]:
    """Give the versions that numbers may depend on."""
    import numpy as np

    from cochain import __version__

    return {
        "cochain": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }
