"""Reader of the networks of Platonov et al., 2023, "A critical look at the evaluation of GNNs under heterophily"."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cochain.complexes import Complex
from cochain.datasets.geom_gcn import read_arrays
from cochain.datasets.records import Dataset
from cochain.datasets.splits import from_masks
from cochain.datasets.tensors import rows_to_one, with_task, without_loops
from cochain.errors import DataError

KEYS = ("node_features", "node_labels", "edges", "train_masks", "val_masks", "test_masks")


class Network(NamedTuple):
    """A network as arrays: x (n, channels), y (n,), edges (2, m), split (n, folds)."""

    x: np.ndarray
    y: np.ndarray
    edges: np.ndarray
    split: np.ndarray


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read one network with its ten published splits; option `row-normalised` divides features by their sum."""
    ((path, data),) = contents.items()
    found = parse(data, path)
    x = rows_to_one(found.x) if "row-normalised" in dataset.options else found.x
    return with_task(Complex.graph(found.edges, num_nodes=len(found.y)), 0, found.y, found.split, x)


def parse(data: bytes, name: str) -> Network:
    """Read the arrays of one npz file and check that they fit together.

    Raises:
        DataError: when the file is damaged, or its arrays have the wrong shape, type or range.
    """
    x, y, edges, train, validation, test = read_arrays(data, name, KEYS)
    nodes = len(y) if y.ndim == 1 else -1
    rules = {
        "node_labels: whole numbers (nodes,)": y.ndim == 1 and y.dtype.kind in "iu",
        "node_features: numbers (nodes, channels)": x.ndim == 2 and len(x) == nodes and x.dtype.kind in "fiub",
        "edges: whole numbers (edges, 2)": edges.ndim == 2 and edges.shape[1] == 2 and edges.dtype.kind in "iu",
        "masks: booleans (folds, nodes)": all(
            mask.ndim == 2 and mask.shape == train.shape and mask.shape[1] == nodes and mask.dtype.kind in "bu"
            for mask in (train, validation, test)
        ),
    }
    rules["edges: between the nodes"] = not edges.size or bool(edges.min() >= 0 and edges.max() < nodes)
    rules["node_features: finite"] = x.dtype.kind != "f" or bool(np.isfinite(x).all())
    for rule, holds in rules.items():
        if not holds:
            raise DataError(f"{name} should have {rule}, but has not; the file is damaged, remove it and load again")
    split = from_masks(train.T, validation.T, test.T, name)
    return Network(x.astype(np.float32), y.astype(np.int64), without_loops(edges.T.astype(np.int64)), split)
