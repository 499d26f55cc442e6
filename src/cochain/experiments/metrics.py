"""Scores: a literal table from names to functions of torchmetrics, all on answers and labels of the same rows."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from cochain.errors import unknown_name


@dataclass(frozen=True)
class Metric:
    """A score."""

    name: str
    """Its name on the command line and in records of data sets."""
    higher_is_better: bool
    """Whether a higher score is a better one."""
    kinds: tuple[str, ...]
    """The kinds of tasks that it is a score for."""
    function: Callable[[Tensor, Tensor], float | None]
    """From answers (rows, outputs) and labels to the score; None where it is undefined."""


def score(metric: str, answers: Tensor, labels: Tensor) -> float | None:
    """Give a score, or None where it is undefined: no rows, or one class only where ranks of two are asked for.

    Args:
        metric: a name of `METRICS`.
        answers: (rows, outputs): logits, or predicted numbers.
        labels: classes (rows,), or (rows, outputs) numbers, of which NaN is not counted.
    """
    if not len(labels):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchmetrics warns of classes without a row; `None` or the task says so here
        found = METRICS[metric].function(answers.detach().float().cpu(), labels.detach().cpu())
    return None if found is None or found != found else float(found)


def _accuracy(answers: Tensor, labels: Tensor) -> float | None:
    return float((answers.argmax(dim=1) == labels).double().mean())


def _f1_macro(answers: Tensor, labels: Tensor) -> float | None:
    from torchmetrics.functional.classification import multiclass_f1_score

    return float(multiclass_f1_score(answers, labels, num_classes=answers.shape[1], average="macro"))


def _ranked(name: str) -> Callable[[Tensor, Tensor], float | None]:
    """Score the order of the answers: per class or label that occurs and does not always occur, then their mean."""

    def function(answers: Tensor, labels: Tensor) -> float | None:
        from torchmetrics.functional import classification

        binary = getattr(classification, f"binary_{name}")
        if labels.ndim == 1 and answers.shape[1] == 2:
            columns = [(answers[:, 1] - answers[:, 0], labels == 1)]
        elif labels.ndim == 1:
            share = answers.softmax(dim=1)
            columns = [(share[:, k], labels == k) for k in range(answers.shape[1])]
        else:
            known = [~labels[:, k].isnan() for k in range(labels.shape[1])]
            columns = [(answers[rows, k], labels[rows, k] > 0.5) for k, rows in enumerate(known)]
        # As logits: a sigmoid would round far ones to equal ranks, so the ranks themselves are handed over.
        scores = [float(binary(_ranks(a), y.long())) for a, y in columns if y.any() and not y.all()]
        return sum(scores) / len(scores) if scores else None

    return function


def _ranks(values: Tensor) -> Tensor:
    """Give ranks within [0, 1], equal ones for equal values: their order is all that these scores read."""
    distinct: Tensor
    place: Tensor
    distinct, place = torch.unique(values.double(), return_inverse=True)
    return place.double() / max(1, len(distinct) - 1)


def _error(power: int) -> Callable[[Tensor, Tensor], float | None]:
    def function(answers: Tensor, labels: Tensor) -> float | None:
        from torchmetrics.functional import mean_absolute_error, mean_squared_error

        known = ~labels.isnan()
        if not known.any():
            return None
        a, y = answers[known].double(), labels[known].double()
        return float(mean_absolute_error(a, y) if power == 1 else mean_squared_error(a, y, squared=False))

    return function


METRICS: dict[str, Metric] = {
    each.name: each
    for each in (
        Metric("accuracy", True, ("classification",), _accuracy),
        Metric("f1_macro", True, ("classification",), _f1_macro),
        Metric("roc_auc", True, ("classification", "multilabel", "link"), _ranked("auroc")),
        Metric("average_precision", True, ("classification", "multilabel", "link"), _ranked("average_precision")),
        Metric("mae", False, ("regression",), _error(1)),
        Metric("rmse", False, ("regression",), _error(2)),
    )
}

DEFAULT = {"classification": "accuracy", "multilabel": "roc_auc", "regression": "mae", "link": "roc_auc"}


def metric_for(kind: str, name: str | None) -> Metric:
    """Give the metric of a task: the named one, which should fit the kind, or the usual one."""
    if name is None:
        return METRICS[DEFAULT[kind]]
    fitting = {key: each for key, each in METRICS.items() if kind in each.kinds}
    if name not in fitting:
        raise unknown_name(f"metric for {kind}", name, fitting)
    return fitting[name]
