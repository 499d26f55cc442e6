"""A data set in numbers: what a report shows of it before any model."""

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.neighborhood import incident
from cochain.experiments.comparison import Histogram, Portrait, Task
from cochain.experiments.tasks import TEST, TRAIN, VALIDATION, Labels

BINS = 30


def portray(complex_: Complex, task: Task, labels: Labels | None) -> Portrait:
    """Count cells, channels, classes, degrees and parts.

    Args:
        complex_: the data, before any lift.
        task: what is asked.
        labels: labels and parts; None for links.
    """
    ranks = range(complex_.rank + 1)
    several = len(complex_) > 1
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
        homophily=homophily(complex_, labels)
        if labels and task.kind == "classification" and task.target == 0
        else None,
        degrees=histogram(degrees(complex_)) if complex_.rank else None,
        component_sizes=tuple(histogram(complex_.offsets(rank).diff()) for rank in ranks) if several else (),
        parts=_parts(labels),
    )


def _channels(complex_: Complex, rank: int) -> int:
    return (
        int(complex_[rank].x.reshape(complex_.sizes[rank], -1).shape[1])
        if "x" in complex_[rank] and complex_.sizes[rank]
        else 0
    )


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


def degrees(complex_: Complex) -> Tensor:
    """Give the number of edges (or hyperedges) at each node."""
    return complex_.resolve(incident(0, 1)).matrix.pattern.degrees


def homophily(complex_: Complex, labels: Labels) -> float | None:
    """Give the share of edges whose nodes are of one class; in a hypergraph, of pairs of nodes in a hyperedge.

    Of n nodes in an edge with n_c of class c, sum over c of n_c (n_c - 1) / 2 pairs agree out of n (n - 1) / 2. Nodes
    without a class are left out.
    """
    if complex_.rank == 0:
        return None
    members = complex_.cells(1).pattern
    classes = labels.y[members.indices.long().cpu()]
    edge = members.rows.cpu().long()
    edge, classes = edge[classes >= 0], classes[classes >= 0]
    width = int(labels.y.max()) + 1
    counts = torch.unique(edge * width + classes, return_counts=True)[1]
    sizes = torch.bincount(edge) if len(edge) else edge
    agreeing, pairs = int((counts * (counts - 1)).sum()), int((sizes * (sizes - 1)).sum())
    return agreeing / pairs if pairs else None


def histogram(values: Tensor) -> Histogram:
    """Count values in at most 30 bins; small whole numbers get a bin each."""
    array = values.detach().cpu().numpy().astype(np.float64)
    array = array[np.isfinite(array)]
    if not len(array):
        return Histogram((0.0, 1.0), (0,))
    low, high = float(array.min()), float(array.max())
    if not values.is_floating_point():
        step = max(1, int(np.ceil((high - low + 1) / BINS)))
        edges = np.arange(low, high + 1 + step, step)
    else:
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    counts, edges = np.histogram(array, edges)
    return Histogram(tuple(float(e) for e in edges), tuple(int(n) for n in counts))
