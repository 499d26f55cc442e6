"""TopoNetX: round trips against the real library, and its incidence matrices against ours."""

import numpy as np
import pytest
import toponetx as tnx
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.walks import walks
from strategies import (
    cell_complexes,
    combinatorial_complexes,
    graphs,
    hypergraphs,
    shuffled,
    simplicial_complexes,
    unions,
    with_features,
)


def same_where_filled(one: cc.Complex, other: cc.Complex) -> None:
    """A rank without cells has no attributes there, and TopoNetX keeps no empty top rank."""
    assert one.sizes == other.sizes[: one.rank + 1]
    assert not any(other.sizes[one.rank + 1 :])
    for rank in range(one.rank + 1):
        if one.sizes[rank]:
            assert_close(one[rank].x, other[rank].x.float())
        if rank:
            low = 0 if one.domain == "combinatorial" else rank - 1
            assert_close(one.faces(rank, low).to_dense(), other.faces(rank, low).to_dense())


@given(with_features(st.one_of(simplicial_complexes(), graphs(), unions("simplicial"))))
def test_simplicial_round_trip(c: cc.Complex) -> None:
    there = cc.to_toponetx(c)
    back = cc.from_toponetx(there)
    assert back.domain == "simplicial"
    same_where_filled(back, c)


@given(simplicial_complexes())
def test_its_boundaries_are_ours(c: cc.Complex) -> None:
    there = cc.to_toponetx(c)
    for rank in range(1, c.rank + 1):
        if c.sizes[rank]:
            cells, faces, matrix = _indexed(there.incidence_matrix(rank, signed=True, index=True))
            rows = c.find(rank - 1, np.array(faces).reshape(len(faces), rank))
            columns = c.find(rank, np.array(cells))
            ours = c.boundary(rank).to_dense()[rows][:, columns]
            assert_close(torch.from_numpy(matrix), ours.double())


def _indexed(found: tuple) -> tuple[list, list, np.ndarray]:
    faces, cells, matrix = found
    return [list(cell) for cell in cells], [list(np.atleast_1d(face)) for face in faces], matrix.toarray().astype(float)


@given(with_features(st.one_of(cell_complexes(), unions("cell"))))
def test_cell_round_trip(c: cc.Complex) -> None:
    back = cc.from_toponetx(cc.to_toponetx(c))
    assert (back.domain, back.sizes) == ("cell", c.sizes)
    assert_close(back.faces(1, 0).to_dense(), c.faces(1, 0).to_dense())
    for rank in range(2):
        if c.sizes[rank]:
            assert_close(back[rank].x, c[rank].x.float())
    assert described(back, 2) == described(c, 2)  # polygons on one boundary come together


def described(c: cc.Complex, rank: int) -> list[list[float]]:
    """Cells as rows of their faces and features, sorted: equal up to the order of the cells."""
    low = 0 if rank == 1 else rank - 1
    x = c[rank].x.float() if c.sizes[rank] else torch.zeros(0, 1)
    return sorted(torch.cat([c.faces(rank, low).to_dense().float(), x], dim=1).tolist())


@given(cell_complexes(), st.data())
def test_walks_follow_the_orientation(c: cc.Complex, data: st.DataObject) -> None:
    turned = c.reorient(data.draw(shuffled(c))[1])
    found = walks(turned)
    again = cc.Complex.cell(found, edges=c.simplices(1).tolist(), num_nodes=c.sizes[0])
    signs = turned.boundary(1).to_dense() * c.boundary(1).to_dense()
    edge = torch.where(signs.sum(0) < 0, -1.0, 1.0)[:, None]
    assert_close(edge * turned.boundary(2).to_dense(), again.boundary(2).to_dense())


def test_walks_by_hand_and_what_is_none() -> None:
    c = cc.Complex.cell([[2, 0, 3, 1], [4, 2, 3]])
    assert walks(c).values.tolist() == [0, 3, 1, 2, 2, 3, 4]
    two = cc.Complex.cell([[0, 1, 2], [3, 4, 5]])
    # One cell on two circles: an annulus, which is no disc.
    both = two.boundary(2).to_scipy() @ csr_array(np.ones((2, 1)))
    annulus = cc.from_scipy([two.boundary(1).to_scipy(), both], "boundaries")
    with pytest.raises(
        cc.ComplexError, match="polygon should be one closed walk, but the boundary of cell 0 of rank 2"
    ):
        walks(annulus)


@given(with_features(combinatorial_complexes()))
def test_combinatorial_round_trip(c: cc.Complex) -> None:
    back = cc.from_toponetx(cc.to_toponetx(c))
    assert back.domain == "combinatorial"
    same_where_filled(back, c)


@given(with_features(hypergraphs()))
def test_hypergraph_round_trip_up_to_the_order_of_equals(c: cc.Complex) -> None:
    back = cc.from_toponetx(cc.to_toponetx(c))
    assert (back.domain, back.sizes[0]) == ("hypergraph", c.sizes[0])
    assert back.sizes[1] == c.sizes[1] if c.sizes[1] else back.rank == 1
    assert described(back, 1) == described(c, 1)
    if c.sizes[0]:
        assert_close(back[0].x, c[0].x.float())


def test_colours_are_ranks() -> None:
    given_ = tnx.ColoredHyperGraph()
    for node in "dab":
        given_.add_node(node)
    given_.add_cell(["a", "b"], rank=1, cost=2.0)
    given_.add_cell(["d", "a"], rank=2)
    c = cc.from_toponetx(given_)
    assert (c.domain, c.sizes) == ("combinatorial", (3, 1, 1))
    assert c.cells(1).to_dense().tolist() == [[0, 1, 1]]
    assert c.cells(2).to_dense().tolist() == [[1, 1, 0]]
    assert (c[1].cost.tolist(), c[1].keys(), c[2].keys()) == ([2.0], ["cost"], [])
    given_.add_cell(["d", "a"], rank=2)
    with pytest.raises(cc.ComplexError, match="cells of rank 2 should be different sets"):
        cc.from_toponetx(given_)


def test_names_and_attributes_follow_their_cells() -> None:
    given_ = tnx.SimplicialComplex([("c", "b", "a")])
    given_.add_node("e")
    given_.set_simplex_attributes({("a", "b"): 1.0, ("b", "c"): 2.0, ("a", "c"): 3.0}, name="length")
    c = cc.from_toponetx(given_)
    assert c.sizes == (4, 3, 1)
    assert c.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert c[1].length.tolist() == [1, 3, 2]
    assert c[0].keys() == []
    cells = tnx.CellComplex()
    cells.add_cell(["x", "y", "z", "w"], rank=2, area=2.0)
    cells.add_cell(["x", "y", "z", "w"], rank=2, area=3.0)
    assert cc.from_toponetx(cells)[2].area.tolist() == [2.0, 3.0]


def test_odd_tensors_are_given_along_increasing_nodes() -> None:
    c = cc.Complex.simplicial([(0, 1, 2)])
    c = c.with_cochain(1, "flow", torch.tensor([1.0, 2.0, 3.0]), odd=True).with_cochain(2, "curl", [5.0], odd=True)
    turned = cc.to_toponetx(c.reorient({1: [-1, 1, 1], 2: [-1]}))
    assert turned.get_simplex_attributes("flow") == {(0, 1): 1.0, (0, 2): 2.0, (1, 2): 3.0}
    assert turned.get_simplex_attributes("curl") == {(0, 1, 2): 5.0}


def test_what_toponetx_has_not_is_refused() -> None:
    with pytest.raises(cc.ComplexError, match="TopoNetX has no directed edges, but this is a digraph"):
        cc.to_toponetx(cc.Complex.digraph([(0, 1)]))
    with pytest.raises(cc.ComplexError, match="has rank 2, but this complex has rank 3"):
        cc.to_toponetx(cc.Complex.cubical(np.zeros((2, 2, 2)), axes=3))
    with pytest.raises(cc.ComplexError, match="ColoredHyperGraph of TopoNetX, but is a dict"):
        cc.from_toponetx({})
    cells = tnx.CellComplex(regular=False)
    cells.add_cell([0, 1], rank=2)
    with pytest.raises(cc.ComplexError, match="a polygon should be a closed walk of at least 3 nodes"):
        cc.from_toponetx(cells)
