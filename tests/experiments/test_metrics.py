"""Scores worked by hand."""

import pytest
import torch

from cochain.errors import UnknownNameError
from cochain.experiments.metrics import METRICS, metric_for, score

NAN = float("nan")


def test_accuracy() -> None:
    answers = torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 0.0], [0.0, 5.0]])
    assert score("accuracy", answers, torch.tensor([0, 1, 1, 1])) == 0.75


def test_macro_f1() -> None:
    answers = torch.eye(2)[[0, 0, 1, 1]]
    # class 0: precision 1/2, recall 1 -> 2/3; class 1: precision 1, recall 2/3 -> 4/5
    assert score("f1_macro", answers, torch.tensor([0, 1, 1, 1])) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_roc_auc_counts_ties_half() -> None:
    # positives 0.9, 0.4, negatives 0.4, 0.1: of 4 pairs 3 are in order, 1 is tied
    answers = torch.tensor([[0.0, 0.9], [0.0, 0.4], [0.0, 0.4], [0.0, 0.1]])
    assert score("roc_auc", answers, torch.tensor([1, 1, 0, 0])) == pytest.approx(3.5 / 4)


def test_roc_auc_tells_far_logits_apart() -> None:
    answers = torch.tensor([[0.0, 200.0], [0.0, 100.0], [0.0, 150.0]])
    assert score("roc_auc", answers, torch.tensor([1, 0, 0])) == 1.0


def test_roc_auc_of_several_classes_is_their_mean() -> None:
    answers = torch.tensor([[5.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 5.0]])
    assert score("roc_auc", answers, torch.tensor([0, 1, 2])) == 1.0
    assert score("roc_auc", answers, torch.tensor([0, 0, 2])) == pytest.approx((0.75 + 1.0) / 2)


def test_average_precision() -> None:
    # ranked: 1, 0, 1: precision 1 at the first, 2/3 at the second
    answers = torch.tensor([[3.0], [2.0], [1.0]])
    labels = torch.tensor([[1.0], [0.0], [1.0]])
    assert score("average_precision", answers, labels) == pytest.approx((1 + 2 / 3) / 2)


def test_multilabel_skips_unknown_and_constant_columns() -> None:
    answers = torch.tensor([[1.0, 0.0, 3.0], [2.0, 0.0, 2.0], [3.0, 0.0, 1.0]])
    labels = torch.tensor([[0.0, 1.0, 1.0], [NAN, 1.0, NAN], [1.0, 1.0, 0.0]])
    assert score("roc_auc", answers, labels) == 1.0


def test_errors() -> None:
    answers, labels = torch.tensor([[1.0], [2.0], [9.0]]), torch.tensor([[2.0], [5.0], [NAN]])
    assert score("mae", answers, labels) == 2.0
    assert score("rmse", answers, labels) == pytest.approx(5**0.5)


@pytest.mark.parametrize("name", METRICS)
def test_undefined_is_none(name: str) -> None:
    labels = torch.zeros(0, dtype=torch.int64)
    assert score(name, torch.zeros(0, 2), labels) is None


def test_one_class_has_no_order() -> None:
    assert score("roc_auc", torch.zeros(3, 2), torch.tensor([1, 1, 1])) is None
    assert score("mae", torch.zeros(2, 1), torch.full((2, 1), NAN)) is None


def test_names() -> None:
    assert metric_for("regression", None).name == "mae"
    assert not metric_for("regression", "rmse").higher_is_better
    with pytest.raises(
        UnknownNameError, match="no metric for classification is called 'acuracy'; did you mean 'accuracy'"
    ):
        metric_for("classification", "acuracy")
    with pytest.raises(UnknownNameError, match="no metric for regression is called 'accuracy'"):
        metric_for("regression", "accuracy")
