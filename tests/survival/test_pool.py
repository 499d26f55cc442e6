"""Processes of a comparison that are killed: a run is begun once more, then given up by name; the others go on."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from made import ring_of_nodes, spec

from cochain.experiments import Event
from cochain.experiments.execute import Bench, Data
from cochain.experiments.pool import _Crew, _ended, run_in_processes
from cochain.experiments.store import Finished, Store
from cochain.experiments.tasks import infer_task


def bench(folder: Path | None) -> Bench:
    c = ring_of_nodes()
    return Bench(Data(c, infer_task(c, 0)), None if folder is None else Store(folder))


def test_a_killed_process_costs_one_retry(tmp_path: Path) -> None:
    """Seed 1 loses its process once, seed 2 every time, as when memory does not suffice for it."""
    runs = [spec(seed=seed, training={"epochs": 300, "patience": 300}) for seed in range(4)]
    events: list[Event] = []
    killed: list[int] = []

    def tell(event: Event) -> None:
        events.append(event)
        if event.kind == "start" and (event.seed == 2 or (event.seed == 1 and 1 not in killed)):
            killed.append(event.seed)
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)

    done = {run.seed: outcome for run, outcome in run_in_processes(bench(tmp_path), runs, tell, 1)}
    assert killed == [1, 2, 2]
    assert {seed for seed, outcome in done.items() if isinstance(outcome, Finished)} == {0, 1, 3}
    assert done[2] == (
        "the process of the run should finish it, but was ended by signal 9, 2 times, most likely for want of memory; "
        "try fewer --jobs or smaller batches"
    )
    assert [event.seed for event in events if event.kind == "failed"] == [2]
    assert [event.seed for event in events if event.kind == "done"] == [0, 1, 3]
    again = done[1]
    assert isinstance(again, Finished)
    assert again.curve == bench(None).run(runs[1]).curve


def test_processes_that_cannot_start_end_it() -> None:
    runs = [spec(seed=seed) for seed in range(5)]
    crew = _Crew(1, ("nowhere", {}, None, 1), lambda event: None)
    try:
        done = {run.seed: outcome for run, outcome in crew.work(runs)}
    finally:
        crew.end()
    assert set(done) == set(range(5))
    assert {str(each) for each in done.values()} == {
        "a process for the run should start, but ended with code 1 before it could begin; try --jobs 1"
    }


@pytest.mark.parametrize(
    ("code", "times", "message"),
    [
        (-9, 1, "was ended by signal 9, most likely for want of memory; try fewer --jobs or smaller batches"),
        (-11, 2, "was ended by signal 11, 2 times, which is a bug"),
        (1, 2, "ended with code 1, 2 times, which is a bug; its traceback stands above"),
    ],
)
def test_how_it_ended(code: int, times: int, message: str) -> None:
    assert message in _ended(code, times, ready=True)


ALONE = """
import sys, time
sys.path.insert(0, {here!r})
from made import ring_of_nodes
from cochain.experiments import compare

def tell(event):
    if event.kind == "start":
        print("started", flush=True)

if __name__ == "__main__":
    compare(ring_of_nodes(), ["gcn"], epochs=100000, runs=None, jobs=2, progress=tell,
            options={{"gcn": {{"patience": 100000}}}})
"""


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(ALONE.format(here=str(Path(__file__).parents[1] / "experiments")))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "started\n"
    children = psutil.Process(parent.pid).children(recursive=True)
    assert len(children) >= 2
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 60
    while any(_alive(child) for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [child for child in children if _alive(child)]


def _alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
