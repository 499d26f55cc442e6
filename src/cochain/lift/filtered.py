"""Filtered complexes of points: from the simplex trees of GUDHI, one for each component, to one complex."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.complexes.build_simplicial import build_simplicial
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError
from cochain.lift.closure import heightened
from cochain.lift.cloud import Floats
from cochain.lift.skeleton import Index


def check_squared(value: object, name: str) -> float:
    """Give a bound of filtration values, which may be infinite."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not value >= 0:
        raise ComplexError(f"{name} should be a number >= 0, a squared length, but is {value!r:.60}")
    return float(value)


def check_rank(max_rank: int) -> int:
    """Refuse ranks that hold no edges."""
    if as_whole_number(max_rank, "max_rank") < 1:
        raise ComplexError(f"max_rank should be at least 1, the rank of edges, but is {max_rank}")
    return max_rank


def filtered(
    trees: Sequence[Any], counts: Index, max_rank: int, bound: float, missing: str | None = None
) -> tuple[Structure, list[Floats]]:
    """Join simplex trees to one simplicial complex with the filtration values of each rank.

    Args:
        trees: one for each component, with nodes numbered from 0.
        counts: nodes of each component.
        max_rank: the highest rank that is read; it is there even when it has no cells.
        bound: the largest value that is kept above the nodes.
        missing: what to say when a node is in no tree; `{node}` stands for its number. None where that cannot be.

    Raises:
        ComplexError: when a node is missing from its tree.
    """
    starts = np.cumsum(counts) - counts
    rows, values = _read(trees, starts, max_rank)
    absent = np.setdiff1d(np.arange(counts.sum()), rows[0])
    if missing is not None and len(absent):
        raise ComplexError(missing.format(node=absent[0]))
    for rank in range(1, max_rank + 1):
        kept = values[rank] <= bound
        rows[rank], values[rank] = rows[rank][kept], values[rank][kept]
    structure = heightened(build_simplicial(rows, counts), max_rank)
    ordered = []
    for cells, value in zip(rows, values, strict=True):
        ordered.append(value[np.lexsort(cells.T[::-1])])  # the builder sorts the cells, all different, just so
    return structure, ordered


def _read(trees: Sequence[Any], starts: Index, max_rank: int) -> tuple[list[Index], list[Floats]]:
    """Read what GUDHI hands out simplex by simplex: the nodes, numbered over the union, and the values, by rank."""
    rows: list[list[Index]] = [[] for _ in range(max_rank + 1)]
    values: list[list[Floats]] = [[] for _ in range(max_rank + 1)]
    for tree, start in zip(trees, starts, strict=True):
        found = list(tree.get_skeleton(max_rank))
        lengths = np.fromiter((len(simplex) for simplex, _ in found), np.int64, len(found))
        nodes = np.fromiter(chain.from_iterable(simplex for simplex, _ in found), np.int64, int(lengths.sum()))
        value = np.fromiter((value for _, value in found), np.float64, len(found))
        begins = np.cumsum(lengths) - lengths
        for rank in range(max_rank + 1):
            same = np.flatnonzero(lengths == rank + 1)
            cells = np.sort(nodes[begins[same][:, None] + np.arange(rank + 1)], axis=1)
            rows[rank].append(cells + start)
            values[rank].append(value[same])
    none = [np.zeros((0, rank + 1), np.int64) for rank in range(max_rank + 1)]
    return (
        [np.concatenate([none[rank], *parts]) for rank, parts in enumerate(rows)],
        [np.concatenate([np.zeros(0), *parts]) + 0.0 for parts in values],  # never -0.0
    )


def with_filtration(c: Complex, values: Sequence[Floats], dtype: torch.dtype) -> Complex:
    """Put filtration values on all ranks, in the type of the positions."""
    for rank, value in enumerate(values):
        filtration: Tensor = torch.from_numpy(value).to(dtype)
        c = c.with_cochain(rank, "filtration", filtration)
    return c
