"""A folder of runs under stress: shared, full, closed, without locks, of another version, with a clock gone mad."""

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from made import ring_of_nodes, spec

from cochain.errors import DataError, SpecError
from cochain.experiments import Comparison, Event, compare, locks, pool
from cochain.experiments.checkpoint import Checkpoint, Snapshot
from cochain.experiments.execute import Bench, Data
from cochain.experiments.locks import LockWarning, locked
from cochain.experiments.pool import run_here
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import CHECKPOINT, RESULT, SPEC, Store, StoreWarning
from cochain.experiments.tasks import infer_task


def numbers(found: Comparison) -> list[Any]:
    return sorted((run.model, run.fold, run.seed, run.test_score, run.curve) for run in found.runs)


def bench(folder: Path | None) -> Bench:
    c = ring_of_nodes()
    return Bench(Data(c, infer_task(c, 0)), None if folder is None else Store(folder))


def test_a_lock_is_one_and_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "x"
    with locked(path) as first, locked(path, wait=False) as second:
        assert (first, second) == (True, False)
    with locked(path, wait=False) as third:
        assert third


HOLD = (
    "import sys, time; from pathlib import Path; from cochain.experiments.locks import locked\n"
    "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)"
)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "x"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with locked(path, wait=False) as mine:
        assert not mine
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with locked(path, wait=False) as mine:
        assert mine


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    import fcntl

    def refuse(handle: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.warns(LockWarning, match=r"should hold locks, but the system gives none .*; runs are kept as always"):
        found = bench(tmp_path).run(spec())
    assert (tmp_path / found.result.hash[:16] / RESULT).exists()


def test_a_folder_in_which_no_lock_can_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(locks.os, "open", refuse)
    message = r"should hold locks, but the system gives none \(Permission denied\)"
    with pytest.warns(LockWarning, match=message), locked(tmp_path / "x") as mine:
        assert mine


def test_runs_of_others_come_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process is at is left to it, and taken from it when it is done."""
    monkeypatch.setattr(pool, "HELD_SECONDS", 0.01)
    runs = [spec(fold=fold, seed=seed) for fold in (0, 1) for seed in (0, 1)]
    order: list[RunSpec] = []
    events: list[Event] = []
    released = threading.Event()

    def other() -> None:
        with Store(tmp_path).locked(runs[0]):
            released.wait()

    thread = threading.Thread(target=other)
    thread.start()
    while not (tmp_path / ".locks" / f"{runs[0].folder}.lock").exists():
        time.sleep(0.01)
    time.sleep(0.05)
    for run, outcome in run_here(bench(tmp_path), runs, events.append):
        assert not isinstance(outcome, str)
        order.append(run)
        if len(order) == 3:
            released.set()
    thread.join()
    assert order == [*runs[1:], runs[0]]
    assert [event.kind for event in events].count("start") == 4


def test_what_another_process_finished_is_found(tmp_path: Path) -> None:
    bench(tmp_path).run(spec())
    events: list[Event] = []
    list(run_here(bench(tmp_path), [spec()], events.append))
    assert [event.kind for event in events] == ["found"]


def _compare(folder: str, log: Any) -> None:
    def tell(event: Event) -> None:
        if event.kind == "start":
            log.put((event.model, event.fold, event.seed))

    found = compare(ring_of_nodes(), ["gcn", "sgc"], epochs=20, seeds=4, runs=folder, progress=tell)
    log.put(numbers(found))


def test_two_processes_share_the_work(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    log = context.Queue()
    processes = [context.Process(target=_compare, args=(str(tmp_path), log)) for _ in range(2)]
    for process in processes:
        process.start()
    told = [log.get(timeout=240) for _ in range(16 + 2)]
    for process in processes:
        process.join()
        assert process.exitcode == 0
    started = [each for each in told if isinstance(each, tuple)]
    answers = [each for each in told if isinstance(each, list)]
    assert len(started) == len(set(started)) == 16
    assert answers[0] == answers[1]


FULL = """
import resource, sys, warnings
sys.path.insert(0, {here!r})
from made import ring_of_nodes
from cochain.experiments import compare
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    found = compare(ring_of_nodes(), ["gcn"], epochs=3, runs=sys.argv[1])
print(len(found.runs), len(found.failures), found.complete, *sorted({{type(each.message).__name__ for each in caught}}))
"""


def test_a_full_disk_costs_the_keeping_alone(tmp_path: Path) -> None:
    """The system refuses to let a file grow beyond 2000 bytes, as a full disk does."""
    code = FULL.format(here=str(Path(__file__).parents[1] / "experiments"))
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.stdout.split() == ["2", "0", "True", "CheckpointWarning", "StoreWarning"], done.stderr
    assert not list(tmp_path.glob(f"*/{RESULT}"))
    assert not list(tmp_path.glob("*/.*"))
    again = compare(ring_of_nodes(), ["gcn"], epochs=3, runs=tmp_path)
    assert len(again.runs) == len(list(tmp_path.glob(f"*/{RESULT}"))) == 2


def test_a_folder_closed_to_us_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(SpecError, match=r"should name a folder to write to, but .* is none \(Read-only file system\)"):
        compare(ring_of_nodes(), ["gcn"], epochs=2, runs=tmp_path)
    assert list(Store(tmp_path, writable=False).finished()) == []


def test_the_clock_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of day runs backwards, and files bear dates of the future: nothing changes but what is shown."""
    straight = compare(ring_of_nodes(), ["gcn"], epochs=4, runs=None)
    now = [4e9]

    def back() -> float:
        now[0] -= 1e6
        return now[0]

    monkeypatch.setattr(time, "time", back)
    monkeypatch.setattr(time, "time_ns", lambda: int(1e9 * back()))

    def stop(event: Event) -> None:
        if event.kind == "epoch" and event.fold == 1 and event.epoch == 1:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        compare(ring_of_nodes(), ["gcn"], epochs=4, runs=tmp_path, progress=stop)
    for path in tmp_path.rglob("*"):
        os.utime(path, (4e9, 4e9))
    events: list[Event] = []
    again = compare(ring_of_nodes(), ["gcn"], epochs=4, runs=tmp_path, progress=events.append)
    assert numbers(again) == numbers(straight)
    assert [event.epoch for event in events if event.kind == "epoch"] == [2, 3, 4]
    assert [event.kind for event in events][:2] == ["found", "plan"]


def test_runs_of_another_version_are_left_alone(tmp_path: Path) -> None:
    old = spec(versions={"cochain": "0.0.1", "torch": "1"})
    bench(tmp_path).run(old)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    bench(tmp_path).run(spec())
    assert kept.items() <= {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}.items()
    assert {run.versions["cochain"] for run, _ in Store(tmp_path).finished()} == {"0.0.1", "0"}


def test_a_spec_of_a_later_format_is_named(tmp_path: Path) -> None:
    bench(tmp_path).run(spec())
    path = tmp_path / spec().folder / SPEC
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 2}))
    with pytest.warns(
        StoreWarning, match="should hold a run, but cannot be read .*version of the run: input should be 1"
    ):
        assert list(Store(tmp_path).finished()) == []
    with pytest.warns(StoreWarning, match="should hold a finished run, but cannot be read .*; it is made again"):
        assert Store(tmp_path).find(spec()) is None


def test_a_folder_under_another_name_is_left_alone(tmp_path: Path) -> None:
    bench(tmp_path).run(spec())
    (tmp_path / spec().folder).rename(tmp_path / "mine")
    with pytest.warns(StoreWarning, match="should hold run mine, but holds .*; it is left alone"):
        assert list(Store(tmp_path).finished()) == []


def test_what_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    found = bench(tmp_path).run(spec())
    begun = store.checkpoint(spec(seed=1))
    begun.save(Snapshot({}, {}))
    (tmp_path / "notes.txt").write_text("mine")
    assert list(store.finished()) == [(spec(), found)]
    assert list(store.unfinished()) == [spec(seed=1)]
    assert sum(each.numel() for each in store.weights(spec()).values()) >= found.result.parameters
    store.remove(spec())
    store.remove(spec(seed=1))
    assert list(store.finished()) == list(store.unfinished()) == []
    assert (tmp_path / "notes.txt").exists()
    assert list(Store(tmp_path / "none", writable=False).finished()) == []
    with pytest.raises(DataError, match="should hold the weights of a run, but cannot be read"):
        store.weights(spec())


def test_an_unreadable_checkpoint_is_named(tmp_path: Path) -> None:
    Checkpoint(tmp_path / "x" / CHECKPOINT, "0").save(Snapshot({}, {}))
    with pytest.warns(StoreWarning, match="holds a checkpoint that cannot be read"):
        assert list(Store(tmp_path).unfinished()) == []


def test_a_run_in_use_is_not_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with (
        store.locked(spec()),
        pytest.raises(SpecError, match=r"should not be in use, but a process is at it; end that"),
    ):
        store.remove(spec())


def test_a_run_that_cannot_be_kept_still_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any) -> None:
        raise DataError("no room")

    monkeypatch.setattr(Store, "save", full)
    with pytest.warns(StoreWarning, match="no room"):
        assert bench(tmp_path).run(spec()).result.test_score == bench(None).run(spec()).result.test_score
