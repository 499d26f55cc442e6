"""UniGCN, UniGCNII, UniSAGE and UniGAT: their formulas densely, and their laws."""

from math import log

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, hypergraph, members, model, whole_mlp

CASES = pytest.mark.parametrize("c", [hypergraph(), graph()], ids=["hypergraph", "graph"])


def of_node(c: cc.Complex, x: int) -> list[int]:
    return [e for e, each in enumerate(members(c)) if x in each]


def means(c: cc.Complex, h: Tensor) -> Tensor:
    return torch.stack([h[each].mean(dim=0) for each in members(c)])


def scaled(c: cc.Complex, h: Tensor) -> Tensor:
    """1 / sqrt(d_x) times the sum over hyperedges of h_e / sqrt(d_e), node by node."""
    sets, h_e = members(c), means(c, h)
    degree = [len(of_node(c, x)) for x in range(c.sizes[0])]
    rows = []
    for x in range(c.sizes[0]):
        row = torch.zeros_like(h[0])
        for e in of_node(c, x):
            mean = sum(degree[y] for y in sets[e]) / len(sets[e])
            row = row + h_e[e] / (mean * degree[x]) ** 0.5
        rows.append(row)
    return torch.stack(rows)


def linear_of(update: nn.Module) -> tuple[nn.Linear, bool]:
    return (update.module, False) if isinstance(update.module, nn.Linear) else (update.module[0], True)


@CASES
@pytest.mark.parametrize("layers", [1, 3])
def test_unigcn(c: cc.Complex, layers: int) -> None:
    network = model("unigcn", c, 0, layers=layers)
    h = c[0].x
    for back in network.layers[1::2]:
        linear, hidden = linear_of(back.updates["0"])
        h = scaled(c, h) @ linear.weight.T
        h = torch.relu(h) if hidden else h
    assert_close(network(c), h)


@CASES
@pytest.mark.parametrize("reduce", ["mean", "sum", "max"])
def test_unisage(c: cc.Complex, reduce: str) -> None:
    network = model("unisage", c, 0, layers=2, reduce=reduce)
    h = c[0].x
    for back in network.layers[1::2]:
        linear, hidden = linear_of(back.updates["0"])
        h_e, rows = means(c, h), []
        for x in range(c.sizes[0]):
            heard = h_e[of_node(c, x)]
            reduced = {"mean": heard.mean(dim=0), "sum": heard.sum(dim=0)}.get(reduce)
            reduced = heard.max(dim=0).values if reduced is None and len(heard) else reduced
            rows.append(h[x] + reduced if len(heard) and reduced is not None else h[x])
        h = torch.stack(rows) @ linear.weight.T
        h = torch.relu(h) if hidden else h
    assert_close(network(c), h)


@CASES
@pytest.mark.parametrize("heads", [1, 4])
def test_unigat(c: cc.Complex, heads: int) -> None:
    network = model("unigat", c, 0, layers=2, heads=heads)
    h = c[0].x
    for place, back in enumerate(network.layers[1::2]):
        attention, h_e = back.routes[0].message, means(c, h)
        parts = []
        for k in range(attention.heads):
            rows = slice(k * attention.width, (k + 1) * attention.width)
            w = attention.value.weight[rows]
            a = torch.cat([attention.target_score[k], attention.source_score[k]])
            out = []
            for x in range(c.sizes[0]):
                mine = of_node(c, x)
                scores = [nn.functional.leaky_relu(a @ torch.cat([w @ h[x], w @ h_e[e]]), 0.2).exp() for e in mine]
                out.append(sum((s * (w @ h_e[e]) for s, e in zip(scores, mine, strict=True)), w[:, 0] * 0))
                out[-1] = out[-1] / sum(scores) if scores else out[-1]
            parts.append(torch.stack(out))
        h = torch.cat(parts, dim=1)
        h = nn.functional.elu(h) if place == 0 else h
    assert_close(network(c), h)


@CASES
def test_unigcnii(c: cc.Complex) -> None:
    network = model("unigcnii", c, 0, layers=3, alpha=0.2, decay=0.7)
    first, *steps = network.layers
    h = start = torch.relu(c[0].x @ first.map.weight.T + first.map.bias)
    for place, step in enumerate(steps, start=1):
        beta = log(0.7 / place + 1)
        mixed = 0.8 * scaled(c, h) + 0.2 * start
        matrix = (1 - beta) * torch.eye(8, dtype=F64) + beta * step.map.weight
        h = torch.relu(mixed @ matrix.T)
    assert_close(network(c), network.readout.map(h))


def test_unigcn_by_hand() -> None:
    """Two hyperedges share node 1: its degree is 2, that of either hyperedge 3/2, and W = 1."""
    c = cc.Complex.hypergraph([(0, 1), (1, 2)], 4).with_cochain(
        0, "x", torch.tensor([[2.0], [4.0], [8.0], [1.0]]).double()
    )
    network = model("unigcn", c, 0, out=1, layers=1)
    with torch.no_grad():
        network.layers[1].updates["0"].module.weight.fill_(1.0)
    first, second = 3 / 1.5**0.5, 6 / 1.5**0.5
    assert_close(network(c)[:, 0], torch.tensor([first, (first + second) / 2**0.5, second, 0.0], dtype=F64))


def test_unigcnii_stays_alive_with_depth() -> None:
    """64 layers leave the share of the first features: nodes still differ, where UniGCN's have become one."""
    ring = cc.Complex.hypergraph([(k, (k + 1) % 9, (k + 2) % 9) for k in range(9)], 9)
    ring = ring.with_cochain(0, "x", torch.randn(9, 3, dtype=F64))
    spread = {}
    for name in ("unigcnii", "unigcn"):
        network = model(name, ring, 1, layers=48)
        seen: list[Tensor] = []
        network.readout.register_forward_pre_hook(lambda _, args, seen=seen: seen.append(args[1][-1][0]))
        with torch.no_grad():
            network(ring)
        spread[name] = float((seen[0] - seen[0].mean(dim=0)).abs().max() / seen[0].abs().max().clamp(min=1e-300))
    assert spread["unigcnii"] > 1e-2
    assert spread["unigcn"] < 1e-4


@pytest.mark.parametrize("name", ["unigcn", "unigcnii", "unisage", "unigat"])
def test_other_targets_read_the_last_layer(name: str) -> None:
    c = hypergraph()
    for target in (1, "whole"):
        network = model(name, c, target)
        seen: list[Tensor] = []
        network.readout.register_forward_pre_hook(lambda _, args, seen=seen: seen.append(args[1][-1][0]))
        y = network(c)
        if target == "whole":
            assert_close(y, whole_mlp(network.readout, seen[0].mean(dim=0, keepdim=True)))
        else:
            assert_close(y, network.readout.map(means(c, seen[0])))


@pytest.mark.parametrize("name", ["unigcn", "unigcnii", "unisage", "unigat"])
def test_laws(name: str) -> None:
    check_laws(name, hypergraph())
    check_laws(name, graph(), layers=3)
