"""`reproduce`: a published table, run by its own protocol, ours beside it."""

import json
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cochain import datasets
from cochain.complexes import Complex
from cochain.datasets.splits import random_splits
from cochain.errors import DataError, SpecError
from cochain.experiments.comparing import Interrupted, compare
from cochain.experiments.comparison import Comparison
from cochain.experiments.files import write_atomically
from cochain.experiments.progress import Progress
from cochain.experiments.published import Figure, Table, table
from cochain.experiments.tasks import SPLIT_SEED

PER_CENT = ("accuracy", "roc_auc", "average_precision", "f1_macro")
WITHIN = 2.0
"""Standard errors within which two means count as one."""


@dataclass(frozen=True)
class Reproduced:
    """One figure of a table, published and ours, in the unit of the table."""

    table: str
    """Name of the table."""
    dataset: str
    """Data set."""
    model: str
    """Model."""
    published: float
    """Published mean."""
    published_deviation: float | None
    """Published standard deviation over its runs."""
    published_runs: int
    """Runs behind it."""
    ours: float | None
    """Our mean; None where it failed."""
    deviation: float | None
    """Our standard deviation over the runs."""
    runs: int
    """Our runs."""
    seconds: float
    """Time of our runs, added up."""
    quick: bool
    """Whether it comes from the quick version."""
    failure: str = ""
    """Why there is no number."""
    versions: Mapping[str, str] | None = None
    """What it was computed with."""

    @property
    def apart(self) -> float | None:
        r"""Difference in standard errors, $(\mu - \mu_p) / \sqrt{s^2 / n + s_p^2 / n_p}$; None where one is unknown."""
        if self.ours is None or self.deviation is None or self.published_deviation is None:
            return None
        variance = self.deviation**2 / self.runs + self.published_deviation**2 / self.published_runs
        return (self.ours - self.published) / math.sqrt(variance) if variance else None

    @property
    def within(self) -> bool | None:
        """Whether the two lie within two standard errors of each other."""
        return None if self.apart is None else abs(self.apart) <= WITHIN


def reproduce(
    name: str,
    quick: bool = False,
    only: Sequence[str] = (),
    jobs: int = 1,
    runs: str | PathLike[str] = "runs",
    device: str = "cpu",
    progress: Progress | None = None,
    found: Callable[[Reproduced], None] | None = None,
) -> list[Reproduced]:
    """Run a published table and set ours beside it. What is in `runs` already is not trained again.

    Args:
        name: of the table.
        quick: its declared smaller version: some data sets, some folds.
        only: data sets or models; by default all.
        jobs: processes.
        runs: folder of runs.
        device: cpu or cuda.
        progress: told of every event of every comparison.
        found: told of every figure as it is done.

    Raises:
        UnknownNameError: when there is no such table.
        SpecError: when `only` names nothing of it.
        Interrupted: on Ctrl-C; finished runs are kept.
    """
    wanted = table(name)
    figures = list(_chosen(wanted, quick, only))
    if not figures:
        raise SpecError(f"{name} should hold what is asked for, but has none of {', '.join(only)}")
    results = []
    for figure in figures:
        results.append(_one(wanted, figure, quick, jobs, runs, device, progress))
        if found is not None:
            found(results[-1])
    return results


def _chosen(wanted: Table, quick: bool, only: Sequence[str]) -> Iterator[Figure]:
    sets = {each for each in only if any(each == figure.dataset for figure in wanted.figures)}
    models = {each for each in only if each not in sets}
    for figure in wanted.figures:
        if quick and figure.dataset not in wanted.quick:
            continue
        if (not sets or figure.dataset in sets) and (not models or figure.model in models):
            yield figure


def _one(
    wanted: Table,
    figure: Figure,
    quick: bool,
    jobs: int,
    runs: str | PathLike[str],
    device: str,
    progress: Progress | None,
) -> Reproduced:
    folds = min(wanted.quick_runs, wanted.runs) if quick else wanted.runs
    try:
        data = _data(wanted, figure.dataset)
    except DataError as error:
        return _row(wanted, figure, quick, None, str(error))
    done = compare(
        data, [figure.model], figure.lift, folds=folds, jobs=jobs, runs=runs, device=device, protocol=wanted.protocol,
        metric=wanted.metric, options={figure.model: wanted.options_of(figure)}, progress=progress,
    )  # fmt: skip
    failure = done.failures[0].message if not done.rows and done.failures else ""
    return _row(wanted, figure, quick, done, failure)


def _data(wanted: Table, dataset: str) -> str | Complex:
    """Give the name of the data, or the data with splits that are drawn for the table."""
    shares = wanted.split_of(dataset)
    if shares is None:
        datasets.load(dataset)  # whatever is wrong with the data is said before a comparison begins
        return dataset
    record, c = datasets.info(dataset), datasets.load(dataset)
    place = c.whole if record.target == "whole" else c[int(record.target)]
    y = np.asarray(place.y.cpu().numpy())
    drawn = random_splits(y, *shares, wanted.runs, SPLIT_SEED, stratified=False)
    return c.with_cochain(record.target, "split", torch.from_numpy(drawn))


def _row(wanted: Table, figure: Figure, quick: bool, done: Comparison | None, failure: str) -> Reproduced:
    ours = deviation = None
    runs, seconds = 0, 0.0
    if done is not None and done.rows:
        scores = [score.value for score in done.rows[0].scores]
        unit = 100.0 if done.task.metric in PER_CENT else 1.0
        ours = round(unit * statistics.fmean(scores), 4)
        deviation = round(unit * statistics.stdev(scores), 4) if len(scores) > 1 else None
        runs, seconds = len(scores), round(done.rows[0].seconds, 1)
    versions = None if done is None else {key: str(value) for key, value in done.versions.items()}
    return Reproduced(
        wanted.name, figure.dataset, figure.model, figure.mean, figure.deviation, wanted.runs, ours, deviation, runs,
        seconds, quick, failure, versions,
    )  # fmt: skip


def read_rows(path: str | PathLike[str]) -> list[Reproduced]:
    """Read rows that `write_rows` wrote.

    Raises:
        DataError: when the file is damaged, with its line.
    """
    found = []
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        try:
            found.append(Reproduced(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise DataError(f"{path}, line {number}: should be a row of a reproduction, but is not: {error}") from error
    return found


def write_rows(rows: Sequence[Reproduced], path: str | PathLike[str]) -> None:
    """Add rows to a file, in place of those that it has of the same figures; atomically."""
    target = Path(path)
    kept = {_key(row): row for row in read_rows(target)} if target.exists() else {}
    kept |= {_key(row): row for row in rows}
    lines = "".join(json.dumps(asdict(row)) + "\n" for row in kept.values())
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, lines.encode())


def _key(row: Reproduced) -> tuple[Any, ...]:
    return row.table, row.dataset, row.model, row.quick


def differences(fresh: Sequence[Reproduced], known: Sequence[Reproduced], tolerance: float = 0.05) -> list[str]:
    """Say where fresh figures are not those that are known, by more than `tolerance` in the unit of the table.

    On one machine equal code gives equal bits; other machines round otherwise.
    """
    there = {_key(row): row for row in known}
    found = []
    for row in fresh:
        old = there.get(_key(row))
        if old is None:
            found.append(f"{row.table}: {row.model} on {row.dataset} is not among the known rows")
        elif (row.ours is None) != (old.ours is None) or abs((row.ours or 0.0) - (old.ours or 0.0)) > tolerance:
            found.append(f"{row.table}: {row.model} on {row.dataset} is {row.ours}, but was {old.ours}")
    return found


__all__ = ["Interrupted", "Reproduced", "differences", "read_rows", "reproduce", "write_rows"]
