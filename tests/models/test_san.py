"""Simplicial Attention Neural Network: its formula densely, as published and with signs."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from dense_simplicial import bounded, flipped, halves, softmax_over
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)


def attended(message, laplacian, x, odd):
    z = torch.cat([x @ w for w in message.weight], dim=1)
    a, b = message.score.weight
    z = z.abs() if odd else z
    alpha = softmax_over((laplacian != 0).double(), z @ a, z @ b)
    alpha = alpha * laplacian.sign() if odd else alpha
    return sum(torch.linalg.matrix_power(alpha, p + 1) @ x @ w for p, w in enumerate(message.weight))


def run(network, c, odd):
    embed, *layers = network.layers
    h = {}
    for k in (int(rank) for rank in embed.maps):
        each = embed.maps[str(k)]
        h[k] = c[k].x @ each.weight.T + (0 if each.bias is None else each.bias)
    for layer in layers:
        new = {}
        for k, x in h.items():
            sides = halves(c, k)
            y = torch.zeros_like(x)
            for each in (r for r in layer.routes if r.neighborhood.target == k):
                if each.neighborhood.part == "hodge":
                    rest = torch.eye(len(x), dtype=F64) - bounded(sum(sides.values()))
                    y = y + torch.linalg.matrix_power(rest, each.message.steps) @ x @ each.message.weight
                else:
                    y = y + attended(each.message, sides[each.neighborhood.part], x, odd)
            new[k] = torch.tanh(y) if odd else torch.nn.functional.leaky_relu(y)
        h = new
    return h


@pytest.mark.parametrize("name", ["san", "san_odd"])
@pytest.mark.parametrize("order", [1, 3])
def test_formula(name, order) -> None:
    c = triangles(WIDTHS, ODD)
    network = model(name, c, "whole", order=order, harmonic=2)
    h = run(network, c, name == "san_odd")
    pooled = torch.cat([even.mean(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))
    network = model(name, c, 1, order=order)
    assert_close(network(c), network.readout.map(run(network, c, name == "san_odd")[1]))


@pytest.mark.parametrize("name", ["san", "san_odd"])
def test_laws(name) -> None:
    check_laws(name, triangles(WIDTHS, ODD), targets=(0, 1, 2, "whole"), gradients=())


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(target) -> None:
    c = triangles(WIDTHS, ODD)
    moved, signs = flipped(c)
    network = model("san_odd", c, target)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in ODD else y)


def test_the_published_form_depends_on_orientations() -> None:
    c = triangles(WIDTHS, ODD)
    moved, signs = flipped(c)
    network = model("san", c, 1)
    assert (network(moved) - network(c) * signs[1][:, None]).abs().max() > 1e-3


def test_a_harmonic_flow_passes_the_projection_unchanged() -> None:
    c = cc.Complex.simplicial([(0, 1), (1, 2), (0, 2), (2, 3, 4)])
    flow = torch.zeros(c.sizes[1], 1, dtype=F64)
    flow[c.find(1, [(0, 1), (1, 2), (0, 2)])] = torch.tensor([[1.0], [1.0], [-1.0]], dtype=F64)
    c = c.with_cochain(1, "x", flow, odd=True)
    network = model("san_odd", c, 1, layers=1)
    projection = next(r for r in network.layers[1].routes if r.neighborhood.part == "hodge")
    x = network.layers[0](c, {1: flow})
    assert_close(projection(c, x), x[1] @ projection.message.weight)
