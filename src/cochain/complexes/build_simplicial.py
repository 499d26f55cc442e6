"""Builder of simplicial complexes: any simplices in, closed under faces, sorted lexicographically."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np
from torch import Tensor

from cochain.complexes.arrays import as_counts, as_indices, as_lists, component_of_cells, largest, sparse
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import SparseMatrix


def build_simplicial(simplices: Any, num_nodes: Any = None) -> Structure:
    """Build a simplicial complex; see `Complex.simplicial`."""
    given = _by_rank(simplices)
    used = max((largest(rows, "simplices") for rows in given.values()), default=0)
    counts = as_counts(num_nodes, used, "simplices")
    nodes = int(counts.sum())
    top = max(given, default=0)
    faces: dict[tuple[int, int], SparseMatrix] = {}
    sizes, component_sizes = [nodes] + [0] * top, {}
    rows = given.get(top, np.zeros((0, top + 1), dtype=np.int64))
    cells = unique_rows(rows, nodes)[0] if top else rows
    for rank in range(top, 0, -1):
        below = given.get(rank - 1, np.zeros((0, rank), dtype=np.int64))
        sizes[rank] = len(cells)
        component_sizes[rank] = _component_sizes(cells, counts)
        cells, faces[(rank, rank - 1)] = _faces(cells, below, nodes)
    offsets = [offsets_of(counts)] + [offsets_of(component_sizes[k]) for k in range(1, top + 1)]
    return Structure("simplicial", sizes, offsets, faces)


def _faces(cells: np.ndarray, given: np.ndarray, nodes: int) -> tuple[np.ndarray, SparseMatrix]:
    """Give the cells one rank below (faces and given ones) and the signed matrix of faces.

    The face without vertex i has sign (-1)^i. Leaving out a later vertex gives a lexicographically smaller face, so
    taking i from last to first lists each row's columns in order.
    """
    count, width = cells.shape
    keep = np.array([[j for j in range(width) if j != i] for i in reversed(range(width))])
    signs = np.array([(-1) ** i for i in reversed(range(width))], dtype=np.int8)
    if width == 2:
        return cells, sparse(np.arange(count + 1) * width, cells.reshape(-1), np.tile(signs, count), (count, nodes))
    rows = cells[:, keep].reshape(count * width, width - 1)
    below, inverse = unique_rows(np.concatenate([given, rows]), nodes)
    index = inverse[len(given) :]
    return below, sparse(np.arange(count + 1) * width, index, np.tile(signs, count), (count, len(below)))


def unique_rows(rows: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the different rows in lexicographic order, and for each row its position among them.

    Rows are packed into one integer where that fits 63 bits, otherwise column by column.
    """
    if rows.shape[1] == 1:
        found, inverse = np.unique(rows[:, 0], return_inverse=True)
        return found[:, None], inverse
    if not len(rows):
        return rows, np.zeros(0, dtype=np.int64)
    code = rows[:, 0]
    size = nodes
    for column in range(1, rows.shape[1]):
        if size > 2**62 // max(nodes, 1):
            ranks, code = np.unique(code, return_inverse=True)
            size = len(ranks)
        code = code * nodes + rows[:, column]
        size *= nodes
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    return rows[first], inverse


def _component_sizes(cells: np.ndarray, counts: np.ndarray) -> np.ndarray:
    if len(counts) == 1:
        return np.array([len(cells)])
    nodes = offsets_of(counts).numpy()
    first, last = component_of_cells(cells[:, 0], nodes), component_of_cells(cells[:, -1], nodes)
    wrong = np.flatnonzero(first != last)
    if len(wrong):
        raise ComplexError(
            f"a simplex should lie in one component, but {tuple(map(int, cells[wrong[0]]))} has nodes in two; "
            "nodes are numbered over the whole union"
        )
    return np.bincount(first, minlength=len(counts))


def _by_rank(simplices: Any) -> dict[int, np.ndarray]:
    """Sort what was given into one array per rank, each row increasing."""
    if isinstance(simplices, Tensor | np.ndarray):
        arrays = [as_indices(simplices, "simplices")]
    else:
        if not isinstance(simplices, Iterable):
            raise ComplexError(f"simplices should be a list of tuples of nodes, but are {simplices!r:.60}")
        items = list(simplices)
        if any(isinstance(item, Tensor | np.ndarray) and np.ndim(item) == 2 for item in items):
            arrays = [as_indices(item, "simplices") for item in items]
        else:
            rows = sorted(as_lists(items, "simplices"), key=len)
            arrays = [as_indices(list(group), "simplices") for _, group in groupby(rows, key=len)]
    out: dict[int, list[np.ndarray]] = {}
    for array in arrays:
        if array.size:
            out.setdefault(_width(array) - 1, []).append(_increasing(array))
    return {rank: np.concatenate(parts) for rank, parts in out.items()}


def _width(array: np.ndarray) -> int:
    if array.ndim != 2:
        raise ShapeError(f"simplices should be rows of nodes, (n, rank + 1), but have shape {array.shape}")
    return int(array.shape[1])


def _increasing(array: np.ndarray) -> np.ndarray:
    rows = np.sort(array, axis=1)
    twice = np.flatnonzero((rows[:, 1:] == rows[:, :-1]).any(axis=1))
    if len(twice):
        raise ComplexError(
            f"a simplex should name each node once, but {tuple(array[twice[0]].tolist())} repeats one; "
            "remove the repetition"
        )
    return rows
