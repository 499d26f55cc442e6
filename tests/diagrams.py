"""Diagrams for tests: drawn by hypothesis, drawn at random, and dense oracles of their distances."""

import numpy as np
import torch
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cochain.persistence.diagram import Diagram
from cochain.persistence.points import from_points

INF = float("inf")


@st.composite
def points(draw: st.DrawFn, most: int = 6, essential: int = 0) -> np.ndarray:
    """Bars on a coarse grid, where ties and repeats are common, or anywhere."""
    count = draw(st.integers(0, most))
    coarse = draw(st.booleans())
    number = st.integers(0, 6).map(float) if coarse else st.floats(0, 6, allow_subnormal=False)
    births = np.array([draw(number) for _ in range(count)])
    lengths = np.array([draw(number) for _ in range(count)]) + (1.0 if coarse else 1e-3)
    infinite = [[draw(number), INF] for _ in range(draw(st.integers(0, essential)))]
    finite = np.stack([births, births + lengths], axis=1) if count else np.zeros((0, 2))
    return np.concatenate([finite, np.array(infinite).reshape(-1, 2)])


@st.composite
def unions(draw: st.DrawFn, components: int = 3, most: int = 6, essential: int = 0) -> list[np.ndarray]:
    return [draw(points(most, essential)) for _ in range(components)]


def random_points(rng: np.random.Generator, count: int, scale: float = 0.3) -> np.ndarray:
    births = rng.random(count)
    return np.stack([births, births + rng.exponential(scale, count) + 1e-3], axis=1)


def random_union(rng: np.random.Generator, components: int, count: int) -> list[np.ndarray]:
    return [random_points(rng, count) for _ in range(components)]


def diagram_of(parts: list[np.ndarray]) -> Diagram:
    return from_points([torch.as_tensor(part, dtype=torch.float64) for part in parts])


def dense_costs(x: np.ndarray, y: np.ndarray, order: float, ground: float) -> np.ndarray:
    """The full assignment: points and diagonal places of both, (n + m) by (m + n)."""
    n, m = len(x), len(y)
    cost = np.zeros((n + m, n + m))
    scale = 1.0 if np.isinf(ground) else 2.0 ** (1.0 / ground)
    for i in range(n):
        cost[i, m:] = (abs(x[i, 1] - x[i, 0]) / 2 * scale) ** order
        for j in range(m):
            cost[i, j] = np.linalg.norm(x[i] - y[j], ord=ground) ** order
    for j in range(m):
        cost[n:, j] = (abs(y[j, 1] - y[j, 0]) / 2 * scale) ** order
    return cost


def dense_wasserstein(x: np.ndarray, y: np.ndarray, order: float = 1.0, ground: float = np.inf) -> float:
    one, other = (np.sort(each[np.isinf(each[:, 1]), 0]) for each in (x, y))
    if len(one) != len(other):
        return INF
    cost = dense_costs(x[np.isfinite(x[:, 1])], y[np.isfinite(y[:, 1])], order, ground)
    rows, columns = linear_sum_assignment(cost)
    return float((cost[rows, columns].sum() + (np.abs(one - other) ** order).sum()) ** (1 / order))


def dense_bottleneck(x: np.ndarray, y: np.ndarray) -> float:
    """The smallest threshold at which a full matching exists, tried one after another."""
    one, other = (np.sort(each[np.isinf(each[:, 1]), 0]) for each in (x, y))
    if len(one) != len(other):
        return INF
    cost = dense_costs(x[np.isfinite(x[:, 1])], y[np.isfinite(y[:, 1])], 1.0, np.inf)
    infinite = float(np.abs(one - other).max(initial=0.0))
    for radius in np.unique(np.append(cost, 0.0)):
        too_long = (cost > radius).astype(float)
        if too_long[linear_sum_assignment(too_long)].sum() == 0:
            return max(float(radius), infinite)
    raise AssertionError("no radius is enough")
