"""ETNN: its formula densely, and the symmetries of space."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from dense_cells import embedded, neighborhood
from model_checks import F64, check_laws, members, model, polygons, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
NEIGHBORHOODS = "upper:0 upper:1 lower:2 0:1 1:0 2:1 0:2"


def placed(c, n=3):
    return c.with_cochain(0, "pos", torch.randn(c.sizes[0], n, dtype=F64))


def silu_mlp(module, x):
    first, last = module[0], module[-1]
    x = x @ first.weight.T + first.bias
    return (x * torch.sigmoid(x)) @ last.weight.T + last.bias


def run(network, c, neighborhoods):
    h, z = embedded(network, c), c[0].pos
    cells = {0: [[v] for v in range(c.sizes[0])], 1: members(c, 1), 2: members(c, 2)}
    known = [neighborhood(c, text) for text in neighborhoods.split()]
    for layer in network.layers[1:]:
        centre = {k: torch.stack([z[each].mean(dim=0) for each in cells[k]]) for k in h}
        size = {k: torch.stack([(z[e] - z[e].mean(dim=0)).square().sum(dim=1).mean() for e in cells[k]]) for k in h}
        heard, moved = {k: [x] for k, x in h.items()}, z.clone()
        for (t, s, a), message in zip(known, layer.messages, strict=True):
            total = torch.zeros(c.sizes[t], h[t].shape[1], dtype=F64)
            for x, y in a.nonzero().tolist():
                far = (centre[t][x] - centre[s][y]).square().sum()
                m = silu_mlp(message, torch.cat([h[t][x], h[s][y], torch.stack([far, size[t][x], size[s][y]])]))
                total[x] += m
                if (t, s) == (0, 0) and layer.shift is not None:
                    moved[x] += (z[x] - z[y]) * silu_mlp(layer.shift, m) / a[x].sum()
            heard[t].append(total)
        h = h | {int(k): h[int(k)] + silu_mlp(u, torch.cat(heard[int(k)], dim=1)) for k, u in layer.updates.items()}
        z = moved
    return h, z


@pytest.mark.parametrize("make", [triangles, polygons])
def test_formula(make) -> None:
    c = placed(make(WIDTHS))
    network = model("etnn", c, "whole", neighborhoods=NEIGHBORHOODS, layers=3)
    h, z = run(network, c, NEIGHBORHOODS)
    assert_close(network.run(c)[1], z)
    assert_close(network(c), whole_mlp(network.readout, torch.cat([h[k].mean(dim=0) for k in WIDTHS])[None]))


def test_laws() -> None:
    check_laws("etnn", placed(triangles(WIDTHS)), targets=(0, 1, 2, "whole"), gradients=("whole",))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_rotations_reflections_and_shifts(n) -> None:
    """Answers stay, positions go along."""
    c = placed(triangles(WIDTHS), n)
    turn, shift = torch.linalg.qr(torch.randn(n, n, dtype=F64)).Q, torch.randn(n, dtype=F64)
    network = model("etnn", c, "whole")
    other = c.with_cochain(0, "pos", c[0].pos @ turn.T + shift)
    assert_close(network(other), network(c))
    assert_close(network.run(other)[1], network.run(c)[1] @ turn.T + shift)
    stretched = c.with_cochain(0, "pos", 2 * c[0].pos)
    assert (network(stretched) - network(c)).abs().max() > 1e-6


def test_without_positions_it_hears_the_complex_alone() -> None:
    c = triangles(WIDTHS)
    network = model("etnn", placed(c), 0)
    together = c.with_cochain(0, "pos", torch.zeros(c.sizes[0], 3, dtype=F64))
    assert_close(network(c), network(together))


def test_nodes_stay_where_they_are_told_to() -> None:
    c = placed(triangles(WIDTHS))
    network = model("etnn", c, 0, move=False)
    assert_close(network.run(c)[1], c[0].pos)
    assert not any("z'" in line for line in network.equations())


def test_gradients_reach_the_positions() -> None:
    c = placed(triangles(WIDTHS))
    pos = c[0].pos.clone().requires_grad_()
    model("etnn", c, "whole")(c.with_cochain(0, "pos", pos)).sum().backward()
    assert pos.grad.isfinite().all()
    assert (pos.grad.abs().sum(dim=1) > 0).sum() > 4


def triangle():
    c = cc.Complex.simplicial([(0, 1, 2)])
    for rank, size in enumerate(c.sizes):
        c = c.with_cochain(rank, "x", torch.ones(size, 1, dtype=F64))
    return c


def test_distances_learn_what_shapes_share() -> None:
    """Two triangles of one shape and another of another have the same complex; positions tell."""
    flat = triangle()
    near = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=F64)
    far = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]], dtype=F64)
    network = model("etnn", flat.with_cochain(0, "pos", near), "whole")
    answers = [network(flat.with_cochain(0, "pos", each)) for each in (near, near.flip(1) + 3, far)]
    assert_close(answers[0], answers[1])
    assert (answers[0] - answers[2]).abs().max() > 1e-6
