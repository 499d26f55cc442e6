"""From what users hand over to checked integer arrays."""

import operator
from collections.abc import Iterable, Sequence
from itertools import chain
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.lasting import lasting
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import Pattern, SparseMatrix

MAX_NODES = isqrt(2**63 - 1)  # two nodes are packed into one integer to sort edges


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
    """Give `values` as an int64 array; anything but integers is refused, whole floating numbers too."""
    if isinstance(values, Tensor):
        values = values.detach().cpu().numpy()
    elif isinstance(values, Iterable) and not isinstance(values, Sequence) and not hasattr(values, "__array__"):
        values = list(values)  # a set, a generator, the edges of a networkx graph
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ComplexError(f"{what} should be an array of integers, but its rows differ in length") from error
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "O":
        raise ComplexError(f"{what} should be an array of integers below 2**63, but holds other things: {values!r:.60}")
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
    rows = as_lists(lists, what)
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = as_indices(list(chain.from_iterable(rows)), what)
    if values.ndim != 1:
        raise ComplexError(f"{what} should be lists of nodes, but are nested {values.ndim} lists deeper than that")
    return Ragged(offsets, values)


def as_lists(lists: Any, what: str) -> list[list[Any]]:
    """Give a list of lists, from any iterables or arrays of any iterables or arrays."""
    try:
        return [row.tolist() if hasattr(row, "tolist") else list(row) for row in lists]
    except TypeError as error:
        raise ComplexError(f"{what} should be a list of lists of nodes, but is {lists!r:.60}") from error


def as_whole_number(value: Any, what: str) -> int:
    """Give an int, from Python's or numpy's integers; truth values, floats and strings are refused."""
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise ComplexError(f"{what} should be an integer, but is {value!r:.60}")


def as_values(values: Any, name: str, device: torch.device | None = None) -> Tensor:
    """Give a tensor of numbers, sharing memory where it can."""
    if isinstance(values, np.ndarray) and not values.flags.writeable:
        values = values.copy()  # a tensor could be written to
    try:
        found = torch.as_tensor(values, device=device)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ShapeError(f"'{name}' should be a tensor or array of numbers, but cannot be made one: {error}") from error
    if found.layout != torch.strided:
        raise ShapeError(f"'{name}' should be a dense tensor, but has layout {found.layout}; use .to_dense()")
    return found


def _are_plain(ids: Tensor, count: int, device: torch.device) -> bool:
    """Whether numbers of components can be taken as they are: the usual case of a training loop, told quickly."""
    if ids.dtype != torch.int64 or ids.ndim != 1 or not len(ids) or {ids.device.type, device.type} != {"cpu"}:
        return False
    numbers = ids.numpy()
    return bool(numbers.min() >= 0 and numbers.max() < count)


@lasting
def as_component_ids(components: Any, count: int, device: torch.device) -> Tensor:
    """Give the numbers of chosen components (int64): from integers, a boolean mask, a slice, or one integer."""
    if isinstance(components, Tensor) and _are_plain(components, count, device):
        return components.clone()  # the selection reads them later
    if isinstance(components, slice):
        components = range(*components.indices(count))
    if isinstance(components, range):
        components = np.arange(components.start, components.stop, components.step)
    ids = as_values(components, "components", device)
    if ids.dtype == torch.bool:
        if ids.shape != (count,):
            raise ShapeError(f"a mask of components should have shape ({count},), but has {tuple(ids.shape)}")
        return ids.nonzero()[:, 0]
    if ids.numel() and (ids.is_floating_point() or ids.is_complex() or ids.ndim > 1):
        raise ShapeError(
            f"components should be a list of integers, but have shape {tuple(ids.shape)}, type {ids.dtype}"
        )
    ids = ids.reshape(-1).long()
    if ids.numel() and (int(ids.min()) < -count or int(ids.max()) >= count):
        wrong = ids[(ids < -count) | (ids >= count)]
        raise ComplexError(f"components should be below {count}, but one is {int(wrong[0])}")
    return torch.where(ids < 0, ids + count, ids)


def as_counts(num_nodes: int | Sequence[int] | Tensor | np.ndarray | None, used: int, what: str) -> np.ndarray:
    """Give the number of nodes of each component; None means one component, as large as the largest index needs.

    Raises:
        ComplexError: when an index of the cells points behind the last node.
    """
    if used > MAX_NODES:
        raise ComplexError(
            f"{what} should name nodes below {MAX_NODES}, but one names node {used - 1}; if these are identifiers, "
            "number them with numpy.unique(..., return_inverse=True)"
        )
    if num_nodes is None:
        return np.array([used], dtype=np.int64)
    counts = np.atleast_1d(as_indices(num_nodes, "num_nodes"))
    if counts.ndim != 1 or (counts < 0).any():
        raise ComplexError(f"num_nodes should be >= 0, one count for each component, but is {num_nodes!r:.60}")
    if counts.sum(dtype=np.float64) > MAX_NODES:
        raise ComplexError(f"num_nodes should be at most {MAX_NODES} in all, but is {num_nodes!r:.60}")
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
