"""CEGCN and CEGAT: the clique expansion densely, graphs as the special case, and laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_gradients, check_laws, graph, hypergraph, members, model, neighbours


def weighted() -> cc.Complex:
    return hypergraph().with_cochain(1, "weight", torch.tensor([0.5, 2.0, 1.5, 3.0, 0.25], dtype=F64))


def expansion(c: cc.Complex) -> Tensor:
    """D^-1/2 (A + I) D^-1/2: every hyperedge adds its weight to each pair of its nodes."""
    w = c[1].weight if "weight" in c[1] else torch.ones(c.sizes[1], dtype=F64)
    a = torch.eye(c.sizes[0], dtype=F64)
    for e, each in enumerate(members(c)):
        for x in each:
            for y in each:
                a[x, y] += w[e] if x != y else 0.0
    root = a.sum(dim=1) ** -0.5
    return root[:, None] * a * root


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("c", [hypergraph(), weighted(), graph()], ids=["ones", "weights", "edges"])
def test_cegcn(c: cc.Complex, layers: int) -> None:
    network = model("cegcn", c, 0, layers=layers)
    h, a = c[0].x, expansion(c)
    for place, layer in enumerate(network.layers):
        h = a @ h @ layer.routes[0].message.weight + layer.updates["0"].bias
        h = h if place == layers - 1 else torch.relu(h)
    assert_close(network(c), h)


def test_cegcn_on_a_graph_is_the_graph_convolution() -> None:
    c = graph()
    one, other = model("cegcn", c, 0), model("gcn", c, 0)
    with torch.no_grad():
        for mine, theirs in zip(one.layers, other.layers, strict=True):
            mine.routes[0].message.weight.copy_(theirs.routes[0].message.weight)
            mine.updates["0"].bias.copy_(theirs.updates["0"].bias)
    assert_close(one(c), other(c))


def test_cegat_attends_to_all_who_share_a_hyperedge() -> None:
    c = hypergraph()
    pairs = sorted({tuple(sorted((x, y))) for each in members(c) for x in each for y in each if x != y})
    edges = cc.Complex.graph(pairs, 9).with_cochain(0, "x", c[0].x)
    assert neighbours(edges)[5] == [2, 3, 6, 7]
    network = model("cegat", c, 0, heads=2)
    assert_close(network(c), network(edges))


def test_weights_of_zero_have_finite_gradients() -> None:
    c = weighted()
    check_gradients(model("cegcn", c, 0), c.with_cochain(1, "weight", torch.tensor([0.0, 1, 0, 0, 1], dtype=F64)))


def test_large_hyperedges_are_not_written_out() -> None:
    """One hyperedge of 20000 nodes would be a clique of 200 million edges."""
    c = cc.Complex.hypergraph([range(20000)], 20000).with_cochain(0, "x", torch.ones(20000, 1, dtype=F64))
    y = model("cegcn", c, 0)(c)
    assert_close(y, y[:1].expand(20000, -1))


def test_laws() -> None:
    check_laws("cegcn", hypergraph())
    check_laws("cegcn", weighted(), layers=3)
    check_laws("cegat", hypergraph(), heads=2)
