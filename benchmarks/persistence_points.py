"""Persistence of clouds of points: mini-batches of small ones, with gradients."""

import sys
from collections.abc import Callable
from typing import Any

from benchmarks.harness import Case, Goal, peer_folder

Work = Callable[[], object]


def clouds(batches: int, points: int, dimensions: int) -> Any:
    """The same random clouds for everyone."""
    import torch

    generator = torch.Generator().manual_seed(0)
    return torch.randn(batches, points, dimensions, generator=generator)


def loss(diagram: Any, max_dim: int) -> Any:
    """The total length of all bars."""
    total = diagram[0].deaths.sum()
    return total if max_dim == 0 else total + diagram[1].lifetimes.sum()


def compiled(max_dim: int) -> None:
    """Load and compile what the work calls, on a handful of points."""
    import torch

    from cochain.persistence import rips

    for dimensions in (2, 20):
        small = torch.randn(9, dimensions, requires_grad=True)
        rips(small, max_dim)[0].deaths.sum().backward()


def cochain_rips(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """All batches in one call."""
    from cochain.persistence import rips

    compiled(max_dim)
    table = clouds(batches, points, dimensions).requires_grad_()

    def work() -> float:
        table.grad = None
        total = loss(rips(table, max_dim), max_dim)
        total.backward()
        return float(total.detach())

    return work


def cochain_rips_in_turn(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """A call for each batch, as a training loop makes them."""
    from cochain.persistence import rips

    compiled(max_dim)
    leaves = [cloud.clone().requires_grad_() for cloud in clouds(batches, points, dimensions)]

    def work() -> float:
        answer = 0.0
        for leaf in leaves:
            leaf.grad = None
            total = loss(rips(leaf, max_dim), max_dim)
            total.backward()
            answer += float(total.detach())
        return answer

    return work


def finite(bars: Any) -> float:
    """The total length of bars that end."""
    import numpy as np

    lengths = bars[:, 1] - bars[:, 0]
    return float(lengths[np.isfinite(lengths)].sum())


def gudhi_values(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """GUDHI's fastest class, which gives values and no gradients."""
    from gudhi.sklearn.rips_persistence import RipsPersistence

    table = list(clouds(batches, points, dimensions).numpy())
    engine = RipsPersistence(list(range(max_dim + 1)), homology_coeff_field=2, n_jobs=2)

    def work() -> float:
        return sum(finite(bars) for each in engine.fit_transform(table) for bars in each)

    return work


def ripser_values(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """Ripser, values only."""
    import warnings

    from ripser import ripser

    table = list(clouds(batches, points, dimensions).numpy())
    warnings.filterwarnings("ignore", message="The input point cloud has more columns than rows")

    def work() -> float:
        return sum(finite(bars) for cloud in table for bars in ripser(cloud, maxdim=max_dim)["dgms"])

    return work


def gathered(leaf: Any, ends: Any) -> Any:
    """Lengths of edges, differentiable."""
    import torch

    at = torch.as_tensor(ends, dtype=torch.int64)
    return (leaf[at[:, 0]] - leaf[at[:, 1]]).norm(dim=1)


def giotto(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """giotto-ph with two threads and its generators, the lengths gathered."""
    from gph import ripser_parallel

    leaves = [cloud.clone().requires_grad_() for cloud in clouds(batches, points, dimensions)]

    def work() -> float:
        answer = 0.0
        for leaf in leaves:
            leaf.grad = None
            found = ripser_parallel(leaf.detach().numpy(), maxdim=max_dim, n_threads=2, return_generators=True)["gens"]
            total = gathered(leaf, found[0][:, 1:3]).sum()
            if max_dim and len(found[1][0]):
                total = total + (gathered(leaf, found[1][0][:, 2:]) - gathered(leaf, found[1][0][:, :2])).sum()
            total.backward()
            answer += float(total.detach())
        return answer

    return work


def torch_topological(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """torch-topological's Vietoris-Rips layer."""
    from torch_topological.nn import VietorisRipsComplex

    leaves = [cloud.clone().requires_grad_() for cloud in clouds(batches, points, dimensions)]
    layer = VietorisRipsComplex(dim=max_dim)

    def work() -> float:
        answer = 0.0
        for leaf in leaves:
            leaf.grad = None
            total = sum((each.diagram[:, 1] - each.diagram[:, 0]).sum() for each in layer(leaf))
            total.backward()
            answer += float(total.detach())
        return answer

    return work


def scipy_tree(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """Scipy's minimum spanning tree of torch's distances, the lengths gathered."""
    import numpy as np
    import torch
    from scipy.sparse.csgraph import minimum_spanning_tree

    leaves = [cloud.clone().requires_grad_() for cloud in clouds(batches, points, dimensions)]

    def work() -> float:
        answer = 0.0
        for leaf in leaves:
            leaf.grad = None
            with torch.no_grad():
                matrix = torch.cdist(leaf, leaf).numpy()
            total = gathered(leaf, np.stack(minimum_spanning_tree(matrix).nonzero(), 1)).sum()
            total.backward()
            answer += float(total.detach())
        return answer

    return work


def authors_tree(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """What the authors of topological autoencoders train with."""
    sys.path.insert(0, str(peer_folder("topological-autoencoders")))
    from src.topology import PersistentHomologyCalculation

    leaves = [cloud.clone().requires_grad_() for cloud in clouds(batches, points, dimensions)]
    signature = PersistentHomologyCalculation()

    def work() -> float:
        answer = 0.0
        for leaf in leaves:
            leaf.grad = None
            matrix = (leaf[:, None] - leaf[None]).norm(dim=2) if dimensions < 9 else leaf.new_tensor(0)
            if dimensions >= 9:
                import torch

                matrix = torch.cdist(leaf, leaf)
            found, _ = signature(matrix.detach().numpy())
            total = matrix[found[:, 0], found[:, 1]].sum()
            total.backward()
            answer += float(total.detach())
        return answer

    return work


def naive_tree(batches: int, points: int, dimensions: int, max_dim: int) -> Work:
    """Prim's algorithm as one writes it down, compiled, without gradients."""
    import numba
    import numpy as np

    @numba.njit(fastmath=True)
    def grow(cloud):  # type: ignore[no-untyped-def]
        n = len(cloud)
        best, inside, newest, total = np.full(n, np.inf), np.zeros(n, np.bool_), 0, 0.0
        inside[0] = True
        for _ in range(n - 1):
            low, place = np.inf, -1
            for j in range(n):
                if not inside[j]:
                    away = 0.0
                    for k in range(cloud.shape[1]):
                        away += (cloud[j, k] - cloud[newest, k]) ** 2
                    best[j] = min(best[j], away)
                    if best[j] < low:
                        low, place = best[j], j
            inside[place] = True
            newest, total = place, total + np.sqrt(low)
        return total

    table = clouds(batches, points, dimensions).numpy()
    return lambda: float(sum(grow(cloud) for cloud in table))


PLANE = {"batches": 200, "points": 256, "dimensions": 2}
PIXELS = {"batches": 200, "points": 128, "dimensions": 784}
TREES = {
    "scipy": "scipy_tree",
    "giotto-ph": "giotto",
    "torch-topological": "torch_topological",
    "gudhi": "gudhi_values",
}
CYCLES = {
    "gudhi": "gudhi_values",
    "giotto-ph": "giotto",
    "torch-topological": "torch_topological",
    "ripser": "ripser_values",
}

CASES = [
    Case(
        "rips_h0_plane", "H0 with gradients, 200 batches of 256 points in the plane, one call", "cochain_rips",
        {**TREES, "naive-numba": "naive_tree"}, {**PLANE, "max_dim": 0}, seconds=0.05, agree=1e-4, quick=True,
    ),
    Case(
        "rips_h0_plane_in_turn", "the same in 200 calls", "cochain_rips_in_turn",
        TREES, {**PLANE, "max_dim": 0}, agree=1e-4, quick=True,
    ),
    Case(
        "rips_h0_pixels", "H0 with gradients, 200 batches of 128 points in 784 dimensions, one call", "cochain_rips",
        {**TREES, "authors": "authors_tree"}, {**PIXELS, "max_dim": 0}, seconds=0.25, agree=1e-4,
    ),
    Case(
        "rips_h0_pixels_in_turn", "the same in 200 calls", "cochain_rips_in_turn",
        TREES, {**PIXELS, "max_dim": 0}, agree=1e-4,
    ),
    Case(
        "rips_h1_plane", "H0 and H1 with gradients, 200 batches of 256 points in the plane", "cochain_rips",
        CYCLES, {**PLANE, "max_dim": 1}, {name: Goal(ratio=3.0) for name in CYCLES}, agree=1e-4,
    ),
    Case(
        "rips_h1_pixels", "H0 and H1 with gradients, 200 batches of 128 points in 784 dimensions", "cochain_rips",
        CYCLES, {**PIXELS, "max_dim": 1}, {name: Goal(ratio=3.0) for name in CYCLES}, agree=1e-4,
    ),
]  # fmt: skip
