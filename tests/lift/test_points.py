import gudhi
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.testing import assert_close

from cochain import Complex, ComplexError
from cochain.lift import knn, rips
from small_graphs import cells_of, same

GRID = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(2)), elements=st.integers(-3, 3).map(float))
CLOUDS = st.lists(GRID, min_size=1, max_size=3)


def union_of(clouds: list[np.ndarray]) -> Complex:
    pos = torch.from_numpy(np.concatenate(clouds))
    return Complex.points(pos, [len(cloud) for cloud in clouds]).with_cochain(0, "x", pos**2)


def test_knn_by_hand() -> None:
    c = knn(Complex.points([[0.0], [1], [3], [3.5]]).with_cochain(0, "x", [[0.0], [2], [4], [8]]), 1)
    assert (c.domain, c.sizes) == ("graph", (4, 2))
    assert c.simplices(1).tolist() == [[0, 1], [2, 3]]
    assert_close(c[1].x, torch.tensor([[1.0], [6]]))
    assert_close(
        knn(torch.tensor([[0.0], [1], [3], [3.5]]), 1).boundary(1).to_dense().T[0], torch.tensor([-1.0, 1, 0, 0])
    )


def test_rips_by_hand() -> None:
    square = torch.tensor([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    assert rips(square, 0.99).sizes == (4, 0, 0)
    assert rips(square, 1.0).sizes == (4, 4, 0)
    assert rips(square, 1.0).betti() == (1, 1, 0)
    assert rips(square, 1.42, 3).validate().sizes == (4, 6, 4, 1)


@given(CLOUDS, st.integers(1, 4), st.floats(0, 4))
def test_components_are_lifted_apart(clouds: list[np.ndarray], k: int, radius: float) -> None:
    c = union_of(clouds)
    same(knn(c, k).validate(), Complex.union([knn(part, k) for part in c.components()]))
    same(rips(c, radius).validate(), Complex.union([rips(part, radius) for part in c.components()]))


@given(CLOUDS, st.integers(1, 4), st.floats(0, 4), st.randoms(use_true_random=False))
def test_relabelling(clouds: list[np.ndarray], k: int, radius: float, random) -> None:
    c, order = union_of(clouds), []
    for cloud in clouds:
        part = list(range(len(order), len(order) + len(cloud)))
        random.shuffle(part)
        order += part
    for lift in (lambda points: knn(points, k), lambda points: rips(points, radius, 3)):
        one, two = lift(c), lift(c.relabel({0: order}))
        for rank in range(one.rank + 1):
            assert cells_of(one, rank) == cells_of(two, rank, order)


@pytest.mark.parametrize(("dimension", "radius"), [(1, 0.1), (2, 0.3), (3, 0.5)])
def test_rips_is_that_of_gudhi(dimension: int, radius: float) -> None:
    pos = torch.rand(60, dimension, dtype=torch.float64)
    lifted = rips(pos, radius, 3).validate()
    tree = gudhi.RipsComplex(points=pos.numpy(), max_edge_length=radius).create_simplex_tree(max_dimension=3)
    found = [tuple(simplex) for simplex, _ in tree.get_simplices()]
    for rank in range(4):
        wanted = sorted(simplex for simplex in found if len(simplex) == rank + 1)
        assert [tuple(row) for row in lifted.simplices(rank).tolist()] == wanted


def test_positions_and_tensors_stay_and_cells_above_are_replaced() -> None:
    c = Complex.graph([(0, 2)], 3).with_cochain(0, "pos", [[0.0], [1], [5]]).with_cochain(1, "y", [1])
    lifted = knn(c, 1)
    assert lifted.simplices(1).tolist() == [[0, 1], [1, 2]]
    assert_close(lifted[0].pos, c[0].pos)
    assert lifted[1].keys() == []


def test_messages() -> None:
    pos = torch.zeros(10, 2)
    with pytest.raises(ComplexError, match="k should be at least 1, but is 0"):
        knn(pos, 0)
    with pytest.raises(ComplexError, match=r"knn should read positions in c\[0\].pos, but there are none"):
        knn(Complex.graph([(0, 1)]), 1)
    with pytest.raises(
        ComplexError, match="at most max_cells = 44 cells of rank 1, but would make 45; lower the radius"
    ):
        rips(pos, 0.5, max_cells=44)
    with pytest.raises(
        ComplexError, match="at most max_cells = 50 cells of rank 2, but would make 120; lower max_rank"
    ):
        rips(pos, 0.5, max_cells=50)
    with pytest.raises(ComplexError, match="at most max_cells = 20 cells of rank 1, but would make"):
        knn(pos, 2, max_cells=20)
    with pytest.raises(ComplexError, match="radius should be a finite number >= 0, but is nan"):
        rips(pos, float("nan"))
    with pytest.raises(ComplexError, match="max_rank should be at least 1"):
        rips(pos, 0.5, 0)
