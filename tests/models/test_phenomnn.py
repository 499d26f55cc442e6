"""PhenomNN: its step densely, its energy, what it converges to, and its laws."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, hypergraph, members, model

CASES = pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])


def laplacians(c: cc.Complex) -> tuple[Tensor, Tensor]:
    """Of the clique expansion, pair by pair, and of the star expansion with hyperedges at the mean of their nodes."""
    n = c.sizes[0]
    clique, star = torch.zeros(n, n, dtype=F64), torch.zeros(n, n, dtype=F64)
    for each in members(c):
        for x in each:
            for y in each:
                apart = torch.zeros(n, dtype=F64)
                apart[x] += 1
                apart[y] -= 1
                clique += torch.outer(apart, apart) / 2
                star += torch.outer(apart, apart) / 2 / len(each)
    return clique, star


def energy(c: cc.Complex, y: Tensor, f: Tensor, clique: float, star: float) -> float:
    by_pairs, by_means = laplacians(c)
    smooth = torch.trace(y.T @ (clique * by_pairs + star * by_means) @ y)
    return float((y - f).square().sum() + smooth)


def test_the_star_expansion_is_the_distance_to_the_mean() -> None:
    c, (_, star) = hypergraph(), laplacians(hypergraph())
    y = torch.randn(9, 4, dtype=F64)
    to_means = sum(((y[each] - y[each].mean(dim=0)).square().sum() for each in members(c)), torch.tensor(0.0).double())
    assert_close(torch.trace(y.T @ star @ y), to_means)


@CASES
@pytest.mark.parametrize("nonnegative", [True, False])
def test_formula(c: cc.Complex, nonnegative: bool) -> None:
    network = model("phenomnn", c, 0, layers=3, clique=0.3, star=0.7, step=0.6, nonnegative=nonnegative)
    first, last = network.layers[0].map[0], network.layers[0].map[2]
    y = f = torch.relu(c[0].x @ first.weight.T + first.bias) @ last.weight.T + last.bias
    by_pairs, by_means = laplacians(c)
    smooth = 0.3 * by_pairs + 0.7 * by_means
    degree = torch.zeros(9, dtype=F64)
    size = torch.zeros(9, dtype=F64)
    for each in members(c):
        degree[each] += 1
        size[each] += len(each) - 1
    metric = 1 + 0.3 * size + 0.7 * degree
    for _ in range(3):
        y = y - 0.6 * (y - f + smooth @ y) / metric[:, None]
        y = torch.relu(y) if nonnegative else y
    assert_close(network(c), network.readout.map(y))


@CASES
@pytest.mark.parametrize("step", [0.2, 0.7, 1.0])
@pytest.mark.parametrize("nonnegative", [True, False])
def test_the_energy_never_rises(c: cc.Complex, step: float, nonnegative: bool) -> None:
    """From the second point on, where the features are non-negative, for any step up to 1."""
    clique, star = 0.5, 2.0
    descent = model("phenomnn", c, 0, clique=clique, star=star, step=step, nonnegative=nonnegative).layers[1]
    for _ in range(3):
        f = 3 * torch.randn(9, 5, dtype=F64)
        y = torch.randn(9, 5, dtype=F64).abs()
        values = []
        for _ in range(30):
            values.append(energy(c, y, f, clique, star))
            y = descent.step(c, y, f)
        assert all(after <= before + 1e-9 for before, after in pairwise(values))
        assert values[-1] < values[0]


@CASES
def test_without_the_rectifier_it_solves_the_stationarity_system(c: cc.Complex) -> None:
    """(I + lambda_0 L_C + lambda_1 L_S) Y = f."""
    network = model("phenomnn", c, 0, layers=400, clique=0.3, star=1.0, step=1.0, nonnegative=False)
    f = network.layers[0](c, {0: c[0].x})
    by_pairs, by_means = laplacians(c)
    system = torch.eye(9, dtype=F64) + 0.3 * by_pairs + by_means
    assert_close(network.layers[1](c, f)[0], torch.linalg.solve(system, f[0]))


def test_with_the_rectifier_it_satisfies_the_conditions_of_a_constrained_minimum() -> None:
    """Where Y is positive the gradient is 0, where it is 0 the gradient is not negative."""
    c = hypergraph()
    descent = model("phenomnn", c, 0, layers=400, clique=0.1, star=1.0).layers[1]
    f = torch.randn(9, 5, dtype=F64)
    y = descent(c, {0: f})[0]
    by_pairs, by_means = laplacians(c)
    slope = y - f + (0.1 * by_pairs + by_means) @ y
    assert (y >= 0).all()
    assert slope[y > 0].abs().max() < 1e-9
    assert slope[y == 0].min() > -1e-9


def test_laws() -> None:
    check_laws("phenomnn", hypergraph(), layers=4, clique=0.1, star=1.0)
    check_laws("phenomnn", graph(), layers=2, step=0.5)
