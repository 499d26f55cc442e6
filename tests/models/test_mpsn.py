"""Message Passing Simplicial Network: its formula densely, its laws, and what triangles let it separate."""

import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, batch_norm, check_gradients, check_laws, model, normed, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}


def faces_of(c: cc.Complex, rank: int) -> list[list[int]]:
    """Of every simplex, the positions of the simplices with one node less."""
    low = {tuple(s): k for k, s in enumerate(c.simplices(rank - 1).tolist())}
    return [[low[tuple(s[:i] + s[i + 1 :])] for i in range(len(s))] for s in c.simplices(rank).tolist()]


def layer_oracle(layer: nn.Module, c: cc.Complex, h: dict[int, Tensor]) -> dict[int, Tensor]:
    message = {r.neighborhood.target: r.message.module for r in layer.routes if r.message.reads_via}
    out = {}
    for k in map(int, layer.updates):  # the last layer before an answer on cells updates their rank alone
        below, above, update = torch.zeros_like(h[k]), torch.zeros_like(h[k]), layer.updates[str(k)]
        for x, each in enumerate(faces_of(c, k) if k else []):
            below[x] = h[k - 1][each].sum(dim=0)
        for u, each in enumerate(faces_of(c, k + 1) if k < 2 else []):
            for x in each:
                for y in each:
                    if x != y:
                        linear, norm = message[k][:2]
                        both = torch.cat([h[k][y], h[k + 1][u]])
                        above[x] += torch.relu(batch_norm(norm, linear.weight @ both + linear.bias))
        parts = [
            normed(branch.module, (1 + branch.epsilon) * h[k] + m)
            for branch, m in ((update.below, below), (update.above, above))
        ]
        out[k] = normed(update.join, torch.cat(parts, dim=1))
    return out


def test_formula() -> None:
    c = triangles(WIDTHS)
    network = model("mpsn", c, "whole", layers=2)
    embed, *layers = network.layers
    h = {k: c[k].x @ embed.maps[str(k)].weight.T + embed.maps[str(k)].bias for k in WIDTHS}
    for layer in layers:
        h = layer_oracle(layer, c, h)
    assert_close(network(c)[0], whole_mlp(network.readout, torch.cat([h[k].sum(dim=0) for k in WIDTHS])))
    cells = model("mpsn", c, 1, layers=2)
    h = {k: c[k].x @ cells.layers[0].maps[str(k)].weight.T + cells.layers[0].maps[str(k)].bias for k in WIDTHS}
    for layer in cells.layers[1:]:
        h = layer_oracle(layer, c, h)
    assert_close(cells(c), h[1] @ cells.readout.map.weight.T + cells.readout.map.bias)


def test_laws() -> None:
    check_laws("mpsn", triangles(WIDTHS), targets=(0, 1, 2, "whole"), gradients=("whole",), layers=2)


def test_every_rank_reaches_every_rank() -> None:
    c = triangles(WIDTHS)
    for target in (0, 1, 2):
        network = model("mpsn", c, target, layers=2)
        inputs = [c[k].x.clone().requires_grad_() for k in WIDTHS]
        d = c
        for k, x in enumerate(inputs):
            d = d.with_cochain(k, "x", x)
        network(d).square().sum().backward()
        assert all(x.grad.abs().sum() > 0 for x in inputs)


def test_orientations_do_not_matter() -> None:
    c = triangles(WIDTHS)
    network = model("mpsn", c, "whole")
    signs = {k: torch.tensor([1, -1] * c.sizes[k])[: c.sizes[k]] for k in (1, 2)}
    assert_close(network(c.reorient(signs)), network(c))


def test_a_filled_triangle_pair_differs_from_a_hexagon() -> None:
    """Both are 2-regular on six nodes, which message passing on graphs cannot tell apart."""
    pair = cc.Complex.simplicial([(0, 1, 2), (3, 4, 5)])
    hexagon = cc.Complex.simplicial([(i, (i + 1) % 6) for i in range(6)] + [(6, 7, 8)], [6, 3]).select([0])
    network = model("mpsn", pair, "whole")
    answers = [network(each.with_cochain(0, "x", torch.ones(6, 1, dtype=F64))) for each in (pair, hexagon)]
    assert (answers[0] - answers[1]).abs().max() > 1e-3


def test_a_single_triangle_trains() -> None:
    c = cc.Complex.simplicial([(0, 1, 2)])
    for k in WIDTHS:
        c = c.with_cochain(k, "x", torch.randn(c.sizes[k], WIDTHS[k], dtype=F64))
    network = model("mpsn", c, "whole").train()
    assert network(c).isfinite().all()
    check_gradients(network.eval(), c)
