"""Persistent homology of the Rips filtration of one large cloud, with the edges at which its bars begin and end.

Two routes give the same answer to the last edge, because both see the same total order of the edges: by length, then by
smaller vertex, then by larger vertex. Up to dimension 2 it is our own sweep over the links of the edges
(`_numba_rips`). Above, it is GUDHI's fastest route, which returns values only; it is handed the ranks of the edges in
place of their lengths, so that every value that it returns names an edge.

Sources: Bauer, 2021, "Ripser: efficient computation of Vietoris-Rips persistence barcodes" (enclosing radius, apparent
pairs); Forman, 1998, "Morse theory for cell complexes"; Mischaikow, Nanda, 2013, "Morse theory for filtrations and
efficient computation of persistent homology"; Boissonnat, Pritam, 2020, "Edge collapse and persistence of flag
complexes" (edges whose links are cones).
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import comb
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cochain.complexes.arrays import as_whole_number
from cochain.errors import ShapeError
from cochain.kernels.elimination import check_prime

Floats = npt.NDArray[np.floating[Any]]
Index = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

OWN_DIMENSIONS = 2
"""Dimensions up to which our own sweep answers; it is the faster and the smaller one on all that was measured."""
MOST_POINTS = 1 << 16
STEPS = 10_000_000  # of some ten nanoseconds each, between two looks at the keyboard
SAMPLES = 500  # random edges by which simplices are counted
GUDHI_BYTES = 100  # for each simplex of the highest dimension, as measured


class RipsBars(NamedTuple):
    """Bars of one dimension, sorted by the edges at which they begin and end.

    Attributes:
        births: `(bars,)`, lengths of the edges at which they begin, 0 for components.
        deaths: `(bars,)`, lengths of the edges at which they end, infinite where they do not.
        birth_edges: `(bars, 2)`, vertices of those edges, the smaller first; twice the vertex for components.
        death_edges: `(bars, 2)`, likewise, and -1 where a bar does not end.
    """

    births: Floats
    deaths: Floats
    birth_edges: Index
    death_edges: Index


class RipsPairs(NamedTuple):
    """What a Rips filtration gives.

    Attributes:
        finite: bars that end, by dimension.
        essential: bars that do not, by dimension.
    """

    finite: tuple[RipsBars, ...]
    essential: tuple[RipsBars, ...]


class _Ranks(NamedTuple):
    """Bars by the ranks of their edges; for components births are vertices; deaths of -1 are none."""

    births: Index
    deaths: Index


def rips_cohomology(
    distances: Floats,
    max_dim: int,
    threshold: float | None = None,
    field: int = 2,
    keep_zero: bool = False,
    progress: Progress | None = None,
) -> RipsPairs:
    r"""Compute the bars of the Rips filtration $R_t = \{\sigma : d(u, v) \le t \text{ for all } u, v \in \sigma\}$.

    Edges enter in the order of (length, smaller vertex, larger vertex), and bars are those of that order: equal lengths
    are settled the same way on every machine and by both routes. A bar that begins and ends at different edges of equal
    length has length zero. From the enclosing radius (the least length within which some vertex reaches all) on nothing
    happens any more, so longer edges are left out.

    Args:
        distances: `(points, points)` symmetric, not negative, float32 or float64, read above the diagonal only;
            infinite where two points are never joined.
        max_dim: highest dimension of homology.
        threshold: longest edge; None for no limit.
        field: the prime p of the coefficients Z/p.
        keep_zero: keep the bars of length zero.
        progress: called with (edges entered, edges in all) a few times a second; it may raise to stop the work, and so
            may Ctrl-C.

    Raises:
        ShapeError: when the matrix is not square, not of floats, holds NaN or negative lengths or too many points, or
            when the numbers make no sense.

    Cost:
        up to dimension 2 O(edges) words of memory and the matrix of the edges' ranks, no list of triangles; above, what
        `estimate` says.
    """
    from cochain.persistence._numba_rips_edges import rank_matrix, sorted_edges  # compiles

    distances, longest = _checked(distances, max_dim, threshold, field)
    edges = sorted_edges(distances, longest)
    ranks = rank_matrix(edges, len(distances))
    by_dimension = _swept(edges, ranks, min(max_dim, OWN_DIMENSIONS), field, progress)
    if max_dim > OWN_DIMENSIONS:
        by_dimension = by_dimension[:1] + _by_gudhi(ranks, len(edges.ends), max_dim, field)
    finite, essential = [], []
    for dim, found in enumerate(by_dimension):
        bars = _gathered(edges, dim, found)
        ends = found.deaths >= 0
        finite.append(_some(bars, ends if keep_zero else ends & (bars.births < bars.deaths)))
        essential.append(_some(bars, ~ends))
    return RipsPairs(tuple(finite), tuple(essential))


def _some(bars: RipsBars, chosen: npt.NDArray[np.bool_]) -> RipsBars:
    return RipsBars(bars.births[chosen], bars.deaths[chosen], bars.birth_edges[chosen], bars.death_edges[chosen])


def _checked(distances: Floats, max_dim: int, threshold: float | None, field: int) -> tuple[Floats, float]:
    """Refuse what is no matrix of distances; give it in rows, and the length of the longest edge that matters."""
    from cochain.persistence._numba_rips_edges import reaches  # compiles

    check_prime(field)
    if as_whole_number(max_dim, "max_dim") < 0:
        raise ShapeError(f"max_dim should be at least 0, but is {max_dim}")
    if threshold is not None and not threshold >= 0:
        raise ShapeError(f"threshold should be a length of at least 0 or None, but is {threshold}")
    square = distances.ndim == 2 and distances.shape[0] == distances.shape[1]
    if not square or distances.dtype not in (np.float32, np.float64):
        raise ShapeError(
            f"distances should be a square matrix of float32 or float64, but have shape {distances.shape} "
            f"and type {distances.dtype}"
        )
    if len(distances) > MOST_POINTS:
        raise ShapeError(
            f"one cloud should have at most {MOST_POINTS} points, but has {len(distances)}; take a subsample"
        )
    distances = np.ascontiguousarray(distances)
    if len(distances) < 2:
        return distances, 0.0
    farthest = reaches(distances)
    if not (farthest >= 0).all():
        raise ShapeError("distances should be at least 0, but some are negative or NaN")
    limit = min(float(farthest.min()), sys.float_info.max)
    return distances, limit if threshold is None else min(limit, float(threshold))


def _swept(edges: Any, ranks: npt.NDArray[np.int32], top: int, field: int, progress: Progress | None) -> list[_Ranks]:
    """Find the bars of dimension 0 to `top` with our own kernel, which comes back now and then."""
    from cochain.persistence._numba_rips import sweep  # compiles
    from cochain.persistence._numba_rips_state import start, with_room

    state, rank, stop = start(edges.ends, ranks, top), 0, _end(ranks, len(edges.ends))
    while rank < stop:
        with _held_back():
            state, rank = sweep(state, rank, stop, STEPS, top, field)
        if rank < stop:
            state = with_room(state, rank, top)
        if progress is not None:
            progress(rank, stop)
    joined = np.flatnonzero(state.forest[:, 1] >= 0)
    joined = joined[np.argsort(state.forest[joined, 1])]
    roots = np.flatnonzero(state.forest[:, 1] < 0)
    deaths = np.concatenate([state.forest[joined, 1], np.full(len(roots), -1)])
    found = [_Ranks(np.concatenate([joined, roots]), deaths.astype(np.int64))]
    for columns in (state.loops, state.voids)[:top]:
        table = columns.table[: columns.used[0]]
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
        found.append(_Ranks(table[:, 0], table[:, 1]))
    return found


@contextmanager
def _held_back() -> Iterator[None]:
    """Let Ctrl-C wait for the end of a kernel: numba crashes when it comes while an answer is handed to Python."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    caught: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: caught.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if caught:
        before(*caught[0])


def _end(ranks: npt.NDArray[np.int32], edges: int) -> int:
    """Give the number of edges after which some vertex is joined to all others, and homology is that of a point."""
    return min(edges, int(ranks.max(axis=1).min()) + 1) if len(ranks) > 1 else 0


def _by_gudhi(ranks: npt.NDArray[np.int32], edges: int, max_dim: int, field: int) -> list[_Ranks]:
    """Find the bars of dimension 1 to `max_dim` by values that are ranks, counted from 1: vertices come at 0."""
    from gudhi.sklearn.rips_persistence import RipsPersistence

    # Whole numbers up to 2 ** 24 are exact in float32, which halves the memory.
    counted = (ranks + np.int32(1)).astype(np.float32 if edges < 1 << 24 else np.float64)
    engine = RipsPersistence(
        list(range(1, max_dim + 1)),
        threshold=float(edges),
        input_type="full distance matrix",
        homology_coeff_field=field,
    )
    found = []
    for bars in engine.fit_transform([counted])[0] if len(ranks) > 2 else [np.zeros((0, 2))] * max_dim:
        births = bars[:, 0].astype(np.int64) - 1
        deaths = np.where(np.isfinite(bars[:, 1]), bars[:, 1], 0).astype(np.int64) - 1
        order = np.lexsort((deaths, births))
        found.append(_Ranks(births[order], deaths[order]))
    return found


def _gathered(edges: Any, dim: int, found: _Ranks) -> RipsBars:
    """Look the lengths and vertices of critical edges up."""
    lengths = np.append(edges.length, edges.length.dtype.type(np.inf))
    ends = np.append(edges.ends, np.full((1, 2), -1, np.int32), axis=0).astype(np.int64)
    deaths, death_edges = lengths[found.deaths], ends[found.deaths]  # -1 reads what was appended
    if dim > 0:
        return RipsBars(lengths[found.births], deaths, ends[found.births], death_edges)
    births = np.zeros(len(found.births), lengths.dtype)
    return RipsBars(births, deaths, np.stack([found.births, found.births], axis=1), death_edges)


class Estimate(NamedTuple):
    """What a call of `rips_cohomology` would meet.

    Attributes:
        simplices: of dimension 0 to max_dim + 1, exact up to the edges and where all points are joined, else from
            random simplices, the same in every call.
        bytes: the memory that it would take besides the distances.
    """

    simplices: tuple[int, ...]
    bytes: int


def estimate(distances: Floats, max_dim: int, threshold: float | None = None) -> Estimate:
    """Tell before any work how many simplices there are and how much memory `rips_cohomology` would take.

    Up to dimension 2 the memory goes with the square of the points, whatever the simplices; above it goes with the
    simplices of dimension `max_dim`, of which GUDHI keeps a list.

    Args:
        distances: as there, but both triangles are read.
        max_dim: highest dimension of homology.
        threshold: longest edge; None for no limit.

    Raises:
        ShapeError: as there.
    """
    from cochain.persistence._numba_rips_edges import count_edges  # compiles

    distances, longest = _checked(distances, max_dim, threshold, 2)
    nodes = len(distances)
    degrees = count_edges(distances, longest)
    edges = int(degrees.sum())
    if edges == comb(nodes, 2):
        simplices = [comb(nodes, k + 1) for k in range(max_dim + 2)]
    else:
        simplices = [nodes, edges, *_sampled(distances, longest, degrees, max_dim)][: max_dim + 2]
    # ranks; keys, ends, length, mate and queue of the edges; neighbours as bits
    taken = 4 * nodes**2 + edges * (24 + distances.itemsize) + nodes**2 // 8
    if max_dim >= OWN_DIMENSIONS:
        taken += edges * 12
    if max_dim > OWN_DIMENSIONS:
        taken += 8 * nodes**2 + simplices[max_dim] * GUDHI_BYTES
    return Estimate(tuple(simplices), taken)


def _sampled(distances: Floats, longest: float, degrees: Index, max_dim: int) -> list[int]:
    r"""Estimate the simplices of dimension 2 to `max_dim + 1`: random edges grow by random common neighbours.

    A sequence of choices among $N_1, N_2, \dots$ common neighbours has probability $1 / (m N_1 N_2 \dots)$, m edges,
    and a simplex of k + 1 vertices comes out of $(k + 1)! / 2$ of them, so the mean of the products of N counts them.
    """
    rng = np.random.default_rng(0)
    totals, edges = np.zeros(max_dim), int(degrees.sum())
    chosen = rng.choice(len(degrees), SAMPLES, p=degrees / edges) if edges else np.zeros(0, np.int64)
    for u in chosen:
        later = np.flatnonzero(distances[u, u + 1 :] <= longest) + u + 1
        v, weight = rng.choice(later), 1.0
        common = (distances[u] <= longest) & (distances[v] <= longest)
        common[[u, v]] = False
        for k in range(max_dim):
            members = np.flatnonzero(common)
            weight *= len(members) / (k + 3)
            totals[k] += weight
            if not len(members):
                break
            w = rng.choice(members)
            common &= distances[w] <= longest
            common[w] = False
    return [round(total * edges / SAMPLES) for total in totals]
