"""Simplicial Convolutional Neural Network: its formula densely, orientation, and what the two Laplacians separate."""

import pytest
import torch
from torch.testing import assert_close

from cochain.errors import ParityError
from dense_simplicial import boundary, bounded, flipped, halves
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)


def run(network, c, orders):
    embed, *layers = network.layers
    h = {}
    for k in (int(rank) for rank in embed.maps):
        each = embed.maps[str(k)]
        h[k] = c[k].x @ each.weight.T + (0 if each.bias is None else each.bias)
    for layer in layers:
        own = {r.neighborhood.target: r.message.weight for r in layer.routes if r.neighborhood.kind == "self"}
        sides = {
            (r.neighborhood.target, r.neighborhood.part): r.message.weight
            for r in layer.routes
            if r.neighborhood.kind == "laplacian"
        }
        new = {}
        for k, x in h.items():
            y = x @ own[k]
            for part, laplacian in halves(c, k).items():
                weight = sides[k, part]
                assert len(weight) == orders[part]
                for p in range(orders[part]):
                    y = y + torch.linalg.matrix_power(bounded(laplacian), p + 1) @ x @ weight[p]
            new[k] = torch.tanh(y)
        h = new
    return h


@pytest.mark.parametrize("orders", [{"down": 1, "up": 3}, {"down": 2, "up": 2}])
def test_formula(orders) -> None:
    c = triangles(WIDTHS, ODD)
    network = model("scnn", c, "whole", order_down=orders["down"], order_up=orders["up"])
    h = run(network, c, orders)
    pooled = torch.cat([even.mean(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))
    for target in (0, 1, 2):
        network = model("scnn", c, target, order_down=orders["down"], order_up=orders["up"])
        assert [k.rank for k in network.reads] == [target]
        assert_close(network(c), network.readout.map(run(network, c, orders)[target]))


def test_laws() -> None:
    check_laws("scnn", triangles(WIDTHS, ODD), targets=(0, 1, 2, "whole"))


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(target) -> None:
    c = triangles(WIDTHS, ODD)
    moved, signs = flipped(c)
    network = model("scnn", c, target)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in ODD else y)


def test_gradient_flows_do_not_feel_the_upper_weights() -> None:
    """A gradient flow B_1^T f lies in the kernel of the upper Laplacian, since B_1 B_2 = 0."""
    c = triangles(WIDTHS, ODD)
    c = c.with_cochain(1, "x", boundary(c, 1).T @ torch.randn(c.sizes[0], 2, dtype=F64), odd=True)
    network = model("scnn", c, 1, layers=1)
    before = network(c)
    with torch.no_grad():
        for each in network.layers[1].routes:
            if each.neighborhood.part == "up":
                each.message.weight.mul_(7.0)
    assert_close(network(c), before)


def test_an_even_activation_is_refused() -> None:
    with pytest.raises(ParityError, match="the update of odd rank 1 should be an odd function"):
        model("scnn", triangles(WIDTHS, ODD), 1, activation="relu")
