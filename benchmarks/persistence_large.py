"""Persistence of the Rips filtration of one large cloud: points drawn evenly on the sphere, coefficients in Z/2.

Our work ends with gradients on the points where it says so: lengths gathered at the critical edges, their sum taken,
gone backwards through. The peers return values alone (giotto-ph and Ripser from float32). Matrices of distances are
input on all sides of the engine's cases; the sums of finite lifetimes in every dimension above 0 are compared.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from benchmarks.harness import Case, Goal

Work = Callable[[], object]


def sphere(points: int) -> np.ndarray:
    """Draw points evenly on the unit sphere."""
    x: np.ndarray = np.random.default_rng(0).standard_normal((points, 3))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def matrix(points: int) -> np.ndarray:
    """Give the distances between the points."""
    from scipy.spatial.distance import pdist, squareform

    return np.asarray(squareform(pdist(sphere(points))))


def lifetimes(diagrams: Iterable[Any]) -> list[float]:
    """Sum the finite lifetimes of each dimension."""
    return [float(np.where(np.isfinite(d[:, 1]), d[:, 1] - d[:, 0], 0).sum(dtype=np.float64)) for d in diagrams]


def cochain_engine(points: int, top: int) -> Work:
    """The engine by itself, critical edges included."""
    from cochain.persistence.rips_engine import rips_cohomology

    given = matrix(points)
    rips_cohomology(matrix(20), top)  # loads what is compiled

    def work() -> object:
        found = rips_cohomology(given, top)
        return lifetimes(np.stack([bars.births, bars.deaths], axis=1) for bars in found.finite[1:])

    return work


def cochain_gradients(points: int, top: int) -> Work:
    """The same from the points, with the gradient of all lifetimes."""
    import torch

    import cochain as cc

    given = torch.from_numpy(sphere(points)).requires_grad_()
    cc.persistence.rips(torch.rand(20, 3, requires_grad=True), max_dim=top)[top].lifetimes.sum().backward()

    def work() -> object:
        given.grad = None
        diagram = cc.persistence.rips(given, max_dim=top)
        sums = torch.stack([diagram[dim].lifetimes.sum() for dim in range(1, top + 1)])
        sums.sum().backward()
        return sums.tolist()

    return work


def gudhi(points: int, top: int) -> Work:
    """Its fastest class, a fork of Ripser, without the collapse that only costs time on a sphere."""
    from gudhi.sklearn.rips_persistence import RipsPersistence

    given = matrix(points)
    engine = RipsPersistence(
        list(range(1, top + 1)), input_type="full distance matrix", homology_coeff_field=2, num_collapses=0
    )
    return lambda: lifetimes(engine.fit_transform([given])[0])


def giotto(points: int, top: int) -> Work:
    """With as many threads as torch would take."""
    import torch
    from gph import ripser_parallel

    given, threads = matrix(points), torch.get_num_threads()

    def work() -> object:
        found = ripser_parallel(given, maxdim=top, metric="precomputed", n_threads=threads)
        return lifetimes(found["dgms"][1:])

    return work


def ripser(points: int, top: int) -> Work:
    """Ripser.py."""
    from ripser import ripser as compute

    given = matrix(points)
    return lambda: lifetimes(compute(given, maxdim=top, distance_matrix=True)["dgms"][1:])


PEERS = {"gudhi": "gudhi", "giotto": "giotto", "ripser": "ripser"}
GOALS = {peer: Goal(ratio=1.0, memory=1.0) for peer in PEERS}


def _case(dim: int, points: int, gradients: bool, rounds: int, quick: bool = False) -> Case:
    """One row: the engine, or the whole way from points to gradients."""
    return Case(
        f"rips_h{dim}_{points}{'_gradients' if gradients else ''}",
        f"Rips H{dim}, {points} points on the sphere{', with gradients' if gradients else ', critical edges'}",
        ours="cochain_gradients" if gradients else "cochain_engine",
        peers=PEERS,
        arguments={"points": points, "top": dim},
        goals=GOALS,
        rounds=rounds,
        agree=1e-4,
        quick=quick,
    )


CASES = [
    _case(1, 1_000, False, 5, quick=True),
    _case(1, 1_000, True, 5),
    _case(1, 2_000, False, 3),
    _case(1, 2_000, True, 3),
    _case(2, 500, False, 1),
    _case(2, 500, True, 1),
    Case(
        "rips_h2_2000",
        "Rips H2, 2,000 points on the sphere (no peer holds it)",
        ours="cochain_engine",
        arguments={"points": 2_000, "top": 2},
        rounds=1,
    ),
]
