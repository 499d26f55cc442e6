"""UniGIN: its formula densely, and its laws."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, hypergraph, members, model, whole_mlp


def step(update: nn.Module, c: cc.Complex, h: Tensor) -> Tensor:
    """W ((1 + eps) h + sum over hyperedges of the mean of their nodes), node by node."""
    sets = members(c)
    rows = []
    for x in range(c.sizes[0]):
        row = (1 + update.epsilon) * h[x]
        for each in sets:
            if x in each:
                row = row + sum(h[y] for y in each) / len(each)
        rows.append(row)
    linear = update.module if isinstance(update.module, nn.Linear) else update.module[0]
    y = torch.stack(rows) @ linear.weight.T
    return y if linear is update.module else torch.relu(y)


def run(network: nn.Module, c: cc.Complex) -> Tensor:
    h = c[0].x
    for back in network.layers[1::2]:
        h = step(back.updates["0"], c, h)
    return h


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, layers: int) -> None:
    network = model("unigin", c, 0, layers=layers)
    assert len(network.layers) == 2 * layers
    assert_close(network(c), run(network, c))


def test_whole_and_hyperedges() -> None:
    c = hypergraph()
    network = model("unigin", c, "whole")
    assert_close(network(c), whole_mlp(network.readout, run(network, c).mean(dim=0, keepdim=True)))
    network = model("unigin", c, 1)
    h = run(network, c)
    means = torch.stack([h[each].mean(dim=0) for each in members(c)])
    assert_close(network(c), network.readout.map(means))


def test_by_hand() -> None:
    """One hyperedge of three nodes and one node beside it, with W = 1 and eps = 0."""
    c = cc.Complex.hypergraph([(0, 1, 2)], 4)
    c = c.with_cochain(0, "x", torch.tensor([[1.0], [2.0], [6.0], [5.0]], dtype=F64))
    network = model("unigin", c, 0, out=1, layers=1)
    update = network.layers[1].updates["0"]
    with torch.no_grad():
        update.module.weight.fill_(1.0)
        update.epsilon.zero_()
    assert_close(network(c), torch.tensor([[4.0], [5.0], [9.0], [5.0]], dtype=F64))


def test_laws() -> None:
    check_laws("unigin", hypergraph())
    check_laws("unigin", graph(), layers=3)


def test_a_hidden_layer_drops_once() -> None:
    """Half of the channels are dropped after a hidden layer, not three quarters."""
    c = hypergraph()
    network = model("unigin", c, 1, layers=1, hidden=512, dropout=0.5).train()
    kept = network.eval().layers[1](c, network.layers[0](c, {0: c[0].x}))[0] > 0
    dropped = network.train().layers[1](c, network.layers[0](c, {0: c[0].x}))[0] > 0
    assert abs(dropped.sum() / kept.sum() - 0.5) < 0.05
    assert network.dropout == 0.0
