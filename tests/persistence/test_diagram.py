"""The container of bars: by hand, and as a union of components."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cochain.errors import ShapeError
from cochain.persistence.diagram import Bars, Diagram


def bars(points, component, places=2):
    points = torch.tensor(points, dtype=torch.float64).reshape(-1, 2)
    index = torch.tensor(component, dtype=torch.int64)
    return Bars(points[:, 0], points[:, 1], index, torch.zeros(len(points), places, dtype=torch.int64))


def diagram():
    finite = {0: bars([[0, 1], [0, 3], [1, 2]], [0, 0, 2]), 1: bars([[2, 5]], [2])}
    inf = float("inf")
    return Diagram(finite, {0: bars([[0, inf], [0, inf], [1, inf]], [0, 1, 2]), 1: bars([], [])}, 3)


def test_lists_by_hand():
    lists = diagram().to_lists()
    assert len(lists) == len(diagram()) == 3
    np.testing.assert_array_equal(lists[0][0], [[0, 1], [0, 3], [0, np.inf]])
    np.testing.assert_array_equal(lists[1][0], [[0, np.inf]])
    np.testing.assert_array_equal(lists[2][1], [[2, 5]])
    assert lists[1][1].shape == (0, 2)


def test_padded_by_hand():
    points, mask = diagram().padded(0, fill=-1)
    assert points.tolist() == [[[0, 1], [0, 3]], [[-1, -1], [-1, -1]], [[1, 2], [-1, -1]]]
    assert mask.tolist() == [[True, True], [False, False], [True, False]]


def test_betti_by_hand():
    assert diagram().betti_at(2.0).tolist() == [[2, 0], [1, 0], [1, 1]]
    down = Diagram({0: bars([[5, 2]], [0])}, {0: bars([[7, -float("inf")]], [0])}, 1)
    assert down.betti_at(6.0).tolist() == [[1]]
    assert down.betti_at(5.0).tolist() == [[2]]
    assert down.betti_at(2.0).tolist() == [[1]]


def test_gradients_pass_through_padding():
    births = torch.tensor([0.0, 1.0], requires_grad=True)
    one = Bars(births, births + 2, torch.tensor([0, 1]), torch.zeros(2, 2, dtype=torch.int64))
    points, mask = Diagram({0: one}, {0: Bars.none()}, 2).padded(0)
    (points[mask][:, 1] ** 2).sum().backward()
    assert births.grad.tolist() == [4.0, 6.0]


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=6))
def test_select_takes_components_in_order(component, chosen):
    component = sorted(component)
    points = [[float(k), float(k + 1)] for k in range(len(component))]
    whole = Diagram({0: bars(points, component)}, {0: bars(points, component)}, 5)
    picked, lists = whole.select(chosen), whole.to_lists()
    assert len(picked) == len(chosen)
    for one, k in zip(picked.to_lists(), chosen, strict=True):
        np.testing.assert_array_equal(one[0], lists[k][0])


@given(st.lists(st.lists(st.integers(0, 2), max_size=5), min_size=1, max_size=4))
def test_union_of_parts_lists_the_parts(parts):
    diagrams = [Diagram({0: bars([[k, k + 1.0] for k in p], sorted(p))}, {0: bars([], [])}, 3) for p in parts]
    joined = Diagram.union(diagrams).to_lists()
    apart = [one for d in diagrams for one in d.to_lists()]
    for a, b in zip(joined, apart, strict=True):
        np.testing.assert_array_equal(a[0], b[0])


def test_a_mask_selects_components():
    whole = diagram()
    picked = whole.select(torch.tensor([True, False, True]))
    assert [len(bars) for bars in (picked[0], picked[1])] == [3, 1]
    assert len(picked) == 2
    with pytest.raises(ShapeError, match="a mask should have 3 entries, one per component, but has 2"):
        whole.select(torch.tensor([True, False]))


def test_messages():
    with pytest.raises(ShapeError, match=r"one of its dimensions \[0, 1\], but was asked for 2"):
        diagram()[2]
    with pytest.raises(ShapeError, match="components should be from 0 to 2, but one is 3"):
        diagram().select([0, 3])
    with pytest.raises(ShapeError, match="name the same dimensions"):
        Diagram({0: Bars.none()}, {}, 1)
    with pytest.raises(ShapeError, match="one row per bar"):
        Bars(torch.zeros(2), torch.zeros(3), torch.zeros(2, dtype=torch.int64), torch.zeros(2, 2, dtype=torch.int64))
    with pytest.raises(ShapeError, match="at least one diagram"):
        Diagram.union([])
    other = Diagram({0: Bars.none()}, {0: Bars.none()}, 1, field=3)
    with pytest.raises(ShapeError, match="share dimensions and field"):
        Diagram.union([diagram(), other])


def test_prints_what_it_holds():
    assert repr(diagram()) == "Diagram(3 components; H0: 3 + 3 essential, H1: 1 + 0 essential; Z/2)"
    assert diagram().detach().to("cpu")[1].lifetimes.tolist() == [3.0]
