"""Readers of trajectories on triangulated maps, as flows on edges.

A trajectory that passes an edge along its orientation counts 1 there, one that passes against it -1: an odd cochain.
All trajectories of a set run on one complex, of which the union holds a copy for each.
"""

from collections.abc import Mapping

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.datasets.damage import require, require_nodes
from cochain.datasets.geom_gcn import read_arrays
from cochain.datasets.records import Dataset
from cochain.datasets.splits import TEST, TRAIN, UNUSED, carve_validation, random_splits
from cochain.datasets.tensors import attach, with_task

VALIDATION_SHARE = 0.1


def classes(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read flows of two classes; the published validation part tests, a tenth of the training part validates."""
    ((path, data),) = contents.items()
    keys = ("X_train", "y_train", "X_val", "y_val", "B1", "B2")
    train, y_train, test, y_test, boundary, upper = read_arrays(data, path, keys)
    fits = train.ndim == test.ndim == 2 and train.shape[1] == test.shape[1] == boundary.shape[1] == upper.shape[0]
    require(fits and len(train) == len(y_train) and len(test) == len(y_test), path, "flows on the edges", "has others")
    edges = np.stack([(boundary == -1).argmax(axis=0), (boundary == 1).argmax(axis=0)])
    require(bool((edges[0] < edges[1]).all()), path, "edges from lower to higher nodes", "has others")
    order = np.lexsort(edges[::-1])  # the order of edges in a complex
    pos = read_arrays(data, path, ("coords",))[0] if "positions" in dataset.options else None
    y = np.concatenate([y_train, y_test]).astype(np.int64)
    split = np.repeat([TRAIN, TEST], [len(train), len(test)])[:, None]
    complex_ = _copies(_triangles(edges, upper), edges.T, len(boundary), len(y))
    if pos is not None:
        complex_ = attach(complex_, 0, "pos", np.tile(pos.astype(np.float32), (len(y), 1)))
    complex_ = attach(complex_, 1, "x", np.concatenate([train, test])[:, order].reshape(-1, 1), odd=True)
    return with_task(complex_, "whole", y, carve_validation(split, y, VALIDATION_SHARE, seed=0))


def _triangles(edges: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Give the nodes of the triangles from the edges that bound each, (n, 3): every node lies on two of the edges."""
    bounding = np.nonzero(upper.T)[1].reshape(-1, 3)
    return np.sort(edges[:, bounding].transpose(1, 2, 0).reshape(-1, 6), axis=1)[:, ::2]


def steps(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Read the paths of drifting buoys: where does each go next?

    The flow of all steps but the last is x on the edges. Of the neighbours of the place where it ends, the one that the
    last step leads to has y = 1, the others 0, and all other nodes -1. As in the paper, 80% of the paths train.
    """
    ((path, data),) = contents.items()
    edges, triangles, pos, nodes, starts = read_arrays(
        data, path, ("edges", "triangles", "coords", "traj_nodes", "traj_offsets")
    )
    count = len(pos)
    edges, triangles, nodes = (require_nodes(part, count, path) for part in (edges, triangles, nodes))
    lengths = np.diff(starts)
    require(bool((lengths >= 2).all()) and starts[-1] == len(nodes), path, "paths of 2 nodes or more", "has not")
    complex_ = _copies(triangles, edges, count, len(lengths))
    owner = np.repeat(np.arange(len(lengths)), lengths)
    inner = np.flatnonzero((owner[:-1] == owner[1:]) & (np.arange(len(nodes) - 1) + 2 < starts[1:][owner[:-1]]))
    flow = _flow(complex_, owner[inner] * count + nodes[inner], owner[inner] * count + nodes[inner + 1])
    last = starts[1:] - 1
    y = np.full((len(lengths), count), -1, dtype=np.int64)
    joined = np.zeros((count, count), dtype=bool)
    joined[edges[:, 0], edges[:, 1]] = joined[edges[:, 1], edges[:, 0]] = True
    y[joined[nodes[last - 1]]] = 0
    y[np.arange(len(lengths)), nodes[last]] = 1
    part = random_splits(np.zeros(len(lengths), dtype=np.int64), 0.8, 0.1, dataset.folds, seed=0)
    split = np.where(y.reshape(-1, 1) < 0, UNUSED, np.repeat(part, count, axis=0))
    complex_ = attach(complex_, 0, "pos", np.tile(pos.astype(np.float32), (len(lengths), 1)))
    return with_task(attach(complex_, 1, "x", flow[:, None], odd=True), 0, y.reshape(-1), split)


def _copies(triangles: np.ndarray, edges: np.ndarray, nodes: int, copies: int) -> Complex:
    """Build a union of copies of one complex of triangles (n, 3) and edges (m, 2)."""
    shift = np.arange(copies)[:, None, None] * nodes
    cells = [(triangles + shift).reshape(-1, 3), (edges + shift).reshape(-1, 2)]
    return Complex.simplicial(cells, num_nodes=np.full(copies, nodes))


def _flow(complex_: Complex, tails: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """Add up the steps from tails to heads on the edges of a complex."""
    pairs = np.sort(np.stack([tails, heads], axis=1), axis=1)
    place = complex_.find(1, torch.from_numpy(pairs)).numpy()
    return np.bincount(place, np.where(tails < heads, 1.0, -1.0), minlength=complex_.sizes[1])
