"""The fast path of dimension 0: minimum spanning forests of weighted graphs."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

import cochain as cc
from cochain.errors import ComplexError, ShapeError
from cochain.persistence import Diagram, zero_dimensional
from filtered import bars
from strategies import graphs, unions


def weights_of(c: cc.Complex, seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(1, 6, c.sizes[1]).astype(float))


def test_a_triangle_by_hand() -> None:
    triangle = cc.Complex.graph([(0, 1), (0, 2), (1, 2)])
    d = zero_dimensional(triangle, torch.tensor([1.0, 3.0, 2.0]))
    assert d[0].points.tolist() == [[0, 1], [0, 2]]
    assert d[0].pairs.tolist() == [[1, 0], [2, 2]]
    assert d.essential[0].points.tolist() == [[0, math.inf]]
    assert (d.dimensions, d.field) == ((0,), 2)


@given(unions("graph"), st.integers(0, 2**20))
def test_deaths_are_the_weights_of_a_minimum_spanning_forest(c: cc.Complex, seed: int) -> None:
    w = weights_of(c, seed)
    d = zero_dimensional(c, w)
    edges = c.simplices(1).numpy()
    tree = minimum_spanning_tree(coo_array((w.numpy(), edges.T), shape=(c.sizes[0],) * 2))
    assert sorted(d[0].deaths.tolist()) == sorted(tree.data.tolist())
    rows = d[0].pairs[:, 1] + c.offsets(1)[d[0].component]
    torch.testing.assert_close(w[rows], d[0].deaths)
    assert len(d.essential[0]) == c.betti()[0]


@given(unions("graph"), st.integers(0, 2**20))
def test_a_union_is_its_components(c: cc.Complex, seed: int) -> None:
    w = weights_of(c, seed)
    named = c.with_cochain(1, "weight", w)
    whole, joined = zero_dimensional(c, w), Diagram.union([zero_dimensional(one) for one in named.components()])
    torch.testing.assert_close(whole[0].points, joined[0].points)
    torch.testing.assert_close(whole[0].component, joined[0].component)
    torch.testing.assert_close(whole.essential[0].component, joined.essential[0].component)


@given(graphs(), st.integers(0, 2**20))
def test_gradients_are_ones_on_the_forest(c: cc.Complex, seed: int) -> None:
    w = weights_of(c, seed).requires_grad_()
    d = zero_dimensional(c, w)
    if not len(d[0]):
        return
    d[0].deaths.sum().backward()
    expected = torch.zeros_like(w).index_fill(0, d[0].pairs[:, 1], 1.0)
    torch.testing.assert_close(w.grad, expected)


def test_forms_of_weights() -> None:
    path = cc.Complex.graph([(0, 1), (1, 2)])
    for weights in (torch.tensor([[2.0], [0.0]]), np.array([2, 0]), torch.tensor([2, 0])):
        assert bars(zero_dimensional(path, weights), 0) == [(0, 2), (0, math.inf)]
        assert bars(zero_dimensional(path, weights, keep_zero=True), 0) == [(0, 0), (0, 2), (0, math.inf)]
    filled = cc.Complex.simplicial([(0, 1, 2)])
    assert bars(zero_dimensional(filled, torch.ones(3)), 0) == [(0, 1), (0, 1), (0, math.inf)]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (torch.tensor([1.0, -2.0]), "from 0, where the nodes are born, but edge 1 has -2; subtract"),
        (torch.tensor([1.0, math.nan]), "finite, but cell 1 of rank 1 has nan"),
        (torch.ones(3), "one number for each of its 2 cells"),
    ],
)
def test_weights_that_do_not_fit(weights: torch.Tensor, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        zero_dimensional(cc.Complex.graph([(0, 1), (1, 2)]), weights)


def test_refusals() -> None:
    with pytest.raises(ComplexError, match="rank 0 only"):
        zero_dimensional(cc.Complex.points(torch.zeros(3, 2)), torch.zeros(0))
    with pytest.raises(ComplexError, match="no orientation"):
        zero_dimensional(cc.Complex.hypergraph([(0, 1)]), torch.zeros(1))
