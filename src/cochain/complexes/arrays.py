"""From what users hand over to checked integer arrays."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from cochain.errors import ComplexError
from cochain.kernels import Pattern, SparseMatrix

Indices = Tensor | np.ndarray | Sequence[Any]


class Ragged(NamedTuple):
    """Lists of different lengths in two flat arrays: list i is `values[offsets[i]:offsets[i + 1]]`.

    The fast way to hand over hyperedges, polygons or cells: nothing is copied through Python lists.
    """

    offsets: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """Length of every list."""
        return np.diff(self.offsets)

    @property
    def owner(self) -> np.ndarray:
        """For every value, the list that it stands in."""
        return np.repeat(np.arange(len(self)), self.lengths)


def as_indices(values: Any, what: str) -> np.ndarray:
    """Give `values` as an int64 array; floats that are no whole numbers, and anything else, are refused."""
    if isinstance(values, Tensor):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ComplexError(f"{what} should be an array of integers, but its rows differ in length") from error
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise ComplexError(
            f"{what} should be integers, but has type {array.dtype}; number the cells from 0 and cast with .astype(int)"
        )
    if array.dtype == np.uint64 and array.max() > np.iinfo(np.int64).max:
        raise ComplexError(f"{what} should be below 2**63, but holds {array.max()}")
    return array.astype(np.int64, copy=False)


def as_ragged(lists: Any, what: str) -> Ragged:
    """Give lists of nodes, a rectangular array (one list per row) or a `Ragged` as checked offsets and values."""
    if isinstance(lists, Ragged):
        offsets, values = as_indices(lists.offsets, what), as_indices(lists.values, what)
        if (
            offsets.ndim != 1
            or not len(offsets)
            or offsets[0] != 0
            or offsets[-1] != len(values)
            or (np.diff(offsets) < 0).any()
        ):
            raise ComplexError(f"{what}: offsets should rise from 0 to {len(values)}, the number of values, but do not")
        return Ragged(offsets, values)
    if isinstance(lists, Tensor | np.ndarray):
        array = as_indices(lists, what)
        if array.ndim != 2:
            raise ComplexError(
                f"{what} should be a two-dimensional array, one cell per row, but has shape {array.shape}"
            )
        return Ragged(np.arange(len(array) + 1) * array.shape[1], array.reshape(-1))
    rows = [row.tolist() if hasattr(row, "tolist") else list(row) for row in lists]
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Ragged(offsets, as_indices(list(chain.from_iterable(rows)), what).reshape(-1))


def as_counts(num_nodes: int | Sequence[int] | Tensor | np.ndarray | None, used: int, what: str) -> np.ndarray:
    """Give the number of nodes of each component; None means one component, as large as the largest index needs.

    Raises:
        ComplexError: when an index of the cells points behind the last node.
    """
    if num_nodes is None:
        return np.array([used], dtype=np.int64)
    counts = np.atleast_1d(as_indices(num_nodes, "num_nodes"))
    if counts.ndim != 1 or (counts < 0).any():
        raise ComplexError(f"num_nodes should be >= 0, one count for each component, but is {num_nodes!r}")
    total = int(counts.sum())
    if used > total:
        raise ComplexError(
            f"{what} should name nodes below num_nodes = {total}, but one names node {used - 1}; "
            "raise num_nodes, or number the nodes from 0 without gaps"
        )
    return counts


def largest(values: np.ndarray, what: str) -> int:
    """Give one more than the largest index, after refusing negative ones."""
    if not values.size:
        return 0
    if values.min() < 0:
        position = int(np.argmin(values.reshape(-1)))
        raise ComplexError(f"{what} should be >= 0, but entry {position} is {values.min()}; nodes are numbered from 0")
    return int(values.max()) + 1


def refuse_repeats(cells: Ragged, what: str) -> None:
    """Raise when a cell names one node twice."""
    order = np.lexsort((cells.values, cells.owner))
    values, owner = cells.values[order], cells.owner[order]
    twice = np.flatnonzero((values[1:] == values[:-1]) & (owner[1:] == owner[:-1]))
    if len(twice):
        cell, node = owner[twice[0]], values[twice[0]]
        raise ComplexError(
            f"{what} {cell} should name each node once, but names node {node} twice; remove the repetition"
        )


def sorted_unique(keys: np.ndarray) -> np.ndarray:
    """Give the different integers in order, by sorting: for many integers `np.unique` hashes, which is slower."""
    keys = np.sort(keys)
    keep = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=keep[1:])
    return keys[keep]


def sparse(indptr: np.ndarray, indices: np.ndarray, values: Any, shape: tuple[int, int]) -> SparseMatrix:
    """Wrap CSR arrays (rows sorted) as a `SparseMatrix`, with int32 indices where they fit."""
    kind = np.int32 if max(*shape, len(indices)) < 2**31 else np.int64
    pattern = Pattern(
        torch.from_numpy(np.ascontiguousarray(indptr, dtype=kind)),
        torch.from_numpy(np.ascontiguousarray(indices, dtype=kind)),
        (int(shape[0]), int(shape[1])),
    )
    return SparseMatrix(pattern, torch.from_numpy(values) if isinstance(values, np.ndarray) else values)


def component_of_cells(first_nodes: np.ndarray, node_offsets: np.ndarray) -> np.ndarray:
    """Give the component of each cell from one of its nodes."""
    return np.searchsorted(node_offsets, first_nodes, side="right") - 1


def count_by_component(component: np.ndarray, components: int) -> np.ndarray:
    """Count cells per component; cells must be sorted by component."""
    return np.bincount(component, minlength=components)


def refuse_straddling(cells: Ragged, node_offsets: np.ndarray, what: str) -> np.ndarray:
    """Give the component of each cell, after refusing cells with nodes in two components and empty cells."""
    if (cells.lengths == 0).any():
        raise ComplexError(f"{what} {int(np.argmin(cells.lengths))} should have at least one node, but is empty")
    if len(node_offsets) == 2:
        return np.zeros(len(cells), dtype=np.int64)
    component = component_of_cells(cells.values, node_offsets)
    first = component[cells.offsets[:-1]] if len(cells) else component
    wrong = np.flatnonzero(component != first[cells.owner])
    if len(wrong):
        cell = cells.owner[wrong[0]]
        raise ComplexError(
            f"{what} {cell} should lie in one component, but has nodes in two; merge them or split the cell"
        )
    return first
