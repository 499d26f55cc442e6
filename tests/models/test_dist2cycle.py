"""Dist2Cycle: its formula densely, its operator by hand around holes, orientation, and what it refuses."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.complexes import derive, faces, hodge
from cochain.errors import ComplexError, ShapeError
from dense_simplicial import boundary, flipped, halves
from model_checks import F64, check_laws, model, triangles, whole_mlp

WIDTHS = {0: 3, 1: 2, 2: 4}
ODD = (1, 2)
INVERSE = hodge(1).with_self(1.0).inverse


def coupled(c, k):
    """A ⊙ (I + L)^-1, A where two simplices share a face or, for nodes, an edge."""
    share = boundary(c, k).T.abs() @ boundary(c, k).abs() if k else boundary(c, 1).abs() @ boundary(c, 1).abs().T
    laplacian = sum(halves(c, k).values())
    near = (share + torch.eye(len(laplacian), dtype=F64)) > 0
    return torch.linalg.inv(torch.eye(len(laplacian), dtype=F64) + laplacian) * near


def run(network, c, activation):
    h = {each.rank: c[each.rank].x for each in network.reads}
    for layer in network.layers:
        new = {}
        for each in layer.routes:
            k = each.neighborhood.target
            bias = layer.updates[str(k)].bias if activation is torch.nn.functional.leaky_relu else None
            y = coupled(c, k) @ h[k] @ each.message.weight
            new[k] = activation(y if bias is None else y + bias)
        h = new
    return h


@pytest.mark.parametrize(
    ("name", "activation"), [("dist2cycle", torch.nn.functional.leaky_relu), ("dist2cycle_odd", torch.tanh)]
)
def test_formula(name, activation) -> None:
    c = triangles(WIDTHS, ODD)
    network = model(name, c, "whole", layers=3)
    h = run(network, c, activation)
    pooled = torch.cat([even.mean(dim=0) for even in (h[0], h[1].square(), h[2].square())])
    assert_close(network(c), whole_mlp(network.readout, pooled[None]))
    for target in (0, 1, 2):
        network = model(name, c, target, layers=2)
        assert_close(network(c), network.readout.map(run(network, c, activation)[target]))


@pytest.mark.parametrize("name", ["dist2cycle", "dist2cycle_odd"])
def test_laws(name) -> None:
    check_laws(name, triangles(WIDTHS, ODD), targets=(0, 1, 2, "whole"), gradients=(), layers=3)


@pytest.mark.parametrize("target", [0, 1, 2, "whole"])
def test_reversing_orientations(target) -> None:
    c = triangles(WIDTHS, ODD)
    moved, signs = flipped(c)
    network = model("dist2cycle_odd", c, target, layers=2)
    y = network(c)
    assert_close(network(moved), y * signs[target][:, None] if target in ODD else y)
    if target in ODD:
        published = model("dist2cycle", c, target, layers=2)
        assert (published(moved) - published(c) * signs[target][:, None]).abs().max() > 1e-3


def test_by_hand_around_a_hollow_and_a_filled_triangle() -> None:
    """Eigenvalues 0, 3, 3 and 3, 3, 3: the harmonic flow alone couples neighbours, by 1/4."""
    hollow = cc.Complex.simplicial([(0, 1), (0, 2), (1, 2)])
    filled = cc.Complex.simplicial([(0, 1, 2)])
    expected = torch.tensor([[2.0, -1.0, 1.0], [-1.0, 2.0, -1.0], [1.0, -1.0, 2.0]], dtype=F64) / 4
    assert_close(hollow.resolve(INVERSE, F64).to_dense(), expected)
    assert_close(filled.resolve(INVERSE, F64).to_dense(), torch.eye(3, dtype=F64) / 4)


def test_a_flow_around_a_hole_passes_and_one_around_a_filled_triangle_is_quartered() -> None:
    c = cc.Complex.simplicial([(0, 1), (0, 2), (1, 2), (3, 4, 5)])
    for nodes, share in ((0, 1, 2), 1.0), ((3, 4, 5), 0.25):
        flow = torch.zeros(6, 1, dtype=F64)
        flow[c.find(1, [nodes[:2], nodes[1:], nodes[::2]])] = torch.tensor([[1.0], [1.0], [-1.0]], dtype=F64)
        c = c.with_cochain(1, "x", flow, odd=True)
        layer = model("dist2cycle_odd", c, 1, layers=1).layers[0]
        assert_close(layer(c, {1: flow})[1], torch.tanh(share * flow @ layer.routes[0].message.weight))


def test_the_operator_is_selected_along() -> None:
    c = triangles(WIDTHS, ODD)
    other = c.relabel({1: torch.randperm(c.sizes[1])})
    both = cc.Complex.union([other, c])
    both.resolve(INVERSE, F64)
    assert_close(both.select([1]).resolve(INVERSE, F64).to_dense(), coupled(c, 1))


def test_what_has_no_inverse_is_refused() -> None:
    c = triangles(WIDTHS, ODD)
    with pytest.raises(ComplexError, match="only Laplacians with self loops have an inverse here, but"):
        _ = faces(1).inverse
    with pytest.raises(ComplexError, match="A ⊙ L₁⁻¹ should be the inverse of a Laplacian with self loops"):
        c.resolve(hodge(1).inverse)
    with pytest.raises(ShapeError, match="floating type, since it is an inverse, but is asked for torch"):
        c.resolve(INVERSE, torch.int64)


def test_a_factor_that_would_not_fit_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(derive, "LARGEST_FACTOR", 20)
    with pytest.raises(ComplexError, match="from a factor of at most 20 nonzeros, but it would have"):
        triangles(WIDTHS, ODD).resolve(INVERSE)
