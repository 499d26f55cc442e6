"""Many runs: one after another here, or several at a time in processes of their own."""

import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path
from queue import Empty
from typing import Any

import torch

from cochain.complexes import Complex
from cochain.errors import CochainError
from cochain.experiments.comparison import Task
from cochain.experiments.execute import Bench, Data
from cochain.experiments.progress import Event, Progress
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished, Store

Done = tuple[RunSpec, Finished | str]
"""A run and its result, or why there is none."""

ENDED = "a process should finish its runs, but was ended from outside, most likely for want of memory; try fewer --jobs"
POLL_SECONDS = 0.1
LATE_SECONDS = 5.0
OUT_OF_MEMORY = (
    "memory should hold the run, but ran out; take smaller batches (--option batch_size=...), fewer channels "
    "(--option hidden=...), or leave the model out"
)


def run_one(bench: Bench, spec: RunSpec, progress: Progress) -> Finished | str:
    """Make a run, telling its progress; give its result, or why there is none."""
    where: dict[str, Any] = {"model": spec.model, "fold": spec.fold, "seed": spec.seed}

    def on_epoch(epoch: int, seconds: float, score: float | None) -> None:
        progress(Event("epoch", **where, epoch=epoch, seconds=seconds, score=score))

    progress(Event("start", **where))
    try:
        finished = bench.run(spec, on_epoch)
    except CochainError as error:
        message = str(error)
    except (MemoryError, torch.OutOfMemoryError):
        message = OUT_OF_MEMORY
    else:
        progress(Event("done", **where, score=finished.result.test_score))
        return finished
    progress(Event("failed", **where, message=message))
    return message


def run_here(bench: Bench, specs: Sequence[RunSpec], progress: Progress) -> Iterator[Done]:
    """Make runs one after another."""
    for spec in specs:
        yield spec, run_one(bench, spec, progress)


def run_in_processes(bench: Bench, specs: Sequence[RunSpec], progress: Progress, jobs: int) -> Iterator[Done]:
    """Make runs in processes that are started afresh, each with its share of the processors.

    The data goes to them as a memory-mapped file, so it lies in memory once. When the iteration ends early, by Ctrl-C
    too, the processes end with it.
    """
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    with tempfile.TemporaryDirectory(prefix="cochain-") as folder:
        path = Path(folder) / "data.safetensors"
        bench.data.complex_.independent().save(path)
        events = context.Queue()
        share = max(1, (os.cpu_count() or 1) // jobs)
        start = (str(path), asdict(bench.data.task), str(bench.store.root) if bench.store else None, share, events)
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=start)
        try:
            futures = {pool.submit(_work, spec.to_json()): spec for spec in specs}
            yield from _collect(futures, events, progress)
        finally:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
            events.close()


def _collect(futures: dict[Future[Any], RunSpec], events: Any, progress: Progress) -> Iterator[Done]:
    left, awaited = set(futures), 0
    while left:
        finished, left = wait(left, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        awaited -= _pass_on(events, progress)
        for future in finished:
            try:
                result = future.result()
            except BrokenExecutor:
                result = ENDED
            awaited += not isinstance(result, str)
            yield futures[future], result
    # A result can overtake the last events of its run, which go through a queue of their own.
    until = time.monotonic() + LATE_SECONDS
    while awaited > 0 and time.monotonic() < until:
        time.sleep(0.01)
        awaited -= _pass_on(events, progress)


def _pass_on(events: Any, progress: Progress) -> int:
    """Pass on what has arrived; give the number of runs that it says are done."""
    done = 0
    while True:
        try:
            event = events.get_nowait()
        except Empty:
            return done
        done += event.kind == "done"
        progress(event)


_bench: Bench | None = None
_events: Any = None


def _start_worker(path: str, task: dict[str, Any], runs: str | None, share: int, events: Any) -> None:
    """Open the data once for all runs of this process."""
    global _bench, _events
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends workers at once; the main process has the results
    data = Data(Complex.load(path), Task(**task))
    _bench, _events = Bench(data, Store(runs) if runs is not None else None, share), events


def _work(text: str) -> Finished | str:
    assert _bench is not None
    return run_one(_bench, RunSpec.model_validate_json(text), _events.put)
