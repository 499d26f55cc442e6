"""Simple Graph Convolution: its formula densely, its laws, and the row of the table of systems."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, adjacency, check_laws, cora_accuracy, graph, hypergraph, model, whole_mlp


def propagation(c: cc.Complex, loops: float = 1.0) -> Tensor:
    a = adjacency(c) + loops * torch.eye(c.sizes[0], dtype=F64)
    root = torch.diag(a.sum(dim=1) ** -0.5)
    return root @ a @ root


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_formula(layers: int) -> None:
    c = graph()
    network = model("sgc", c, 0, layers=layers)
    last = network.layers[-1]
    power = torch.linalg.matrix_power(propagation(c), layers)
    assert_close(network(c), power @ c[0].x @ last.routes[0].message.weight + last.updates["0"].bias)


def test_whole() -> None:
    c = graph()
    network = model("sgc", c, "whole", layers=2)
    last = network.layers[-1]
    s = propagation(c)
    h = s @ s @ c[0].x @ last.routes[0].message.weight + last.updates["0"].bias
    assert_close(network(c), whole_mlp(network.readout, h.mean(dim=0, keepdim=True)))


def test_equals_a_gcn_without_its_nonlinearities() -> None:
    """K layers of a GCN whose activations are the identity, its weights multiplied together."""
    c = graph()
    gcn, sgc = model("gcn", c, 0, layers=3), model("sgc", c, 0, layers=3)
    product = torch.eye(3, dtype=F64)
    with torch.no_grad():
        for layer in gcn.layers:
            layer.updates["0"].activation = lambda x: x
            layer.updates["0"].bias.zero_()
            product = product @ layer.routes[0].message.weight
        sgc.layers[-1].routes[0].message.weight.copy_(product)
        sgc.layers[-1].updates["0"].bias.zero_()
    assert_close(sgc(c), gcn(c))


def test_self_loops_lower_the_largest_eigenvalue() -> None:
    """Of the normalised Laplacian I - S, on a path, where it is 2 without loops."""
    c = cc.Complex.graph([(k, k + 1) for k in range(5)], 6)
    largest = [torch.linalg.eigvalsh(torch.eye(6, dtype=F64) - propagation(c, loops))[-1] for loops in (0.0, 1.0)]
    assert_close(largest[0], torch.tensor(2.0, dtype=F64))
    assert largest[1] < 1.9


def test_laws() -> None:
    check_laws("sgc", graph())
    check_laws("sgc", hypergraph(), layers=3)


@pytest.mark.slow
def test_cora(mirror: Path) -> None:
    """Published: 81.0 percent, the mean over many seeds; this is one."""
    assert cora_accuracy("sgc", mirror, epochs=100, lr=0.2, decay=5e-5) > 0.80
