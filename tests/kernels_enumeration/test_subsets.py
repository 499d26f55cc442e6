"""Subsets, paths, matchings and landmarks by brute force."""

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.kernels.landmarks import farthest_points
from cochain.kernels.limits import LimitError
from cochain.kernels.matching import greedy_matching
from cochain.kernels.minimum_basis import minimum_cycles
from cochain.kernels.paths import simple_paths
from cochain.kernels.subsets import count_subsets, subsets
from small_graphs import csr, graphs, walks

SETS = st.lists(st.lists(st.integers(0, 9), unique=True).map(sorted), max_size=6)


@given(SETS, st.integers(1, 5))
def test_subsets(sets: list[list[int]], size: int) -> None:
    indptr = np.cumsum([0, *map(len, sets)])
    indices = np.array([v for one in sets for v in one], dtype=np.int64)
    rows, owner = subsets(indptr, indices, size)
    wanted = [(chosen, which) for which, one in enumerate(sets) for chosen in combinations(one, size)]
    assert [tuple(row) for row in rows.tolist()] == [chosen for chosen, _ in wanted]
    assert owner.tolist() == [which for _, which in wanted]
    assert count_subsets(np.diff(indptr), size) == len(wanted)


def test_subsets_are_counted_exactly_and_first() -> None:
    assert count_subsets(np.array([10**6, 3, 10**6]), 5) == 2 * 8333250000291666250000200000
    with pytest.raises(LimitError, match="at most 9 should be enumerated, but there are 10 of size 2"):
        subsets(np.array([0, 5]), np.arange(5), 2, 9)
    assert len(subsets(np.array([0, 5]), np.arange(5), 2, 10)[0]) == 10


@given(graphs(6), st.integers(1, 5))
def test_paths(graph: nx.Graph, longest: int) -> None:
    wanted = []
    for size in range(2, longest + 2):
        steps = permutations(range(len(graph)), size)
        wanted += [w for w in steps if w[0] < w[-1] and all(graph.has_edge(*w[k : k + 2]) for k in range(size - 1))]
    assert walks(simple_paths(*csr(graph), longest)) == wanted


def test_groups_lead_in_the_order_of_paths() -> None:
    graph = nx.Graph([(0, 1), (2, 3), (3, 4)])
    found = simple_paths(*csr(graph), 2, np.array([0, 0, 1, 1, 1]))
    assert walks(found) == [(0, 1), (2, 3), (3, 4), (2, 3, 4)]
    with pytest.raises(LimitError, match="at most 3 should"):
        simple_paths(*csr(graph), 2, limit=3)


@given(graphs(), st.randoms(use_true_random=False))
def test_a_greedy_matching(graph: nx.Graph, random) -> None:
    ends = np.array(sorted(graph.edges), dtype=np.int64).reshape(-1, 2)
    order = np.arange(len(ends))
    random.shuffle(order)
    taken = greedy_matching(ends, order, len(graph))
    assert nx.is_maximal_matching(graph, {tuple(edge) for edge in ends[taken].tolist()})
    if len(ends):
        assert taken[order[0]]


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 99))
def test_landmarks(points: int, wanted: int, seed: int) -> None:
    pos = np.random.default_rng(seed).integers(0, 5, (points, 2)).astype(float)
    chosen = farthest_points(pos, np.array([0, points]), np.array([min(points, wanted)])).tolist()
    assert len(set(chosen)) == min(points, wanted)
    for step in range(1, len(chosen)):
        away = ((pos[:, None] - pos[chosen[:step]][None]) ** 2).sum(axis=2).min(axis=1)
        assert away[chosen[step]] == max(away[k] for k in range(points) if k not in chosen[:step])


def test_groups_of_landmarks() -> None:
    pos = np.array([[0.0], [1], [5], [0], [7]])
    assert farthest_points(pos, np.array([0, 3, 3, 5]), np.array([2, 0, 1])).tolist() == [2, 0, 3]


def test_a_minimum_basis_without_cycles_or_vertices() -> None:
    for graph in (nx.empty_graph(0), nx.empty_graph(3), nx.path_graph(4)):
        assert walks(minimum_cycles(*csr(graph))) == []
    two = nx.disjoint_union(nx.cycle_graph(5), nx.cycle_graph(3))
    assert walks(minimum_cycles(*csr(two), groups=np.repeat([0, 1], [5, 3]))) == [(0, 1, 2, 3, 4), (5, 6, 7)]
    assert walks(minimum_cycles(*csr(two))) == [(5, 6, 7), (0, 1, 2, 3, 4)]
