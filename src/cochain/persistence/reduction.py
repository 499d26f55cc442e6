"""Pairings in any dimension over any prime field: cohomology with clearing, homology with a twist, or GUDHI."""

from typing import Any

import numpy as np
import torch

from cochain.errors import ComplexError, ShapeError
from cochain.persistence.filtration import Filtration, Index
from cochain.persistence.graph_pairing import STILLBORN, SURVIVES, pair_nodes, unkilling

SIMPLICIAL = ("points", "graph", "simplicial")
"""The domains that a simplex tree holds."""
LARGEST_OF_GUDHI = 46337
"""The largest prime whose products fit GUDHI's integers."""


def pair_by_cohomology(filtration: Filtration, top: int, field: int) -> list[Index]:
    r"""Pair the cells of ranks 0 to `top`, from below.

    Nodes are paired by union-find. In each higher rank the coboundaries of the cells are reduced, the latest cell
    first. Cells that were found to kill something bear nothing and are left out beforehand (clearing); in an ordinary
    filtration few columns are left, and most of those have a lowest entry that no other has.

    Args:
        filtration: cells with values.
        top: the highest rank to pair.
        field: the prime p of the coefficients.

    Returns:
        For each rank an array that says for every cell which cell kills its class: -1 if nothing does, -2 if the cell
        bears no class.

    Source:
        de Silva, Morozov, Vejdemo-Johansson, 2011, "Dualities in Persistent (Co)homology".
        Chen, Kerber, 2011, "Persistent Homology Computation with a Twist", for clearing.
    """
    from cochain.kernels.column_reduction import reduce_columns

    c = filtration.complex
    killers = [pair_nodes(filtration)]
    for rank in range(1, min(top, c.rank) + 1):
        killer = unkilling(killers[-1], c.sizes[rank])
        if rank < c.rank:
            indptr, indices, signs = _coboundary(filtration, rank)
            order = filtration.order(rank)[::-1]
            late_first = c.sizes[rank + 1] - 1 - filtration.position(rank + 1)
            found = reduce_columns(indptr, indices, signs, order[killer[order] != STILLBORN], late_first, field)
            killer = np.where(killer == STILLBORN, killer, found)
        killers.append(killer)
    return killers


def pair_by_homology(filtration: Filtration, top: int, field: int) -> list[Index]:
    """Pair the cells of ranks 0 to `top`, from above: boundaries are reduced, the earliest cell first.

    The same pairs as `pair_by_cohomology`; it is the quicker one where cells of the highest rank are few.

    Args:
        filtration: cells with values.
        top: the highest rank to pair.
        field: the prime p of the coefficients.

    Source:
        Chen, Kerber, 2011, "Persistent Homology Computation with a Twist".
    """
    from cochain.kernels.column_reduction import reduce_columns

    c = filtration.complex
    top = min(top, c.rank)
    killers = [np.full(c.sizes[rank], SURVIVES, np.int64) for rank in range(top + 1)]
    cleared = np.zeros(c.sizes[top + 1] if top < c.rank else 0, np.bool_)  # cells known to bear a class
    for rank in range(min(top + 1, c.rank), 0, -1):
        indptr, indices, signs = _boundary(filtration, rank)
        order = filtration.order(rank)
        if rank <= top:
            cleared = killers[rank] >= 0
        lowest = reduce_columns(indptr, indices, signs, order[~cleared[order]], filtration.position(rank - 1), field)
        kills = np.flatnonzero(lowest >= 0)
        killers[rank - 1][lowest[kills]] = kills
        if rank <= top:
            killers[rank][kills] = STILLBORN
    return killers


def _boundary(filtration: Filtration, rank: int) -> tuple[Any, Any, Any]:
    faces = filtration.complex.faces(rank, rank - 1).to("cpu")
    assert faces.values is not None
    return *faces.pattern.arrays, faces.values.numpy()


def _coboundary(filtration: Filtration, rank: int) -> tuple[Any, Any, Any]:
    faces = filtration.complex.faces(rank + 1, rank).to("cpu")
    assert faces.values is not None
    transposed, order = faces.pattern.transposed
    return *transposed.arrays, faces.values.index_select(0, order).numpy()


def pair_by_gudhi(filtration: Filtration, top: int, field: int) -> list[Index]:
    """Pair the cells of points, a graph or a simplicial complex with GUDHI's simplex tree.

    Where values tie, other cells may be paired than by our own reduction; the diagram is the same.

    Args:
        filtration: cells with values.
        top: the highest rank to pair.
        field: the prime p of the coefficients.

    Raises:
        ComplexError: for other domains.
        ShapeError: for a prime that GUDHI does not take.

    Source:
        Boissonnat, Maria, 2014, "The Simplex Tree: An Efficient Data Structure for General Simplicial Complexes".
    """
    from cochain.complexes.gudhi import to_gudhi

    c = filtration.complex.to("cpu")
    if c.domain not in SIMPLICIAL:
        raise ComplexError(
            f"the engine 'gudhi' takes points, graphs and simplicial complexes, but this is a {c.domain}; take the "
            "engine 'cohomology'"
        )
    timed = c
    for rank in range(c.rank + 1):
        timed = timed.with_cochain(rank, "height", torch.from_numpy(filtration.level(rank).heights))
    if field > LARGEST_OF_GUDHI:
        raise ShapeError(
            f"the field of the engine 'gudhi' should be Z/p with p up to {LARGEST_OF_GUDHI}, but p is {field}; take "
            "the engine 'cohomology'"
        )
    tree = to_gudhi(timed, "height")
    tree.prune_above_dimension(top + 1)
    tree.compute_persistence(homology_coeff_field=field, min_persistence=-1.0, persistence_dim_max=top >= c.rank)
    killers = [np.full(c.sizes[rank], STILLBORN, np.int64) for rank in range(min(top, c.rank) + 1)]
    groups: dict[tuple[int, int], tuple[list[Any], list[Any]]] = {}
    for born, kills in tree.persistence_pairs():
        group = groups.setdefault((len(born) - 1, len(kills) - 1), ([], []))
        group[0].append(born)
        group[1].append(kills)
    for (rank, killing), (born, kills) in groups.items():
        if rank <= top:
            cells = c.find(rank, np.array(born, np.int64)).numpy()
            killers[rank][cells] = SURVIVES if killing < 0 else c.find(killing, np.array(kills, np.int64)).numpy()
    return killers
