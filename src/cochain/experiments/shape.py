"""Distributions of a data set's shape, each with a bound on its work: of what is larger, an even sample is counted."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ComplexError
from cochain.experiments.comparison import Histogram

BINS = 30
BETTI_CELLS = 50_000
"""Cells of complexes above graphs whose Betti numbers are counted: elimination may fill in."""
RING_EDGES = 30_000
"""Edges among which rings are searched."""
RING_LENGTH = 8
"""Nodes of the longest ring that is searched."""
RING_WALKS = 5e7
"""Walks that the search for rings may meet; it prunes nearly all of them."""
RING_CELLS = 1_000_000
"""Rings that are counted at most."""


@dataclass(frozen=True)
class Shape:
    """What was counted of a complex."""

    cell_sizes: tuple[Histogram | None, ...]
    """Nodes of each cell, per rank; None where all cells of the rank have the same number by what they are."""
    rings: Histogram | None
    """Nodes of each ring (a cycle without a chord) of a graph; None where there is none, or too many to search."""
    betti: tuple[Histogram, ...]
    """Betti numbers over Z/2 of each component, one histogram per rank; empty where they were not counted."""
    notes: tuple[str, ...]
    """What was counted in part only."""


def measure_shape(complex_: Complex) -> Shape:
    """Count sizes of cells, rings and holes."""
    rings, ring_notes = _rings(complex_)
    betti, betti_notes = _betti(complex_)
    return Shape(_cell_sizes(complex_), rings, betti, (*ring_notes, *betti_notes))


def _cell_sizes(complex_: Complex) -> tuple[Histogram | None, ...]:
    alike = complex_.domain in ("points", "graph", "digraph", "simplicial")
    first = 1 if complex_.domain in ("hypergraph", "combinatorial") else 2
    return tuple(
        histogram(complex_.cells(rank).pattern.degrees)
        if not alike and rank >= first and complex_.sizes[rank]
        else None
        for rank in range(complex_.rank + 1)
    )


def even_sample(complex_: Complex, weights: Int[np.ndarray, "components"], budget: int) -> Complex | None:
    """Take components at even steps until they weigh about as much as the budget; None when one alone weighs more.

    Args:
        complex_: the components.
        weights: of each.
        budget: what they may weigh together.
    """
    total = int(weights.sum())
    if total <= budget:
        return complex_
    count = int(len(weights) * budget / total)
    if count < 1:
        return None
    chosen = np.linspace(0, len(weights) - 1, count).round().astype(np.int64)
    if weights[chosen].sum() > 2 * budget:
        return None
    return complex_.select(torch.from_numpy(chosen).to(complex_.device))


def _said(what: str, sample: Complex, complex_: Complex) -> tuple[str, ...]:
    if len(sample) == len(complex_):
        return ()
    return (f"{what} of {len(sample):,} components out of {len(complex_):,}, at even steps",)


def _betti(complex_: Complex) -> tuple[tuple[Histogram, ...], tuple[str, ...]]:
    if not complex_.oriented or complex_.rank == 0:
        return (), ()
    if complex_.rank == 1:
        return tuple(histogram(column) for column in holes_of_graphs(complex_)), ()
    weights = sum(complex_.offsets(rank).diff().cpu().numpy() for rank in range(complex_.rank + 1))
    sample = even_sample(complex_, np.asarray(weights), BETTI_CELLS)
    if sample is None:
        return (), ("Betti numbers are left out: the components are too large to count them in passing",)
    counts: Tensor = sample.betti(per_component=True)
    return tuple(histogram(column) for column in counts.T), _said("Betti numbers", sample, complex_)


def holes_of_graphs(complex_: Complex) -> tuple[Int[Tensor, "components"], Int[Tensor, "components"]]:
    """Give the connected pieces of each component, and its independent cycles: edges - nodes + pieces."""
    pieces, of = connected_components(_adjacency(complex_), directed=False)
    first = np.full(pieces, complex_.sizes[0])
    np.minimum.at(first, of, np.arange(len(of)))
    owner = complex_.component_of(0).cpu()[torch.from_numpy(first)]
    zeroth = torch.bincount(owner, minlength=len(complex_))
    nodes, edges = (complex_.offsets(rank).diff().cpu() for rank in (0, 1))
    return zeroth, edges - nodes + zeroth


def _adjacency(complex_: Complex) -> csr_array:
    """Give the symmetric 0/1 matrix of a graph; an entry for each edge between two nodes."""
    ends = complex_.faces(1, 0).pattern.indices.reshape(-1, 2).cpu().numpy()
    pairs = np.concatenate([ends, ends[:, ::-1]])
    return csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(complex_.sizes[0],) * 2)


def _rings(complex_: Complex) -> tuple[Histogram | None, tuple[str, ...]]:
    if complex_.domain != "graph" or not complex_.sizes[1]:
        return None, ()
    from cochain.lift import cycles

    sample = even_sample(complex_, complex_.offsets(1).diff().cpu().numpy(), RING_EDGES)
    length = 0 if sample is None else ring_length(sample)
    if sample is None or length < 3:
        return None, ("rings are left out: there are too many to count them in passing",)
    try:
        found = cycles(sample, length, features=None, max_cells=RING_CELLS)
    except ComplexError:  # more rings than their bound
        return None, ("rings are left out: there are too many to count them in passing",)
    shorter = (f"rings of more than {length} nodes are left out, as there are too many walks to search",)
    notes = (*_said("rings", sample, complex_), *(shorter if length < RING_LENGTH else ()))
    return histogram(found.cells(2).pattern.degrees) if found.sizes[2] else None, notes


def ring_length(complex_: Complex) -> int:
    """Give the length of rings, at most 8, whose search meets no more walks than its bound; 0 where none does.

    The walks of each length are counted exactly, by as many products with the adjacency.
    """
    adjacency = _adjacency(complex_)
    walks = np.ones(complex_.sizes[0])
    for length in range(2, RING_LENGTH + 1):
        walks = adjacency @ walks
        if walks.sum() > RING_WALKS:
            return length - 1
    return RING_LENGTH


def histogram(values: Tensor) -> Histogram:
    """Count values in at most 30 bins; small whole numbers get a bin each."""
    array = values.detach().cpu().numpy().astype(np.float64)
    array = array[np.isfinite(array)]
    if not len(array):
        return Histogram((0.0, 1.0), (0,))
    low, high = float(array.min()), float(array.max())
    if not values.is_floating_point():
        step = max(1, int(np.ceil((high - low + 1) / BINS)))
        edges = np.arange(low, high + 1 + step, step)
    else:
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    counts, edges = np.histogram(array, edges)
    return Histogram(tuple(float(e) for e in edges), tuple(int(n) for n in counts))
