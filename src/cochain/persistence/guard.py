"""Whether a filtration of points fits the memory, told before it is built, and what would fit."""

from math import comb

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError, ShapeError
from cochain.kernels.memory import free_memory
from cochain.persistence.clouds import Clouds, Floats, Given, Index, read_clouds

_SAMPLES = 20_000  # random simplices by which all are counted
_SPARE = 0.8  # share of the free memory that a proposal fills


def check_matrix(points: int, bytes_each: int, remedy: str = "") -> None:
    """Refuse a table of all pairs of points that would not fit.

    Args:
        points: of one cloud.
        bytes_each: per pair, both orders counted.
        remedy: what the caller can offer besides fewer points.

    Raises:
        ComplexError: with the estimate, and the number of points that would fit.
    """
    free, need = free_memory(), points * points * bytes_each
    if free is None or need <= free:
        return
    fits = int((_SPARE * free / bytes_each) ** 0.5)
    raise ComplexError(
        f"the pairs of {points} points should fit the {size_of(free)} of memory that are free, but take "
        f"{size_of(need)}; {remedy}take {fits} of the points, points[landmarks(points, {fits})]"
    )


def check_simplices(matrix: Floats, rank: int, threshold: float, bytes_each: int) -> None:
    """Refuse simplices of a rank, all pairs of whose points are joined, that would not fit.

    How many there are is estimated from random ones, the same in every call.

    Args:
        matrix: lengths, (points, points).
        rank: one less than the points of each simplex.
        threshold: the largest length that joins.
        bytes_each: what a simplex takes.

    Raises:
        ComplexError: with the estimate, and the threshold and the number of points that would fit.
    """
    free, n = free_memory(), len(matrix)
    if free is None or n <= rank or comb(n, rank + 1) * bytes_each <= free:
        return
    rng = np.random.default_rng(0)
    vertices = rng.integers(0, n, (_SAMPLES, rank + 1))
    vertices = vertices[(np.diff(np.sort(vertices, axis=1), axis=1) > 0).all(axis=1)]
    diameters = np.zeros(len(vertices))
    for i in range(rank + 1):
        for j in range(i):
            np.maximum(diameters, matrix[vertices[:, i], vertices[:, j]], out=diameters)
    share = float((diameters <= threshold).mean()) if len(diameters) else 1.0
    need = share * comb(n, rank + 1) * bytes_each
    if need <= free:
        return
    wanted = _SPARE * free / (comb(n, rank + 1) * bytes_each)
    lower = float(np.quantile(diameters, min(1.0, wanted)))
    fits = int(n * (_SPARE * free / need) ** (1 / (rank + 1)))
    raise ComplexError(
        f"the simplices of rank {rank} on {n} points should fit the {size_of(free)} of memory that are free, but "
        f"about {need / bytes_each:.2g} of them take {size_of(need)}; take a threshold of about {lower:.3g}, "
        f"sparse=0.5, or {fits} of the points, points[landmarks(points, {fits})]"
    )


def size_of(count: float) -> str:
    """Give bytes in a unit that reads well."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def landmarks(points: Given, count: int) -> Int[Tensor, "chosen"]:
    """Choose points far from one another: the farthest from the centre, then always the farthest from all chosen.

    Their Rips filtration is near that of all points: no bar moves by more than the largest distance of a point to its
    landmark (twice that for lengths of edges).

    Args:
        points: a complex with positions, a cloud `(points, dimensions)`, a batch or a list of clouds.
        count: how many of each cloud; a cloud of fewer points gives all of them.

    Returns:
        Their rows in the table of all points, cloud by cloud, in the order in which they were chosen. For one cloud,
        `points[landmarks(points, 100)]`.

    Raises:
        ShapeError: when `count` is below 1; as `rips` for positions.

    Source:
        Gonzalez, 1985, "Clustering to minimize the maximum intercluster distance".
    """
    if as_whole_number(count, "count") < 1:
        raise ShapeError(f"count should be at least 1, but is {count}")
    return farthest(read_clouds(points), count)


def farthest(clouds: Clouds, count: int | None) -> Tensor:
    """Give the rows of the farthest points of each cloud in their order; all of them when `count` is None."""
    from cochain.kernels.landmarks import farthest_points  # imports numba

    sizes: Index = np.diff(clouds.offsets)
    counts = sizes if count is None else np.minimum(sizes, count)
    table = np.ascontiguousarray(clouds.points.detach().cpu().double().numpy())
    return torch.from_numpy(farthest_points(table, clouds.offsets, counts)).to(clouds.points.device)
