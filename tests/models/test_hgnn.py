"""Hypergraph Neural Network: its formula densely, W and all, its laws, and the row of the table of systems."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain.errors import ShapeError
from model_checks import F64, adjacency, check_gradients, check_laws, graph, hypergraph, members, model, whole_mlp


def operator(c: cc.Complex) -> Tensor:
    """D_v^-1/2 H W D_e^-1 H^T D_v^-1/2, hyperedge by hyperedge."""
    w = c[1].weight.tolist() if "weight" in c[1] else [1.0] * c.sizes[1]
    sets = members(c)
    degree = [sum(w[e] for e, each in enumerate(sets) if x in each) for x in range(c.sizes[0])]
    g = torch.zeros(c.sizes[0], c.sizes[0], dtype=F64)
    for e, each in enumerate(sets):
        for x in each:
            for y in each:
                g[x, y] += w[e] / len(each) / (degree[x] * degree[y]) ** 0.5
    return g


def weighted() -> cc.Complex:
    return hypergraph().with_cochain(1, "weight", torch.tensor([0.5, 2.0, 1.5, 3.0, 0.25], dtype=F64))


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("c", [hypergraph(), weighted(), graph()], ids=["ones", "weights", "edges"])
def test_formula(c: cc.Complex, layers: int) -> None:
    network = model("hgnn", c, 0, layers=layers)
    h, g = c[0].x, operator(c)
    for place, layer in enumerate(network.layers):
        h = g @ h @ layer.routes[0].message.weight + layer.updates["0"].bias
        h = h if place == layers - 1 else torch.relu(h)
    assert_close(network(c), h)


def test_whole() -> None:
    c = weighted()
    network = model("hgnn", c, "whole", layers=1)
    layer = network.layers[0]
    h = torch.relu(operator(c) @ c[0].x @ layer.routes[0].message.weight + layer.updates["0"].bias)
    assert_close(network(c), whole_mlp(network.readout, h.mean(dim=0, keepdim=True)))


def test_weights_count() -> None:
    """Doubling all weights changes nothing, doubling one does; a hyperedge of weight 0 is not there."""
    c = weighted()
    network = model("hgnn", c, 0)
    w = c[1].weight
    assert_close(network(c.with_cochain(1, "weight", 2 * w)), network(c))
    one = w.clone()
    one[2] *= 2
    assert (network(c.with_cochain(1, "weight", one)) - network(c)).abs().max() > 1e-3
    one[3] = 0.0
    without = cc.Complex.hypergraph([(1, 2, 3), (3, 5), (2, 5, 6, 7), (3, 5)], 9).with_cochain(0, "x", c[0].x)
    expected = network(without.with_cochain(1, "weight", one[[0, 1, 2, 4]]))
    assert_close(network(c.with_cochain(1, "weight", one)), expected)


def test_weights_of_zero_have_finite_gradients() -> None:
    c = weighted()
    check_gradients(model("hgnn", c, 0), c.with_cochain(1, "weight", torch.tensor([0.0, 1, 0, 0, 1], dtype=F64)))


def test_weights_may_have_their_own_column() -> None:
    c = weighted()
    network = model("hgnn", c, 0)
    assert_close(network(c.with_cochain(1, "weight", c[1].weight[:, None])), network(c))


def test_weights_should_be_one_number_per_hyperedge() -> None:
    c = weighted()
    network = model("hgnn", c, 0)
    with pytest.raises(
        ShapeError, match=r"weight should be 1x1e: 5 cells of rank 1 by 1 channels, but has shape \(5, 2\)"
    ):
        network(c.with_cochain(1, "weight", torch.ones(5, 2, dtype=F64)))
    with pytest.raises(ShapeError, match="'weight' on rank 1 should be of a floating type"):
        network(c.with_cochain(1, "weight", torch.ones(5, dtype=torch.int64)))


def as_matrix(c: cc.Complex) -> Tensor:
    """What one layer does to each node's indicator: weight 1, bias 0."""
    c = c.with_cochain(0, "x", torch.eye(c.sizes[0], dtype=F64))
    network = model("hgnn", c, 0, layers=1, out=c.sizes[0])
    with torch.no_grad():
        network.layers[0].routes[0].message.weight.copy_(torch.eye(c.sizes[0], dtype=F64))
        network.layers[0].updates["0"].bias.zero_()
    return network(c)


def test_on_edges_it_is_half_of_a_graph_convolution() -> None:
    """All hyperedges of size 2: (I + D^-1/2 A D^-1/2) / 2."""
    cycle = [(k, (k + 1) % 6) for k in range(6)] + [(0, 3)]
    c = cc.Complex.hypergraph(cycle, 6)
    a = adjacency(cc.Complex.graph(cycle, 6))
    root = torch.diag(a.sum(dim=1) ** -0.5)
    assert_close(as_matrix(c), (torch.eye(6, dtype=F64) + root @ a @ root) / 2)


def test_spectrum() -> None:
    """Symmetric, eigenvalues in [0, 1], and the root of the weighted degrees belongs to 1."""
    c = weighted()
    g = as_matrix(c)
    values = torch.linalg.eigvalsh(g)
    assert_close(g, g.T)
    assert values[0] > -1e-12
    assert_close(values[-1], torch.tensor(1.0, dtype=F64))
    degree = c.cells(1).to_dense().double().T @ c[1].weight
    assert_close(g @ degree.sqrt(), degree.sqrt())


def test_laws() -> None:
    check_laws("hgnn", hypergraph())
    check_laws("hgnn", weighted(), layers=3)
    check_laws("hgnn", graph())


def test_dropout_falls_between_layers() -> None:
    c = weighted()
    network = model("hgnn", c, 0, layers=2, dropout=0.5).train()
    assert (network(c) - network(c)).abs().max() > 1e-3
    assert_close(
        network.layers[0](c, {0: c[0].x, 1: c[1].weight[:, None]})[0],
        network.eval().layers[0](c, {0: c[0].x, 1: c[1].weight[:, None]})[0],
    )
