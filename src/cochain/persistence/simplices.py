"""Diagrams from simplex trees of GUDHI whose cells have values that are computed again, with gradients."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.persistence.clouds import Index
from cochain.persistence.diagram import Bars, Diagram

Simplices = list[tuple[int, ...]]
Values = Callable[[Index, Index], Tensor]


def pairs_of(tree: Any, max_dim: int, field: int) -> list[tuple[Simplices, Simplices]]:
    """Give, for every dimension, the simplices that give birth and those that kill, empty where none does."""
    tree.compute_persistence(homology_coeff_field=field, min_persistence=0, persistence_dim_max=True)
    pairs: list[tuple[Simplices, Simplices]] = [([], []) for _ in range(max_dim + 1)]
    for birth, death in tree.persistence_pairs():
        dim = len(birth) - 1
        if dim <= max_dim:
            pairs[dim][0].append(tuple(sorted(birth)))
            pairs[dim][1].append(tuple(sorted(death)))
    return pairs


def diagram_of_trees(
    found: Sequence[list[tuple[Simplices, Simplices]]], max_dim: int, field: int, values: Values, like: Tensor
) -> Diagram:
    """Join the pairs of all components and compute their values.

    Args:
        found: for every component, the pairs of each dimension, with vertices counted within the component.
        max_dim: the highest dimension.
        field: the prime.
        values: gives the values of simplices of one rank, (simplices, rank + 1), from their components.
        like: a tensor of the type and on the device of the values.

    Returns:
        Bars in the order of (component, birth simplex); `pairs` are the vertices of the simplex that gives birth, then
        those of the simplex that kills, or -1.
    """
    finite, essential = {}, {}
    for dim in range(max_dim + 1):
        rows = []
        for component, pairs in enumerate(found):
            for birth, death in zip(*pairs[dim], strict=True):
                rows.append((component, *birth, *(death or (-1,) * (dim + 2))))
        table = np.array(sorted(rows), np.int64).reshape(len(rows), 2 * dim + 4)
        mortal = table[:, -1] >= 0
        bars = _bars(table[mortal], dim, values, like)
        finite[dim] = bars.select(bars.deaths.detach() > bars.births.detach())
        essential[dim] = _bars(table[~mortal], dim, values, like)
    return Diagram(finite, essential, len(found), int(field))


def _bars(table: Index, dim: int, values: Values, like: Tensor) -> Bars:
    births = values(table[:, 0], table[:, 1 : dim + 2])
    mortal = bool(len(table)) and table[0, -1] >= 0
    deaths = values(table[:, 0], table[:, dim + 2 :]) if mortal else torch.full_like(births, torch.inf)
    index = torch.from_numpy(table).to(like.device)
    return Bars(births, deaths, index[:, 0].contiguous(), index[:, 1:].contiguous())
