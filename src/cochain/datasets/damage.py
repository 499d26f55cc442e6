"""What a file of a data set should hold, checked where it is read."""

from typing import Any

import numpy as np

from cochain.errors import DataError


def require(holds: bool | np.bool_, name: str, should: str, but: str) -> None:
    """Raise unless a file holds what it should.

    Args:
        holds: whether it does.
        name: how messages call the file.
        should: what it should have.
        but: what it has instead, as a clause.

    Raises:
        DataError: otherwise.
    """
    if not holds:
        raise DataError(f"{name} should have {should}, but {but}; the file is damaged, remove it and load again")


def kind_of(found: Any) -> str:
    """Describe a value in a message: its type, and the shape of an array."""
    shape = getattr(found, "shape", None)
    return type(found).__name__ + (f" of shape {shape} and type {found.dtype}" if shape is not None else "")


def require_nodes(indices: np.ndarray, nodes: int, name: str) -> np.ndarray:
    """Give indices as int64, every one from 0 to nodes - 1.

    Raises:
        DataError: when one is none of the nodes, or no whole number.
    """
    whole = indices.dtype.kind in "iu" or not indices.size
    fits = whole and (not indices.size or bool(indices.min() >= 0 and indices.max() < nodes))
    require(fits, name, f"nodes from 0 to {nodes - 1}", "has others")
    return indices.astype(np.int64)
