"""HMPNN: its formula densely, its dropouts, and its laws."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

import cochain as cc
from model_checks import batch_norm, check_laws, graph, hypergraph, members, model, with_features


def edges(c: cc.Complex) -> cc.Complex:
    return with_features(c, {1: 2})


def run(network: torch.nn.Module, c: cc.Complex) -> dict[int, Tensor]:
    embed, *layers = network.layers
    h, h_e = (c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in (0, 1))
    sets = members(c)
    for first, second in zip(layers[0::2], layers[1::2], strict=True):
        there = first.routes[0].message.map
        said = torch.sigmoid(h @ there.weight.T + there.bias)
        m_e = torch.stack([said[each].sum(dim=0) for each in sets])
        if "0" in second.updates:
            back = second.routes[0].message.map
            said = torch.sigmoid(torch.cat([h_e, m_e], dim=1) @ back.weight.T + back.bias)
            m = torch.stack(
                [sum((said[e] for e, each in enumerate(sets) if x in each), 0 * h[0]) for x in range(len(h))]
            )
            h = torch.sigmoid(batch_norm(second.updates["0"].norm, h) + m)
        if "1" in second.updates:
            h_e = torch.sigmoid(batch_norm(second.updates["1"].norm, h_e) + m_e)
    return {0: h, 1: h_e}


@pytest.mark.parametrize("c", [edges(hypergraph()), edges(graph())], ids=["hypergraph", "graph"])
def test_formula(c: cc.Complex) -> None:
    for target in (0, 1):
        network = model("hmpnn", c, target, layers=2)
        assert_close(network(c), network.readout.map(run(network, c)[target]))


def test_an_answer_on_nodes_holds_no_weight_of_the_last_hyperedges() -> None:
    last = model("hmpnn", edges(hypergraph()), 0, layers=2).layers[-1]
    assert list(last.updates) == ["0"]


def test_dropped_memberships_keep_the_mean() -> None:
    """What stays is scaled by 1 / (1 - p), so that a sum over many memberships stays what it was."""
    c = cc.Complex.hypergraph([range(4000)], 4000)
    c = with_features(c, {0: 3, 1: 2})
    for rate in (0.3, 0.7):
        message = model("hmpnn", c, 0, adjacency_dropout=rate).layers[1].routes[0].message
        operator, h = c.resolve(cc.nn.incident(1, 0), c[0].x.dtype), torch.ones(4000, 8, dtype=c[0].x.dtype)
        still, moved = message.eval()(operator, h, None, None, "sum"), message.train()(operator, h, None, None, "sum")
        assert 0.9 < (moved / still).mean().item() < 1.1
        assert (moved - still).abs().max().item() > 0


def test_dropped_channels_keep_the_mean() -> None:
    """As many rows as wanted: what stays is scaled by the rate, and not by the number of rows."""
    update = model("hmpnn", edges(hypergraph()), 0, layers=1, dropout=0.2).layers[-1].updates["0"]
    h = torch.randn(5000, 8, dtype=torch.float64)
    seen: list[Tensor] = []
    update.norm.register_forward_hook(lambda *_: torch.ones_like(h))
    update.train()
    for _ in range(3):
        y = torch.logit(update(h, torch.zeros_like(h)), eps=1e-9)
        seen.append(torch.where(y.abs() < 1e-6, 0.0, y))
    assert_close(torch.stack(seen).max(), torch.tensor(1.25, dtype=torch.float64))
    assert abs(float(torch.stack(seen).mean()) - 1.0) < 0.02


def test_laws() -> None:
    check_laws("hmpnn", edges(hypergraph()))
    check_laws("hmpnn", edges(graph()), layers=1)
