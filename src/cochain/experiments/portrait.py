"""A data set in numbers: what a report shows of it before any model."""

import torch
from jaxtyping import Int
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.agreement import agreement
from cochain.complexes.schema import Schema
from cochain.experiments.comparison import Portrait, Task
from cochain.experiments.shape import histogram, measure_shape
from cochain.experiments.tasks import TEST, TRAIN, VALIDATION, Labels


def portray(complex_: Complex, task: Task, labels: Labels | None) -> Portrait:
    """Count cells, channels, classes, degrees, rings, holes and parts, in time that stays short for large data.

    Args:
        complex_: the data, before any lift.
        task: what is asked.
        labels: labels and parts; None for links.
    """
    ranks = range(complex_.rank + 1)
    several = len(complex_) > 1
    shape = measure_shape(complex_)
    classes = labels.y if labels and task.kind == "classification" and task.target == 0 else None
    alike, by_chance, notes = (None, None, ()) if classes is None else agreement(complex_, classes)
    return Portrait(
        domain=complex_.domain,
        components=len(complex_),
        cells=complex_.sizes,
        channels=tuple(_channels(complex_, rank) for rank in ranks),
        odd=tuple(complex_.is_odd(rank) for rank in ranks),
        labels=_label_counts(task, labels),
        label_histogram=histogram(labels.y[labels.known].double().mean(dim=1))
        if labels and task.kind == "regression"
        else None,
        unlabelled=int((~labels.known).sum()) if labels else 0,
        homophily=alike,
        degrees=histogram(degrees(complex_)) if complex_.rank else None,
        component_sizes=tuple(histogram(complex_.offsets(rank).diff()) for rank in ranks) if several else (),
        parts=_parts(labels),
        homophily_by_chance=by_chance,
        cell_sizes=shape.cell_sizes,
        rings=shape.rings,
        betti=shape.betti,
        notes=(*notes, *shape.notes),
        names=_names(complex_, task),
    )


def _channels(complex_: Complex, rank: int) -> int:
    return (
        int(complex_[rank].x.reshape(complex_.sizes[rank], -1).shape[1])
        if "x" in complex_[rank] and complex_.sizes[rank]
        else 0
    )


def _names(complex_: Complex, task: Task) -> tuple[str, ...]:
    """Give what the data calls its classes or labels, where it names all of them."""
    schema = complex_.schema or Schema()
    names = schema.classes if task.kind == "classification" else schema.labels
    found = names.get("whole" if task.target == "whole" else int(task.target), ())
    return found if len(found) == task.outputs and task.kind != "link" else ()


def _label_counts(task: Task, labels: Labels | None) -> tuple[int, ...]:
    if labels is None or task.kind == "regression":
        return ()
    if task.kind == "classification":
        return tuple(torch.bincount(labels.y[labels.known], minlength=task.outputs).tolist())
    return tuple((labels.y > 0.5).sum(dim=0).tolist())


def _parts(labels: Labels | None) -> tuple[tuple[int, int, int], ...]:
    if labels is None:
        return ()
    train, validation, test = ((labels.split == part).sum(dim=0).tolist() for part in (TRAIN, VALIDATION, TEST))
    return tuple(zip(train, validation, test, strict=True))


def degrees(complex_: Complex) -> Int[Tensor, "nodes"]:
    """Give the number of edges (or hyperedges) at each node."""
    return torch.bincount(complex_.cells(1).pattern.indices, minlength=complex_.sizes[0])
