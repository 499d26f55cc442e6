"""Graph Isomorphism Network: its formula densely, its laws, and what it separates."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, hypergraph, model, neighbours, normed


def layer_outputs(network: nn.Module, c: cc.Complex) -> list[Tensor]:
    """h' = MLP((1 + eps) h + sum of neighbours), node by node; the features that come in first."""
    out = [c[0].x]
    for layer in network.layers:
        update, h = layer.updates["0"], out[-1]
        epsilon = 0.0 if update.epsilon is None else update.epsilon.item()
        m = torch.stack(
            [
                (1 + epsilon) * h[x] + sum((h[y] for y in near), torch.zeros_like(h[x]))
                for x, near in enumerate(neighbours(c))
            ]
        )
        out.append(normed(update.module, m))
    return out


@pytest.mark.parametrize("epsilon", [False, True])
def test_formula(epsilon: bool) -> None:
    c = graph()
    network = model("gin", c, "whole", layers=3, epsilon=epsilon)
    assert all((layer.updates["0"].epsilon is not None) == epsilon for layer in network.layers)
    states = layer_outputs(network, c)
    terms = [each(h.sum(dim=0, keepdim=True)) for each, h in zip(network.readout.maps, states, strict=True)]
    assert_close(network(c), sum(terms, torch.zeros_like(terms[0])))


def test_nodes_and_edges_read_the_last_layer() -> None:
    c = graph()
    network = model("gin", c, 0, layers=2)
    assert_close(network(c), network.readout.map(layer_outputs(network, c)[-1]))
    network = model("gin", c, 1, layers=2)
    u, v = c.simplices(1).T
    last = layer_outputs(network, c)[-1]
    assert_close(network(c), network.readout.map((last[u] + last[v]) / 2))


def test_laws() -> None:
    for epsilon in (False, True):
        check_laws("gin", graph(), epsilon=epsilon, layers=2)
    check_laws("gin", hypergraph(), layers=2)


def constant(edges: list[tuple[int, int]], nodes: int) -> cc.Complex:
    return cc.Complex.graph(edges, nodes).with_cochain(0, "x", torch.ones(nodes, 1, dtype=F64))


def test_separates_what_weisfeiler_and_leman_separate() -> None:
    """Two paths of two nodes and one of four; a mean or maximum of neighbours is 1 on all, the sum is not."""
    pairs, path = constant([(0, 1), (2, 3)], 4), constant([(0, 1), (1, 2), (2, 3)], 4)
    network = model("gin", path, "whole", layers=3)
    assert (network(pairs) - network(path)).abs().max() > 1e-3


def test_does_not_separate_a_hexagon_from_two_triangles() -> None:
    hexagon = constant([(k, (k + 1) % 6) for k in range(6)], 6)
    two = constant([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)], 6)
    network = model("gin", hexagon, "whole", layers=3)
    assert_close(network(hexagon), network(two))
