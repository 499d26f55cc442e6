"""Pairings of the Vietoris-Rips filtrations of many clouds: which engine runs where, and the integers it gives."""

import sys
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from cochain.persistence.clouds import Clouds, Floats, Index, Matrices, in_shares
from cochain.persistence.guard import check_matrix, check_simplices

_PAIR_BYTES = 12  # per ordered pair: a length, its short form, and something for the few edges that are kept
_HIGHER_BYTES = 40  # the same with the ranks and the list of the edges that the general engine needs
_SIMPLEX_BYTES = 16  # that a column of the general engine takes at least
_FEW = 8  # dimensions that are stored axis by axis


class Found(NamedTuple):
    """Pairings of all clouds, vertices counted within their cloud."""

    merged: Index
    """(cloud, vertex born, ends of the edge that kills), ascending by cloud."""
    cycles: dict[int, Index]
    """Dimension -> (cloud, ends of the edge that gives birth, of the edge that kills or -1), ascending by cloud."""
    offsets: Index
    """Where the points of each cloud begin, and last where they end."""


def pair(given: Clouds | Matrices, max_dim: int, limit: float, field: int) -> Found:
    """Pair the clouds or matrices, whose diagonals hold the births of the points.

    Args:
        given: what was read; no gradient is looked at.
        max_dim: the highest dimension.
        limit: the largest length.
        field: the prime.

    Raises:
        ComplexError: when the memory would not hold it.
    """
    sizes = np.diff(given.offsets)
    some = np.flatnonzero(sizes)  # the engines read clouds of a point at least
    offsets = np.concatenate([[0], np.cumsum(sizes[some])]).astype(np.int64)
    if max_dim > 0 and len(some):
        each = _PAIR_BYTES if max_dim == 1 else _HIGHER_BYTES
        check_matrix(int(sizes.max()), each, "take max_dim=0, which needs no pairs, sparse=0.5, or ")
    if isinstance(given, Clouds):
        merged, cycles = _of_points(given, offsets, max_dim, limit, field)
    else:
        merged, cycles = _of_matrices(_table(given), offsets, max_dim, limit, field)
    found = {1: cycles} if max_dim > 0 else {}
    for k, one in enumerate(_matrices_of(given, offsets)) if max_dim > 1 else ():
        _append_higher(found, k, one, max_dim, limit, field)
    for table in (merged, *found.values()):
        table[:, 0] = some[table[:, 0]]
    return Found(merged, found, given.offsets)


def _of_points(given: Clouds, offsets: Index, max_dim: int, limit: float, field: int) -> tuple[Index, Index]:
    points = given.points.detach().cpu().contiguous().numpy()
    if points.shape[1] <= _FEW:
        points = points.astype(np.float64, copy=False)
    sizes, square = np.diff(offsets), _square(limit)
    if max_dim == 0:
        from cochain.persistence._numba_prim import trees_of_points  # compiles

        steps = sizes**2 * (4 + points.shape[1]) // 16
        return _trees(trees_of_points, points, offsets, steps, square), np.zeros((0, 5), np.int64)
    from cochain.persistence._numba_rips_batch import bars_of_points  # compiles

    steps = sizes**2 * (64 + points.shape[1]) // 8
    shares = in_shares(lambda begin, end: bars_of_points(points, offsets, begin, end, square, field), steps)
    return _joined([merged for merged, _ in shares], 4), _joined([cycles for _, cycles in shares], 5)


def _of_matrices(flat: Floats, offsets: Index, max_dim: int, limit: float, field: int) -> tuple[Index, Index]:
    sizes = np.diff(offsets)
    if max_dim == 0:
        from cochain.persistence._numba_prim import trees_of_matrices  # compiles

        return _trees(trees_of_matrices, flat, offsets, sizes**2 // 2, limit), np.zeros((0, 5), np.int64)
    from cochain.persistence._numba_rips_batch import bars_of_matrices  # compiles

    shares = in_shares(lambda begin, end: bars_of_matrices(flat, offsets, begin, end, limit, field), 8 * sizes**2)
    return _joined([merged for merged, _ in shares], 4), _joined([cycles for _, cycles in shares], 5)


def _trees(grow: Any, table: Floats, offsets: Index, steps: Index, limit: float) -> Index:
    """Give the merges along minimum spanning trees, up to a limit."""
    clouds = len(offsets) - 1
    bars, values = np.empty((offsets[-1] - clouds, 3), np.int64), np.empty(offsets[-1] - clouds)
    in_shares(lambda begin, end: grow(table, offsets, begin, end, bars, values), steps)
    merged = np.column_stack([np.repeat(np.arange(clouds), np.diff(offsets) - 1), bars])
    kept: Index = merged[values <= limit]
    return kept


def _append_higher(found: dict[int, Index], k: int, matrix: Floats, max_dim: int, limit: float, field: int) -> None:
    """Add the bars of one cloud in dimension 2 and above, by the general engine."""
    from cochain.persistence.rips_engine import OWN_DIMENSIONS, rips_cohomology

    largest = np.where(np.isfinite(matrix), matrix, sys.float_info.max).max(axis=1).min()
    if max_dim > OWN_DIMENSIONS:
        check_simplices(matrix, max_dim, min(limit, float(largest)), _SIMPLEX_BYTES)
    both = rips_cohomology(matrix, max_dim, min(limit, float(largest)), field)
    for dim in range(2, max_dim + 1):
        parts = [
            np.column_stack([np.full(len(bars.births), k), bars.birth_edges, bars.death_edges])
            for bars in (both.finite[dim], both.essential[dim])
        ]
        found[dim] = np.concatenate([found.get(dim, np.zeros((0, 5), np.int64)), *parts]).astype(np.int64)


def _matrices_of(given: Clouds | Matrices, offsets: Index) -> Any:
    """Give the matrix of lengths of one cloud after another."""
    if isinstance(given, Matrices):
        flat = _table(given)
        ends = np.cumsum(np.diff(offsets) ** 2)
        for size, end in zip(np.diff(offsets), ends, strict=True):
            yield flat[end - size * size : end].reshape(size, size)
        return
    from cochain.persistence._numba_rips_batch import squares  # compiles

    points = np.ascontiguousarray(given.points.detach().cpu().double().numpy())
    for begin, end in pairwise(offsets):
        matrix = np.empty((end - begin, end - begin))
        squares(points[begin:end], matrix)
        yield np.sqrt(matrix, out=matrix)


def _table(given: Matrices) -> Floats:
    """Give the matrices in float64, symmetric to the last bit: their upper triangles."""
    from cochain.persistence._numba_prim import mirror  # compiles

    flat = np.array(given.flat.detach().cpu().numpy(), np.float64)
    births = np.zeros(int(given.offsets[-1])) if given.births is None else given.births.detach().cpu().double().numpy()
    mirror(flat, given.offsets, births)
    return flat


def _square(limit: float) -> float:
    """Give the largest number whose root is at most a limit."""
    square = min(limit * limit * (1 + 1e-15), sys.float_info.max)
    while np.sqrt(square) > limit:
        square = float(np.nextafter(square, 0))
    return square


def _joined(parts: list[Index], width: int) -> Index:
    return np.concatenate([np.zeros((0, width), np.int64), *parts])
