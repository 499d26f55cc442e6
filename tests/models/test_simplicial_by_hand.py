"""Simplicial layers by hand, in cases where a well-known implementation gives another answer or none."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, model, triangles


def path(x):
    """Nodes 0 1 2 in a row."""
    c = cc.Complex.graph([(0, 1), (1, 2)])
    return c.with_cochain(0, "x", torch.tensor(x, dtype=F64))


def test_high_skip_blocks_end_without_an_activation() -> None:
    """H' = A z_0 W + B z_1 W as the paper writes it: an answer is not squeezed into (0, 1) by a last sigmoid."""
    c = path([[1.0], [1.0], [1.0]])
    network = model("hsn", c, 0, layers=1, hidden=1)
    first, second = network.layers[1:3]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    h = second(c, first(c, {0: torch.full((3, 1), 2.0, dtype=F64)}))[0]
    a = torch.tensor([[1 / 2, 6**-0.5, 0], [6**-0.5, 1 / 3, 6**-0.5], [0, 6**-0.5, 1 / 2]], dtype=F64)
    assert_close(h, 2 * a @ a.sum(dim=1, keepdim=True) + 2)  # 2 on every edge, whose mean each node hears
    assert bool((h > 1).all())


def test_simplicial_filters_without_neighbours_are_linear_maps() -> None:
    c = triangles({0: 3, 1: 2, 2: 4}, (1, 2))
    network = model("scnn", c, 1, layers=1, order_down=0, order_up=0)
    embed, layer = network.layers
    h = embed(c, {1: c[1].x})[1]
    assert_close(layer(c, {1: h})[1], torch.tanh(h @ layer.routes[0].message.weight))


@pytest.mark.parametrize("name", ["scone", "scnn", "sccn", "san_odd", "dist2cycle_odd"])
def test_one_reversed_edge_changes_the_sign_of_its_own_answer_alone(name) -> None:
    widths = {1: 2} if name == "scone" else {0: 3, 1: 2, 2: 4}
    c = triangles(widths, tuple(k for k in widths if k))
    signs = torch.ones(10, dtype=torch.int64)
    signs[3] = -1
    network = model(name, c, 1, layers=2)
    assert_close(network(c.reorient({1: signs})), network(c) * signs[:, None])
