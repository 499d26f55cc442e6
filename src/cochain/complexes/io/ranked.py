"""Cells with ranks, from any file, made a complex of a given domain; and where each of them went."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.complex import Complex
from cochain.complexes.io.limits import Limits
from cochain.errors import DataError

HIGHEST_RANK = 60


@dataclass(frozen=True)
class RankedCells:
    """Cells as a file lists them, in any order."""

    rank: np.ndarray
    """Rank of every cell, 0 for a single node."""
    members: Ragged
    """Its nodes, in the order of the file."""
    counts: np.ndarray
    """Nodes of each component."""
    at: Callable[[int], str]
    """Where a cell stands, for messages."""
    file_bytes: int
    """Size of the file, which bounds what may be allocated."""

    def part(self, rows: np.ndarray) -> Ragged:
        """Give the nodes of some cells."""
        chosen = np.isin(self.members.owner, rows)
        lengths = self.members.lengths[rows]
        return Ragged(np.concatenate([[0], np.cumsum(lengths)]), self.members.values[chosen])


Placed = tuple[Complex, np.ndarray]
"""A complex, and for every listed cell its number among those of its rank."""


def build_ranked(cells: RankedCells, domain: str, limits: Limits) -> Placed:
    """Build a simplicial, cell or combinatorial complex; simplices and polygons get their faces.

    Raises:
        DataError: for a cell that does not fit its rank, or more faces than the file may ask for.
        ComplexError: when the cells do not make a complex.
    """
    empty = np.flatnonzero(cells.members.lengths == 0)
    if len(empty):
        raise DataError(f"{cells.at(int(empty[0]))}: a cell should name at least one node, but names none; remove it")
    high = np.flatnonzero(cells.rank > HIGHEST_RANK)
    if len(high):
        raise DataError(
            f"{cells.at(int(high[0]))}: a rank should be at most {HIGHEST_RANK}, but is {cells.rank[high[0]]}; "
            "keep such cells as hyperedges"
        )
    build = {"simplicial": _simplices, "cell": _polygons, "combinatorial": _sets}[domain]
    complex_, place = build(cells, limits)
    rows = np.flatnonzero(cells.rank == 0)
    wrong = rows[cells.members.lengths[rows] != 1]
    if len(wrong):
        raise DataError(f"{cells.at(int(wrong[0]))}: a cell of rank 0 should be one node, but lists several")
    place[rows] = cells.members.values[cells.members.offsets[:-1][rows]]
    return complex_, place


def _simplices(cells: RankedCells, limits: Limits) -> Placed:
    rank, lengths = cells.rank, cells.members.lengths
    wrong = np.flatnonzero(lengths != rank + 1)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{cells.at(row)}: a simplex of rank {rank[row]} should have {rank[row] + 1} nodes, but has {lengths[row]}"
        )
    sizes = np.bincount(rank, minlength=1).tolist()
    faces = sum(count * 2 ** (high + 1) for high, count in enumerate(sizes))
    limits.check(faces, cells.file_bytes, f"{cells.at(0)}: faces of the simplices", 8 * len(sizes))
    place = np.zeros(len(rank), dtype=np.int64)
    arrays = {}
    for high in range(1, len(sizes)):
        rows = np.flatnonzero(rank == high)
        if len(rows):
            arrays[high] = cells.part(rows).values.reshape(-1, high + 1)
            _refuse_repeats(arrays[high], rows, cells)
    complex_ = Complex.simplicial(list(arrays.values()), cells.counts)
    for high, simplices in arrays.items():
        place[rank == high] = complex_.find(high, simplices).numpy()
    return complex_, place


def _refuse_repeats(simplices: np.ndarray, rows: np.ndarray, cells: RankedCells) -> None:
    ordered = np.sort(simplices, axis=1)
    twice = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
    if len(twice):
        row = int(rows[twice[0]])
        raise DataError(f"{cells.at(row)}: a cell should name each node once, but names one twice; remove one")


def by_component(part: Ragged, counts: np.ndarray) -> tuple[Ragged, np.ndarray]:
    """Sort lists of nodes by the component of their first node, and give the new place of each."""
    starts = np.concatenate([[0], np.cumsum(counts)])
    component = np.searchsorted(starts, part.values[part.offsets[:-1]], side="right")
    order = np.argsort(component, kind="stable")
    place = np.empty(len(part), dtype=np.int64)
    place[order] = np.arange(len(part))
    sort = np.lexsort((np.arange(len(part.values)), place[part.owner]))
    return Ragged(np.concatenate([[0], np.cumsum(part.lengths[order])]), part.values[sort]), place


def _sets(cells: RankedCells, limits: Limits) -> Placed:
    given: dict[int, Any] = {0: int(np.sum(cells.counts))}
    place = np.zeros(len(cells.rank), dtype=np.int64)
    for high in range(1, int(cells.rank.max(initial=0)) + 1):
        rows = np.flatnonzero(cells.rank == high)
        given[high], place[rows] = by_component(cells.part(rows), cells.counts)
    return Complex.combinatorial(given, cells.counts), place


def _polygons(cells: RankedCells, limits: Limits) -> Placed:
    rank, lengths = cells.rank, cells.members.lengths
    wrong = np.flatnonzero((rank > 2) | ((rank == 1) & (lengths != 2)) | ((rank == 2) & (lengths < 3)))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{cells.at(row)}: a walk should have 2 nodes on rank 1 and at least 3 on rank 2, but has {lengths[row]} "
            f"on rank {rank[row]}; use a column members for other cells"
        )
    edges = cells.part(np.flatnonzero(rank == 1)).values.reshape(-1, 2)
    rows = np.flatnonzero(rank == 2)
    place = np.zeros(len(rank), dtype=np.int64)
    walks, place[rows] = by_component(cells.part(rows), cells.counts)
    complex_ = Complex.cell(walks, edges.T, cells.counts)
    if len(edges):
        place[rank == 1] = complex_.find(1, edges).numpy()
    return complex_, place
