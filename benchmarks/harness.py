"""Ours and the peers' on the same input, each in a process of its own, in turns.

A topic is a file of this folder with a list `CASES`. A case names the functions that prepare its contestants: each
builds the input and returns the work to be timed. The process of a contestant imports, prepares, warms up and waits;
the rounds then go from one contestant to the next, so that a slow minute of the machine meets all of them.
"""

import importlib
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Goal:
    """What a case should reach against one peer."""

    ratio: float = 1.0
    """The peer's median time over ours, at least."""
    memory: float | None = None
    """Our peak memory over the peer's, at most."""


@dataclass(frozen=True)
class Case:
    """One piece of work, done by us and by peers."""

    name: str
    """How the command line calls it."""
    what: str
    """One line for the table."""
    ours: str
    """Name of the function, in the same file, that prepares our work."""
    peers: dict[str, str] = field(default_factory=dict)
    """Peer's name -> name of the function that prepares its work."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of all these functions."""
    goals: dict[str, Goal] = field(default_factory=dict)
    """Peer's name -> goal."""
    seconds: float | None = None
    """A goal for our median time itself."""
    rounds: int = 5
    """Timed runs per contestant."""
    agree: float | None = None
    """Largest relative difference between what our work and a peer's return; None compares nothing."""
    limit_gb: float | None = None
    """Memory that a contestant's process may hold, in gigabytes."""
    timeout: float = 600.0
    """Seconds after which a contestant is given up, per step."""
    quick: bool = False
    """Part of the quick run: some seconds in all."""


@dataclass
class Result:
    """What one contestant did."""

    contestant: str
    seconds: list[float] = field(default_factory=list)
    """Every timed run."""
    prepare: float = math.nan
    """Seconds of imports, preparation and warm-up."""
    memory_mb: float = math.nan
    """Peak of the work above what stood before it."""
    peak_mb: float = math.nan
    """Peak of the whole process."""
    answer: Any = None
    """What the work returned, when it is a number or a list of numbers."""
    failure: str = ""
    """Why there is no time: not installed, out of memory, too slow, or the error."""

    @property
    def median(self) -> float:
        """Median seconds; not a number when there is none."""
        return statistics.median(self.seconds) if self.seconds else math.nan


def peer_folder(name: str) -> Path:
    """Find the checkout of a peer that has no package: $COCHAIN_PEERS/name.

    Raises:
        ImportError: when there is none; the table then says so.
    """
    folder = Path(os.environ.get("COCHAIN_PEERS", "peers")) / name
    if not folder.is_dir():
        raise ImportError(f"no checkout of {name} under $COCHAIN_PEERS")
    return folder


class Contestant:
    """A process that waits for its turn."""

    def __init__(self, topic: str, case: Case, who: str, function: str) -> None:
        self.result = Result(who)
        self.timeout = case.timeout
        order = json.dumps([topic, function, case.arguments, case.limit_gb])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", order],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        ready = self._ask(None)
        self.result.prepare = ready.get("prepare", math.nan)
        self.result.answer = ready.get("answer")

    def _ask(self, order: str | None) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        late = threading.Timer(self.timeout, self.process.kill)
        late.start()
        try:
            if order is not None:
                self.process.stdin.write(order + "\n")
                self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            ran_out = not late.is_alive()
            late.cancel()
        if not line:
            self.result.failure = f"over {self.timeout:.0f} s" if ran_out else "out of memory or killed"
            return {}
        answer: dict[str, Any] = json.loads(line)
        self.result.failure = answer.get("failure", "")
        return answer

    def run(self) -> None:
        """Work once, timed."""
        if not self.result.failure:
            answer = self._ask("go")
            if "seconds" in answer:
                self.result.seconds.append(answer["seconds"])

    def end(self) -> None:
        """Ask for the memory and let the process go."""
        if not self.result.failure:
            answer = self._ask("memory")
            self.result.memory_mb = answer.get("memory", math.nan)
            self.result.peak_mb = answer.get("peak", math.nan)
        self.close()

    def close(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.communicate()


def run(topic: str, case: Case) -> list[Result]:
    """Run all contestants of a case in turns; ours is first."""
    names = {"cochain": case.ours, **case.peers}
    contestants: list[Contestant] = []
    try:
        for who, function in names.items():
            contestants.append(Contestant(topic, case, who, function))
        for _ in range(case.rounds):
            for contestant in contestants:
                contestant.run()
        for contestant in contestants:
            contestant.end()
    finally:
        for contestant in contestants:
            contestant.close()
    results = [contestant.result for contestant in contestants]
    if case.agree is not None:
        _compare(results, case.agree)
    return results


def _compare(results: list[Result], tolerance: float) -> None:
    ours = _numbers(results[0].answer)
    for other in results[1:]:
        theirs = _numbers(other.answer)
        if other.failure or not ours or not theirs:
            continue
        apart = max((abs(a - b) / max(abs(a), abs(b), 1e-12) for a, b in zip(ours, theirs, strict=False)), default=0.0)
        if len(ours) != len(theirs) or not apart <= tolerance:
            other.failure = f"answers otherwise: {theirs[:3]} where ours is {ours[:3]}"


def _numbers(answer: Any) -> list[float]:
    return answer if isinstance(answer, list) else [] if answer is None else [float(answer)]


def cases(topic: str) -> list[Case]:
    """Give the cases of a topic."""
    found: list[Case] = importlib.import_module(module_of(topic)).CASES
    return found


def module_of(topic: str) -> str:
    """Give the module of a topic: one of this folder, or any by its full name."""
    return topic if "." in topic else f"benchmarks.{topic}"


def rows(topic: str, case: Case, results: list[Result]) -> list[dict[str, Any]]:
    """Write results as rows: one per contestant, with the ratio to ours."""
    ours = results[0]
    written = []
    for result in results:
        row = {"topic": topic, "case": case.name, "what": case.what, "contestant": result.contestant}
        row |= {"median_s": _short(result.median), "runs_s": [_short(one) for one in result.seconds]}
        row |= {"memory_mb": _short(result.memory_mb), "peak_mb": _short(result.peak_mb)}
        row |= {"prepare_s": _short(result.prepare), "failure": result.failure}
        if result is not ours:
            goal = case.goals.get(result.contestant)
            row |= {"ratio": _short(result.median / ours.median)}
            row |= {"memory_ratio": _short(ours.memory_mb / result.memory_mb if result.memory_mb else math.nan)}
            row |= {"goal": None if goal is None else asdict(goal)}
        elif case.seconds is not None:
            row |= {"goal": {"seconds": case.seconds}}
        written.append(row | environment())
    return written


def environment() -> dict[str, Any]:
    """Say on what the rows were measured."""
    import torch

    return {
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__.split("+")[0],
    }


def _short(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.4g}")
