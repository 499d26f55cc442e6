"""Builders by hand, tensors on cells, lookup, printing."""

import io

import numpy as np
import pytest
import torch
from rich.console import Console
from torch.testing import assert_close

import cochain as cc


def test_graph_edges_are_sorted_merged_and_oriented() -> None:
    for edges in ([(3, 1), (0, 2), (1, 3)], torch.tensor([[3, 0, 1], [1, 2, 3]]), np.array([[3, 0, 1], [1, 2, 3]])):
        c = cc.Complex.graph(edges)
        assert c.sizes == (4, 2)
        assert c.simplices(1).tolist() == [[0, 2], [1, 3]]
        assert_close(c.boundary(1).to_dense(), torch.tensor([[-1.0, 0], [0, -1], [1, 0], [0, 1]]))
    assert cc.Complex.graph([], 3).sizes == (3, 0)
    assert cc.Complex.graph([(0, 1)], 5).sizes == (5, 1)


def test_simplicial_from_every_form() -> None:
    mixed = cc.Complex.simplicial([(2, 0, 1), (3, 2), (5,)])
    arrays = cc.Complex.simplicial([np.array([[0, 1, 2]]), torch.tensor([[2, 3]]), np.array([[5]])])
    for c in (mixed, arrays):
        assert c.sizes == (6, 4, 1)
        assert c.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2], [2, 3]]
        assert c.simplices(2).tolist() == [[0, 1, 2]]
    assert cc.Complex.simplicial(torch.tensor([[0, 1, 2], [1, 2, 3]])).sizes == (4, 5, 2)
    assert cc.Complex.simplicial([]).sizes == (0,)


def test_simplices_of_high_rank_and_many_nodes_are_packed_without_overflow() -> None:
    # 3,000,000 nodes at 5 nodes a cell do not fit one 63-bit code: the rows are ranked column by column.
    top = np.array([[0, 1_000_000, 2_000_000, 2_999_998, 2_999_999], [1, 1_000_000, 2_000_000, 2_999_998, 2_999_999]])
    c = cc.Complex.simplicial(top)
    assert c.sizes == (3_000_000, 14, 16, 9, 2)
    assert c.simplices(4).tolist() == top.tolist()
    lexicographic = c.simplices(2).tolist()
    assert lexicographic == sorted(lexicographic)


def test_cell_complex_by_hand() -> None:
    # A square with a diagonal's worth of orientation: the walk 0 -> 3 -> 2 -> 1 runs against edges (0,1), (1,2), (2,3).
    c = cc.Complex.cell([[0, 3, 2, 1]], edges=[(0, 4)])
    assert c.simplices(1).tolist() == [[0, 1], [0, 3], [0, 4], [1, 2], [2, 3]]
    assert c.boundary(2).to_dense()[:, 0].tolist() == [-1, 1, 0, -1, -1]
    assert cc.Complex.cell([[0, 1, 2], [0, 1, 2]]).betti() == (1, 0, 1)


def test_hypergraph_and_combinatorial_by_hand() -> None:
    h = cc.Complex.hypergraph([[2, 0], [1], [0, 1, 2]], 4)
    assert h.incidence(0, 1).to_dense().tolist() == [[1, 0, 1], [0, 1, 1], [1, 0, 1], [0, 0, 0]]
    pairs = cc.Complex.hypergraph(torch.tensor([[2, 0, 1, 0, 1, 2], [0, 0, 1, 2, 2, 2]]), 4)
    assert_close(pairs.incidence(0, 1).to_dense(), h.incidence(0, 1).to_dense())
    c = cc.Complex.combinatorial({0: 4, 1: [[0, 1], [2, 3]], 2: [[0, 1, 2]], 3: [[0, 1, 2, 3]]})
    assert c.sizes == (4, 2, 1, 1)
    assert c.incidence(1, 2).to_dense().tolist() == [[1], [0]]
    assert c.incidence(1, 3).to_dense().tolist() == [[1], [1]]
    assert c.incidence(0, 2).to_dense().T.tolist() == [[1, 1, 1, 0]]


def test_ragged_input_is_the_same_as_lists() -> None:
    ragged = cc.Ragged(np.array([0, 2, 5]), np.array([0, 1, 1, 2, 3]))
    one, other = cc.Complex.hypergraph(ragged), cc.Complex.hypergraph([[0, 1], [1, 2, 3]])
    assert_close(one.incidence(0, 1).to_dense(), other.incidence(0, 1).to_dense())
    assert cc.Complex.cell(cc.Ragged(np.array([0, 3]), np.array([0, 1, 2]))).sizes == (3, 3, 1)


def test_points_and_mesh() -> None:
    cloud = cc.Complex.points(torch.rand(5, 3), [2, 3])
    assert (cloud.sizes, len(cloud)) == ((5,), 2)
    mesh = cc.Complex.mesh(np.eye(4, 3), [[0, 1, 2], [0, 2, 3], [0, 1, 3], [1, 2, 3]])
    assert mesh.betti() == (1, 0, 1)
    assert mesh[0].pos.shape == (4, 3)


def test_find_tells_where_cells_went() -> None:
    c = cc.Complex.simplicial([(0, 1, 2), (2, 3)])
    assert c.find(1, [(3, 2), (0, 3), (1, 0)]).tolist() == [3, -1, 0]
    assert c.find(1, torch.tensor([[3, 0, 1], [2, 3, 0]])).tolist() == [3, -1, 0]
    assert c.find(2, [(2, 1, 0)]).tolist() == [0]
    d = cc.Complex.digraph([(1, 0), (0, 2)])
    assert d.find(1, [(0, 1), (1, 0), (0, 2)]).tolist() == [-1, 1, 0]
    with pytest.raises(cc.ShapeError, match=r"\(queries, 3\)"):
        c.find(2, [(0, 1)])


def test_tensors_on_cells() -> None:
    c = (
        cc.Complex.graph([(0, 1), (1, 2)])
        .with_cochain(1, "x", torch.ones(2, 4), odd=True)
        .with_cochain("whole", "y", [3])
    )
    assert (str(c.type_of(1)), c.is_odd(1), c[1].keys(), len(c[1])) == ("4x1o", True, ["x"], 2)
    assert "x" in c[1]
    assert c.whole["y"].tolist() == [3]
    assert not c.with_cochain(1, "x", torch.ones(2, 4)).is_odd(1)
    assert not c.with_cochain(0, "x", torch.ones(3, 1), odd=True).is_odd(0)
    with pytest.raises(AttributeError, match="did you mean 'x'"):
        _ = c[1].X
    with pytest.raises(AttributeError, match=r"add one with c.with_cochain"):
        _ = c[0].x
    with pytest.raises(cc.ShapeError, match="looks transposed"):
        c.with_cochain(0, "x", torch.ones(5, 3))
    with pytest.raises(cc.ComplexError, match="Python name"):
        c.with_cochain(0, "a b", torch.ones(3))
    with pytest.raises(cc.ComplexError, match="a hypergraph has none"):
        cc.Complex.hypergraph([[0, 1]]).with_cochain(1, "x", torch.ones(1, 1), odd=True)
    with pytest.raises(cc.ComplexError, match="from 0 to 1"):
        _ = c[2]


def test_the_type_of_cochains() -> None:
    assert str(cc.Cochain(1, 3, odd=True)) == "3x1o"
    assert cc.Cochain(0, 3, odd=True) == cc.Cochain(0, 3)
    with pytest.raises(
        cc.ShapeError, match=r"x should be 3x1o: 7 cells of rank 1 by 3 channels, but has shape \(3, 7\); it"
    ):
        cc.Cochain(1, 3, odd=True).check(torch.zeros(3, 7), 7)
    with pytest.raises(cc.ShapeError, match="rank >= 0"):
        cc.Cochain(-1, 3)


def test_printing() -> None:
    c = cc.Complex.graph([(0, 1)], [2, 3]).with_cochain(0, "x", torch.zeros(5, 7)).with_cochain("whole", "y", [0, 1])
    assert repr(c) == "Complex(graph, 2 components, 5 of rank 0, 1 of rank 1; [0].x 7 float32, whole.y 1 int64)"
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(c)
    text = console.export_text()
    assert "graph complex, 2 components" in text
    assert "x 7 float32" in text
    assert "y 1 int64" in text


def test_a_wrong_boundary_is_named() -> None:
    c = cc.Complex.simplicial([(0, 1, 2)])
    wrong = c._structure.faces(2, 1).with_values(torch.tensor([1, 1, 1], dtype=torch.int8))
    c._structure._faces[(2, 1)] = wrong
    with pytest.raises(cc.ComplexError, match=r"B_1 @ B_2 must be zero, but entry \(2, 0\) is 2; check the signs"):
        c.validate()
    with pytest.raises(cc.ComplexError, match="'x' on 0 should be finite, but row 1 is not"):
        cc.Complex.graph([(0, 1)]).with_cochain(0, "x", torch.tensor([[0.0], [float("nan")]])).validate()
