import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cochain.kernels.limits import LimitError
from cochain.kernels.neighbors import balls, nearest, symmetric_adjacency, within
from small_graphs import csr, graphs

# a coarse grid has ties and coincident points, a fine one hardly any
POINTS = st.one_of(
    arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=st.integers(-2, 2).map(float)),
    arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=st.floats(-1, 1)),
)


def brute_nearest(points: np.ndarray, neighbors: int, groups: np.ndarray) -> set[tuple[int, int]]:
    pairs = set()
    for i in range(len(points)):
        others = [j for j in range(len(points)) if j != i and groups[j] == groups[i]]
        distance = {j: np.sqrt(sum((a - b) ** 2 for a, b in zip(points[i], points[j], strict=True))) for j in others}
        reach = sorted(distance.values())[min(neighbors, len(others)) - 1] if others else -1.0
        pairs |= {(min(i, j), max(i, j)) for j in others if distance[j] <= reach}
    return pairs


@given(graphs())
def test_symmetric_adjacency(graph: nx.Graph) -> None:
    edges = np.array(sorted(tuple(sorted(edge)) for edge in graph.edges), dtype=np.int64).reshape(-1, 2)
    for got, wanted in zip(symmetric_adjacency(edges[:, 0], edges[:, 1], len(graph)), csr(graph), strict=True):
        np.testing.assert_array_equal(got, wanted)


def incidence(edges: list[list[int]], nodes: int) -> tuple[np.ndarray, ...]:
    """CSR of the edges around each vertex, then of the vertices in each edge."""
    around = [[k for k, edge in enumerate(edges) if node in edge] for node in range(nodes)]
    parts = []
    for rows in (around, edges):
        parts += [np.cumsum([0, *map(len, rows)]), np.array([v for row in rows for v in row], dtype=np.int64)]
    return tuple(parts)


@given(graphs(), st.integers(0, 4))
def test_balls(graph: nx.Graph, hops: int) -> None:
    indptr, members = balls(*incidence([list(edge) for edge in graph.edges], len(graph)), hops)
    for node in graph:
        wanted = sorted(nx.single_source_shortest_path_length(graph, node, hops))
        assert members[indptr[node] : indptr[node + 1]].tolist() == wanted


@given(st.lists(st.lists(st.integers(0, 7), unique=True), max_size=6), st.integers(0, 3))
def test_balls_of_a_hypergraph(edges: list[list[int]], hops: int) -> None:
    near = [{node} for node in range(8)]
    for _ in range(hops):
        near = [ball | {v for edge in edges if ball & set(edge) for v in edge} for ball in near]
    indptr, members = balls(*incidence(edges, 8), hops)
    assert [part.tolist() for part in np.split(members, indptr[1:-1])] == [sorted(ball) for ball in near]


def test_balls_are_counted_first() -> None:
    ring = incidence([list(edge) for edge in nx.cycle_graph(200).edges], 200)
    assert len(balls(*ring, 2, 1000)[1]) == 1000
    with pytest.raises(LimitError, match="at most 999 should be enumerated, but there are 1000"):
        balls(*ring, 2, 999)


def test_no_balls() -> None:
    indptr, members = balls(*incidence([], 0), 3)
    assert (indptr.tolist(), members.tolist()) == ([0], [])


def test_nearest_by_hand() -> None:
    points = np.array([[0.0], [1.0], [3.0], [3.5]])
    np.testing.assert_array_equal(nearest(points, 1), [[0, 1], [2, 3]])
    np.testing.assert_array_equal(nearest(points, 2), [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])


def test_ties_are_all_taken() -> None:
    cross = np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    np.testing.assert_array_equal(nearest(cross, 1), [[0, 1], [0, 2], [0, 3], [0, 4]])


@given(POINTS, st.integers(1, 5), st.data())
def test_nearest(points: np.ndarray, neighbors: int, data: st.DataObject) -> None:
    groups = np.sort(data.draw(arrays(np.int64, len(points), elements=st.integers(0, 2))))
    got = nearest(points, neighbors, groups)
    assert [tuple(pair) for pair in got.tolist()] == sorted(brute_nearest(points, neighbors, groups))


@given(POINTS, st.integers(1, 5))
def test_nearest_in_many_dimensions(points: np.ndarray, neighbors: int) -> None:
    wide = np.concatenate([points, np.zeros((len(points), 20))], axis=1)
    got = nearest(wide, neighbors)
    assert [tuple(pair) for pair in got.tolist()] == sorted(brute_nearest(wide, neighbors, np.zeros(len(wide))))


@given(POINTS, st.floats(0, 3), st.data())
def test_within(points: np.ndarray, radius: float, data: st.DataObject) -> None:
    groups = np.sort(data.draw(arrays(np.int64, len(points), elements=st.integers(0, 2))))
    wanted = [
        (i, j)
        for i in range(len(points))
        for j in range(i + 1, len(points))
        if groups[i] == groups[j] and ((points[i] - points[j]) ** 2).sum() <= radius**2
    ]
    assert [tuple(pair) for pair in within(points, radius, groups).tolist()] == wanted
    assert [tuple(pair) for pair in within(points, radius, groups, len(wanted)).tolist()] == wanted


def test_pairs_are_counted_first() -> None:
    points = np.zeros((10, 2))
    assert len(within(points, 0.0, None, 45)) == 45
    with pytest.raises(LimitError, match="at most 44 should be enumerated, but there are 45 of size 2"):
        within(points, 0.0, None, 44)
    with pytest.raises(LimitError, match="at most 10 should be enumerated"):
        nearest(points, 3, None, 10)


@pytest.mark.parametrize("points", [0, 1])
def test_too_few_points(points: int) -> None:
    assert nearest(np.zeros((points, 2)), 3).shape == (0, 2)
    assert within(np.zeros((points, 2)), 3.0).shape == (0, 2)


def test_balls_end_with_their_connected_component() -> None:
    pairs = np.arange(200_000).reshape(-1, 2)  # 100,000 edges apart, and a radius that would take 10^10 steps
    ends = np.arange(0, 200_001, 2)
    around = np.arange(200_001), np.repeat(np.arange(100_000), 2)
    indptr, members = balls(*around, ends, pairs.reshape(-1), 200_000)
    np.testing.assert_array_equal(np.diff(indptr), np.full(200_000, 2))
    np.testing.assert_array_equal(members.reshape(-1, 2, 2)[:, 0], pairs)
