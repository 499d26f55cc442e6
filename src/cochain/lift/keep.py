"""Part of a complex: the cells whose value lies in a range, and what they bound."""

import math

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import sparse
from cochain.complexes.structure import Structure, offsets_of
from cochain.errors import ComplexError, ShapeError
from cochain.kernels import SparseMatrix
from cochain.lift.attributes import carry, check_complex


def keep(
    c: Complex, name: str = "curvature", rank: int = 1, low: float | int = -math.inf, high: float | int = math.inf
) -> Complex:
    r"""Leave out the cells of one rank whose value is outside of a range, and the cells that they bound.

    $$K' = \{ \sigma : low \le v_\tau \le high \text{ for every } \tau \subseteq \sigma \text{ of the rank} \}$$

    Made of values and incidences, so the lift commutes with relabelling. Cells that stay keep their order, orientations
    and tensors. After `curvature` this keeps the bridges of a graph (below a value) or its dense parts (above one).

    Args:
        c: any complex.
        name: a tensor with one number for each cell of the rank.
        rank: rank of the cells that are measured, at least 1: nodes are never left out.
        low: the smallest value that stays.
        high: the largest value that stays.

    Returns:
        A complex of the same domain and ranks. Cells of higher rank stay where all faces that their incidences are
        stored with do; the sets of a combinatorial complex stay, since only their nodes are stored.

    Raises:
        ComplexError: when there is no such tensor or rank, the range is empty, or the tensor is odd: whether a cell
            stays would depend on its orientation.
        ShapeError: when the tensor has several channels.

    Cost:
        O(incidences).

    Source:
        Sreejith, Mohanraj, Jost, Saucan, Samal, 2016, "Forman curvature for complex networks" (networks thinned by
        curvature).
    """
    check_complex(c, "keep")
    for bound in (low, high):
        if not isinstance(bound, int | float) or isinstance(bound, bool) or math.isnan(bound):
            raise ComplexError(f"low and high should be numbers, but one is {bound!r:.60}")
    if low > high:
        raise ComplexError(f"low should be at most high, but is {low}, above {high}")
    if c._checked_rank(rank) < 1:
        raise ComplexError(f"rank should be at least 1, since nodes are never left out, but is {rank}")
    value = _numbers(c, name, rank)
    masks = _staying(c, rank, ((value >= low) & (value <= high)).cpu().numpy())
    kept = [torch.from_numpy(np.flatnonzero(mask)).to(c.device) for mask in masks]
    part = carry(c, _restricted(c, masks), {})
    for each in range(c.rank + 1):
        names = c[each].keys()
        for tensor in names:
            rows = c[each][tensor].index_select(0, kept[each])
            part = part.with_cochain(each, tensor, rows, odd=c.is_odd(each, tensor))
    return part


def _numbers(c: Complex, name: str, rank: int) -> Tensor:
    value = c[rank][name]  # refuses unknown names, with those that there are
    if value.numel() != c.sizes[rank]:
        raise ShapeError(
            f"'{name}' on rank {rank} should be one number for each cell, but has shape {tuple(value.shape)}"
        )
    if c.is_odd(rank, name):
        raise ComplexError(
            f"'{name}' on rank {rank} should be even, but changes sign with orientations; take its absolute value"
        )
    return value.reshape(-1)


def _staying(c: Complex, rank: int, mask: np.ndarray) -> list[np.ndarray]:
    """Say of every cell whether it stays: above `rank`, where all of its stored faces do."""
    masks = [np.ones(size, np.bool_) for size in c.sizes]
    masks[rank] = mask
    for high, low in sorted(c._structure.stored):
        if high > rank and low >= rank:
            pattern = c.faces(high, low).pattern.to("cpu")
            gone = ~masks[low][pattern.indices.numpy()]
            masks[high] = masks[high] & (np.bincount(pattern.rows.numpy(), gone, minlength=c.sizes[high]) == 0)
    return masks


def _restricted(c: Complex, masks: list[np.ndarray]) -> Structure:
    faces = {key: _submatrix(c.faces(*key).to("cpu"), masks[key[0]], masks[key[1]]) for key in c._structure.stored}
    components = [c.component_of(rank).cpu().numpy()[mask] for rank, mask in enumerate(masks)]
    offsets = [offsets_of(np.bincount(component, minlength=len(c))) for component in components]
    return Structure(c.domain, [int(mask.sum()) for mask in masks], offsets, faces)


def _submatrix(matrix: SparseMatrix, rows: np.ndarray, columns: np.ndarray) -> SparseMatrix:
    pattern = matrix.pattern
    row, column = pattern.rows.numpy(), pattern.indices.numpy()
    inside = rows[row] & columns[column]
    lengths = np.bincount(row[inside], minlength=len(rows))[rows]
    number = np.cumsum(columns) - 1
    values = None if matrix.values is None else matrix.values.numpy()[inside]
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return sparse(bounds, number[column[inside]], values, (int(rows.sum()), int(columns.sum())))
