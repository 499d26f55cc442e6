"""What is asked of the models: where the labels are, of which kind, and which rows train, validate and test."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Int8, Shaped
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ShapeError, SpecError
from cochain.experiments.comparison import Task
from cochain.experiments.metrics import metric_for
from cochain.experiments.sound import check_labels

PLACES: dict[str, int | str] = {"node": 0, "edge": 1, "face": 2, "whole": "whole", "link": "link"}
TRAIN, VALIDATION, TEST = 0, 1, 2
OWN_FOLDS = 5
VALIDATION_SHARE = 1 / 9
SPLIT_SEED = 0


@dataclass(frozen=True)
class Labels:
    """Labels and parts of the rows of a target."""

    y: Shaped[Tensor, "rows *outputs"]
    """Classes int64 (rows,), or floating (rows, outputs)."""
    known: Bool[Tensor, "rows"]
    """Rows that have a label."""
    split: Int8[Tensor, "rows folds"]
    """0 training, 1 validation, 2 test, -1 in no part."""


def parse_target(text: "str | int | None", complex_: Complex) -> "int | str":
    """Read a target: node, edge, face, whole, link or a rank; by default where labels are.

    Raises:
        SpecError: for another word, a rank above the top, or when there are no labels to be found.
    """
    if text is None:
        return _where_labels_are(complex_)
    place: int | str = PLACES.get(str(text), text)
    if isinstance(place, str) and place.isdecimal():
        place = int(place)
    if isinstance(place, str) and place not in ("whole", "link"):
        raise SpecError(f"target should be node, edge, face, whole, link or a rank, but is {text!r}")
    if isinstance(place, int) and not 0 <= place <= complex_.rank:
        raise SpecError(f"target should be a rank from 0 to {complex_.rank}, but is {place}")
    return place


def _where_labels_are(complex_: Complex) -> "int | str":
    if "y" in complex_.whole:
        return "whole"
    for rank in range(complex_.rank + 1):
        if "y" in complex_[rank]:
            return rank
    raise SpecError(
        "the complex should have labels 'y' on a rank or on the whole, but has none; add them with "
        "c.with_cochain(0, 'y', ...), or predict links with target 'link'"
    )


def infer_task(complex_: Complex, target: "int | str", kind: str | None = None, metric: str | None = None) -> Task:
    """Tell the kind of a task from the type of its labels.

    Integers and booleans are classes. Floating columns that hold only 0, 1 and NaN, several of them, are labels that
    hold or do not; any other floating numbers are to be predicted. -1 and NaN mean that a row has no label.

    Args:
        complex_: the data.
        target: a rank, "whole" or "link".
        kind: what a record of the data set says, if there is one.
        metric: name of the score; by default the usual one of the kind.

    Raises:
        SpecError: when there are no labels on the target, no two rows differ, or they cannot be what they seem.
    """
    if target == "link":
        chosen = metric_for("link", metric)
        return Task(0, "link", chosen.name, chosen.higher_is_better, 1)
    y = _raw_labels(complex_, target)
    kind = kind or _kind_of(y)
    chosen = metric_for(kind, metric)
    y = _typed(y, kind)
    known = _known(y)
    if not known.any():
        raise SpecError(f"the labels on {target} should hold at least some that are known, but all are -1 or NaN")
    rows = y[known]
    check_labels(rows, target, kind)
    outputs = int(rows.max()) + 1 if kind == "classification" else rows.shape[1]
    return Task(target, kind, chosen.name, chosen.higher_is_better, outputs)


def read_labels(complex_: Complex, task: Task) -> Labels:
    """Give labels and split of a task; where the data has no split, one is drawn.

    Without a split, rows are dealt into 5 folds from a fixed seed, stratified by class; fold k is tested on, the next
    one validates. Where a fold has no validation part, a ninth of its training part becomes one.
    """
    y = _typed(_raw_labels(complex_, task.target), task.kind)
    known = _known(y)
    place = complex_.whole if task.target == "whole" else complex_[int(task.target)]
    classes = y.numpy() if task.kind == "classification" else np.where(known.numpy(), 0, -1)
    if "split" in place:
        split = place.split.cpu()
        split = split[:, None] if split.ndim == 1 else split
        _check_split(split)
    else:
        split = _draw(classes)
    split = torch.where(known[:, None], split.to(torch.int8), torch.tensor(-1, dtype=torch.int8))
    return Labels(y, known, _with_validation(split, classes))


def read_known_labels(complex_: Complex, task: Task) -> tuple[Shaped[Tensor, "rows *outputs"], Bool[Tensor, "rows"]]:
    """Give the labels of a task as `Labels` holds them, and which rows have one."""
    y = _typed(_raw_labels(complex_, task.target), task.kind)
    return y, _known(y)


def check_fold(labels: Labels, task: Task, fold: int) -> list[str]:
    """Check that a fold can be learned and scored; give what is odd about it without preventing either.

    Raises:
        SpecError: when a part is empty, the training part has one row only or one class only.
    """
    part = labels.split[:, fold]
    sizes = [int((part == k).sum()) for k in (TRAIN, VALIDATION, TEST)]
    for size, least, name in zip(sizes, (2, 1, 1), ("training", "validation", "test"), strict=True):
        if size < least:
            things = "components" if task.target == "whole" else f"cells of rank {task.target}"
            raise SpecError(
                f"the {name} part of fold {fold} should hold at least {least} labelled {things}, but holds {size}"
            )
    rows = labels.y[part == TRAIN]
    if (rows == rows[:1]).all():
        raise SpecError(
            f"the labels in the training part of fold {fold} should differ, but all are "
            f"{rows.reshape(len(rows), -1)[0].tolist()}; split the data another way"
        )
    return _missing_classes(labels, task, fold) if task.kind == "classification" else []


def _missing_classes(labels: Labels, task: Task, fold: int) -> list[str]:
    part = labels.split[:, fold]
    everywhere = torch.bincount(labels.y[labels.known], minlength=task.outputs) > 0
    notes = []
    for k, name in ((TRAIN, "training"), (VALIDATION, "validation"), (TEST, "test")):
        missing = everywhere & (torch.bincount(labels.y[part == k], minlength=task.outputs) == 0)
        if missing.any():
            notes.append(f"class {missing.nonzero()[0].item()} is missing in the {name} part")
    return notes


def _raw_labels(complex_: Complex, target: "int | str") -> Tensor:
    place = complex_.whole if target == "whole" else complex_[int(target)]
    if "y" not in place:
        have = [str(rank) for rank in range(complex_.rank + 1) if "y" in complex_[rank]] + ["whole"] * (
            "y" in complex_.whole
        )
        raise SpecError(
            f"the target {target} should have labels 'y', but has none; it has some on: {', '.join(have) or 'nothing'}"
        )
    y = place.y.cpu()
    return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 and not y.is_floating_point() else y


def _kind_of(y: Tensor) -> str:
    if not y.is_floating_point():
        return "classification" if y.ndim == 1 else "multilabel"
    zero_one = y.isnan() | (y == 0) | (y == 1)
    return "multilabel" if y.ndim == 2 and y.shape[1] > 1 and bool(zero_one.all()) else "regression"


def _typed(y: Tensor, kind: str) -> Tensor:
    if kind == "classification":
        if y.ndim != 1:
            raise ShapeError(f"classes should be integers of shape (rows,), but have shape {tuple(y.shape)}")
        return torch.where(y.isnan(), -1, y).long() if y.is_floating_point() else y.long()
    if y.ndim > 2:
        raise ShapeError(f"labels should be (rows,) or (rows, columns), but have shape {tuple(y.shape)}")
    y = torch.where(y < 0, torch.nan, y.float()) if kind == "multilabel" else y.float()
    return y.reshape(len(y), -1)


def _known(y: Tensor) -> Tensor:
    return y >= 0 if y.ndim == 1 else ~y.isnan().all(dim=1)


def _check_split(split: Tensor) -> None:
    if split.is_floating_point() or int(split.min()) < -1 or int(split.max()) > TEST:
        raise SpecError(
            "split should hold 0 (training), 1 (validation), 2 (test) and -1 (in no part), but holds "
            f"{torch.unique(split)[:6].tolist()}"
        )


def _draw(classes: "np.ndarray") -> Tensor:
    from cochain.datasets.splits import fold_splits, stratified_folds

    folds = min(OWN_FOLDS, max(2, int((classes >= 0).sum()) // 2))
    return torch.from_numpy(fold_splits(stratified_folds(classes, folds, SPLIT_SEED), folds))


def _with_validation(split: Tensor, classes: "np.ndarray") -> Tensor:
    from cochain.datasets.splits import carve_validation

    lacking = ~(split == VALIDATION).any(dim=0)
    if not lacking.any():
        return split
    carved = carve_validation(split.numpy(), classes, VALIDATION_SHARE, SPLIT_SEED)
    return torch.where(lacking[None], torch.from_numpy(carved), split)
