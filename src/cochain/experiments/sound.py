"""What data must be before anything can be learned from it, and what a reader of the scores should know of it."""

import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import SpecError

READ = ("x", "pos", "weight")
"""Names of the tensors on cells that models read."""
CLASSES = 1000
"""More classes than this are taken for numbers of something else, unless there are as many rows."""


def check_features(complex_: Complex) -> None:
    """Check that every feature is a finite number.

    Raises:
        SpecError: with the first cell and channel where it is not, and for features without channels.
    """
    for rank in range(complex_.rank + 1):
        for name in READ:
            if name in complex_[rank]:
                _check(complex_[rank][name], name, rank)


def _check(value: Tensor, name: str, rank: int) -> None:
    if value.ndim == 2 and value.shape[1] == 0:
        raise SpecError(f"{name} of rank {rank} should have channels, but has none; leave {name} out")
    if not value.is_floating_point():
        return
    flat = value.reshape(len(value), -1)
    odd = ~torch.isfinite(flat)
    if odd.any():
        cell, channel = (int(each) for each in odd.nonzero()[0])
        more = int(odd.sum()) - 1
        raise SpecError(
            f"{name} of rank {rank} should hold finite numbers, but channel {channel} of cell {cell} is "
            f"{float(flat[cell, channel])}{f', and {more} more' if more else ''}; fill in what is missing, or drop the "
            "channel"
        )


def check_labels(rows: Tensor, target: int | str, kind: str) -> None:
    """Check the known labels of a task.

    Raises:
        SpecError: for a single row, labels that are all alike, infinite numbers, and classes that are no numbers of
            classes.
    """
    if len(rows) == 1:
        raise SpecError(
            f"the labels on {target} should be known for several rows, but are for one only; there is nothing to test "
            "on"
        )
    if rows.is_floating_point() and rows.isinf().any():
        place = int(rows.isinf().nonzero()[0, 0])
        raise SpecError(
            f"the labels on {target} should be finite, or NaN where unknown, but labelled row {place} is "
            f"{rows[place].reshape(-1).tolist()}"
        )
    if (rows == rows[:1]).all():
        raise SpecError(
            f"the labels on {target} should differ, but all {len(rows)} are {rows.reshape(len(rows), -1)[0].tolist()}; "
            "there is nothing to learn"
        )
    if kind == "classification" and int(rows.max()) >= max(CLASSES, len(rows)):
        raise SpecError(
            f"the classes on {target} should be numbered from 0, but the largest of {len(torch.unique(rows))} is "
            f"{int(rows.max())}; number them anew, or make the labels floating to predict them as numbers"
        )


def notes_on(complex_: Complex) -> list[str]:
    """Say what is odd about the data without preventing a run: components without cells, no edges at all."""
    sizes = complex_.offsets(0).diff()
    empty = (sizes == 0).nonzero()[:, 0]
    notes = []
    if len(empty):
        notes.append(
            f"{len(empty)} of {len(complex_)} components have no cells, such as {int(empty[0])}: the answer for them "
            "is a constant"
        )
    if complex_.domain != "points" and sum(complex_.sizes[1:]) == 0:
        notes.append("there are no edges: no model can hear anything from a neighbour")
    return notes
