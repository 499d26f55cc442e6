"""Closures, Dowker complexes, neighbourhood complexes and clique expansions."""

from itertools import combinations

import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError, ParityError, UnknownNameError
from cochain.lift import closure, dowker, dual, expand, forget, khop, neighborhood
from small_graphs import complex_of, graphs

HYPEREDGES = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=5, unique=True), min_size=1, max_size=6)


def faces_of(sets: list[list[int]], size: int) -> list[tuple[int, ...]]:
    return sorted({face for one in sets for face in combinations(sorted(one), size)})


def test_a_closure_by_hand() -> None:
    c = Complex.hypergraph([[0, 1, 2], [2, 3], [4]], 6).with_cochain(0, "x", [[0.0], [3], [6], [9], [1], [1]])
    lifted = closure(c).validate()
    assert (lifted.domain, lifted.sizes) == ("simplicial", (6, 4, 1))
    assert lifted.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2], [2, 3]]
    assert_close(lifted[2].x, torch.tensor([[3.0]]))
    assert_close(closure(c, features="sum")[1].x, torch.tensor([[3.0], [6], [9], [15]]))
    assert_close(closure(c, features="concat")[2].x, torch.tensor([[0.0, 3, 6]]))


@given(HYPEREDGES, st.integers(1, 4))
def test_simplices_are_subsets(sets: list[list[int]], max_rank: int) -> None:
    lifted = closure(Complex.hypergraph(sets, 8), max_rank).validate()
    assert lifted.rank == max_rank
    for rank in range(1, max_rank + 1):
        assert [tuple(row) for row in lifted.simplices(rank).tolist()] == faces_of(sets, rank + 1)


def test_the_closure_of_cells_of_all_ranks() -> None:
    cells = Complex.combinatorial({0: 5, 1: [[0, 1], [3, 4]], 2: [[1, 2, 3]]})
    assert closure(cells).validate().simplices(1).tolist() == [[0, 1], [1, 2], [1, 3], [2, 3], [3, 4]]
    assert closure(Complex.cell([[0, 1, 2, 3]]), 3).sizes == (4, 6, 4, 1)
    assert closure(Complex.points(torch.zeros(2, 1))).sizes == (2, 0, 0)


@given(HYPEREDGES)
def test_both_sides_of_a_relation_have_one_homology(sets: list[list[int]]) -> None:
    used = sorted({node for one in sets for node in one})
    c = Complex.hypergraph([[used.index(node) for node in one] for one in sets], len(used))
    top = max(len(c.faces(1, 0).pattern.rows.unique()), len(used))  # no simplex is larger, so all ranks are whole
    one, other = dowker(c, top, "nodes").betti(), dowker(c, top, "cells").betti()
    assert one == other


def test_dowker_by_hand() -> None:
    c = Complex.hypergraph([[0, 1], [1, 2], [0, 2]]).with_cochain(1, "x", [[1.0], [2], [6]])
    nodes, cells = dowker(c).validate(), dowker(c, side="cells").validate()
    assert nodes.betti() == cells.betti() == (1, 1, 0)
    assert_close(cells[0].x, torch.tensor([[1.0], [2], [6]]))
    assert_close(cells[1].x, torch.tensor([[1.5], [3.5], [4]]))
    triangles = dowker(Complex.simplicial([(0, 1, 2), (1, 2, 3), (3, 4, 5)]), 2, "cells", rank=2)
    assert triangles.simplices(1).tolist() == [[0, 1], [1, 2]]


@given(HYPEREDGES)
def test_the_nodes_of_a_dowker_complex_are_the_closure(sets: list[list[int]]) -> None:
    c = Complex.hypergraph(sets, 8)
    one, two = dowker(c, 3), closure(c, 3)
    assert all(torch.equal(one.simplices(rank), two.simplices(rank)) for rank in range(4))


@given(graphs(7))
def test_neighborhoods(graph: nx.Graph) -> None:
    c = complex_of(graph)
    open_ = torch.from_numpy(nx.to_numpy_array(graph, nodelist=range(len(graph)))).float()
    assert_close(neighborhood(c, "open").validate().faces(1, 0).to_dense(), open_)
    assert_close(neighborhood(c).validate().faces(1, 0).to_dense(), open_ + torch.eye(len(graph)))
    assert_close(neighborhood(c).faces(1, 0).to_dense(), khop(c).faces(1, 0).to_dense())
    lifted = neighborhood(c, "complex", 3).validate()
    for rank in range(1, 4):
        wanted = faces_of([list(graph[node]) for node in graph], rank + 1)
        assert [tuple(row) for row in lifted.simplices(rank).tolist()] == wanted


def test_neighborhood_complexes_by_hand() -> None:
    # the neighbourhood complex of K_n is the boundary of a simplex, a sphere of dimension n - 2
    complete = Complex.graph(list(nx.complete_graph(5).edges))
    assert neighborhood(complete, "complex", 4).betti() == (1, 0, 0, 1, 0)
    # that of an odd cycle is a cycle, that of an even one two
    assert neighborhood(Complex.graph(list(nx.cycle_graph(7).edges)), "complex").betti() == (1, 1, 0)
    assert neighborhood(Complex.graph(list(nx.cycle_graph(8).edges)), "complex").betti() == (2, 2, 0)


@given(HYPEREDGES)
def test_expansion(sets: list[list[int]]) -> None:
    lifted = expand(Complex.hypergraph(sets, 8)).validate()
    incidence = Complex.hypergraph(sets, 8).faces(1, 0).to_dense().double()
    shared = (incidence.T @ incidence).triu(1)
    assert [tuple(row) for row in lifted.simplices(1).tolist()] == [tuple(row) for row in shared.nonzero().tolist()]
    assert_close(lifted[1].weight.double(), shared[shared > 0])


@given(HYPEREDGES)
def test_what_a_closure_forgets(sets: list[list[int]]) -> None:
    c = closure(Complex.hypergraph(sets, 8))
    assert closure(forget(c)).sizes == c.sizes


def test_messages() -> None:
    big = Complex.hypergraph([list(range(30))])
    with pytest.raises(
        ComplexError,
        match="at most max_cells = 100 candidates for cells of rank 2, but would make 4060; lower max_rank",
    ):
        closure(big, max_cells=100)
    with pytest.raises(ComplexError, match="at most max_cells = 9 pairs that share a cell, but would make 435; leave"):
        expand(big, max_cells=9)
    with pytest.raises(ComplexError, match="max_rank should be at least 1, the rank of edges, but is 0"):
        closure(big, 0)
    with pytest.raises(ComplexError, match="candidates for cells of rank 19, but would make 30045015"):
        dowker(big, 19, max_cells=10**6)
    with pytest.raises(UnknownNameError, match="no side of a relation is called 'node'; did you mean 'nodes'"):
        dowker(big, side="node")
    with pytest.raises(ComplexError, match="rank should be at least 1, since nodes are related to the cells above"):
        dowker(big, rank=0)
    with pytest.raises(ComplexError, match="a rank should be from 0 to 1"):
        expand(big, rank=2)
    with pytest.raises(ComplexError, match="rank should be at least 1, since nodes are joined"):
        expand(big, rank=0)
    with pytest.raises(UnknownNameError, match="no kind of neighbourhood is called 'opn'; did you mean 'open'"):
        neighborhood(big, "opn")
    with pytest.raises(ComplexError, match="max_cells = 899 memberships of nodes in hyperedges, but would make 900"):
        neighborhood(big, max_cells=899)
    flow = Complex.graph([(0, 1)]).with_cochain(1, "flow", torch.ones(1, 1), odd=True)
    with pytest.raises(ParityError, match="'flow' on rank 1 should be even"):
        dowker(flow, side="cells")


def test_a_hub_is_refused_before_its_memory_is_taken() -> None:
    hub = dual(Complex.graph([(0, k) for k in range(1, 3000)]))  # a node in 2999 edges: 4.5 billion triples
    with pytest.raises(ComplexError, match="but would make 4491005499; lower max_rank or leave out the largest"):
        closure(hub)
