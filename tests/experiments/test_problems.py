"""Batches hold every item once, losses are those of the formulas, and an epoch derives no operator."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made import cycles_and_paths, ring_of_nodes

import cochain as cc
from cochain.complexes import derive
from cochain.experiments.comparison import Task
from cochain.experiments.problems import Criterion, LabelledProblem, batches_of
from cochain.experiments.spec import Training
from cochain.experiments.tasks import TEST, VALIDATION, infer_task, parse_target, read_labels
from cochain.models import build

NAN = float("nan")


def problem(c: cc.Complex, batch_size: int = 4, fold: int = 0, merge: bool = False) -> LabelledProblem:
    task = infer_task(c, parse_target(None, c))
    return LabelledProblem(c, task, read_labels(c, task), fold, Training(batch_size=batch_size), merge)


@given(st.integers(1, 50), st.integers(1, 20), st.integers(0, 5))
def test_every_item_once(count: int, size: int, seed: int) -> None:
    batches = list(batches_of(count, size, 0, torch.Generator().manual_seed(seed)))
    assert torch.cat(batches).sort().values.tolist() == list(range(count))
    assert len(batches) == 1 or size == 1 or all(len(batch) > 1 for batch in batches)


def test_steps_are_drawn_anew() -> None:
    batches = list(batches_of(10, 4, 7, torch.Generator().manual_seed(0)))
    assert [len(batch) for batch in batches] == [4] * 7
    assert all(len(set(batch.tolist())) == 4 for batch in batches)


def criterion(kind: str, metric: str, labels: torch.Tensor) -> Criterion:
    return Criterion(Task(0, kind, metric, True, 2), labels)


def test_cross_entropy_by_hand() -> None:
    answers, labels = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]]), torch.tensor([1, 0])
    loss = criterion("classification", "accuracy", labels)(answers, labels)
    assert float(loss) == pytest.approx((math.log(2) - math.log(3 / 4)) / 2)


def test_multilabel_by_hand() -> None:
    answers, labels = torch.tensor([[0.0, math.log(3)]]), torch.tensor([[NAN, 1.0]])
    assert float(criterion("multilabel", "roc_auc", labels)(answers, labels)) == pytest.approx(-math.log(3 / 4))


@pytest.mark.parametrize(("metric", "loss"), [("mae", 1.0), ("rmse", 1.0)])
def test_regression_by_hand(metric: str, loss: float) -> None:
    labels = torch.tensor([[1.0], [5.0]])  # mean 3, deviation 2
    each = criterion("regression", metric, labels)
    answers = torch.zeros(2, 1)
    assert float(each(answers, labels)) == pytest.approx(loss)
    assert each.restore(torch.tensor([[1.0]])).tolist() == [[5.0]]


def test_constant_columns_do_not_divide_by_zero() -> None:
    each = criterion("regression", "mae", torch.tensor([[2.0], [2.0]]))
    assert float(each(torch.zeros(1, 1), torch.tensor([[3.0]]))) == 1.0


def test_batches_score_like_the_whole() -> None:
    c = cycles_and_paths()
    each = problem(c, batch_size=2)
    model = build("gin", c, hidden=4, seed=0).eval()
    with torch.no_grad():
        answers = model(c)
    rows = c.whole.split[:, 0] == TEST
    score, loss = each.evaluate(model, TEST)
    assert score == pytest.approx(float((answers.argmax(1) == c.whole.y)[rows].double().mean()))
    assert loss == pytest.approx(float(torch.nn.functional.cross_entropy(answers[rows], c.whole.y[rows])), rel=1e-5)


def test_losses_read_the_training_part_alone() -> None:
    c = ring_of_nodes()
    each = problem(c)
    model = build("gcn", c, hidden=4, seed=0).eval()
    ((loss, rows),) = each.losses(model, torch.Generator())
    train = c[0].split[:, 0] == 0
    torch.testing.assert_close(loss, torch.nn.functional.cross_entropy(model(c)[train], c[0].y[train]))
    assert rows == int(train.sum())


def test_merging_trains_on_both_parts() -> None:
    c = cycles_and_paths()
    model = build("gin", c, hidden=4, seed=0).eval()
    rows = [sum(n for _, n in problem(c, merge=merge).losses(model, torch.Generator())) for merge in (False, True)]
    parts = c.whole.split[:, 0]
    assert rows == [int((parts == 0).sum()), int((parts < 2).sum())]


def test_cells_of_several_components() -> None:
    c = cycles_and_paths().without_cochain("whole", "y")
    c = c.with_cochain(0, "y", (c[0].x[:, 0] > 1).long())
    c = c.with_cochain(0, "split", torch.arange(c.sizes[0]) % 3)
    each = problem(c)
    model = build("gcn", c, hidden=4, seed=0).eval()
    assert sum(n for _, n in each.losses(model, torch.Generator())) == int((torch.arange(c.sizes[0]) % 3 == 0).sum())
    score, _ = each.evaluate(model, VALIDATION)
    rows = torch.arange(c.sizes[0]) % 3 == VALIDATION
    assert score == pytest.approx(float((model(c).argmax(1) == c[0].y)[rows].double().mean()))


def test_an_epoch_derives_no_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    c = cycles_and_paths()
    each = problem(c, batch_size=4)
    model = build("gcn", c, hidden=4, seed=0)
    calls: list[object] = []
    original = derive.derive

    def counted(structure: object, symbol: object, dtype: torch.dtype) -> object:
        calls.append(symbol)
        return original(structure, symbol, dtype)  # type: ignore[arg-type]

    monkeypatch.setattr(derive, "derive", counted)
    for _ in range(3):
        list(each.losses(model, torch.Generator().manual_seed(0)))
        each.evaluate(model, TEST)
    assert len(calls) == len(set(calls))  # each operator once, on the whole data set
