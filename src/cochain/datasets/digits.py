"""Readers of scikit-learn's handwritten digits: 1,797 real images of 8 by 8 pixels with 17 levels of grey."""

from collections.abc import Mapping

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.datasets.records import Dataset
from cochain.datasets.splits import few_label_splits, fold_splits, stratified_folds
from cochain.datasets.tensors import with_task

NEIGHBOURS = 8
LEVELS = 16
SIDE = 8


def as_graph(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Join every image to its nearest neighbours; few labels per class, as in the citation networks."""
    pixels, y = _images()
    split = few_label_splits(y, per_class=20, validation=500, folds=dataset.folds, seed=0)
    graph = Complex.graph(nearest(pixels, NEIGHBOURS), num_nodes=len(y))
    return with_task(graph, 0, y, split, pixels / LEVELS)


def as_pixels(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Make every image a sheet of squares: pixels are nodes, four that touch span a 2-cell; x is the grey level."""
    pixels, y = _images()
    corners = square_corners(SIDE)
    squares = corners + np.arange(len(y))[:, None, None] * SIDE**2
    sheet = Complex.cell(squares.reshape(-1, 4), num_nodes=np.full(len(y), SIDE**2))
    split = fold_splits(stratified_folds(y, dataset.folds, seed=0), dataset.folds)
    sheet = with_task(sheet, "whole", y, split, pixels.reshape(-1, 1) / LEVELS)
    row, column = np.divmod(np.arange(SIDE**2), SIDE)
    place = np.stack([column, SIDE - 1 - row], axis=1).astype(np.float32)
    return sheet.with_cochain(0, "pos", torch.from_numpy(np.tile(place, (len(y), 1))))


def nearest(points: np.ndarray, k: int) -> np.ndarray:
    """Give edges (2, k points) from every point to its k nearest others; of equal distances the lower number wins.

    The coordinates are whole numbers, so the distances are exact and the result is the same on every machine.
    """
    exact = points.astype(np.int64)
    norm = (exact**2).sum(axis=1)
    product = (points.astype(np.float64) @ points.T.astype(np.float64)).astype(np.int64)
    distance = norm[:, None] + norm - 2 * product
    np.fill_diagonal(distance, np.iinfo(np.int64).max)
    # Distance and number in one key: unique keys make the partition independent of how ties are treated.
    key = np.minimum(distance, np.iinfo(np.int64).max // (2 * len(points))) * len(points) + np.arange(len(points))
    near = np.argpartition(key, k, axis=1)[:, :k]
    return np.stack([np.repeat(np.arange(len(points)), k), near.reshape(-1)])


def square_corners(side: int) -> np.ndarray:
    """Give the squares of a grid as closed walks around four pixels, int64 ((side - 1)^2, 4)."""
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).reshape(-1)
    return corner[:, None] + np.array([0, 1, side + 1, side])


def _images() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    pixels, y = load_digits(return_X_y=True)
    return pixels, y.astype(np.int64)
