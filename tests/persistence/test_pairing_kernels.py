"""The kernels under the pairings: sorts, forests, exchange of edges, reduction of columns."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from cochain.kernels.block_sort import LARGEST_SMALL, SMALLEST_PACKED, sort_blocks, sort_by_class, stable_order
from cochain.kernels.column_reduction import reduce_columns
from cochain.kernels.elimination import rank_mod_p
from cochain.kernels.exchange import exchange_edges
from cochain.kernels.graph_sweep import sweep, sweep_both_ways
from cochain.kernels.latest import latest_entries
from cochain.kernels.spanning import merge_components, spanning_forest


@pytest.mark.parametrize("most", [5, 60, LARGEST_SMALL + 40])
def test_blocks_are_sorted(rng: np.random.Generator, most: int) -> None:
    lengths = rng.integers(0, most + 1, 30)
    lengths[3] = most
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    keys = rng.integers(-3, 4, offsets[-1]).astype(float)
    order, classes = sort_blocks(keys, offsets)
    owner = np.repeat(np.arange(30), lengths)
    np.testing.assert_array_equal(order, np.lexsort((np.arange(len(keys)), keys, owner)))
    for b in range(30):
        block = keys[offsets[b] : offsets[b + 1]]
        np.testing.assert_array_equal(classes[offsets[b] : offsets[b + 1]], np.unique(block, return_inverse=True)[1])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_many_keys_are_sorted_stably(rng: np.random.Generator, kind: type) -> None:
    special = np.array([0.0, -0.0, 1e-45, -1e-45, 3e38, -3e38, 0.5, -0.5])
    keys = np.concatenate([rng.choice(special, SMALLEST_PACKED), rng.standard_normal(SMALLEST_PACKED)])
    keys = keys.astype(kind).astype(np.float64)
    np.testing.assert_array_equal(stable_order(keys), np.argsort(keys, kind="stable"))
    huge = np.append(keys, 1e300)
    np.testing.assert_array_equal(stable_order(huge), np.argsort(huge, kind="stable"))


def test_sorting_by_class(rng: np.random.Generator) -> None:
    classes, items = rng.integers(0, 6, 20), rng.integers(0, 20, 50)
    offsets = np.array([0, 0, 17, 18, 50, 50])
    owner = np.repeat(np.arange(5), np.diff(offsets))
    expected = np.lexsort((np.arange(50), classes[items], owner))
    np.testing.assert_array_equal(sort_by_class(classes, items, offsets), expected)


def test_the_latest_entry_by_hand() -> None:
    indptr, indices = np.array([0, 2, 2, 5]), np.array([0, 1, 0, 1, 2])
    keys = np.array([1.0, 4.0, 4.0, 9.0])
    assert latest_entries(indptr, indices, np.array([1, 2, 0]), keys).tolist() == [2, -1, 2]


def test_forests_weigh_as_much_as_scipys(rng: np.random.Generator) -> None:
    for _ in range(100):
        nodes, count = int(rng.integers(1, 30)), int(rng.integers(0, 80))
        edges = np.sort(rng.integers(0, nodes, (count, 2)), axis=1)
        edges = np.unique(edges[edges[:, 0] != edges[:, 1]], axis=0)
        weights = rng.integers(1, 9, len(edges)).astype(float)
        taken = spanning_forest(edges, weights, nodes)
        matrix = coo_array((weights, edges.T), shape=(nodes, nodes))
        assert weights[taken].sum() == minimum_spanning_tree(matrix).sum()
        assert len(taken) == nodes - connected_components(matrix, directed=False)[0]
        assert (np.diff(weights[taken]) >= 0).all()


def test_ties_are_taken_in_order() -> None:
    square = np.array([[0, 1], [1, 2], [2, 3], [0, 3]])
    assert spanning_forest(square, np.ones(4), 4).tolist() == [0, 1, 2]
    assert spanning_forest(square, np.array([1.0, 1, 1, 0]), 4).tolist() == [3, 0, 1]


def test_the_later_born_dies_by_hand() -> None:
    edges = np.array([[0, 1], [1, 2]])
    assert merge_components(edges, np.array([0, 1]), np.array([5.0, 1.0, 1.0])).tolist() == [0, -1, 1]


def exchanged(edges: np.ndarray, order: np.ndarray, position: np.ndarray) -> list[int]:
    """Keep the forest as a graph, look for the cycle, drop its highest edge."""
    forest, out = nx.MultiGraph(), [-1] * len(edges)
    forest.add_nodes_from(range(int(edges.max()) + 1))
    for e in order.tolist():
        u, v = edges[e].tolist()
        if nx.has_path(forest, u, v):
            path = nx.shortest_path(forest, u, v)
            cycle = [e, *(next(iter(forest[a][b])) for a, b in pairwise(path))]
            out[e] = max(cycle, key=lambda k: position[k])
            forest.add_edge(u, v, key=e)
            forest.remove_edge(*edges[out[e]].tolist(), key=out[e])
        else:
            forest.add_edge(u, v, key=e)
    return out


def test_edges_thrown_out_are_the_highest_of_their_cycles(rng: np.random.Generator) -> None:
    for _ in range(200):
        nodes, count = int(rng.integers(2, 12)), int(rng.integers(1, 30))
        edges = np.array([rng.choice(nodes, 2, replace=False) for _ in range(count)])
        order, position = rng.permutation(count), rng.permutation(count)
        assert exchange_edges(edges, order, position, nodes).tolist() == exchanged(edges, order, position)


def test_long_cycles_cost_no_more(rng: np.random.Generator) -> None:
    """On a circle of 100,000 nodes with chords, following every cycle would take minutes."""
    nodes = 100_000
    circle = np.stack([np.arange(nodes), (np.arange(nodes) + 1) % nodes], axis=1)
    edges = np.concatenate([circle, np.stack([np.arange(nodes), (np.arange(nodes) + nodes // 2) % nodes], axis=1)])
    order = np.arange(len(edges))
    thrown = exchange_edges(edges, order, rng.permutation(len(edges)), nodes)
    assert (thrown >= 0).sum() == len(edges) - nodes + 1
    assert len(np.unique(thrown[thrown >= 0])) == len(edges) - nodes + 1


def test_a_sweep_by_hand() -> None:
    path = np.array([[0, 1], [1, 2]])
    found = sweep(path, np.array([0, 2]), np.array([0, 3]), np.array([0.0, 2.0, 1.0]))
    assert (found.killer.tolist(), found.decider.tolist()) == ([-1, 0, 1], [1, 1])
    both = sweep_both_ways(path, np.array([0, 2]), np.array([0, 3]), np.array([0.0, 2.0, 1.0]))
    assert both.up.killer.tolist() == found.killer.tolist()
    assert (both.down.killer.tolist(), both.down.decider.tolist()) == ([0, -1, 1], [0, 2])
    assert (both.opposite.tolist(), both.closing.tolist()) == ([1, -1, -1], [-1, -1])


@pytest.mark.parametrize("p", [2, 3, 101, 2**31 - 1])
def test_reduced_columns_span_the_same(rng: np.random.Generator, p: int) -> None:
    """Lowest entries differ, and of every leading block of columns they count the rank."""
    for _ in range(30):
        rows, columns = (int(n) for n in rng.integers(1, 14, 2))
        dense = rng.choice([-1, 0, 0, 1], (rows, columns)).astype(np.int8)
        indptr = np.concatenate([[0], np.cumsum((dense != 0).sum(axis=0))])
        indices, signs = np.nonzero(dense.T)[1], dense.T[dense.T != 0]
        order, position = rng.permutation(columns), rng.permutation(rows)
        lowest = reduce_columns(indptr, indices, signs, order, position, p)
        found = lowest[lowest >= 0]
        assert len(np.unique(found)) == len(found)
        for k in range(1, columns + 1):
            for low in range(rows):
                # Columns among the first k whose lowest place is at least `low`: rank of all rows minus rank below.
                part = dense[:, order[:k]]
                below = part[position >= low]
                ours = (position[lowest[order[:k]][lowest[order[:k]] >= 0]] >= low).sum()
                assert ours == rank_of(below, p)


def rank_of(dense: np.ndarray, p: int) -> int:
    indptr = np.concatenate([[0], np.cumsum((dense != 0).sum(axis=1))])
    return rank_mod_p(indptr, np.nonzero(dense)[1], dense[dense != 0], dense.shape, p)


def test_columns_left_out_are_not_looked_at() -> None:
    indptr, indices, signs = (
        np.array([0, 2, 4, 6]),
        np.array([0, 1, 1, 2, 0, 2]),
        np.array([-1, 1, -1, 1, -1, 1], np.int8),
    )
    assert reduce_columns(indptr, indices, signs, np.arange(3), np.arange(3), 2).tolist() == [1, 2, -1]
    assert reduce_columns(indptr, indices, signs, np.array([2, 0]), np.arange(3), 2).tolist() == [1, -1, 2]


def test_a_tree_of_bits_of_three_levels() -> None:
    """A long path in an order that fills: the lowest entries of 70,000 columns are all rows but one."""
    nodes = 70_000
    order = np.random.default_rng(0).permutation(nodes - 1)
    indptr, indices = np.arange(0, 2 * nodes - 1, 2), np.repeat(np.arange(nodes), 2)[1:-1]
    signs = np.tile(np.array([-1, 1], np.int8), nodes - 1)
    for p in (2, 5):
        lowest = reduce_columns(indptr, indices, signs, order, np.arange(nodes), p)
        assert sorted(lowest.tolist()) == list(range(1, nodes))
