"""SCN and SCCN: their formula densely, and orientation."""

import pytest
import torch
from torch.testing import assert_close

from dense_simplicial import boundary, flipped, halves
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)


def scaled(c, rank, loop=2.0):
    laplacian = sum(halves(c, rank).values()) + loop * torch.eye(c.sizes[rank], dtype=F64)
    d = laplacian.diagonal().rsqrt()
    return d[:, None] * laplacian * d


def run(network, c):
    embed, *layers = network.layers
    h = {}
    for k in (int(rank) for rank in embed.maps):
        each = embed.maps[str(k)]
        h[k] = c[k].x @ each.weight.T + (0 if each.bias is None else each.bias)
    for layer in layers:
        weights = {(r.neighborhood.target, r.neighborhood.source): r.message.weight for r in layer.routes}
        new = {}
        for k in {target for target, _ in weights}:
            y = scaled(c, k) @ h[k] @ weights[k, k]
            if (k, k - 1) in weights:
                y = y + boundary(c, k).T @ h[k - 1] @ weights[k, k - 1]
            if (k, k + 1) in weights:
                y = y + boundary(c, k + 1) @ h[k + 1] @ weights[k, k + 1]
            new[k] = torch.tanh(y)
        h = new
    return h


@pytest.mark.parametrize("name", ["scn", "sccn"])
def test_formula(name) -> None:
    c = triangles(WIDTHS, ODD)
    network = model(name, c, "whole")
    assert len(network.layers[1].routes) == (7 if name == "sccn" else 3)
    h = run(network, c)
    pooled = torch.cat([even.mean(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))
    network = model(name, c, 1)
    assert_close(network(c), network.readout.map(run(network, c)[1]))


@pytest.mark.parametrize("name", ["scn", "sccn"])
def test_laws(name) -> None:
    check_laws(name, triangles(WIDTHS, ODD), targets=(0, 1, 2, "whole"), gradients=("whole",))


@pytest.mark.parametrize("name", ["scn", "sccn"])
@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(name, target) -> None:
    c = triangles(WIDTHS, ODD)
    moved, signs = flipped(c)
    network = model(name, c, target)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in ODD else y)


def test_ranks_of_scn_do_not_speak_and_those_of_sccn_do() -> None:
    c = triangles(WIDTHS, ODD)
    assert [k.rank for k in model("scn", c, 1).reads] == [1]
    other = c.with_cochain(0, "x", torch.randn_like(c[0].x))
    sccn = model("sccn", c, 1)
    assert (sccn(c) - sccn(other)).abs().max() > 1e-6
