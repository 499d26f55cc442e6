"""Sparse matrices of scipy: adjacencies, incidences and chains of boundaries, there and back."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from oracles import same
from strategies import cell_complexes, graphs, hypergraphs, simplicial_complexes


@given(st.one_of(graphs(), graphs(directed=True)), st.integers(0, 2**16), st.sampled_from(["csr", "csc", "coo", "lil"]))
def test_adjacency_round_trip(c: cc.Complex, seed: int, form: str) -> None:
    weight = torch.from_numpy(np.random.default_rng(seed).random(c.sizes[1])).float() + 2
    c = c.with_cochain(1, "weight", weight)
    back = cc.from_scipy(cc.to_scipy(c).asformat(form), directed=c.domain == "digraph")
    same(back, c if c.sizes[1] else c.without_cochain(1, "weight"))


def test_adjacency_by_hand() -> None:
    a = sp.csr_matrix(np.array([[0, 2, 0], [0, 0, 0], [1, 0, 0]]))
    c = cc.from_scipy(a)
    assert (c.domain, c.simplices(1).tolist(), c[1].weight.tolist()) == ("digraph", [[0, 1], [0, 2]], [2, 1])
    assert cc.to_scipy(c).toarray().tolist() == a.toarray().tolist()
    both = cc.from_scipy(a + a.T)
    assert both.domain == "graph"
    assert cc.from_scipy(a + a.T, directed=True).sizes == (3, 4)
    with pytest.raises(cc.ComplexError, match=r"entries \(0, 1\) and \(1, 0\) differ; take \(A \+ A.T\) / 2"):
        cc.from_scipy(a, directed=False)


@given(st.one_of(graphs(), hypergraphs()))
def test_incidence_round_trip(c: cc.Complex) -> None:
    back = cc.from_scipy(cc.to_scipy(c, "incidence"), "incidence", directed=False if c.domain == "graph" else None)
    same(back, c)


@given(graphs(directed=True))
def test_directed_incidence_round_trip(c: cc.Complex) -> None:
    same(cc.from_scipy(cc.to_scipy(c, "incidence"), "incidence", directed=True), c)


@given(cell_complexes())
def test_boundaries_round_trip(c: cc.Complex) -> None:
    same(cc.from_scipy(cc.to_scipy(c, "boundaries"), "boundaries"), c)


@given(simplicial_complexes(max_rank=3))
def test_boundaries_of_simplices_and_cubes(c: cc.Complex) -> None:
    c = c if c.rank == 3 else cc.Complex.cubical(np.zeros((2, 3, 2)), axes=3)
    back = cc.from_scipy(cc.to_scipy(c, "boundaries"), "boundaries")
    assert back.sizes == c.sizes
    assert back.betti() == c.betti()


A = sp.csr_array(np.array([[0, 1], [1, 0]]))
B1 = sp.csr_array(np.array([[-1, 0, -1], [1, -1, 0], [0, 1, 1]]))


@pytest.mark.parametrize(
    ("matrix", "kind", "error", "message"),
    [
        (
            A.toarray(),
            "adjacency",
            cc.ShapeError,
            "should be a two-dimensional sparse matrix of scipy, but is a ndarray",
        ),
        (A[:1], "adjacency", cc.ShapeError, r'should be square, nodes by nodes, but has shape \(1, 2\); .*kind="incid'),
        (A * np.nan, "adjacency", cc.ShapeError, "should hold finite real numbers"),
        (A * 1j, "adjacency", cc.ShapeError, "should hold finite real numbers, but does not, or has type complex128"),
        (sp.eye_array(2), "adjacency", cc.ComplexError, "an edge should join two different nodes"),
        (A * 2, "incidence", cc.ComplexError, "incidence of a hypergraph should be 0 or 1, but has an entry 2"),
        (
            A * [[0, 1]],
            "incidence",
            cc.ComplexError,
            "a hyperedge should have at least one node, but column 0 is empty",
        ),
        (B1 * [[1, 1, 0]], "incidence", cc.ComplexError, "one -1 and one \\+1, but column 2 has other entries"),
        (B1 * [[1, -1, 2]], "incidence", cc.ComplexError, "one -1 and one \\+1, but column 2 has other entries"),
        (B1, "boundaries", cc.ShapeError, 'a single B_1 is kind="incidence"'),
        ([B1, A], "boundaries", cc.ShapeError, r"B_2 should have 3 rows, but has shape \(2, 2\)"),
        ([B1, B1 * 2], "boundaries", cc.ComplexError, "B_2 should hold -1 and \\+1, but has other entries"),
        ([B1, sp.csr_array([[1], [1], [1]])], "boundaries", cc.ComplexError, "B_1 @ B_2 must be zero, but entry"),
        (A, "laplacian", cc.UnknownNameError, "no kind of matrix is called 'laplacian'"),
    ],
)
def test_refusals(matrix: object, kind: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cc.from_scipy(matrix, kind)


def test_what_has_no_matrix_is_refused() -> None:
    hypergraph = cc.Complex.hypergraph([[0, 1, 2]])
    with pytest.raises(cc.ComplexError, match="should come from edges, but the cells of rank 1 of a hypergraph"):
        cc.to_scipy(hypergraph)
    with pytest.raises(cc.ComplexError, match="boundaries need orientations, but a hypergraph has none"):
        cc.to_scipy(hypergraph, "boundaries")
    assert cc.to_scipy(cc.Complex.points(torch.zeros(3, 2))).shape == (3, 3)
    assert cc.to_scipy(cc.Complex.points(torch.zeros(3, 2)), "incidence").shape == (3, 0)
