"""Where do drifting buoys go next? The trajectory protocol on the published data."""

import pytest
import torch
from torch.nn.functional import cross_entropy

import cochain as cc
from cochain.models import build

CHANCE = 0.21
"""One over the number of neighbours, averaged over the paths."""


def scores_of(name, network, c):
    """One number for each node: SCoNe's own, or the divergence of an answer on edges."""
    return network(c) if name == "scone" else c.boundary(1) @ network(c)


def measure(name, network, c, paths):
    """Loss and accuracy of the softmax over the neighbours of the last node."""
    y = c[0].y.view(paths, -1)
    scores = scores_of(name, network, c).view(paths, -1).masked_fill(y < 0, -1e9)
    goal = (y == 1).long().argmax(dim=1)
    return cross_entropy(scores, goal), (scores.argmax(dim=1) == goal).double().mean().item()


def trained(name, c, epochs):
    part = c[0].split[:, 0].view(len(c), -1).amax(dim=1)  # unused nodes are -1
    train, test = (c.select(torch.nonzero(part == each)[:, 0]) for each in (0, 2))
    network = build(name, c, hidden=16, layers=3, out=1, target=0 if name == "scone" else 1, seed=0)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss, _ = measure(name, network, train, len(train))
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return measure(name, network.eval(), test, len(test))[1]


def test_a_few_steps_are_better_than_chance(mirror) -> None:
    c = cc.datasets.load("ocean_drifters", root=mirror)
    assert (1 / (c[0].y.view(len(c), -1) >= 0).sum(dim=1)).mean().item() == pytest.approx(CHANCE, abs=0.005)
    assert trained("scone", c.select(slice(0, 120)), 20) > CHANCE + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scone", "scnn", "san_odd"])
def test_trajectories(mirror, name) -> None:
    assert trained(name, cc.datasets.load("ocean_drifters", root=mirror), 60) > 0.4
