"""HiGCN: its formula densely, its petal operators' spectrum, and what they separate."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from dense_cells import two_layers
from model_checks import F64, adjacency, check_laws, members, model, polygons, triangles, whole_mlp


def petal(c, order):
    """D_v^-1/2 H_p D_p^-1 H_p^T D_v^-1/2 from the nodes of every cell."""
    h = torch.zeros(c.sizes[0], c.sizes[order], dtype=F64)
    for k, nodes in enumerate(members(c, order)):
        h[nodes, k] = 1.0
    d = h.sum(dim=1)
    d = torch.where(d > 0, d.clamp(min=1).rsqrt(), 0.0)
    return d[:, None] * (h / h.sum(dim=0) @ h.T) * d


def run(network, c):
    encoder, filters = network.layers
    z, parts = two_layers(encoder.map, c[0].x), []
    for p, (gamma, map_) in enumerate(zip(filters.gamma, filters.maps, strict=True), start=1):
        y = z @ map_.weight.T + map_.bias
        operator = petal(c, p)
        parts.append(sum(g * torch.linalg.matrix_power(operator, k) @ y for k, g in enumerate(gamma)))
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize("make", [triangles, polygons])
def test_formula(make) -> None:
    c = make({0: 3})
    network = model("higcn", c, 0, layers=3)
    assert_close(network(c), network.readout.map(run(network, c)))
    network = model("higcn", c, "whole", layers=3)
    assert_close(network(c), whole_mlp(network.readout, run(network, c).mean(dim=0)[None]))


def test_laws() -> None:
    check_laws("higcn", triangles({0: 3}), targets=(0, 1, 2, "whole"), layers=3)


@pytest.mark.parametrize("order", [1, 2])
def test_petals_are_symmetric_with_eigenvalues_from_0_to_1(order) -> None:
    c = triangles({0: 3})
    operator = petal(c, order)
    assert_close(operator, operator.T)
    eigenvalues = torch.linalg.eigvalsh(operator)
    assert eigenvalues.min() > -1e-12
    assert eigenvalues.max() < 1 + 1e-12


def test_the_petal_of_order_one_is_half_identity_and_adjacency() -> None:
    c = triangles({0: 3})
    a = adjacency(c)
    d = a.sum(dim=1)
    inverse = torch.where(d > 0, d.clamp(min=1).rsqrt(), 0.0)
    assert_close(petal(c, 1), 0.5 * (torch.diag((d > 0).double()) + inverse[:, None] * a * inverse))


def test_separates_a_hexagon_from_two_triangles() -> None:
    hexagon = cc.lift.clique(cc.Complex.graph([(k, (k + 1) % 6) for k in range(6)]), 2)
    two = cc.lift.clique(cc.Complex.graph([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]), 2)
    same = [c.with_cochain(0, "x", torch.ones(6, 1, dtype=F64)) for c in (hexagon, two)]
    network = model("higcn", same[1], "whole", layers=2)
    assert (network(same[0]) - network(same[1])).abs().max() > 1e-3


def test_a_rank_that_the_complex_lacks_is_left_out() -> None:
    c = triangles({0: 3})
    network = model("higcn", c, 0, order=3, layers=2)
    assert network(c).isfinite().all()
