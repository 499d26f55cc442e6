"""Extended persistence: what sublevel sets leave alive dies on the way back down."""

from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from cochain.complexes import Complex
from cochain.errors import ComplexError
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.filtration import Filtration, Index, Level, Values
from cochain.persistence.graph_pairing import ends_of_edges
from cochain.persistence.level_sets import bars_between


class Extended(NamedTuple):
    """The four diagrams of extended persistence. No bar is infinite."""

    ordinary: Diagram
    """Born and killed on the way up, birth < death. `pairs`: a cell of rank dim, one of rank dim + 1."""
    relative: Diagram
    """Born and killed on the way down, birth > death. `pairs`: a cell of rank dim - 1, one of rank dim."""
    extended_plus: Diagram
    """Born on the way up, killed on the way down, birth < death. `pairs`: two cells of rank dim."""
    extended_minus: Diagram
    """Born on the way up, killed on the way down, birth > death. `pairs`: two cells of rank dim."""


def extended(c: Complex, values: Values, field: int = 2, keep_zero: bool = False) -> Extended:
    r"""Follow the homology of $\{f \le t\}$ up and that of $(X, \{f \ge t\})$ back down.

    On a graph: ordinary bars of dimension 0 are branches that point down, relative bars of dimension 1 branches that
    point up, the extended+ bar of dimension 0 reaches from the lowest to the highest node of a connected component, and
    each independent cycle has one extended- bar of dimension 1, born at its highest point and killed at its lowest.
    All classes die, so that every birth and every death has a gradient.

    Graphs are swept twice by union-find and their cycles paired by exchanging edges of a forest, all components of a
    union in one call. Other complexes are coned and reduced as matrices.

    Args:
        c: points, a graph, a simplicial or a cell complex.
        values: $f$, one number per node or the name of a cochain on nodes; cells appear with their last node on the way
            up, with their lowest on the way down.
        field: the prime $p$; coefficients are in $\mathbb{Z}/p$. Graphs have the same bars over every field.
        keep_zero: keep bars with birth = death; then the extended bars of a dimension are as many as its Betti number,
            those of length zero counted with extended+ in dimension 0 and with extended- above.

    Returns:
        Four diagrams, each with the dimensions 0 to the rank of the complex.

    Raises:
        ComplexError: for a complex without orientation, or values on other ranks than nodes.
        ShapeError: for values that are not one finite real number per node, a field that is not prime.

    Example:
        >>> import cochain as cc, torch
        >>> square = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3)])
        >>> found = extended(square, torch.tensor([0.0, 1.0, 3.0, 2.0]))
        >>> found.extended_minus[1].points
        tensor([[3., 0.]])

    Source:
        Cohen-Steiner, Edelsbrunner, Harer, 2009, "Extending Persistence Using Poincare and Lefschetz Duality".
        Carriere, Chazal, Ike, Lacombe, Royer, Umeda, 2020, "PersLay", for graphs as sets of four diagrams.
    """
    from cochain.kernels.elimination import check_prime

    check_prime(field)
    up = Filtration(c, values)
    if not up.on_nodes:
        raise ComplexError(
            "extended persistence should get values on nodes, but got values on higher ranks too; which cells come "
            "first on the way down, they do not say"
        )
    down = Filtration(c, values, -1)
    found = graph_pairs(up, down) if c.rank == 1 else cone_pairs(up, down, field)
    parts: list[dict[int, Bars]] = [{}, {}, {}, {}]
    for dim in range(c.rank + 1):
        for part, bars in zip(parts, _bars(up, down, dim, found[dim], keep_zero), strict=True):
            part[dim] = bars
    none = Bars.none(2, up.level(0).values.dtype, up.level(0).values.device)
    return Extended(*(Diagram(part, dict.fromkeys(part, none), len(c), int(field)) for part in parts))


class Pairs(NamedTuple):
    """The pairs of one dimension: (cells that give birth, cells that kill), births ascending."""

    ordinary: tuple[Index, Index]
    """Cells of ranks dim and dim + 1, both on the way up."""
    relative: tuple[Index, Index]
    """Cells of ranks dim - 1 and dim, both on the way down."""
    extended: tuple[Index, Index]
    """Cells of rank dim, the first on the way up, the second on the way down."""


def _listed(killer: Index) -> tuple[Index, Index]:
    born = np.flatnonzero(killer >= 0)
    return born, killer[born]


_NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def graph_pairs(up: Filtration, down: Filtration) -> list[Pairs]:
    """Pair the cells of a graph by two sweeps and an exchange of edges."""
    from cochain.kernels.graph_sweep import sweep_both_ways

    found = sweep_both_ways(ends_of_edges(up), up.offsets(1), up.offsets(0), up.level(0).keys)
    up.decide(1, found.up.decider)
    down.decide(1, found.down.decider)
    return [
        Pairs(_listed(found.up.killer), _NONE, _listed(found.opposite)),
        Pairs(_NONE, _listed(found.down.killer), _listed(found.closing)),
    ]


def cone_pairs(up: Filtration, down: Filtration, field: int) -> list[Pairs]:
    """Pair the cells of a complex and those of its cone, which come behind them in the order of the way down.

    In dimension d stand the cells of rank d and the cones over cells of rank d - 1; the apex itself is left out, since
    homology on the way down is relative. Reduced from above with clearing.
    """
    from cochain.kernels.column_reduction import reduce_columns

    c = up.complex
    sizes = [0, *c.sizes, 0]  # of rank r at place r + 1
    found: list[Pairs] = []
    bears = np.zeros(c.sizes[-1], np.bool_)
    for dim in range(c.rank + 1, 0, -1):
        matrix = _cone_boundary(c, dim)
        order = np.concatenate([_order(up, dim), sizes[dim + 1] + _order(down, dim - 1)])
        rows = np.concatenate([_order(up, dim - 1), sizes[dim] + _order(down, dim - 2)])
        position = np.empty_like(rows)
        position[rows] = np.arange(len(rows))
        lowest = reduce_columns(matrix.indptr, matrix.indices, matrix.data, order[~bears[order]], position, field)
        kills = np.flatnonzero(lowest >= 0)
        bears = np.zeros(len(rows), np.bool_)
        bears[lowest[kills]] = True
        found.append(_sorted_out(lowest[kills], kills, sizes[dim], sizes[dim + 1]))
    return found[::-1]


def _order(filtration: Filtration, rank: int) -> Index:
    return filtration.order(rank) if 0 <= rank <= filtration.complex.rank else np.zeros(0, np.int64)


def _cone_boundary(c: Complex, dim: int) -> Any:
    """The boundary of the coned complex in one dimension, as CSC: cells and cones become cells and cones."""
    size = c.sizes[dim - 1]
    own = _boundary(c, dim) if dim <= c.rank else sp.csc_array((size, 0), dtype=np.int8)
    below = _boundary(c, dim - 1) if dim > 1 else sp.csc_array((0, size), dtype=np.int8)
    matrix = sp.block_array([[own, sp.eye_array(size, dtype=np.int8)], [None, -below]], format="csc")
    return matrix.astype(np.int8)


def _boundary(c: Complex, rank: int) -> Any:
    faces = c.faces(rank, rank - 1).to("cpu")
    assert faces.values is not None
    indptr, indices = faces.pattern.arrays
    return sp.csc_array((faces.values.numpy(), indices, indptr), shape=(faces.shape[1], faces.shape[0]))


def _sorted_out(born: Index, kills: Index, cells: int, killing_cells: int) -> Pairs:
    """Tell the three kinds of pairs apart; numbers of cones begin behind those of cells."""
    order = np.argsort(born)
    born, kills = born[order], kills[order]
    cone_born, cone_kills = born >= cells, kills >= killing_cells
    middle = ~cone_born & cone_kills
    return Pairs(
        (born[~cone_kills], kills[~cone_kills]),
        (born[cone_born] - cells, kills[cone_born] - killing_cells),
        (born[middle], kills[middle] - killing_cells),
    )


def _bars(up: Filtration, down: Filtration, dim: int, pairs: Pairs, keep_zero: bool) -> tuple[Bars, Bars, Bars, Bars]:
    """Ordinary, relative, extended+ and extended- bars of one dimension."""
    c = up.complex
    born, kills = pairs.extended
    births, deaths = up.level(dim).plain(born), down.level(dim).plain(kills)
    falls = births > deaths if dim == 0 or not keep_zero else births >= deaths
    own, top, below = up.offsets(dim), min(dim + 1, c.rank), max(dim - 1, 0)
    plus = bars_between(up.level(dim), born[~falls], down.level(dim), kills[~falls], (own, own), keep_zero)
    minus = bars_between(up.level(dim), born[falls], down.level(dim), kills[falls], (own, own), keep_zero)
    ends = own, up.offsets(top)
    ordinary = bars_between(up.level(dim), *_with(up.level(top), pairs.ordinary), ends, keep_zero)
    ends = down.offsets(below), own
    relative = bars_between(down.level(below), *_with(down.level(dim), pairs.relative), ends, keep_zero)
    return ordinary, relative, plus, minus


def _with(deaths: Level, pairs: tuple[Index, Index]) -> tuple[Index, Level, Index]:
    return pairs[0], deaths, pairs[1]
