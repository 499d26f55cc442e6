"""Simplicial complexes with filtrations, from and to GUDHI."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.complex import Complex
from cochain.errors import ComplexError

NAME = "filtration"


def from_gudhi(tree: Any) -> Complex:
    """Read a simplex tree of GUDHI: a simplicial complex, with the filtration on every rank as `c[rank].filtration`.

    Vertices are numbered in increasing order; where GUDHI's own numbers have gaps, they stand in `c[0].vertex`.

    Raises:
        ComplexError: for anything but a simplex tree.
    """
    import gudhi

    if not isinstance(tree, gudhi.SimplexTree):
        raise ComplexError(f"a tree should be a gudhi.SimplexTree, but is a {type(tree).__name__}")
    levels: list[list[list[int]]] = [[] for _ in range(max(tree.dimension(), 0) + 1)]
    times: list[list[float]] = [[] for _ in levels]
    for simplex, time in tree.get_simplices():
        levels[len(simplex) - 1].append(simplex)
        times[len(simplex) - 1].append(time)
    arrays = [np.array(level, dtype=np.int64).reshape(len(level), rank + 1) for rank, level in enumerate(levels)]
    names = np.unique(arrays[0])
    numbered = [np.searchsorted(names, array) for array in arrays if array.size]
    found = Complex.simplicial(numbered, len(names))
    for rank, rows in enumerate(numbered):
        values = torch.tensor(times[rank], dtype=torch.float64)
        ordered = torch.empty_like(values)
        ordered[found.find(rank, rows)] = values
        found = found.with_cochain(rank, NAME, ordered)
    gaps = len(names) and names[-1] != len(names) - 1
    return found.with_cochain(0, "vertex", torch.from_numpy(names)) if gaps else found


def to_gudhi(complex_: Complex, filtration: str = NAME) -> Any:
    """Give a simplex tree of GUDHI; components are told apart by their nodes.

    Args:
        complex_: points, a graph or a simplicial complex.
        filtration: the name of the tensor (cells,) or (cells, 1) that says when each cell appears. A rank without it
            appears as late as its faces, nodes without it at 0.

    Raises:
        ComplexError: for other domains, or when a cell appears before one of its faces.
    """
    import gudhi

    if complex_.domain not in ("points", "graph", "simplicial"):
        raise ComplexError(
            "a simplex tree should come from points, a graph or a simplicial complex, but this is a "
            f"{complex_.domain}; triangulate it, or lift its graph with cochain.lift.clique"
        )
    tree = gudhi.SimplexTree()
    below = _times(complex_, 0, filtration, torch.zeros(complex_.sizes[0], dtype=torch.float64))
    tree.insert_batch(np.arange(complex_.sizes[0])[None], below.numpy())
    for rank in range(1, complex_.rank + 1):
        faces = complex_.faces(rank, rank - 1).pattern.indices.long().reshape(-1, rank + 1)
        earliest = below[faces].amax(dim=1)
        below = _times(complex_, rank, filtration, earliest)
        early = (below < earliest).nonzero()
        if len(early):
            cell = int(early[0])
            raise ComplexError(
                f"a cell should appear no earlier than its faces, but cell {cell} of rank {rank} appears at "
                f"{float(below[cell])} and one of its faces at {float(earliest[cell])}; raise its '{filtration}'"
            )
        tree.insert_batch(np.ascontiguousarray(complex_.simplices(rank).numpy().T), below.numpy())
    return tree


def _times(complex_: Complex, rank: int, name: str, default: Tensor) -> Tensor:
    if name not in complex_[rank]:
        return default
    values = complex_[rank][name]
    if values.numel() != len(values) or bool(torch.isnan(values).any()):
        raise ComplexError(
            f"'{name}' on rank {rank} should be one number for each cell, none of them NaN, but has shape "
            f"{tuple(values.shape)}"
        )
    return values.reshape(-1).detach().double().cpu()
