"""From finished runs to the leaderboard."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence

from cochain.experiments.comparison import Row, Run, Score, Task
from cochain.experiments.significance import LEVEL, against_best
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished

SHOWN_WARNINGS = 5
TEST_SHARE_OF_LINKS = 0.10 / 0.85


def make_rows(
    finished: Sequence[tuple[RunSpec, Finished]], task: Task, protocol: str, test_share: float
) -> tuple[tuple[Row, ...], tuple[Run, ...]]:
    """Give the rows, best first, and all runs in their order.

    Args:
        finished: the runs that are done.
        task: tells which scores are better.
        protocol: under "xu" the score of each run is read at the epoch whose mean over a model's runs is best.
        test_share: n_test / n_train of a fold, for the test of significance.
    """
    groups: dict[str, list[tuple[RunSpec, Finished]]] = {}
    for spec, found in finished:
        groups.setdefault(spec.model, []).append((spec, found))
    runs = {
        name: _runs(sorted(group, key=lambda one: (one[0].fold, one[0].seed)), protocol)
        for name, group in groups.items()
    }
    if not runs:
        return (), ()
    scores = {name: {(run.fold, run.seed): run.test_score for run in each} for name, each in runs.items()}
    p_values = against_best(scores, task.higher_is_better, test_share)
    sign = -1 if task.higher_is_better else 1
    order = sorted(runs, key=lambda name: sign * statistics.fmean(scores[name].values()))
    rows = tuple(_row(groups[name], runs[name], p_values[name], best=name == order[0]) for name in order)
    return rows, tuple(run for name in order for run in runs[name])


def _runs(group: list[tuple[RunSpec, Finished]], protocol: str) -> list[Run]:
    epoch = best_common_epoch([found for _, found in group]) if protocol == "xu" else 0
    return [_run(spec, found, epoch) for spec, found in group]


def best_common_epoch(group: list[Finished]) -> int:
    """Give the epoch, from 1, whose test score is best in the mean over runs; the first of equals."""
    lengths = {len(found.curve.test_score) for found in group}
    means = [math.fsum(found.curve.test_score[i] or 0.0 for found in group) / len(group) for i in range(min(lengths))]
    return means.index(max(means)) + 1


def _run(spec: RunSpec, found: Finished, epoch: int) -> Run:
    result = found.result
    score = found.curve.test_score[epoch - 1] if epoch else result.test_score
    return Run(
        model=spec.model,
        fold=spec.fold,
        seed=spec.seed,
        spec=spec.model_dump(mode="json"),
        hash=spec.hash,
        test_score=result.test_score if score is None else score,
        validation_score=result.validation_score,
        best_epoch=epoch or result.best_epoch,
        seconds=result.seconds,
        curve=found.curve,
        answers=result.answers,
    )


def _row(group: list[tuple[RunSpec, Finished]], runs: list[Run], p_value: float | None, best: bool) -> Row:
    results = [found.result for _, found in group]
    values = [run.test_score for run in runs]
    return Row(
        model=group[0][0].model,
        lift=group[0][0].lift,
        mean=statistics.fmean(values),
        std=statistics.stdev(values) if len(values) > 1 else None,
        scores=tuple(Score(run.fold, run.seed, run.test_score) for run in runs),
        parameters=max(result.parameters for result in results),
        seconds_per_epoch=statistics.median(result.seconds_per_epoch for result in results),
        peak_memory_mb=max(result.peak_memory_mb for result in results),
        seconds=math.fsum(result.seconds for result in results),
        best_group=best or (p_value is not None and p_value >= LEVEL),
        p_value=p_value,
        warnings=_counted([result.warnings for result in results])[:SHOWN_WARNINGS],
    )


def _counted(notes: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Give every note once, with the number of its runs where not all have it."""
    counts = Counter(note for each in notes for note in each)
    return tuple(note if n == len(notes) else f"{note}, in {n} of {len(notes)} runs" for note, n in counts.items())
