"""Reader of the citation networks in the format of Yang, Cohen, Salakhutdinov, 2016."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse

from cochain.complexes import Complex
from cochain.complexes.io.lines import parse_lines
from cochain.datasets.damage import kind_of, require
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, VALIDATION
from cochain.datasets.tensors import rows_to_one, with_task, without_loops
from cochain.datasets.unpickle import read_pickle

VALIDATION_NODES = 500


class Citations(NamedTuple):
    """A citation network as arrays."""

    x: np.ndarray
    """Words of every document, float32 (nodes, words), as in the files."""
    y: np.ndarray
    """Class of every document, int64 (nodes,); -1 for the documents that the files leave out."""
    edges: np.ndarray
    """Citations, int64 (2, m), both directions, loops left out."""
    split: np.ndarray
    """The public split, int8 (nodes, 1)."""


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read cora or citeseer: words divided by their number, the public split."""
    parts = {path.split(".", 2)[2]: (data, path) for path, data in contents.items()}
    found = parse({key: data for key, (data, _) in parts.items()}, dataset.name)
    graph = Complex.graph(found.edges, num_nodes=len(found.y))
    return with_task(graph, 0, found.y, found.split, rows_to_one(found.x))


def parse(parts: Mapping[str, bytes], name: str) -> Citations:
    """Put the eight files together.

    `x`, `y`: the training documents, which come first; `allx`, `ally`: all documents outside the test set; `tx`, `ty`:
    the test documents, in the order of `test.index`, which gives their node numbers. Citeseer has nodes with numbers
    between the test nodes that no file describes: they get zeros and no label.

    Args:
        parts: content of each file by its ending.
        name: how messages call the network.

    Raises:
        DataError: for files that are damaged or do not fit together.
    """
    rows = {key: _sparse(parts[key], f"ind.{name}.{key}") for key in ("allx", "tx")}
    labels = {key: _labels(parts[key], f"ind.{name}.{key}") for key in ("y", "ally", "ty")}
    test = parse_lines(parts["test.index"], f"ind.{name}.test.index").table(1)[:, 0]
    known = len(labels["ally"])
    require(
        rows["allx"].shape[0] == known and rows["tx"].shape[0] == len(labels["ty"]) == len(test) > 0,
        name, "as many rows of words as labels and test numbers",
        f"allx, ally, tx, ty, test.index have {rows['allx'].shape[0]}, {known}, {rows['tx'].shape[0]}, "
        f"{len(labels['ty'])}, {len(test)}",
    )  # fmt: skip
    require(rows["allx"].shape[1] == rows["tx"].shape[1], name, "one width of words", "allx and tx differ")
    distinct = len(np.unique(test)) == len(test)
    require(distinct and test.min() == known, name, f"distinct test numbers from {known} on", "test.index has others")
    nodes = int(test.max()) + 1
    require(nodes <= known + 2 * len(test), name, "test numbers that follow the rest", f"one is {nodes - 1}")
    x = np.zeros((nodes, rows["allx"].shape[1]), dtype=np.float32)
    x[:known], x[test] = rows["allx"].toarray(), rows["tx"].toarray()
    y = np.full(nodes, -1, dtype=np.int64)
    y[:known], y[test] = labels["ally"], labels["ty"]
    edges = without_loops(_edges(parts["graph"], f"ind.{name}.graph", nodes))
    return Citations(x, y, edges, _public_split(nodes, len(labels["y"]), test))


def _public_split(nodes: int, train: int, test: np.ndarray) -> np.ndarray:
    split = np.full((nodes, 1), UNUSED, dtype=np.int8)
    split[:train] = TRAIN
    split[train : train + VALIDATION_NODES] = VALIDATION
    split[test] = TEST
    return split


def _sparse(data: bytes, name: str) -> scipy.sparse.csr_matrix:
    found = read_pickle(data, name)
    fits = isinstance(found, scipy.sparse.csr_matrix) and found.data.dtype.kind == "f" and found.shape[1] < 100_000
    require(fits, name, "a sparse matrix of word counts", f"holds {kind_of(found)}")
    return found


def _labels(data: bytes, name: str) -> np.ndarray:
    """Give the class of every row of a one-hot array; -1 for rows of zeros."""
    found = read_pickle(data, name)
    fits = isinstance(found, np.ndarray) and found.ndim == 2 and found.shape[1] > 0 and found.dtype.kind in "iu"
    require(fits, name, "a one-hot array (documents, classes)", f"holds {kind_of(found)}")
    hot = (found == 0) | (found == 1)
    require(bool(hot.all()) and bool((found.sum(axis=1) <= 1).all()), name, "at most one 1 in a row", "has other rows")
    return np.where(found.any(axis=1), found.argmax(axis=1), -1)


def _edges(data: bytes, name: str, nodes: int) -> np.ndarray:
    """Give the lists of neighbours as edges (2, m)."""
    found = read_pickle(data, name)
    fits = isinstance(found, dict) and all(isinstance(near, list) for near in found.values())
    require(fits, name, "lists of neighbours by node", f"holds {kind_of(found)}")
    tails = np.repeat(_integers(list(found), name), [len(near) for near in found.values()])
    heads = _integers([node for near in found.values() for node in near], name)
    edges = np.stack([tails, heads])
    inside = edges.size == 0 or (edges.min() >= 0 and edges.max() < nodes)
    require(bool(inside), name, f"nodes from 0 to {nodes - 1}", "has others")
    return edges


def _integers(values: list[Any], name: str) -> np.ndarray:
    fits = all(type(value) is int and abs(value) < 2**31 for value in values)
    require(fits, name, "nodes given by numbers", "has others")
    return np.array(values, dtype=np.int64)
