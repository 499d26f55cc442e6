"""Readers of hypergraphs: HyperGCN's cocitations, labelled nodes of many kinds, hyperedges with times."""

import gzip
import io
import zlib
from collections.abc import Mapping

import numpy as np
import scipy.sparse

from cochain.complexes import Complex
from cochain.complexes.io.lines import Lines, parse_lines
from cochain.datasets.damage import kind_of, require, require_nodes
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, carve_validation, random_splits
from cochain.datasets.tensors import attach, rows_to_one, with_task
from cochain.datasets.unpickle import read_pickle
from cochain.errors import DataError

VALIDATION_SHARE = 0.2
LARGEST_TEXT = 1 << 27


def cited(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read a hypergraph of HyperGCN with its ten splits; a fifth of the few training nodes validates.

    Option `no features`: the file of words is not published; the nodes have no x.
    """
    found = {path.rsplit("/", 1)[1]: (path, read_pickle(data, path)) for path, data in contents.items()}
    path, y = found["labels.pickle"]
    require(
        isinstance(y, list) and all(type(each) is int and 0 <= each < 1000 for each in y), path, "classes", "has others"
    )
    labels = np.array(y, dtype=np.int64)
    path, edges = found["hypergraph.pickle"]
    fits = isinstance(edges, dict) and all(isinstance(near, list | set | frozenset) for near in edges.values())
    require(fits, path, "sets of nodes by hyperedge", f"holds {kind_of(edges)}")
    members = np.array([node for near in edges.values() for node in sorted(set(near))])
    owner = np.repeat(np.arange(len(edges)), [len(set(near)) for near in edges.values()])
    pairs = np.stack([require_nodes(members, len(labels), path), owner])
    split = np.full((len(labels), dataset.folds), UNUSED, dtype=np.int8)
    for fold in range(dataset.folds):
        path, parts = found[f"{fold + 1}.pickle"]
        require(
            isinstance(parts, dict) and set(parts) == {"train", "test"},
            path,
            "train and test",
            f"holds {kind_of(parts)}",
        )
        for part, name in ((TRAIN, "train"), (TEST, "test")):
            split[require_nodes(np.array(parts[name]), len(labels), path), fold] = part
    split = carve_validation(split, labels, VALIDATION_SHARE, seed=0)
    complex_ = Complex.hypergraph(pairs, num_nodes=len(labels))
    if "features.pickle" not in found:
        return with_task(complex_, 0, labels, split)
    path, x = found["features.pickle"]
    require(
        scipy.sparse.issparse(x) and x.shape[0] == len(labels) and x.shape[1] < 10_000,
        path,
        "rows of words",
        "has others",
    )
    return with_task(complex_, 0, labels, split, rows_to_one(x.toarray().astype(np.float32)))


def labelled(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read hyperedges and classes of nodes; x is the class one-hot in the first of 100 channels, plus noise.

    That is the protocol of Chien et al., 2022: normal noise of deviation 1. Option `multilabel`: nodes hold several
    labels, of which the most frequent are y, and there is no x.
    """
    nodes_path, edges_path = (
        next(path for path in contents if part in path) for part in ("node-labels-", "hyperedges-")
    )
    labels = parse_lines(contents[nodes_path], nodes_path, separators=b",")
    count = len(labels.lengths)
    while count and labels.lengths[count - 1] == 0:
        count -= 1
    edges = parse_lines(contents[edges_path], edges_path, separators=b",")
    members = require_nodes(edges.values - 1, count, edges_path)
    owner = np.repeat(np.cumsum(edges.lengths > 0) - 1, edges.lengths)
    complex_ = Complex.hypergraph(np.stack(_distinct_pairs(members, owner, count)), num_nodes=count)
    values = require_nodes(labels.values - 1, 100_000, nodes_path)
    if "multilabel" in dataset.options:
        order = np.argsort(-np.bincount(values), kind="stable")  # the most frequent first
        column = np.argsort(order)[values]
        kept = column < dataset.classes
        several = np.zeros((count, dataset.classes), dtype=np.float32)
        several[np.repeat(np.arange(len(labels.lengths)), labels.lengths)[kept], column[kept]] = 1
        split = random_splits(np.zeros(count, dtype=np.int64), 0.5, 0.25, dataset.folds, seed=0)
        return with_task(complex_, 0, several, split)
    require(bool((labels.lengths[:count] == 1).all()), nodes_path, "one class in each line", "has others")
    y = np.unique(values, return_inverse=True)[1]
    require(y.max() < dataset.channels, nodes_path, f"at most {dataset.channels} classes", f"has {y.max() + 1}")
    x = np.random.default_rng(0).standard_normal((count, dataset.channels), dtype=np.float32)
    x[np.arange(count), y] += 1
    split = random_splits(y, 0.5, 0.25, dataset.folds, seed=0, stratified=False)
    return with_task(complex_, 0, y, split, x)


def timed(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read simplices with times as hyperedges: `c[1].time` says when, in the order of the file."""
    parts: dict[str, Lines] = {}
    for path, data in contents.items():
        parts[path.rsplit("-", 1)[1].split(".")[0]] = parse_lines(_unzip(data, path), path)
    sizes, members, times = (
        parts["nverts"].table(1)[:, 0],
        parts["simplices"].table(1)[:, 0],
        parts["times"].table(1)[:, 0],
    )
    name = parts["simplices"].name
    require(len(sizes) == len(times) and bool((sizes > 0).all()), name, "a size and a time of each simplex", "has not")
    require(int(sizes.sum()) == len(members), name, f"{sizes.sum()} nodes", f"has {len(members)}")
    names, nodes = np.unique(members, return_inverse=True)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    complex_ = Complex.hypergraph(np.stack(_distinct_pairs(nodes, owner, len(names))), num_nodes=len(names))
    return attach(complex_, 1, "time", times)


def _distinct_pairs(nodes: np.ndarray, hyperedges: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give every pair of node and hyperedge once, sorted by hyperedge."""
    key = np.sort(hyperedges * count + nodes)
    key = key[np.concatenate([[True], key[1:] != key[:-1]])]
    return key % count, key // count


def _unzip(data: bytes, name: str) -> bytes:
    """Unpack a gzip file as it is published, up to a size beyond any of these."""
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            text = stream.read(LARGEST_TEXT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} should be a gzip file, but cannot be read ({error}); load it again") from error
    require(len(text) <= LARGEST_TEXT, name, f"at most {LARGEST_TEXT:,} bytes unpacked", "has more")
    return text
