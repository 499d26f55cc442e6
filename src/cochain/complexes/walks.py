"""The boundaries of polygons as closed walks."""

import numpy as np

from cochain.complexes.arrays import Ragged
from cochain.complexes.complex import Complex
from cochain.errors import ComplexError


def walks(complex_: Complex) -> Ragged:
    """Give every 2-cell of an oriented complex as a closed walk along its orientation, from its smallest node.

    Raises:
        ComplexError: for a cell whose boundary is no single closed walk.
    """
    matrix = complex_.faces(2, 1).to("cpu")
    offsets = matrix.pattern.indptr.numpy().astype(np.int64)
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    tail, head = _steps(complex_)
    order = np.lexsort((tail, owner))
    tail, head = tail[order], head[order]
    by_head = np.lexsort((head, owner))
    _refuse(owner, head[by_head] != tail)
    following = np.empty_like(by_head)
    following[by_head] = np.arange(len(by_head))
    out = np.empty_like(tail)
    cells, here = np.arange(len(offsets) - 1), offsets[:-1]
    for step in range(int(np.diff(offsets).max(initial=0))):  # along the longest walk, all cells at once
        left = offsets[cells] + step < offsets[cells + 1]
        cells, here = cells[left], here[left]
        if step:
            _refuse(cells, here == offsets[cells])
        out[offsets[cells] + step] = tail[here]
        here = following[here]
    return Ragged(offsets, out)


def _steps(complex_: Complex) -> tuple[np.ndarray, np.ndarray]:
    """Give the tail and head of every entry of the boundary, along the orientation of its cell."""
    matrix, edges = complex_.faces(2, 1).to("cpu"), complex_.faces(1, 0).to("cpu")
    assert matrix.values is not None
    assert edges.values is not None
    edge = matrix.pattern.indices.numpy()
    ends = edges.pattern.indices.numpy().astype(np.int64).reshape(-1, 2)[edge]
    upwards = edges.values.numpy().reshape(-1, 2)[edge, 0] < 0
    upwards = upwards == (matrix.values.numpy() > 0)
    return np.where(upwards, ends[:, 0], ends[:, 1]), np.where(upwards, ends[:, 1], ends[:, 0])


def _refuse(owner: np.ndarray, wrong: np.ndarray) -> None:
    if wrong.any():
        raise ComplexError(
            f"a polygon should be one closed walk, but the boundary of cell {owner[np.argmax(wrong)]} of rank 2 is "
            "not; split it into polygons"
        )
