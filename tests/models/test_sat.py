"""Simplicial Attention Network: its formula densely, and orientation."""

import pytest
import torch
from torch.testing import assert_close

from dense_simplicial import boundary, flipped, halves, softmax_over
from model_checks import check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)


def run(network, c):
    embed, *layers = network.layers
    h = {k: c[k].x @ embed.maps[str(k)].weight.T for k in WIDTHS}
    h[0] = h[0] + embed.maps["0"].bias
    for layer in layers:
        new = {}
        for k in {r.neighborhood.target for r in layer.routes}:
            y = torch.zeros_like(h[k])
            for each in (r for r in layer.routes if r.neighborhood.target == k):
                symbol, message = each.neighborhood, each.message
                if symbol.kind == "self":
                    y = y + h[k] @ message.weight
                elif symbol.kind == "laplacian":
                    laplacian = halves(c, k)[symbol.part]
                    z = (h[k] @ message.weight[0]).abs()
                    a, b = message.score.weight
                    alpha = softmax_over((laplacian != 0).double(), z @ a, z @ b) * laplacian.sign()
                    y = y + alpha @ h[k] @ message.weight[0]
                elif symbol.source < k:
                    y = y + boundary(c, k).T @ h[k - 1] @ message.weight
                else:
                    y = y + boundary(c, k + 1) @ h[k + 1] @ message.weight
            new[k] = torch.tanh(y)
        h = new
    return h


def test_formula() -> None:
    c = triangles(WIDTHS, ODD)
    network = model("sat", c, "whole")
    h = run(network, c)
    pooled = torch.cat([even.mean(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))
    network = model("sat", c, 1)
    assert_close(network(c), network.readout.map(run(network, c)[1]))


def test_laws() -> None:
    check_laws("sat", triangles(WIDTHS, ODD), targets=(0, 1, 2, "whole"), gradients=())


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(target) -> None:
    c = triangles(WIDTHS, ODD)
    moved, signs = flipped(c)
    network = model("sat", c, target)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in ODD else y)
