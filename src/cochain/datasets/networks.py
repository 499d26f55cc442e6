"""Readers of single networks: with features and classes, or edges alone."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.io
import scipy.sparse

from cochain.complexes import Complex
from cochain.complexes.io.lines import parse_lines
from cochain.datasets.damage import kind_of, require, require_nodes
from cochain.datasets.geom_gcn import read_arrays
from cochain.datasets.objects import read_npy, read_npz
from cochain.datasets.records import Dataset
from cochain.datasets.splits import few_label_splits, random_splits
from cochain.datasets.tensors import attach, rows_to_one, with_task, without_loops
from cochain.errors import DataError

LARGEST_FEATURES = 1 << 28
_DAMAGE = (
    scipy.io.matlab.MatReadError,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    NotImplementedError,
)


def attributed(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read a network of GraphData: 20 labels per class train and 30 validate, as in Shchur et al., 2018."""
    ((path, data),) = contents.items()
    found = read_npz(data, path, ("adj_matrix", "node_attr", "node_label"))
    adjacency, y = found.get("adj_matrix"), found.get("node_label")
    require(isinstance(y, np.ndarray) and y.ndim == 1 and y.dtype.kind in "iu", path, "labels", f"holds {kind_of(y)}")
    y = np.unique(np.asarray(y), return_inverse=True)[1]
    edges = matrix_edges(adjacency, len(y), path)
    x: Any = found.get("node_attr")
    if scipy.sparse.issparse(x):
        require(x.shape[0] == len(y) and np.prod(x.shape) < LARGEST_FEATURES, path, "rows of features", "has others")
        x = x.toarray()
    per_class = next((int(option.split("=")[1]) for option in dataset.options if option.startswith("train=")), 20)
    validation = 30 * dataset.classes if per_class == 20 else per_class * dataset.classes
    split = few_label_splits(y, per_class, validation, dataset.folds, seed=0)
    x = rows_to_one(x.astype(np.float32)) if isinstance(x, np.ndarray) else None
    return with_task(Complex.graph(edges, num_nodes=len(y)), 0, y, split, x)


def matrix_edges(found: Any, nodes: int | None, name: str) -> np.ndarray:
    """Give the edges (2, m) of a square sparse matrix, loops left out."""
    square = scipy.sparse.issparse(found) and found.shape[0] == found.shape[1] and nodes in (None, found.shape[0])
    require(square, name, "a square sparse matrix", f"holds {kind_of(found)}")
    entries = found.tocoo()
    kept = entries.data != 0
    return without_loops(np.stack([entries.row[kept], entries.col[kept]]).astype(np.int64))


def edge_list(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read lines of two nodes, with any names that are numbers; further columns are not read."""
    ((path, data),) = contents.items()
    lines = parse_lines(data, path, separators=b",")
    columns = int(lines.lengths[0])
    require(columns >= 2, path, "two nodes in a line", f"has {columns} entries")
    pairs = lines.table(columns)[:, :2].astype(np.int64)
    names, numbered = np.unique(pairs, return_inverse=True)
    return Complex.graph(without_loops(numbered.reshape(-1, 2).T), num_nodes=len(names))


def matlab(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read a network that MATLAB wrote: the sparse matrix `net`."""
    ((path, data),) = contents.items()
    (found,) = read_matlab(data, path, ("net",))
    return Complex.graph(matrix_edges(found, None, path), num_nodes=found.shape[0])


def read_matlab(data: bytes, name: str, keys: tuple[str, ...]) -> list[Any]:
    """Read variables that hold numbers from a file of MATLAB, version 5.

    Raises:
        DataError: when the file is damaged or lacks one.
    """
    try:
        found = scipy.io.loadmat(io.BytesIO(data), variable_names=keys)
        values = [found[key] for key in keys]
    except _DAMAGE as error:
        raise DataError(
            f"{name} should hold {', '.join(keys)}, but cannot be read ({type(error).__name__}: {error}); load it again"
        ) from error
    numbers = all(value.dtype.kind in "fiuc" for value in values)
    require(numbers, name, "arrays of numbers", "has others")
    return values


def disease(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the spread of a disease along a tree: edges, sparse features where there are some, and who fell ill."""
    by_end = {path.rsplit(".", 2)[-2]: (path, data) for path, data in contents.items()}
    path, data = by_end["labels"]
    y = read_npy(data, path)
    require(
        isinstance(y, np.ndarray) and y.ndim == 1 and set(np.unique(y)) <= {0, 1}, path, "labels 0 and 1", "has others"
    )
    path, data = by_end["edges"]
    edges = require_nodes(parse_lines(data, path, separators=b",").table(2).T, len(y), path)
    x = None
    if "feats" in by_end:
        path, data = by_end["feats"]
        values, indices, starts, shape = read_arrays(data, path, ("data", "indices", "indptr", "shape"))
        require(
            tuple(shape[:1]) == (len(y),) and shape[1] < 10_000, path, "a row of features for each node", "has others"
        )
        require(
            len(starts) == len(y) + 1 and starts[-1] == len(values) == len(indices), path, "sparse rows", "has others"
        )
        x = np.zeros((len(y), int(shape[1])), dtype=np.float32)
        x[np.repeat(np.arange(len(y)), np.diff(starts)), require_nodes(indices, int(shape[1]), path)] = values
    split = random_splits(y.astype(np.int64), 0.3, 0.1, dataset.folds, seed=0)
    return with_task(Complex.graph(edges, num_nodes=len(y)), 0, y.astype(np.int64), split, x)


def airport(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read airports and flights: four features of a place; the class is its population in four steps."""
    ((path, data),) = contents.items()
    features, edges, y = read_arrays(data, path, ("features", "edges", "label_binned"))
    fits = features.ndim == 2 and features.shape[1] == 5 and len(features) == len(y)
    require(fits and bool(np.isfinite(features).all()), path, "five numbers for each airport", "has others")
    split = random_splits(y.astype(np.int64), 0.7, 0.15, dataset.folds, seed=0)
    edges = without_loops(require_nodes(edges.T, len(y), path))
    complex_ = with_task(Complex.graph(edges, num_nodes=len(y)), 0, y.astype(np.int64), split, features[:, :4])
    return attach(complex_, 0, "population", features[:, 4:])
