"""TopNets' base: its flow from the layer of ETNN, and the symmetries of space."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.models import build
from dense_cells import embedded
from model_checks import F64, check_laws, model, triangles

WIDTHS = {0: 3, 1: 2, 2: 4}


def placed(c, n=3):
    return c.with_cochain(0, "pos", torch.randn(c.sizes[0], n, dtype=F64))


def test_formula() -> None:
    """The classical four stages, stage by stage, on what a layer adds to features and positions."""
    c = placed(triangles(WIDTHS))
    network = model("topnets", c, "whole", layers=2, steps=3, time=0.6)
    h, z = embedded(network, c), c[0].pos
    for flow in network.layers[1:]:

        def slope(h, z, layer=flow.layer):
            new, there = layer(c, h, z)
            return {k: new[k] - h[k] for k in h}, there - z

        def ahead(h, z, k, far):
            return {r: h[r] + far * k[0][r] for r in h}, z + far * k[1]

        for _ in range(3):
            k1 = slope(h, z)
            k2 = slope(*ahead(h, z, k1, 0.1))
            k3 = slope(*ahead(h, z, k2, 0.1))
            k4 = slope(*ahead(h, z, k3, 0.2))
            for k, weight in ((k1, 1 / 6), (k2, 1 / 3), (k3, 1 / 3), (k4, 1 / 6)):
                h, z = ahead(h, z, k, 0.2 * weight)
    found, moved = network.run(c)
    for rank in WIDTHS:
        assert_close(found[rank], h[rank])
    assert_close(moved, z)
    assert (z - c[0].pos).abs().max() > 1e-6


def test_one_step_of_euler_is_the_base_network() -> None:
    """The row's check: without persistence it is the base network, that of ETNN, with the same weights."""
    c = placed(triangles(WIDTHS))
    flows, base = model("topnets", c, "whole", layers=1, method="euler", steps=1), model("etnn", c, "whole", layers=1)
    state = {key.replace(".layer.", "."): value for key, value in flows.state_dict().items() if ".shift." not in key}
    base.load_state_dict(state)
    assert_close(flows(c), base(c))


def test_laws() -> None:
    check_laws("topnets", placed(triangles(WIDTHS)), targets=(0, "whole"), gradients=("whole",), layers=2)


@pytest.mark.parametrize("n", [2, 3])
def test_rotations_reflections_and_shifts(n) -> None:
    """The row's check: answers stay, positions go along."""
    c = placed(triangles(WIDTHS), n)
    turn, shift = torch.linalg.qr(torch.randn(n, n, dtype=F64)).Q, torch.randn(n, dtype=F64)
    network = model("topnets", c, "whole")
    other = c.with_cochain(0, "pos", c[0].pos @ turn.T + shift)
    assert_close(network(other), network(c))
    assert_close(network.run(other)[1], network.run(c)[1] @ turn.T + shift)
    assert (network(c.with_cochain(0, "pos", 2 * c[0].pos)) - network(c)).abs().max() > 1e-6


def test_more_steps_come_closer_to_the_flow() -> None:
    c = placed(triangles(WIDTHS))
    network = model("topnets", c, "whole", layers=1, steps=64)
    flow = network.layers[1]
    exact, answers = network(c), {}
    for steps in (1, 2, 4):
        object.__setattr__(flow.config, "steps", steps)
        answers[steps] = float((network(c) - exact).abs().max().detach())
    assert answers[4] < answers[2] / 4 < answers[1] / 16


def test_messages() -> None:
    c = placed(triangles(WIDTHS))
    with pytest.raises(cc.SpecError, match="steps should be at least 1, but are 0"):
        build("topnets", c, out=2, options={"steps": 0})
    with pytest.raises(cc.UnknownNameError, match="no method is called 'rk'"):
        model("topnets", c, "whole", method="rk")(c)
