"""Graph Convolutional Network: its formula densely, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, adjacency, check_laws, graph, hypergraph, model, neighbours, whole_mlp


def propagation(c: cc.Complex) -> Tensor:
    """D^-1/2 (A + I) D^-1/2, entry by entry."""
    near = [[*each, x] for x, each in enumerate(neighbours(c))]
    s = torch.zeros(len(near), len(near), dtype=F64)
    for x, each in enumerate(near):
        for y in each:
            s[x, y] = (len(near[x]) * len(near[y])) ** -0.5
    return s


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_formula(layers: int) -> None:
    c = graph()
    network = model("gcn", c, 0, layers=layers)
    h, s = c[0].x, propagation(c)
    for place, layer in enumerate(network.layers):
        h = s @ h @ layer.routes[0].message.weight + layer.updates["0"].bias
        h = h if place == layers - 1 else torch.relu(h)
    assert_close(network(c), h)


def test_whole_reads_the_mean_of_the_last_hidden_layer() -> None:
    c = graph()
    network = model("gcn", c, "whole", layers=2)
    h, s = c[0].x, propagation(c)
    for layer in network.layers:
        h = torch.relu(s @ h @ layer.routes[0].message.weight + layer.updates["0"].bias)
    assert_close(network(c), whole_mlp(network.readout, h.mean(dim=0, keepdim=True)))


def test_by_hand() -> None:
    """One edge: both degrees are 2 with the loops, so both nodes get the mean."""
    c = cc.Complex.graph([(0, 1)], 3).with_cochain(0, "x", torch.tensor([[1.0], [3.0], [5.0]], dtype=F64))
    network = model("gcn", c, 0, out=1, layers=1)
    weight, bias = network.layers[0].routes[0].message.weight.item(), network.layers[0].updates["0"].bias.item()
    expected = [2 * weight + bias, 2 * weight + bias, 5 * weight + bias]
    assert_close(network(c), torch.tensor(expected, dtype=F64)[:, None])


def test_laws() -> None:
    check_laws("gcn", graph())
    check_laws("gcn", hypergraph())


def test_reads_a_constant_where_there_are_no_features() -> None:
    c = graph().without_cochain(0, "x")
    network = model("gcn", c, 0).float()
    assert_close(network(c), network(c.with_cochain(0, "x", torch.ones(9, 1))))


def test_adjacency_agrees_with_the_edges() -> None:
    c = graph()
    assert_close(adjacency(c), c.adjacency(0, via=1).to_dense().double())
