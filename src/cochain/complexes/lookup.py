"""Cells by their nodes."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.arrays import as_indices
from cochain.complexes.build_simplicial import unique_rows
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError, ShapeError


def simplices(structure: Structure, rank: int) -> Tensor:
    """Give the nodes of every simplex of a rank, increasing; see `Complex.simplices`."""
    if structure.domain not in ("points", "graph", "digraph", "simplicial") and rank > 1:
        raise ComplexError(f"the cells of rank {rank} of a {structure.domain} differ in size; ask for c.cells({rank})")
    if structure.domain in ("hypergraph", "combinatorial") and rank > 0:
        raise ComplexError(f"the cells of rank {rank} of a {structure.domain} differ in size; ask for c.cells({rank})")
    nodes = torch.arange(structure.sizes[0], device=structure.device)[:, None]
    for k in range(1, rank + 1):
        faces = structure.faces(k, k - 1).pattern.indices.long().reshape(-1, k + 1)
        if k == 1:
            nodes = nodes[faces][:, :, 0].sort(dim=1).values
            continue
        # Two different faces of a simplex together have all of its nodes.
        both = torch.cat([nodes[faces[:, 0]], nodes[faces[:, 1]]], dim=1).sort(dim=1).values
        first = torch.ones_like(both, dtype=torch.bool)
        first[:, 1:] = both[:, 1:] != both[:, :-1]
        nodes = both[first].reshape(-1, k + 1)
    return nodes


def find(structure: Structure, rank: int, cells: Any) -> Tensor:
    """Give the positions of simplices given by their nodes; see `Complex.find`."""
    wanted = as_indices(cells, "cells")
    if (
        rank == 1
        and isinstance(cells, Tensor | np.ndarray)
        and wanted.ndim == 2
        and wanted.shape[0] == 2 != wanted.shape[1]
    ):
        wanted = wanted.T
    if not wanted.size:
        return torch.zeros(0, dtype=torch.int64, device=structure.device)
    if wanted.ndim != 2 or wanted.shape[1] != rank + 1:
        raise ShapeError(f"cells of rank {rank} should be (queries, {rank + 1}), but have shape {wanted.shape}")
    have = simplices(structure, rank).cpu().numpy()
    if structure.domain != "digraph" or rank != 1:
        wanted = np.sort(wanted, axis=1)
    elif structure.sizes[1]:
        values = structure.faces(1, 0).values
        assert values is not None
        forward = values.cpu().numpy().reshape(-1, 2)[:, 0] < 0
        have = np.where(forward[:, None], have, have[:, ::-1])
    possible = ((wanted >= 0) & (wanted < structure.sizes[0])).all(axis=1)
    different, code = unique_rows(np.concatenate([have, wanted[possible]]), structure.sizes[0])
    place = np.full(len(different), -1, dtype=np.int64)
    place[code[: len(have)]] = np.arange(len(have))
    found = np.full(len(wanted), -1, dtype=np.int64)
    found[possible] = place[code[len(have) :]]
    return torch.from_numpy(found).to(structure.device)
