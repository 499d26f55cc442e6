"""What a comparison tells while it runs, and how long the rest will take."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from cochain.experiments.spec import RunSpec


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    kind: Literal["plan", "start", "epoch", "done", "found", "failed"]
    """plan: which runs there will be. start, epoch, done: of a run. found: a run that was there already."""
    model: str = ""
    """The model of the run."""
    fold: int = 0
    """Its fold."""
    seed: int = 0
    """Its seed."""
    epoch: int = 0
    """Epochs of the run so far."""
    seconds: float = 0.0
    """Time of the epoch."""
    score: float | None = None
    """Of an epoch, the validation score; of a run that is done, the test score."""
    message: str = ""
    """Why a run failed."""
    planned: tuple[tuple[str, int], ...] = ()
    """Of a plan, model and most epochs of every run that is to be trained."""


Progress = Callable[[Event], None]


class Clock:
    """Estimates the time that is left: for each model the median of its epochs so far, times the epochs to come.

    How many will come is unknown, since training stops early: runs to come are taken to be as long as the median of
    the model's runs that are done, or, before the first, as their most epochs. A model without any epoch so far counts
    like the median of the others.

    Args:
        jobs: runs at a time.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs
        self._waiting: dict[str, list[int]] = defaultdict(list)
        self._running: dict[tuple[str, int, int], int] = {}
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._lengths: dict[str, list[int]] = defaultdict(list)

    def tell(self, event: Event) -> None:
        """Take note of an event."""
        key = (event.model, event.fold, event.seed)
        if event.kind == "plan":
            for model, epochs in event.planned:
                self._waiting[model].append(epochs)
        elif event.kind == "start":
            self._running[key] = 0
        elif event.kind == "epoch":
            self._running[key] = event.epoch
            self._seconds[event.model].append(event.seconds)
        elif event.kind in ("done", "found", "failed"):
            epochs = self._running.pop(key, 0)
            if event.kind == "done":
                self._lengths[event.model].append(epochs)
            if self._waiting[event.model]:
                self._waiting[event.model].pop()

    def remaining(self) -> float | None:
        """Give the seconds that are left; None before the first epoch."""
        medians = {model: statistics.median(each) for model, each in self._seconds.items() if each}
        if not medians:
            return None
        usual = statistics.median(medians.values())
        total = 0.0
        for model, runs in self._waiting.items():
            epochs = sum(self._expected(model, most) for most in runs)
            done = sum(epoch for (name, _, _), epoch in self._running.items() if name == model)
            total += max(0.0, epochs - done) * medians.get(model, usual)
        return total / self.jobs

    def _expected(self, model: str, most: int) -> float:
        lengths: Sequence[int] = self._lengths[model]
        return float(min(most, statistics.median(lengths)) if lengths else most)


def planned(specs: Sequence[RunSpec]) -> Event:
    """Give the event that announces runs."""
    return Event("plan", planned=tuple((spec.model, spec.training.epochs) for spec in specs))
