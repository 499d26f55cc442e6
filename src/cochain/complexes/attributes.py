"""Tensors as attributes of single cells, the way other libraries keep them: one dictionary for each cell."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.cells import is_tensor_name
from cochain.complexes.complex import Complex


def columns(rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
    """Give the attributes that are numbers, or lists of numbers of one shape, in every row."""
    out: dict[str, Tensor] = {}
    for name in rows[0] if rows else ():
        if not is_tensor_name(name) or not all(name in row for row in rows):
            continue
        try:
            array = np.asarray([row[name] for row in rows])
        except ValueError:  # lists of different lengths
            continue
        if array.dtype.kind in "fiub":
            out[name] = torch.from_numpy(single(array) if array.dtype.kind == "f" else array)
    return out


def single(values: np.ndarray) -> np.ndarray:
    """Give real numbers as float32, or as float64 where one is too large for that."""
    largest = np.abs(values[np.isfinite(values)]).max(initial=0)
    return values.astype(np.float32 if largest <= np.finfo(np.float32).max else np.float64)


def with_rows(complex_: Complex, rank: int, place: Tensor, named: dict[str, Tensor]) -> Complex:
    """Add tensors whose row i belongs to cell `place[i]`, every cell once."""
    for name, rows in named.items():
        ordered = torch.empty_like(rows)
        ordered[place] = rows
        complex_ = complex_.with_cochain(rank, name, ordered)
    return complex_


def attach(complex_: Complex, rank: int, rows: Iterable[dict[str, Any]], signs: Tensor | None = None) -> None:
    """Write the tensors of a rank into one dictionary for each cell, in their order.

    Args:
        complex_: whose tensors are written.
        rank: of the cells.
        rows: the dictionaries.
        signs: for every cell 1 or -1, with which odd tensors are multiplied; None leaves them.
    """
    rows = list(rows)
    cells = complex_[rank]
    for name in cells.keys():  # noqa: SIM118 (cells are no mapping)
        values = cells[name]
        if signs is not None and complex_.is_odd(rank, name):
            values = values * signs.to(values.dtype).reshape(-1, *[1] * (values.ndim - 1))
        for row, value in zip(rows, values.tolist(), strict=True):
            row[name] = value


def edge_ends(complex_: Complex) -> Tensor:
    """Give tail and head of every edge, as it is oriented."""
    matrix = complex_.faces(1, 0)
    assert matrix.values is not None
    ends = matrix.pattern.indices.long().reshape(-1, 2)
    return torch.where(matrix.values.reshape(-1, 2)[:, :1] < 0, ends, ends.flip(1))


def signs_by_nodes(complex_: Complex, rank: int) -> Tensor:
    """Give 1 where a simplex is oriented by its increasing nodes, and -1 where it is reversed.

    By increasing nodes, the face without the i-th node has the sign (-1)^i; one face of each simplex tells.
    """
    signs = torch.ones(complex_.sizes[0], dtype=torch.int64)
    for k in range(1, rank + 1):
        matrix = complex_.faces(k, k - 1)
        assert matrix.values is not None
        first = matrix.pattern.indices.long().reshape(-1, k + 1)[:, 0]
        nodes = complex_.simplices(k)
        left_out = nodes.sum(dim=1) - complex_.simplices(k - 1)[first].sum(dim=1)
        place = (nodes < left_out[:, None]).sum(dim=1)
        signs = matrix.values.reshape(-1, k + 1)[:, 0].long() * (1 - 2 * (place % 2)) * signs[first]
    return signs
