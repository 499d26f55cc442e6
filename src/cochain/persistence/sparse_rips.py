"""Vietoris-Rips persistence of large clouds, within a factor: points leave when others near them stand for them."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.clouds import Clouds, Floats, Given, Index, read_clouds
from cochain.persistence.diagram import Diagram
from cochain.persistence.guard import farthest
from cochain.persistence.lengths import lengths_of
from cochain.persistence.rips_bars import Gathered, diagram_of
from cochain.persistence.rips_batch import Found

_ROWS = 2**22  # distances that are looked at together


def sparse_rips(points: Given, max_dim: int, error: float, threshold: float | None, field: int) -> Diagram:
    r"""Approximate the Vietoris-Rips filtration by one of few simplices.

    Points are taken farthest first; point $j$ has a distance $\lambda_j$ to those before it. Its ball grows like all
    others up to the radius $c_j = \lambda_j (1 + \epsilon) / \epsilon$, keeps that size, and is gone at radius
    $(1 + \epsilon) c_j$, when the balls of points before it cover it. An edge is born at

    $$t = d \text{ if } d \le 2 c_j, \quad 2 (d - c_j) \text{ if } d - c_j \le c_i, \quad \text{else never}
      \qquad (\lambda_j \le \lambda_i)$$

    if both balls are there still, a simplex with its last edge if all of its balls are. Every bar of the true
    filtration is matched by one whose ends differ by a factor of at most $1 + \epsilon$, or is shorter than that.

    Args:
        points: as `rips`.
        max_dim: the highest dimension of homology.
        error: $\epsilon > 0$.
        threshold: the largest value that is looked at.
        field: the prime $p$.

    Returns:
        A diagram as `rips` gives it; gradients flow through $d$ and $\lambda$.

    Cost:
        O(n^2) distances, a few rows at a time; O(n) simplices for points of low intrinsic dimension, by GUDHI's tree.

    Source:
        Cavanna, Jahanseir, Sheehy, 2015, "A Geometric Perspective on Sparse Filtrations".
    """
    if isinstance(error, bool) or not isinstance(error, int | float) or not 0 < error < math.inf:
        raise ShapeError(f"sparse should be a number > 0, the error allowed, but is {error!r:.60}")
    clouds = read_clouds(points)
    order = farthest(clouds, None).cpu().numpy()
    values = _Capped(clouds, order, error)
    merged = [np.zeros((0, 4), np.int64)]
    cycles = {dim: [np.zeros((0, 5), np.int64)] for dim in range(1, max_dim + 1)}
    for k in np.flatnonzero(np.diff(clouds.offsets)):
        tree = _tree(values, int(k), math.inf if threshold is None else threshold, max_dim + 1)
        tree.compute_persistence(homology_coeff_field=field, min_persistence=0, persistence_dim_max=True)
        _append(tree.flag_persistence_generators(), int(k), merged, cycles)
    found = {dim: np.concatenate(parts) for dim, parts in cycles.items()}
    return diagram_of(Found(np.concatenate(merged), found, clouds.offsets), values, max_dim, field)


class _Capped(Gathered):
    """Values of edges between balls that stop growing."""

    def __init__(self, clouds: Clouds, order: Index, error: float) -> None:
        super().__init__(clouds)
        self.clouds = clouds
        self.order = order
        self.stretch = (1 + error) / error
        self.error = error
        self.before = np.arange(len(order))  # the point to which each has its distance to those before it
        self.cap = np.full(len(order), np.inf)
        table = clouds.points.detach().cpu().double().numpy()
        for begin, end in zip(clouds.offsets[:-1], clouds.offsets[1:], strict=True):
            self._measure(table, order[begin:end])

    def _measure(self, table: Floats, order: Index) -> None:
        """Find the nearest point before each; the first of a cloud has none, and its ball grows for ever."""
        if len(order) < 2:
            return
        away = np.square(table[order] - table[order[0]]).sum(axis=1)
        near = np.full(len(order), order[0])
        for place in range(1, len(order)):
            self.before[order[place]] = near[place]
            self.cap[order[place]] = np.sqrt(away[place]) * self.stretch
            new = np.square(table[order] - table[order[place]]).sum(axis=1)
            near = np.where(new < away, order[place], near)
            away = np.minimum(new, away)

    def edges(self, cloud: Index, ends: Index) -> Tensor:
        """Give the values of edges, their ends counted within the cloud."""
        rows = ends + self.clouds.offsets[cloud, None]
        device = self.values.device
        apart = lengths_of(self.values, torch.from_numpy(rows).to(device))
        later = np.where(self.cap[rows[:, 0]] < self.cap[rows[:, 1]], rows[:, 0], rows[:, 1])
        spread = torch.from_numpy(np.column_stack([later, self.before[later]])).to(device)
        cap = self.stretch * lengths_of(self.values, spread)
        whole = torch.from_numpy(self.cap[later] == np.inf).to(device) | (apart <= 2 * cap)
        return torch.where(whole, apart, 2 * (apart - cap))


def _tree(values: _Capped, k: int, threshold: float, rank: int) -> Any:
    """Make the simplex tree of one cloud."""
    import gudhi

    begin, end = values.clouds.offsets[k : k + 2]
    table = values.clouds.points[begin:end].detach().cpu().double().numpy()
    cap = values.cap[begin:end]
    ends, born = _edges(table, cap, values.error, threshold)
    tree = gudhi.SimplexTree()
    vertices = np.arange(end - begin, dtype=np.int32)[None].copy()  # a view with a stride of 0 is misread
    tree.insert_batch(vertices, np.zeros(end - begin))
    tree.insert_batch(np.ascontiguousarray(ends.T, np.int32), born)
    leaves = 2 * (1 + values.error) * cap
    if rank > 1:
        tree.expansion_with_blocker(rank, lambda simplex: bool(tree.filtration(simplex) > leaves[simplex].min()))
    return tree


def _edges(table: Floats, cap: Floats, error: float, threshold: float) -> tuple[Index, Floats]:
    """List the edges that are born, and when."""
    from scipy.spatial.distance import cdist

    parts, births = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
    step = max(1, _ROWS // max(1, len(table)))
    for begin in range(0, len(table), step):
        apart = cdist(table[begin : begin + step], table)
        low = np.minimum(cap[begin : begin + step, None], cap)
        high = np.maximum(cap[begin : begin + step, None], cap)
        with np.errstate(invalid="ignore"):  # infinity less infinity, of the one point whose ball never stops
            born = np.where(apart <= 2 * low, apart, 2 * (apart - low))
            there = (apart <= low + high) & (born <= 2 * (1 + error) * low) & (born <= threshold)
        i, j = np.nonzero(there & (np.arange(begin, begin + len(apart))[:, None] < np.arange(len(table))))
        parts.append(np.column_stack([i + begin, j]))
        births.append(born[i, j])
    return np.concatenate(parts), np.concatenate(births)


def _append(generators: Any, k: int, merged: list[Index], cycles: dict[int, list[Index]]) -> None:
    """Add what GUDHI found in one cloud: vertices and edges that give birth and kill."""
    first, higher, _, essential = generators
    merged.append(_rows(k, np.asarray(first, np.int64).reshape(-1, 3)))
    for dim, parts in cycles.items():
        if dim <= len(higher):
            parts.append(_rows(k, np.asarray(higher[dim - 1], np.int64).reshape(-1, 4)))
        if dim <= len(essential):
            ends = np.asarray(essential[dim - 1], np.int64).reshape(-1, 2)
            parts.append(_rows(k, np.column_stack([ends, np.full((len(ends), 2), -1)])))


def _rows(k: int, table: Index) -> Index:
    return np.column_stack([np.full(len(table), k), table])
