"""The multilayer perceptron: its formula, its laws, and that it reads no structure."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, hypergraph, model, whole_mlp


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_formula(layers: int) -> None:
    c = graph()
    network = model("mlp", c, 0, layers=layers)
    h = c[0].x
    for place, layer in enumerate(network.layers):
        h = h @ layer.routes[0].message.weight + layer.updates["0"].bias
        h = h if place == layers - 1 else torch.relu(h)
    assert_close(network(c), h)


def test_whole() -> None:
    c = graph()
    network = model("mlp", c, "whole", layers=1)
    layer = network.layers[0]
    h = torch.relu(c[0].x @ layer.routes[0].message.weight + layer.updates["0"].bias)
    assert_close(network(c), whole_mlp(network.readout, h.mean(dim=0, keepdim=True)))


def test_structure_is_not_read() -> None:
    c = hypergraph()
    network = model("mlp", c, 0)
    assert_close(network(cc.Complex.points(torch.zeros(9, 2, dtype=F64)).with_cochain(0, "x", c[0].x)), network(c))


def test_positions_stand_in_for_features() -> None:
    c = cc.Complex.points(torch.randn(5, 3, dtype=F64))
    network = model("mlp", c, 0)
    assert_close(network(c.with_cochain(0, "x", 2 * c[0].pos)), network(c.with_cochain(0, "pos", 2 * c[0].pos)))


def test_laws() -> None:
    check_laws("mlp", graph())
    check_laws("mlp", hypergraph(), layers=3)
