from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.kernels.cliques import _seek, clique_vertices, cliques
from cochain.kernels.limits import LimitError
from small_graphs import csr, graphs, upper


def vertices_of(*arguments) -> list[np.ndarray]:
    levels = cliques(*arguments)
    return [clique_vertices(levels, size) for size in range(1, len(levels) + 1)]


def brute(graph: nx.Graph, size: int) -> list[tuple[int, ...]]:
    return sorted(tuple(sorted(found)) for found in nx.enumerate_all_cliques(graph) if len(found) == size)


def test_two_triangles_by_hand() -> None:
    # 0 - 1 - 2 - 3 with the diagonals 02 and 13: edges 01 02 12 13 23, triangles 012 and 123
    levels = cliques(np.array([0, 2, 4, 5, 5]), np.array([1, 2, 2, 3, 3]), 3)
    np.testing.assert_array_equal(levels[0].last, [0, 1, 2, 3])
    np.testing.assert_array_equal(levels[0].starts, [0, 4])
    assert levels[0].faces.shape == (4, 0)
    np.testing.assert_array_equal(levels[1].last, [1, 2, 2, 3, 3])
    np.testing.assert_array_equal(levels[1].starts, [0, 2, 4, 5, 5])
    np.testing.assert_array_equal(levels[1].faces, [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])
    np.testing.assert_array_equal(levels[2].last, [2, 3])
    np.testing.assert_array_equal(levels[2].starts, [0, 1, 1, 2, 2, 2])
    np.testing.assert_array_equal(levels[2].faces, [[0, 1, 2], [2, 3, 4]])
    np.testing.assert_array_equal(clique_vertices(levels, 3), [[0, 1, 2], [1, 2, 3]])
    assert levels[2].faces.dtype == np.int32


@given(graphs(), st.integers(1, 6))
def test_all_cliques_in_order(graph: nx.Graph, max_size: int) -> None:
    found = vertices_of(*csr(graph), max_size)
    assert len(found) == max_size
    for size, vertices in enumerate(found, start=1):
        assert [tuple(row) for row in vertices.tolist()] == brute(graph, size)


@given(graphs(), st.integers(2, 6))
def test_faces_leave_out_one_vertex(graph: nx.Graph, max_size: int) -> None:
    levels, found = cliques(*upper(graph), max_size), vertices_of(*upper(graph), max_size)
    for size in range(2, max_size + 1):
        faces = levels[size - 1].faces
        assert (np.diff(faces, axis=1) > 0).all()
        for d in range(size):
            left = np.delete(found[size - 1], size - 1 - d, axis=1)
            np.testing.assert_array_equal(found[size - 2][faces[:, d]], left)


@given(graphs())
def test_children_stand_together(graph: nx.Graph) -> None:
    levels = cliques(*csr(graph), 4)
    for below, level in pairwise(levels):
        counts = np.bincount(level.faces[:, 0], minlength=len(below.last))
        np.testing.assert_array_equal(level.starts, np.cumsum([0, *counts]))


@given(graphs())
def test_the_lower_triangle_and_loops_are_not_read(graph: nx.Graph) -> None:
    looped = graph.copy()
    looped.add_edges_from((node, node) for node in graph)
    wanted = cliques(*upper(graph), 4)
    for other in (csr(graph), csr(looped)):
        for one, two in zip(cliques(*other, 4), wanted, strict=True):
            np.testing.assert_array_equal(one.last, two.last)
            np.testing.assert_array_equal(one.faces, two.faces)


@pytest.mark.parametrize("centre", [0, 150, 300])
def test_hubs_are_no_exception(centre: int) -> None:
    # a wheel: a hub joined to a ring, wherever the hub's number stands
    ring = [node for node in range(301) if node != centre]
    graph = nx.empty_graph(301)
    nx.add_cycle(graph, ring)
    graph.add_edges_from((centre, node) for node in ring)
    found = vertices_of(*csr(graph), 4)
    assert [len(vertices) for vertices in found] == [301, 600, 300, 0]
    assert [tuple(row) for row in found[2].tolist()] == brute(graph, 3)


def test_many_blocks() -> None:
    graph = nx.gnp_random_graph(400, 0.1, seed=3)
    for size, vertices in enumerate(vertices_of(*csr(graph), 4), start=1):
        assert [tuple(row) for row in vertices.tolist()] == brute(graph, size)


@given(st.lists(st.integers(0, 50)), st.integers(-1, 51), st.integers(0, 5))
def test_seek_is_a_binary_search(values: list[int], wanted: int, low: int) -> None:
    array = np.sort(np.array(values, dtype=np.int64))
    low = min(low, len(array))
    assert _seek.py_func(array, low, len(array), wanted) == low + np.searchsorted(array[low:], wanted)
    assert _seek(array, low, len(array), wanted) == low + np.searchsorted(array[low:], wanted)


@pytest.mark.parametrize("nodes", [0, 3])
def test_no_edges(nodes: int) -> None:
    empty = np.zeros(nodes + 1, int), np.zeros(0, int)
    assert [vertices.shape for vertices in vertices_of(*empty, 3)] == [(nodes, 1), (0, 2), (0, 3)]
    assert [level.faces.shape for level in cliques(*empty, 3)] == [(nodes, 0), (0, 2), (0, 3)]


@pytest.mark.parametrize(("limit", "size", "count"), [(5, 1, 6), (14, 2, 15), (15, 3, 20)])
def test_the_limit_is_met_before_filling(limit: int, size: int, count: int) -> None:
    message = f"at most {limit} should be enumerated, but there are {count} of size {size}"
    with pytest.raises(LimitError, match=message) as refusal:
        cliques(*csr(nx.complete_graph(6)), 6, limit)
    assert (refusal.value.size, refusal.value.count, refusal.value.exact) == (size, count, True)


def test_the_limit_may_be_reached() -> None:
    assert [len(level.last) for level in cliques(*csr(nx.complete_graph(6)), 6, 20)] == [6, 15, 20, 15, 6, 1]
