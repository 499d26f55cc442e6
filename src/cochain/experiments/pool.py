"""Many runs: one after another here, or several at a time in processes of their own."""

import multiprocessing
import os
import signal
import tempfile
import threading
import time
import warnings
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from cochain.complexes import Complex
from cochain.errors import CochainError
from cochain.experiments.comparison import Task
from cochain.experiments.execute import Bench, Data
from cochain.experiments.progress import Event, Progress
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished, Store

Done = tuple[RunSpec, Finished | str]
"""A run and its result, or why there is none."""

HELD_SECONDS = 0.5
"""How long to wait before asking again for a run that another process is at."""
ATTEMPTS = 2
"""How often a run is begun whose process is ended from outside."""


def run_one(bench: Bench, spec: RunSpec, progress: Progress) -> Finished | str | None:
    """Make a run, telling its progress; give its result, or why there is none; None where another process is at it."""
    where: dict[str, Any] = {"model": spec.model, "fold": spec.fold, "seed": spec.seed}
    trained = False

    def on_start() -> None:
        nonlocal trained
        trained = True
        progress(Event("start", **where))

    def on_epoch(epoch: int, seconds: float, score: float | None) -> None:
        progress(Event("epoch", **where, epoch=epoch, seconds=seconds, score=score))

    try:
        finished = bench.attempt(spec, on_epoch, on_start)
    except CochainError as error:
        progress(Event("failed", **where, message=str(error)))
        return str(error)
    if finished is not None:
        progress(Event("done" if trained else "found", **where, score=finished.result.test_score))
    return finished


def run_here(bench: Bench, specs: Sequence[RunSpec], progress: Progress) -> Iterator[Done]:
    """Make runs one after another; those that another process is at come last, and are found when it is done."""
    left, held = deque(specs), 0
    while left:
        spec = left.popleft()
        outcome = run_one(bench, spec, progress)
        if outcome is not None:
            held = 0
            yield spec, outcome
            continue
        left.append(spec)
        held += 1
        if held >= len(left):
            time.sleep(HELD_SECONDS)
            held = 0


def run_in_processes(bench: Bench, specs: Sequence[RunSpec], progress: Progress, jobs: int) -> Iterator[Done]:
    """Make runs in processes that are started afresh, each with its share of the processors.

    The data goes to them as a memory-mapped file, so it lies in memory once. When the iteration ends early, by Ctrl-C
    too, the processes end with it; and when this process is killed, they end by themselves. When one of them is killed,
    as a system does that has no memory left, its run is begun once more in a new one, and given up after that; the
    other runs go on.
    """
    with tempfile.TemporaryDirectory(prefix="cochain-") as folder:
        path = Path(folder) / "data.safetensors"
        bench.data.complex_.independent().save(path)
        share = max(1, (os.cpu_count() or 1) // jobs)
        store = str(bench.store.root) if bench.store else None
        crew = _Crew(jobs, (str(path), asdict(bench.data.task), store, share), progress)
        try:
            yield from crew.work(specs)
        finally:
            crew.end()


class _Worker:
    """A process, the pipe to it, and the run that it is at."""

    def __init__(self, start: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, *start), daemon=True)
        self.process.start()
        other.close()  # so that the pipe ends with the process
        self.spec: RunSpec | None = None
        self.ready = False

    def give(self, spec: RunSpec) -> None:
        """Let it make a run."""
        self.spec = spec
        with suppress(OSError):  # it has ended, which is seen, and answered, where its messages are read
            self.pipe.send(spec.to_json())

    def messages(self) -> Iterator[tuple[str, Any]]:
        """Give what it has said; at last that it ended, if it did."""
        try:
            while self.pipe.poll():
                yield self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            yield "ended", self.process.exitcode


class _Crew:
    """Processes and the runs that they share."""

    def __init__(self, jobs: int, start: tuple[Any, ...], progress: Progress) -> None:
        self.start, self.progress = start, progress
        self.workers = [_Worker(start) for _ in range(jobs)]
        self.waiting: deque[tuple[RunSpec, float]] = deque()
        self.attempts: Counter[str] = Counter()
        self.any_ready = False
        self.still_born = 0

    def work(self, specs: Sequence[RunSpec]) -> Iterator[Done]:
        """Give the runs as they are done."""
        self.waiting.extend((spec, 0.0) for spec in specs)
        while self.waiting or any(worker.spec for worker in self.workers):
            self._deal()
            wait([worker.pipe for worker in self.workers], timeout=HELD_SECONDS)
            for worker in list(self.workers):
                for kind, content in worker.messages():
                    yield from self._hear(worker, kind, content)

    def end(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join()
            worker.pipe.close()

    def _deal(self) -> None:
        """Give every idle process a run, but none that another comparison was just seen to be at."""
        for worker in self.workers:
            if worker.spec is None and self.waiting and self.waiting[0][1] <= time.monotonic():
                worker.give(self.waiting.popleft()[0])

    def _hear(self, worker: _Worker, kind: str, content: Any) -> Iterator[Done]:
        if kind == "event":
            self.progress(content)
        elif kind == "ready":
            self.any_ready = worker.ready = True
        elif kind == "warning":
            warnings.warn(content, stacklevel=2)
        elif kind == "ended":
            yield from self._replace(worker, content)
        else:
            spec, worker.spec = worker.spec, None
            assert spec is not None
            if content is None:
                self.waiting.append((spec, time.monotonic() + HELD_SECONDS))
            else:
                yield spec, content

    def _replace(self, worker: _Worker, code: int) -> Iterator[Done]:
        """Start another process in place of one that ended, and decide about its run."""
        self.workers.remove(worker)
        worker.pipe.close()
        spec = worker.spec
        if spec is not None:
            self.attempts[spec.hash] += 1
            if self.attempts[spec.hash] < ATTEMPTS:
                self.waiting.appendleft((spec, 0.0))
            else:
                yield self._give_up(spec, code, worker.ready)
        self.still_born += not worker.ready
        if self.still_born >= ATTEMPTS and not self.any_ready:
            while self.waiting:
                yield self._give_up(self.waiting.popleft()[0], code, ready=False)
        if self.waiting:
            self.workers.append(_Worker(self.start))

    def _give_up(self, spec: RunSpec, code: int, ready: bool) -> Done:
        message = _ended(code, self.attempts[spec.hash], ready)
        self.progress(Event("failed", spec.model, spec.fold, spec.seed, message=message))
        return spec, message


def _ended(code: int, times: int, ready: bool) -> str:
    """Say how a process ended."""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    if not ready:
        return f"a process for the run should start, but {how} before it could begin; try --jobs 1"
    often = "" if times == 1 else f", {times} times"
    remedy = "most likely for want of memory; try fewer --jobs or smaller batches" if code == -signal.SIGKILL else (
        "which is a bug; its traceback stands above, or --jobs 1 shows it"
    )  # fmt: skip
    return f"the process of the run should finish it, but {how}{often}, {remedy}"


def _serve(pipe: Connection, path: str, task: dict[str, Any], runs: str | None, share: int) -> None:
    """Make the runs that come through the pipe, in a process of its own, and send back what they tell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends workers at once; the main process has the results
    _end_with_parent()
    bench = Bench(Data(Complex.load(path), Task(**task)), Store(runs) if runs is not None else None, share)
    pipe.send(("ready", None))
    while True:
        spec = RunSpec.model_validate_json(pipe.recv())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outcome = run_one(bench, spec, lambda event: pipe.send(("event", event)))
        for warning in caught:
            if isinstance(warning.message, UserWarning) and type(warning.message).__module__.startswith("cochain."):
                pipe.send(("warning", warning.message))
        pipe.send(("result", outcome))


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
