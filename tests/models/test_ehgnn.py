"""EHGNN and HyperDrop: their formula densely, on the dual as on the graph, which edges stay, and their laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from cochain import lift
from cochain.errors import SpecError
from model_checks import (
    F64,
    check_gradients,
    check_laws,
    check_relabelling,
    check_union,
    graph,
    hypergraph,
    model,
    with_features,
)
from oracles import same


def edges(c: cc.Complex) -> cc.Complex:
    return with_features(c, {1: 2})


def conv(h: Tensor, s: Tensor) -> Tensor:
    """D_s^-1/2 H diag(s) D_e^-1 H^T D_s^-1/2."""
    degree = h @ s
    root = torch.where(degree > 0, degree.clamp(min=1e-300) ** -0.5, 1.0)
    return root[:, None] * (h * (s / h.sum(dim=0).clamp(min=1)) @ h.T) * root


def run(network: torch.nn.Module, c: cc.Complex, keep: float = 1.0) -> dict[int, Tensor]:
    h = c.cells(1).to_dense().double().T
    embed, *layers = network.layers
    nodes, own = (c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in (0, 1))
    lines = own + h.T @ nodes / h.sum(dim=0)[:, None]
    alive = list(range(c.sizes[1]))
    dual = conv(h.T, torch.ones(c.sizes[0], dtype=F64))
    for layer in layers:
        lines = torch.relu(dual @ lines @ layer.dual.weight + layer.bias[0])
        if layer.own is None:
            continue
        score = torch.sigmoid(dual @ lines @ layer.score.weight)[:, 0].clamp(min=1e-3)
        if keep < 1:
            count = -int(-len(alive) * keep // 1)
            alive = sorted(alive, key=lambda e, score=score: -score[e].item())[:count]
            mask = torch.zeros_like(score)
            mask[alive] = 1.0
            score, lines = score * mask, lines * mask[:, None]
        nodes = torch.relu(conv(h, score) @ nodes @ layer.own.weight + layer.bias[1])
    return {0: nodes, 1: lines}


@pytest.mark.parametrize("c", [edges(graph()), edges(hypergraph())], ids=["graph", "hypergraph"])
def test_formula(c: cc.Complex) -> None:
    for target in (0, 1):
        network = model("ehgnn", c, target, layers=2)
        assert_close(network(c), network.readout.map(run(network, c)[target]))


@pytest.mark.parametrize("keep", [0.3, 0.5])
@pytest.mark.parametrize("c", [edges(graph()), edges(hypergraph())], ids=["graph", "hypergraph"])
def test_hyperdrop(c: cc.Complex, keep: float) -> None:
    network = model("hyperdrop", c, "whole", layers=3, keep=keep)
    seen: list[dict[int, Tensor]] = []
    network.readout.register_forward_pre_hook(lambda _, args: seen.append(args[1][-1]))
    network(c)
    expected = run(network, c, keep)
    assert_close(seen[0], expected)
    assert 0 < int((expected[1] == 0).all(dim=1).sum()) < c.sizes[1]


def test_the_dual_twice_gives_the_hypergraph_back_with_both_features() -> None:
    c = edges(hypergraph())
    once = lift.dual(c)
    assert once.sizes == c.sizes[::-1]
    assert_close(once[0].x, c[1].x)
    assert_close(once[1].x, c[0].x)
    same(lift.dual(once), c)


def test_edges_hear_as_the_nodes_of_the_dual_do() -> None:
    """The layer between edges is the hypergraph convolution of the dual."""
    c = edges(graph())
    layer = model("ehgnn", c, 1, layers=1).layers[1]
    dual = lift.dual(c).with_cochain(0, "x", torch.randn(c.sizes[1], 8, dtype=F64))
    hgnn = model("hgnn", dual, 0, out=8, layers=1)
    with torch.no_grad():
        hgnn.layers[0].routes[0].message.weight.copy_(layer.dual.weight)
        hgnn.layers[0].updates["0"].bias.copy_(layer.bias[0])
    _, heard, _ = layer(c, torch.zeros(9, 8, dtype=F64), dual[0].x, torch.ones(c.sizes[1], dtype=torch.bool))
    assert_close(heard, torch.relu(hgnn(dual)))


def test_edge_answers_follow_a_relabelling_of_edges_alone() -> None:
    c = edges(graph())
    network, order = model("ehgnn", c, 1), torch.randperm(c.sizes[1])
    assert_close(network(c.relabel({1: order})), network(c)[order])


def test_laws() -> None:
    for c in (edges(graph()), edges(hypergraph())):
        check_laws("ehgnn", c, layers=2)
        network = model("hyperdrop", c, "whole")
        check_relabelling(network, c, "whole")
        check_union(network, c)
        # Down to one edge, its score would cancel: a node's only edge counts the same with any weight.
        check_gradients(model("hyperdrop", c, "whole", layers=2, keep=0.8), c)


@pytest.mark.parametrize(("keep", "target"), [(0.0, "whole"), (1.5, "whole"), (0.5, 1)])
def test_a_share_should_make_sense(keep: float, target: int | str) -> None:
    with pytest.raises(SpecError, match="keep should be above 0 and at most 1, below 1 only on the whole, but is"):
        model("ehgnn", edges(graph()), target, keep=keep)
