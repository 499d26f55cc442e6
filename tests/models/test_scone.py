"""SCoNe: its formula densely, orientation, and a trajectory that it learns to prolong."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.models import build
from dense_simplicial import boundary, bounded, flipped, halves
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {1: 2}


def run(network, c):
    h = c[1].x
    for layer in network.layers:
        if layer.routes[0].neighborhood.source != layer.routes[0].neighborhood.target:
            continue
        own, down, up = (r.message.weight for r in layer.routes)
        sides = halves(c, 1)
        h = torch.tanh(h @ own + bounded(sides["down"]) @ h @ down + bounded(sides["up"]) @ h @ up)
    return h


def test_formula() -> None:
    c = triangles(WIDTHS, (1,))
    network = model("scone", c, 0)
    assert_close(network(c), boundary(c, 1) @ run(network, c) @ network.layers[-1].routes[0].message.weight)
    network = model("scone", c, 2)
    assert_close(network(c), boundary(c, 2).T @ run(network, c) @ network.layers[-1].routes[0].message.weight)
    network = model("scone", c, 1)
    assert_close(network(c), network.readout.map(run(network, c)))
    network = model("scone", c, "whole")
    assert_close(network(c), whole_mlp(network.readout, run(network, c).square().mean(dim=0)[None]))


def test_laws() -> None:
    check_laws("scone", triangles(WIDTHS, (1,)), targets=(0, 1, 2, "whole"), gradients=("whole", 0))


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(target) -> None:
    c = triangles(WIDTHS, (1,))
    moved, signs = flipped(c)
    network = model("scone", c, target)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in signs else y)


def test_a_closed_flow_has_no_divergence_before_the_first_activation() -> None:
    """y_0 = B_1 H W without layers: a flow around a triangle neither begins nor ends anywhere."""
    c = cc.Complex.simplicial([(0, 1, 2), (2, 3)])
    flow = torch.zeros(c.sizes[1], 1, dtype=F64)
    flow[c.find(1, [(0, 1), (1, 2), (0, 2)])] = torch.tensor([[1.0], [1.0], [-1.0]], dtype=F64)
    c = c.with_cochain(1, "x", flow, odd=True)
    assert_close(model("scone", c, 0, layers=0)(c), torch.zeros(4, 4, dtype=F64))


def test_it_learns_which_way_a_trajectory_goes_on() -> None:
    """On a grid of triangles walks come from the left and turn up or down by the row in which they run."""
    side = 4
    node = lambda i, j: i * side + j  # noqa: E731
    squares = [(i, j) for i in range(side - 1) for j in range(side - 1)]
    lower = [(node(i, j), node(i + 1, j), node(i + 1, j + 1)) for i, j in squares]
    upper = [(node(i, j), node(i, j + 1), node(i + 1, j + 1)) for i, j in squares]
    c = cc.Complex.simplicial(lower + upper)
    walks = [([node(i, j), node(i, j + 1)], node(i - 1, j + 1) if i > 1 else node(i + 1, j + 1))
             for i in (1, 2) for j in range(side - 1)]  # fmt: skip
    many = []
    for (u, v), _ in walks:
        flow = torch.zeros(c.sizes[1], 1)
        flow[c.find(1, [(u, v)])] = 1.0 if u < v else -1.0
        many.append(c.with_cochain(1, "x", flow, odd=True))
    batch = cc.Complex.union(many)
    network = build("scone", batch, hidden=16, out=1, layers=3, target=0, seed=0)
    near = {
        w: {x for e in c.simplices(1).tolist() if w in e for x in e} - {w} for _, w in ((0, w[1]) for w, _ in walks)
    }
    mask = torch.full((len(walks), side * side), -torch.inf)
    for row, ((_, last), _) in enumerate(walks):
        mask[row, sorted(near[last])] = 0.0
    goal = torch.tensor([end for _, end in walks])
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(80):
        optimizer.zero_grad()
        scores = network(batch).view(len(walks), -1) + mask
        loss = torch.nn.functional.cross_entropy(scores, goal)
        loss.backward()
        optimizer.step()
    assert scores.argmax(dim=1).tolist() == goal.tolist()
