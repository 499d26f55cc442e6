import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.kernels.cycle_basis import basis_cycles
from cochain.kernels.cycles import chordless_cycles, simple_cycles, walk_edges
from cochain.kernels.limits import LimitError
from small_graphs import canonical, csr, graphs, upper, walks


def in_order(found) -> list[tuple[int, ...]]:
    return sorted((canonical(list(walk)) for walk in found), key=lambda walk: (len(walk), walk))


def test_a_square_with_a_diagonal_by_hand() -> None:
    graph = nx.Graph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)])
    assert walks(chordless_cycles(*csr(graph), 4)) == [(0, 1, 2), (0, 2, 3)]
    assert walks(simple_cycles(*csr(graph), 4)) == [(0, 1, 2), (0, 2, 3), (0, 1, 2, 3)]
    assert walks(simple_cycles(*csr(graph), 3)) == [(0, 1, 2), (0, 2, 3)]
    # breadth first from 0: tree 01 02 03, so 12 and 23 each close a cycle
    assert walks(basis_cycles(*csr(graph))) == [(0, 1, 2), (0, 2, 3)]


@given(graphs(), st.integers(3, 9))
def test_chordless_cycles(graph: nx.Graph, max_length: int) -> None:
    assert walks(chordless_cycles(*csr(graph), max_length)) == in_order(nx.chordless_cycles(graph, max_length))


@given(graphs(7), st.integers(3, 7))
def test_simple_cycles(graph: nx.Graph, max_length: int) -> None:
    assert walks(simple_cycles(*csr(graph), max_length)) == in_order(nx.simple_cycles(graph, max_length))


@given(graphs())
def test_a_basis_is_independent_and_complete(graph: nx.Graph) -> None:
    found = basis_cycles(*csr(graph))
    assert walks(found) == in_order(walks(found))
    wanted = graph.number_of_edges() - len(graph) + nx.number_connected_components(graph)
    assert len(found.indptr) - 1 == wanted
    edges, _ = walk_edges(*upper(graph), found)
    assert (edges >= 0).all()
    # every fundamental cycle has an edge of its own, its chord; rank over Z/2 by elimination on integers as bit sets
    rows = [sum(1 << int(edge) for edge in part) for part in np.split(edges, found.indptr[1:-1])] if wanted else []
    rank = 0
    while rows:
        pivot = rows.pop()
        if pivot:
            rank += 1
            rows = [row ^ pivot if row & (pivot & -pivot) else row for row in rows]
    assert rank == wanted


@given(graphs(), st.integers(3, 6))
def test_a_basis_leaves_out_what_is_long(graph: nx.Graph, max_length: int) -> None:
    whole = walks(basis_cycles(*csr(graph)))
    assert walks(basis_cycles(*csr(graph), max_length)) == [walk for walk in whole if len(walk) <= max_length]


@given(graphs())
def test_edges_of_walks(graph: nx.Graph) -> None:
    found = simple_cycles(*csr(graph), 5)
    numbers = {edge: k for k, edge in enumerate(sorted(tuple(sorted(edge)) for edge in graph.edges))}
    edges, signs = walk_edges(*upper(graph), found)
    for k, walk in enumerate(walks(found)):
        steps = zip(walk, (*walk[1:], walk[0]), strict=True)
        wanted = sorted((numbers[min(a, b), max(a, b)], 1 if a < b else -1) for a, b in steps)
        part = slice(found.indptr[k], found.indptr[k + 1])
        assert list(zip(edges[part].tolist(), signs[part].tolist(), strict=True)) == wanted


def test_a_walk_without_its_edge() -> None:
    found = chordless_cycles(*csr(nx.cycle_graph(4)), 4)
    edges, _ = walk_edges(*upper(nx.path_graph(4)), found)
    np.testing.assert_array_equal(edges, [-1, 0, 1, 2])


@pytest.mark.parametrize("search", [chordless_cycles, simple_cycles, basis_cycles])
def test_groups_lead_the_order(search) -> None:
    rings = [nx.cycle_graph(length) for length in (5, 3, 4, 3)]
    graph = nx.disjoint_union_all(rings)
    groups = np.repeat(np.arange(4), [5, 3, 4, 3])
    alone = walks(search(*csr(graph), 6))
    together = walks(search(*csr(graph), 6, groups))
    assert [len(walk) for walk in alone] == [3, 3, 4, 5]
    assert [len(walk) for walk in together] == [5, 3, 4, 3]


def test_many_start_vertices_at_once() -> None:
    graph = nx.gnp_random_graph(300, 0.02, seed=5)
    assert walks(chordless_cycles(*csr(graph), 6)) == in_order(nx.chordless_cycles(graph, 6))
    assert walks(simple_cycles(*csr(graph), 5)) == in_order(nx.simple_cycles(graph, 5))


@pytest.mark.parametrize("search", [chordless_cycles, simple_cycles, basis_cycles])
@pytest.mark.parametrize("nodes", [0, 1, 2])
def test_too_few_vertices(search, nodes: int) -> None:
    found = search(*csr(nx.path_graph(nodes)), 6)
    assert (len(found.indptr), len(found.vertices)) == (1, 0)


@pytest.mark.parametrize("search", [chordless_cycles, simple_cycles, basis_cycles])
def test_the_limit_is_met_before_filling(search) -> None:
    complete = csr(nx.complete_graph(7))
    exact = len(search(*complete, 3).indptr) - 1
    assert len(search(*complete, 3, None, exact).indptr) == exact + 1
    with pytest.raises(LimitError, match=f"at most {exact - 1} should be enumerated"):
        search(*complete, 3, None, exact - 1)


def test_counting_stops_at_the_limit() -> None:
    # the complete graph on 30 vertices has about 10^31 simple cycles
    with pytest.raises(LimitError, match="at most 1000 should be enumerated") as refusal:
        simple_cycles(*csr(nx.complete_graph(30)), 30, None, 1000)
    assert refusal.value.exact is False
