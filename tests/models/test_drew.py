"""DRew: its formula densely, and how far it hears with and without delay."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from model_checks import F64, check_laws, graph, model, neighbours


def distances(c):
    """Breadth first from every node; 0 where there is no way."""
    near, n = neighbours(c), c.sizes[0]
    found = torch.zeros(n, n, dtype=torch.long)
    for start in range(n):
        seen, front, step = {start}, [start], 0
        while front:
            step += 1
            front = sorted({y for x in front for y in near[x]} - seen)
            seen |= set(front)
            found[start, front] = step
    return found


@pytest.mark.parametrize("delay", [0, 1, 2])
def test_formula(delay) -> None:
    c = graph()
    network = model("drew", c, 0, delay=delay, layers=3)
    embed, *layers = network.layers
    states, far = [c[0].x @ embed.maps["0"].weight.T + embed.maps["0"].bias], distances(c)
    for place, layer in enumerate(layers):
        m = states[-1] @ layer.own.weight.T + layer.own.bias
        assert len(layer.shells) == place + 1
        for k, shell in enumerate(layer.shells, start=1):
            a = (far == k).double()
            d = torch.where(a.sum(dim=1) > 0, a.sum(dim=1).clamp(min=1).rsqrt(), 0.0)
            heard = place - max(0, k - delay) if delay else place
            m = m + d[:, None] * a * d @ states[heard] @ shell.weight
        states.append(states[-1] + torch.relu(m))
    assert_close(network(c), network.readout.map(states[-1]))


def test_laws() -> None:
    check_laws("drew", graph(), targets=(0, 1, "whole"), layers=3)


@pytest.mark.parametrize(("delay", "reach"), [(1, 3), (0, 6)])
def test_how_far_three_layers_hear(delay, reach) -> None:
    """With delay 1 exactly L steps, without any 1 + 2 + ... + L."""
    path = cc.Complex.graph([(k, k + 1) for k in range(9)])
    x = torch.randn(10, 3, dtype=F64, requires_grad=True)
    network = model("drew", path.with_cochain(0, "x", x.detach()), 0, layers=3, delay=delay, hidden=32)
    network(path.with_cochain(0, "x", x))[0].sum().backward()
    heard = x.grad.abs().sum(dim=1) > 0
    assert heard.tolist() == [k <= reach for k in range(10)]


def test_shells_are_selected_along() -> None:
    c = cc.Complex.union([graph(), graph()])
    shell = c.resolve(cc.nn.upper(0).shell(2)).matrix.to_dense()
    assert_close(shell[:9, :9], (distances(c.select([0])) == 2).to(shell.dtype))
    assert_close(c.select([1]).resolve(cc.nn.upper(0).shell(2)).matrix.to_dense(), shell[9:, 9:])


@pytest.mark.parametrize("distance", [0, -1])
def test_a_shell_is_a_whole_number_of_steps_away(distance) -> None:
    with pytest.raises(cc.ComplexError, match="a shell should be >= 1 steps of an adjacency away"):
        cc.nn.upper(0).shell(distance)
    with pytest.raises(cc.ComplexError, match="a shell should be >= 1 steps of an adjacency away"):
        cc.nn.faces(1).shell(2)
