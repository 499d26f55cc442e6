"""From arrays to a complex with x, y and split."""

from typing import Literal

import numpy as np
import torch

from cochain.complexes import Complex


def with_task(
    complex_: Complex, target: int | Literal["whole"], y: np.ndarray, split: np.ndarray, x: np.ndarray | None = None
) -> Complex:
    """Attach labels and split to the cells of rank `target` (or "whole"), and features `x` to the nodes."""
    if x is not None:
        complex_ = complex_.with_cochain(0, "x", torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32)))
    labels = np.ascontiguousarray(y, dtype=np.float32 if y.dtype.kind == "f" else np.int64)
    complex_ = complex_.with_cochain(target, "y", torch.from_numpy(labels))
    return complex_.with_cochain(target, "split", torch.from_numpy(np.ascontiguousarray(split, dtype=np.int8)))


def attach(
    complex_: Complex, place: int | Literal["whole"], name: str, values: np.ndarray, odd: bool = False
) -> Complex:
    """Attach an array to the cells of a rank (or "whole"): floating numbers as float32, others as int64."""
    kind = np.float32 if values.dtype.kind == "f" else np.int64
    return complex_.with_cochain(place, name, torch.from_numpy(np.ascontiguousarray(values, dtype=kind)), odd=odd)


def one_hot(values: np.ndarray) -> np.ndarray:
    """Give one channel per distinct value, in ascending order, float32 (n, distinct)."""
    distinct, place = np.unique(values, return_inverse=True)
    x = np.zeros((len(values), len(distinct)), dtype=np.float32)
    x[np.arange(len(values)), place] = 1
    return x


def rows_to_one(x: np.ndarray) -> np.ndarray:
    """Divide every row by its sum; a row of zeros stays."""
    total = x.sum(axis=1, keepdims=True)
    return np.divide(x, total, out=np.zeros_like(x), where=total != 0)


def without_loops(edges: np.ndarray) -> np.ndarray:
    """Leave out edges (2, m) that join a node to itself."""
    keep = edges[0] != edges[1]
    return edges if keep.all() else edges[:, keep]


def distinct(keys: np.ndarray) -> np.ndarray:
    """Give the distinct integers in ascending order; sorting is several times faster than numpy's hashing here."""
    keys = np.sort(keys)
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
