from itertools import permutations

import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cochain import Complex, ComplexError, UnknownNameError
from cochain.lift import clique, paths
from small_graphs import complex_of, graphs


def brute(graph: nx.Graph, longest: int) -> list[tuple[int, ...]]:
    """All simple paths from their smaller ends, by length and then by sequence."""
    found = []
    for size in range(2, longest + 2):
        walks = permutations(range(len(graph)), size)
        found += [w for w in walks if w[0] < w[-1] and all(graph.has_edge(*w[k : k + 2]) for k in range(size - 1))]
    return found


def test_a_triangle_with_a_tail_by_hand() -> None:
    c = Complex.graph([(0, 1), (1, 2), (0, 2), (2, 3)]).with_cochain(0, "x", [[0.0], [3], [6], [9]])
    lifted = paths(c).validate()
    members = [row.nonzero()[:, 0].tolist() for row in lifted.faces(1, 0).to_dense()]
    # edges, then 0-1-2, 0-2-1, 0-2-3, 1-0-2, 1-2-3
    assert members == [[0, 1], [0, 2], [1, 2], [2, 3], [0, 1, 2], [0, 1, 2], [0, 2, 3], [0, 1, 2], [1, 2, 3]]
    assert lifted[1].x[:, 0].tolist() == [1.5, 3, 4.5, 7.5, 3, 3, 5, 3, 6]
    sets = paths(c, 2, "complex").validate()
    assert (sets.domain, sets.sizes) == ("combinatorial", (4, 4, 3))
    assert sets.cells(2).to_dense().tolist() == [[1, 1, 1, 0], [1, 0, 1, 1], [0, 1, 1, 1]]


@given(graphs(6), st.integers(1, 4))
def test_all_paths(graph: nx.Graph, longest: int) -> None:
    wanted = brute(graph, longest)
    lifted = paths(complex_of(graph).without_cochain(1, "flow"), longest).validate()
    assert [row.nonzero()[:, 0].tolist() for row in lifted.faces(1, 0).to_dense()] == [sorted(w) for w in wanted]
    sets = paths(complex_of(graph), longest, "complex").validate()
    for rank in range(1, longest + 1):
        cells = sorted({tuple(sorted(w)) for w in wanted if len(w) == rank + 1})
        assert [tuple(row.nonzero()[:, 0].tolist()) for row in sets.cells(rank).to_dense()] == cells


def test_a_long_radius_ends_with_the_graph() -> None:
    assert paths(Complex.graph([(0, 1), (1, 2)]), 10**12).sizes == (3, 3)
    assert paths(Complex.graph([], 2), 3, "complex").sizes == (2, 0, 0, 0)


def test_messages() -> None:
    complete = Complex.graph(list(nx.complete_graph(9).edges))
    with pytest.raises(
        ComplexError, match=r"at most max_cells = 50 paths, but would make at least [0-9]+; lower max_edges"
    ):
        paths(complete, 8, max_cells=50)
    with pytest.raises(ComplexError, match="max_edges should be at least 1, but is 0"):
        paths(complete, 0)
    with pytest.raises(UnknownNameError, match="no kind of paths is called 'hyper'; did you mean 'hypergraph'"):
        paths(complete, kind="hyper")
    with pytest.raises(ComplexError, match="paths should read undirected edges, but this is a digraph"):
        paths(Complex.digraph([(0, 1)]))
    with pytest.raises(ComplexError, match="paths replaces all cells above the edges, but 'y' on rank 2 would be lost"):
        paths(clique(Complex.graph([(0, 1), (1, 2), (0, 2)])).with_cochain(2, "y", torch.zeros(1)))
