"""Reader of the text files and splits of Pei et al., 2020, "Geom-GCN": the WebKB pages and the actors of films."""

import io
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from cochain.complexes import Complex
from cochain.complexes.io.limits import NUMPY_DAMAGE
from cochain.complexes.io.lines import parse_lines
from cochain.datasets.records import Dataset
from cochain.datasets.splits import from_masks
from cochain.datasets.tensors import rows_to_one, with_task, without_loops
from cochain.errors import DataError

_DAMAGE = (OSError, NotImplementedError, RuntimeError)


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read one network: features divided by their sum, undirected edges, the ten published splits."""
    by_name = {path.rsplit("/", 1)[1]: (data, path) for path, data in contents.items()}
    data, path = by_name["out1_node_feature_label.txt"]
    indices = next((int(option.split("=")[1]) for option in dataset.options if option.startswith("indices=")), 0)
    x, y = parse_nodes(data, path, indices)
    data, path = by_name["out1_graph_edges.txt"]
    edges = parse_edges(data, path, len(y))
    split = np.concatenate(
        [parse_split(data, path, len(y)) for path, data in sorted(contents.items()) if path.endswith(".npz")], axis=1
    )
    return with_task(Complex.graph(edges, num_nodes=len(y)), 0, y, split, rows_to_one(x))


def parse_nodes(data: bytes, name: str, indices: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Read lines of node, comma-separated features and class.

    Args:
        data: the text, with one header line.
        name: how messages call the file.
        indices: 0 when the features are given one by one; else the number of channels, and a line lists those that
            are 1.

    Returns:
        x, float32 (nodes, channels), and y, int64 (nodes,).
    """
    lines = parse_lines(data, name, skip=1, separators=b",\t")
    lengths = lines.lengths
    while len(lengths) and lengths[-1] == 0:
        lengths = lengths[:-1]
    if lines.values.dtype.kind != "i" or not len(lengths) or (lengths < (2 if indices else 3)).any():
        shortest = int(np.argmin(lengths)) if len(lengths) else 0
        raise lines.broken(shortest, "should have a node, its features and a class, all whole numbers", "has not")
    firsts, lasts = lines.offsets[:-1][: len(lengths)], lines.offsets[1:][: len(lengths)] - 1
    node, y = lines.values[firsts], lines.values[lasts]
    order = np.argsort(node, kind="stable")
    wrong = np.flatnonzero(node[order] != np.arange(len(node)))
    if len(wrong):
        should = f"the nodes should be 0 to {len(node) - 1}, each once"
        raise lines.broken(order[wrong[0]], should, f"node {wrong[0]} is missing or repeated")
    inner = np.ones(len(lines.values), dtype=bool)
    inner[firsts], inner[lasts] = False, False
    if indices:
        row = np.repeat(node, lengths - 2)
        return _multi_hot(row, lines.values[inner], (len(node), indices), name), y[order]
    different = np.flatnonzero(lengths != lengths[0])
    if len(different):
        should = f"should have {lengths[0] - 2} features as the first line"
        raise lines.broken(different[0], should, f"has {lengths[different[0]] - 2}")
    return lines.values[inner].reshape(len(node), -1)[order].astype(np.float32), y[order]


def _multi_hot(row: np.ndarray, column: np.ndarray, shape: tuple[int, int], name: str) -> np.ndarray:
    outside = column[(column < 0) | (column >= shape[1])]
    if len(outside):
        raise DataError(
            f"{name}: features should be numbers from 0 to {shape[1] - 1}, but one is {outside[0]}; "
            "the file is damaged, remove it and load again"
        )
    x = np.zeros(shape, dtype=np.float32)
    x[row, column] = 1
    return x


def parse_edges(data: bytes, name: str, nodes: int) -> np.ndarray:
    """Read lines of two nodes after one header line; loops are left out."""
    lines = parse_lines(data, name, skip=1)
    edges = lines.table(2)
    outside = np.flatnonzero((edges < 0).any(axis=1) | (edges >= nodes).any(axis=1))
    if len(outside) or edges.dtype.kind != "i":
        line = outside[0] if len(outside) else 0
        raise lines.broken(line, f"an edge should join two of {nodes} nodes", f"joins {edges[line].tolist()}")
    return without_loops(edges.T)


def parse_split(data: bytes, name: str, nodes: int) -> np.ndarray:
    """Read one file of three masks as a split (nodes, 1)."""
    masks = read_arrays(data, name, ("train_mask", "val_mask", "test_mask"))
    if any(mask.shape != (nodes,) or mask.dtype.kind not in "bu" for mask in masks):
        raise DataError(
            f"{name} should have three masks of {nodes} nodes, but they have shapes "
            f"{[mask.shape for mask in masks]}; the file is damaged, remove it and load again"
        )
    train, validation, test = (mask[:, None] for mask in masks)
    return from_masks(train, validation, test, name)


def read_arrays(data: bytes, name: str, keys: tuple[str, ...]) -> list[np.ndarray]:
    """Read named arrays of numbers from an npz file; nothing is ever unpickled.

    Raises:
        DataError: when the file is damaged, lacks a key, or would run a pickle.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return [found[key] for key in keys]
    except (*_DAMAGE, *NUMPY_DAMAGE, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{name} should hold the arrays {', '.join(keys)}, but cannot be read ({type(error).__name__}: {error}); "
            "the file is damaged, remove it and load again"
        ) from error
