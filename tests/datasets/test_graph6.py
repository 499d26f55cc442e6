"""The graph6 format: a path by hand, networkx as the oracle, and lines that do not belong."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.datasets.graph6 import parse_graph6
from cochain.errors import DataError


def test_a_path_by_hand() -> None:
    # 3 nodes: 63 + 3 = "B"; bits 01: 1, 02: 0, 12: 1, then zeros: 101000 = 40, 63 + 40 = "g"
    found = parse_graph6([b"Bg", b">>graph6<<Bw"], "f")
    assert found.counts.tolist() == [3, 3]
    assert sorted(found.edges.T.tolist()) == [[0, 1], [1, 2], [3, 4], [3, 5], [4, 5]]


@given(st.lists(st.tuples(st.integers(1, 70), st.integers(0, 99)), min_size=1, max_size=5))
def test_networkx_writes_what_is_read(drawn: list[tuple[int, int]]) -> None:
    graphs = [nx.gnp_random_graph(nodes, 0.3, seed=seed) for nodes, seed in drawn]
    found = parse_graph6([nx.to_graph6_bytes(graph, header=False).strip() for graph in graphs], "f")
    assert found.counts.tolist() == [len(graph) for graph in graphs]
    first = np.cumsum(found.counts) - found.counts
    expected = {(u + start, v + start) for graph, start in zip(graphs, first, strict=True) for u, v in graph.edges}
    assert {(u, v) for u, v in found.edges.T.tolist()} == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"B\x20", "graphs in graph6, but has other lines"),
        (b"Bgg", "lines as long as their nodes ask for"),
        (b"D", "lines as long as their nodes ask for"),
        (b"Bi", "zeros after the last pair of nodes"),
        (b"~", "whole lines"),
    ],
)
def test_lines_that_do_not_belong(line: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_graph6([line], "f")
