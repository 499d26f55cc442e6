"""ED-HNN: its formula densely, what a hyperedge tells different nodes, and its laws."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import check_laws, graph, hypergraph, members, model


def perceptron(parts: nn.Sequential, x: Tensor) -> Tensor:
    first, last = parts[0], parts[2]
    return torch.relu(x @ first.weight.T + first.bias) @ last.weight.T + last.bias


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex, reduce: str) -> None:
    network = model("ed_hnn", c, 0, layers=3, alpha=0.3, reduce=reduce)
    first, step = network.layers
    h = start = torch.relu(c[0].x @ first.map.weight.T + first.map.bias)
    sets = members(c)
    pool = torch.mean if reduce == "mean" else torch.sum
    for _ in range(3):
        h_e = torch.stack([pool(perceptron(step.phi, h[each]), dim=0) for each in sets])
        rows = []
        for x in range(c.sizes[0]):
            told = [perceptron(step.rho.module, torch.cat([h[x], h_e[e]])) for e, each in enumerate(sets) if x in each]
            heard = pool(torch.stack(told), dim=0) if told else 0 * h[x]
            rows.append(0.7 * heard + 0.3 * start[x])
        h = torch.relu(perceptron(step.psi, torch.stack(rows)))
    assert_close(network(c), network.readout.map(h))


def test_one_hyperedge_tells_its_nodes_different_things() -> None:
    """Without the first features, AllDeepSets tells all nodes of a single hyperedge the same; this one does not."""
    c = cc.Complex.hypergraph([(0, 1, 2)], 3).with_cochain(0, "x", torch.randn(3, 3).double())
    apart = {
        name: model(name, c, 0, layers=1, **options)(c)
        for name, options in (("ed_hnn", {"alpha": 0.0}), ("all_deep_sets", {}))
    }
    assert (apart["ed_hnn"] - apart["ed_hnn"][:1]).abs().max().item() > 1e-3
    assert_close(apart["all_deep_sets"], apart["all_deep_sets"][:1].expand(3, -1))


def test_steps_share_their_weights() -> None:
    counts = {k: sum(p.numel() for p in model("ed_hnn", hypergraph(), 0, layers=k).parameters()) for k in (1, 6)}
    assert counts[1] == counts[6]


def test_laws() -> None:
    check_laws("ed_hnn", hypergraph())
    check_laws("ed_hnn", graph(), layers=1, reduce="sum")
