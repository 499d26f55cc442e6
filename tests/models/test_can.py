"""Cell Attention Network: its formula densely, its laws, and the edges that pooling keeps."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.models import build
from cochain.nn.pool import strongest
from model_checks import (
    F64,
    check_gradients,
    check_laws,
    check_relabelling,
    check_union,
    members,
    model,
    polygons,
    triangles,
    whole_mlp,
)

WIDTHS = {0: 3, 1: 2}


def leaky(x: Tensor, slope: float) -> Tensor:
    return torch.where(x > 0, x, slope * x)


def neighbourhoods(c: cc.Complex) -> tuple[list[list[int]], list[list[int]]]:
    """Of every edge, the others that share a node with it, and the others that share a 2-cell."""
    ends = [set(e) for e in c.simplices(1).tolist()]
    sides = [set(row.nonzero()[:, 0].tolist()) for row in c.incidence(1, 2).to_dense().T]
    count = range(len(ends))
    lower = [[k for k in count if k != e and ends[e] & ends[k]] for e in count]
    upper = [[k for k in count if k != e and any({e, k} <= side for side in sides)] for e in count]
    return lower, upper


def attend(message: nn.Module, h: Tensor, near: list[list[int]], kept: Tensor) -> Tensor:
    value = (h @ message.value.weight.T).view(len(h), message.heads, message.width)
    out = torch.zeros_like(value)
    for e, around in enumerate(near):
        around = [k for k in around if kept[e] and kept[k]]
        for head in range(message.heads):
            own = value[e, head] @ message.target_score[head]
            raw = [own + value[k, head] @ message.source_score[head] for k in around]
            if raw:
                share = leaky(torch.stack(raw), 0.2).softmax(dim=0)
                out[e, head] = sum(s * value[k, head] for s, k in zip(share, around, strict=True))
    return out.flatten(1)


def oracle(network: nn.Module, c: cc.Complex) -> tuple[Tensor, Tensor]:
    lift, *layers = network.layers
    x, a = c[0].x, lift.map.weight
    rows = [
        leaky(a @ torch.cat([x[u], x[v]]), 0.01) + leaky(a @ torch.cat([x[v], x[u]]), 0.01)
        for u, v in c.simplices(1).tolist()
    ]
    h = torch.cat([torch.stack(rows), c[1].x], dim=1)
    kept = torch.ones(len(h), dtype=torch.bool)
    lower, upper = neighbourhoods(c)
    for layer in layers:
        heard = attend(layer.below, h, lower, kept) + attend(layer.above, h, upper, kept)
        h = torch.relu(h @ layer.own.weight.T + layer.own.bias + heard)
        if layer.score is not None:
            score = torch.sigmoid(h @ layer.score.weight[0] + layer.score.bias)
            alive = sorted(kept.nonzero()[:, 0].tolist(), key=lambda e: -score[e])
            kept = torch.zeros_like(kept)
            kept[alive[: math.ceil(layer.keep * len(alive))]] = True
            h = (kept * score)[:, None] * h
    return h, kept


@pytest.mark.parametrize("keep", [1.0, 0.6])
@pytest.mark.parametrize("make", [triangles, polygons])
def test_formula_on_the_whole(keep: float, make) -> None:
    c = make(WIDTHS)
    network = model("can", c, "whole", keep=keep, heads=2)
    h, kept = oracle(network, c)
    assert int(kept.sum()) == (c.sizes[1] if keep == 1 else math.ceil(0.6 * math.ceil(0.6 * c.sizes[1])))
    assert_close(network(c)[0], whole_mlp(network.readout, h.mean(dim=0)))


def test_formula_on_cells() -> None:
    c = polygons(WIDTHS)
    network = model("can", c, 1)
    assert_close(network(c), oracle(network, c)[0] @ network.readout.map.weight.T + network.readout.map.bias)
    network = model("can", c, 0)
    h = oracle(network, c)[0]
    mine = [[e for e, ends in enumerate(c.simplices(1).tolist()) if v in ends] for v in range(c.sizes[0])]
    nodes = torch.stack([h[each].mean(dim=0) if each else torch.zeros(8, dtype=F64) for each in mine])
    assert_close(network(c), nodes @ network.readout.map.weight.T + network.readout.map.bias)
    above = model("can", c, 2)
    h = oracle(above, c)[0]
    nodes = torch.stack([h[each].mean(dim=0) if each else torch.zeros(8, dtype=F64) for each in mine])
    pooled = torch.stack([nodes[each].mean(dim=0) for each in members(c, 2)])
    assert_close(above(c), pooled @ above.readout.map.weight.T + above.readout.map.bias)


def test_laws() -> None:
    check_laws("can", triangles(WIDTHS), targets=(0, 1, 2, "whole"), gradients=(0, 1, "whole"))
    check_laws("can", polygons(WIDTHS), targets=(1, "whole"), gradients=(1, "whole"))
    pooled = model("can", polygons(WIDTHS), "whole", keep=0.5)
    check_relabelling(pooled, polygons(WIDTHS), "whole")
    check_union(pooled, polygons(WIDTHS))
    check_gradients(pooled, polygons(WIDTHS))


def test_orientations_do_not_matter() -> None:
    c = polygons(WIDTHS)
    network = model("can", c, 1)
    signs = {k: torch.tensor([1, -1] * c.sizes[k])[: c.sizes[k]] for k in (1, 2)}
    assert_close(network(c.reorient(signs)), network(c))


def test_it_reads_no_edge_features_where_there_are_none() -> None:
    c = polygons({0: 3})
    assert build("can", c, out=2, target="whole").double()(c).shape == (1, 2)


def test_strongest_by_hand() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (0, 2), (3, 4)], [3, 2])
    score = torch.tensor([0.3, 0.2, 0.9, 0.1])
    every = torch.ones(4, dtype=torch.bool)
    assert strongest(c, 1, score, 0.5, every).tolist() == [True, False, True, True]
    assert strongest(c, 1, score, 0.5, torch.tensor([True, True, False, False])).tolist() == [True, False, False, False]
    assert strongest(c, 1, torch.ones(4), 0.3, every).tolist() == [True, False, False, True]


def test_messages() -> None:
    c = triangles(WIDTHS)
    with pytest.raises(cc.SpecError, match=r"below 1 only on the whole, but is 0\.5 on 1"):
        build("can", c, out=2, target=1, options={"keep": 0.5})
    with pytest.raises(cc.ShapeError, match="out_channels should be a multiple of heads = 4, but is 30"):
        build("can", c, hidden=30, out=2, target=1)
