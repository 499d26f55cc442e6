"""Reader of the hypergraphs that Chien et al., 2022, "You are AllSet", took from LEGCN."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.io.lines import parse_lines, whole
from cochain.datasets.records import Dataset
from cochain.datasets.splits import random_splits
from cochain.datasets.tensors import distinct, with_task

TRAIN_SHARE, VALIDATION_SHARE = 0.5, 0.25


class Hypergraph(NamedTuple):
    """A hypergraph as arrays: x (n, channels), y (n,), pairs (2, nnz) of node and hyperedge."""

    x: np.ndarray
    y: np.ndarray
    pairs: np.ndarray


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read one hypergraph; the splits are drawn from seeds, 50/25/25, not stratified, as in the paper."""
    (content, edges) = (next(path for path in contents if path.endswith(end)) for end in (".content", ".edges"))
    found = parse(contents[content], contents[edges], content, edges)
    split = random_splits(found.y, TRAIN_SHARE, VALIDATION_SHARE, dataset.folds, seed=0, stratified=False)
    return with_task(Complex.hypergraph(found.pairs, num_nodes=len(found.y)), 0, found.y, split, found.x)


def parse(content: bytes, edges: bytes, content_name: str, edges_name: str) -> Hypergraph:
    """Read lines of node, features, class; and lines of node, hyperedge. Hyperedges are renumbered from 0.

    Raises:
        DataError: with file and line, when a line does not fit.
    """
    lines = parse_lines(content, content_name)
    width = int(lines.lengths[0])
    if width < 3:
        raise lines.broken(0, "should have a node, its features and a class", f"has {width} entries")
    rows = lines.table(width)
    node, y = whole(rows[:, 0]), whole(rows[:, -1])
    wrong = np.flatnonzero((rows[:, 0] != node) | (rows[:, -1] != y) | (y < 0))
    if len(wrong):
        raise lines.broken(wrong[0], "should begin with a node and end with a class", "does not")
    order = np.argsort(node, kind="stable")
    wrong = np.flatnonzero(node[order] != np.arange(len(node)))
    if len(wrong):
        should = f"the nodes should be 0 to {len(node) - 1}, each once"
        raise lines.broken(order[wrong[0]], should, f"node {wrong[0]} is missing or repeated")
    x, y = rows[order, 1:-1].astype(np.float32), y[order]
    return Hypergraph(x, np.unique(y, return_inverse=True)[1], _pairs(edges, edges_name, len(node)))


def _pairs(data: bytes, name: str, nodes: int) -> np.ndarray:
    """Give distinct pairs of node and hyperedge, sorted by hyperedge."""
    lines = parse_lines(data, name)
    pairs = lines.table(2)
    wrong = np.flatnonzero((pairs[:, 0] < 0) | (pairs[:, 0] >= nodes))
    if len(wrong) or pairs.dtype.kind != "i" or not len(pairs):
        line = wrong[0] if len(wrong) else 0
        raise lines.broken(line, f"should hold a node below {nodes} and a hyperedge", "does not")
    _, hyperedge = np.unique(pairs[:, 1], return_inverse=True)
    key = distinct(hyperedge * nodes + pairs[:, 0])
    return np.stack([key % nodes, key // nodes])
