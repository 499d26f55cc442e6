"""`kill -9` at random moments of a comparison: nothing finished is lost, the rest goes on, the numbers are the same."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cochain.experiments import Comparison
from cochain.experiments.store import CURVE, RESULT, WEIGHTS

SERVER = Path(__file__).with_name("server.py")
NEVER = 600.0


class Server:
    """See server.py."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready\n"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def compare(self, folder: Path, seconds: float) -> dict[str, Any]:
        """Compare in a child that is killed after so many seconds."""
        order = {"folder": folder / "runs", "log": folder / "log", "answer": folder / "answer", "seconds": seconds}
        folder.mkdir(parents=True, exist_ok=True)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order, default=str) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def end(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.end()


def numbers(folder: Path) -> list[Any]:
    found = Comparison.from_json((folder / "answer").read_text())
    assert found.complete
    assert found.failures == ()
    runs = [
        (r.model, r.fold, r.seed, r.test_score, r.validation_score, r.best_epoch, r.curve, r.hash) for r in found.runs
    ]
    return [runs, [(row.model, row.mean, row.std, row.best_group, row.p_value) for row in found.rows]]


def finished(folder: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in (folder / "runs").glob(f"*/{RESULT}")}


def kept(folder: Path) -> dict[str, bytes]:
    paths = [path for name in (WEIGHTS, CURVE) for path in (folder / "runs").glob(f"*/{name}")]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


def begun(folder: Path) -> list[tuple[str, str, int]]:
    """(process, run, epoch) of every epoch that began, in order."""
    lines = (folder / "log").read_text().splitlines() if (folder / "log").exists() else []
    words = [line.split() for line in lines]
    return [(each[0], each[2], int(each[3])) for each in words if each[1] == "begin"]


def repeated(folder: Path, kills: int) -> int:
    """Check that no process went back further than into the epoch that another was in; give how many were repeated."""
    last: dict[str, int] = {}
    seen: dict[str, str] = {}
    again = 0
    for process, run, epoch in begun(folder):
        before = last.get(run, 0)
        if seen.get(run) == process:
            assert epoch == before + 1
        else:
            assert epoch in (before, before + 1), f"run {run} went back from epoch {before} to {epoch}"
            again += epoch == before
        last[run], seen[run] = epoch, process
    assert again <= kills
    return again


def survive(server: Server, straight: Path, folder: Path, moments: random.Random, most: int) -> tuple[int, int]:
    """Kill a comparison again and again until it is done; give the kills and the epochs that were repeated."""
    kills: int = 0
    done: dict[str, bytes] = {}
    whole = server_seconds(straight)
    while True:
        limit = moments.uniform(0.0, 0.5 * whole) if kills < most else NEVER
        before = len(begun(folder))
        ended = server.compare(folder, limit)
        now = finished(folder)
        assert done.items() <= now.items(), "a finished run was lost or changed"
        assert not {run for _, run, _ in begun(folder)[before:]} & done.keys(), "a finished run was begun again"
        done = now
        if ended["code"] == 0:
            break
        assert ended["code"] == -9
        kills += 1
    assert numbers(folder) == numbers(straight)
    assert kept(folder) == kept(straight)
    assert not list((folder / "runs").glob("*/checkpoint*"))
    return kills, repeated(folder, kills)


def server_seconds(straight: Path) -> float:
    return float((straight / "seconds").read_text())


@pytest.fixture(scope="module")
def straight(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison that nothing disturbed."""
    folder = tmp_path_factory.mktemp("straight")
    ended = server.compare(folder, NEVER)
    assert ended["code"] == 0
    (folder / "seconds").write_text(str(ended["seconds"]))
    epochs = begun(folder)
    assert len(epochs) == len(set(epochs)) == 3 * 2 * 8
    return folder


def survive_all(server: Server, straight: Path, folder: Path, count: int, seed: int) -> str:
    """Kill as many times, in as many comparisons as that takes."""
    moments, kills, again, rounds = random.Random(seed), 0, 0, 0
    while kills < count:
        more, repeats = survive(server, straight, folder / str(rounds), moments, count - kills)
        kills, again, rounds = kills + more, again + repeats, rounds + 1
    assert kills == count
    return f"{kills} kills in {rounds} comparisons: {again} epochs begun twice, no run lost, all numbers the same"


def test_a_few_kills(server: Server, straight: Path, tmp_path: Path) -> None:
    survive_all(server, straight, tmp_path, 6, seed=0)


@pytest.mark.slow
def test_two_hundred_kills(server: Server, straight: Path, tmp_path: Path) -> None:
    print(survive_all(server, straight, tmp_path, 200, seed=1))  # noqa: T201 - the figure is what one runs it for
