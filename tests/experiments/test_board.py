"""Rows from results: means, deviations, order, the common epoch of Xu et al."""

import statistics

import pytest
from made import spec
from test_store import result

from cochain.experiments.board import best_common_epoch, make_rows
from cochain.experiments.comparison import Curve, Task
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished

ACCURACY = Task(0, "classification", "accuracy", True, 2)


def finished(score: float, test: tuple[float, ...] = (), **changes: object) -> Finished:
    count = max(1, len(test))
    curve = Curve(tuple(range(1, count + 1)), (0.5,) * count, (None,) * count, test)
    return Finished(result=result(test_score=score, **changes), curve=curve)


def runs(model: str, *scores: float, **changes: object) -> list[tuple[RunSpec, Finished]]:
    return [(spec(model=model, fold=fold), finished(score, **changes)) for fold, score in enumerate(scores)]


def test_rows_by_hand() -> None:
    rows, order = make_rows(
        [*runs("gcn", 0.5, 0.7), *runs("gin", 0.9, 0.7, seconds=2.0, parameters=3)], ACCURACY, "validation", 0.1
    )
    assert [row.model for row in rows] == ["gin", "gcn"]
    assert rows[0].mean == pytest.approx(0.8)
    assert rows[0].std == pytest.approx(statistics.stdev([0.9, 0.7]))
    assert (rows[0].seconds, rows[0].parameters, rows[0].best_group, rows[0].p_value) == (4.0, 3, True, None)
    assert [run.model for run in order] == ["gin", "gin", "gcn", "gcn"]


def test_lower_errors_come_first() -> None:
    rows, _ = make_rows(
        [*runs("gcn", 0.5), *runs("gin", 0.9)], Task(0, "regression", "mae", False, 1), "validation", 0.1
    )
    assert [row.model for row in rows] == ["gcn", "gin"]
    assert rows[0].std is None
    assert [row.best_group for row in rows] == [True, False]


def test_the_common_epoch_by_hand() -> None:
    # means per epoch: 0.55, 0.7, 0.7: the first of equals
    group = [finished(0.0, (0.5, 0.8, 0.6)), finished(0.0, (0.6, 0.6, 0.8))]
    assert best_common_epoch(group) == 2


def test_under_xu_scores_are_read_there() -> None:
    group = [
        (spec(protocol="xu"), finished(0.1, (0.5, 0.8, 0.6))),
        (spec(protocol="xu", fold=1), finished(0.2, (0.6, 0.6, 0.8))),
    ]
    (row,), order = make_rows(group, ACCURACY, "xu", 0.1)
    assert [score.value for score in row.scores] == [0.8, 0.6]
    assert row.mean == pytest.approx(0.7)
    assert [run.best_epoch for run in order] == [2, 2]


def test_nothing_is_no_board() -> None:
    assert make_rows([], ACCURACY, "validation", 0.1) == ((), ())


def test_notes_are_counted() -> None:
    group = [
        *runs("gcn", 0.5, 0.6, warnings=["everywhere"]),
        (spec(fold=2), finished(0.5, warnings=["everywhere", "here"])),
    ]
    (row,), _ = make_rows(group, ACCURACY, "validation", 0.1)
    assert row.warnings == ("everywhere", "here, in 1 of 3 runs")
