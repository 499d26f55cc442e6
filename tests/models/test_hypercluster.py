"""HyperCluster: its formula densely, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_gradients, check_relabelling, check_union, graph, hypergraph, model, with_features


def edges(c: cc.Complex) -> cc.Complex:
    return with_features(c, {1: 2})


def run(network: torch.nn.Module, c: cc.Complex) -> dict[int, Tensor]:
    h = c.cells(1).to_dense().double().T
    embed, *layers, last = network.layers
    nodes, lines = (c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in (0, 1))
    root = h.sum(dim=0) ** -0.5
    mean = h / h.sum(dim=1, keepdim=True).clamp(min=1)
    dual = root[:, None] * (h.T @ mean) * root
    for layer in layers:
        lines = torch.relu(dual @ lines @ layer.conv.weight + layer.bias)
    share = torch.softmax(dual @ lines @ last.share.weight, dim=1)
    z = torch.relu(share.T @ lines / share.sum(dim=0)[:, None] @ last.map.weight.T + last.map.bias)
    if last.own is not None:
        nodes = torch.relu(nodes @ last.own.weight.T + last.own.bias + mean @ share @ z)
    return {0: nodes, 1: lines + share @ z}


@pytest.mark.parametrize("c", [edges(graph()), edges(hypergraph())], ids=["graph", "hypergraph"])
def test_formula(c: cc.Complex) -> None:
    for target in (0, 1, "whole"):
        network = model("hypercluster", c, target, clusters=3)
        seen: list[dict[int, Tensor]] = []
        network.readout.register_forward_pre_hook(lambda _, args, seen=seen: seen.append(args[1][-1]))
        network(c)
        expected = run(network, c)
        assert_close(seen[0][1], expected[1])
        if target != 1:
            assert_close(seen[0][0], expected[0])


def test_clusters_stay_within_their_component() -> None:
    """The row of a cluster is that of its component: edges of another one do not move it."""
    c = edges(graph())
    other = c.with_cochain(1, "x", 100 * torch.randn(c.sizes[1], 2, dtype=F64))
    network = model("hypercluster", c, 1)
    assert_close(network(cc.Complex.union([c, other]))[: c.sizes[1]], network(c))


def test_edge_answers_follow_a_relabelling_of_edges_alone() -> None:
    c = edges(graph())
    network, order = model("hypercluster", c, 1), torch.randperm(c.sizes[1])
    assert_close(network(c.relabel({1: order})), network(c)[order])


def test_laws() -> None:
    for c in (edges(graph()), edges(hypergraph())):
        for target in (0, 1, "whole"):
            network = model("hypercluster", c, target)
            check_relabelling(network, c, target)
            check_union(network, c)
        check_gradients(model("hypercluster", c, "whole"), c)
