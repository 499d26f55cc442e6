"""CW-CNN and CW-AN: their formulas densely, orientation, and the theorems that they stand on."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.errors import UnknownNameError
from dense_cells import embedded, halves, signed
from dense_simplicial import bounded, flipped, softmax_over
from model_checks import F64, check_laws, model, polygons, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)


def flows():
    c = polygons(WIDTHS)
    for k in ODD:
        c = c.with_cochain(k, "x", c[k].x, odd=True)
    return c


def run(network, c):
    h = embedded(network, c)
    for layer in network.layers[1:]:
        new = {}
        for each in layer.routes:
            k, message, sides = each.neighborhood.target, each.message, halves(c, each.neighborhood.target)
            if each.neighborhood.kind == "self":
                m = h[k] @ message.weight
            elif each.neighborhood.part == "hodge":
                m = bounded(sum(sides.values())) @ h[k] @ message.weight
            else:
                laplacian, z = sides[each.neighborhood.part], (h[k] @ message.weight[0]).abs()
                a, b = message.score.weight
                alpha = softmax_over((laplacian != 0).double(), z @ a, z @ b) * laplacian.sign()
                m = alpha @ h[k] @ message.weight[0]
            new[k] = new.get(k, 0.0) + m
        h = h | {k: torch.tanh(m) for k, m in new.items()}
    return h


@pytest.mark.parametrize("name", ["cw_cnn", "cw_an"])
def test_formula(name) -> None:
    c = flows()
    network = model(name, c, "whole")
    h = run(network, c)
    pooled = torch.cat([even.mean(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))
    for target in (0, 1, 2):
        network = model(name, c, target)
        assert_close(network(c), network.readout.map(run(network, c)[target]))


@pytest.mark.parametrize("name", ["cw_cnn", "cw_an"])
def test_laws(name) -> None:
    check_laws(name, flows(), targets=(0, 1, 2, "whole"), gradients=())


@pytest.mark.parametrize("name", ["cw_cnn", "cw_an"])
@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(name, target) -> None:
    c = cc.Complex.union([flows(), flows()])
    moved, signs = flipped(c)
    network = model(name, c, target)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in ODD else y)


def test_boundaries_vanish_twice_and_kernels_count_holes() -> None:
    c = polygons(WIDTHS)
    assert_close(signed(c, 1) @ signed(c, 2), torch.zeros(c.sizes[0], c.sizes[2], dtype=F64))
    kernel = [int((torch.linalg.eigvalsh(sum(halves(c, k).values())) < 1e-9).sum()) for k in range(3)]
    assert kernel == list(c.betti())


def test_unknown_messages_are_named() -> None:
    with pytest.raises(UnknownNameError, match="no message is called 'convolve'; did you mean 'convolution'"):
        model("cw_cnn", flows(), 0, message="convolve")
