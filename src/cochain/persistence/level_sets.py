"""Persistent homology of sublevel and superlevel sets on any oriented complex, a whole union at once."""

from collections.abc import Sequence

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ShapeError, unknown_name
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.filtration import Filtration, Index, Level, Values
from cochain.persistence.graph_pairing import SURVIVES, pair_nodes, unkilling


def sublevel(
    c: Complex,
    values: Values,
    dimensions: Sequence[int] | int | None = None,
    field: int = 2,
    engine: str = "auto",
    keep_zero: bool = False,
) -> Diagram:
    r"""Follow the homology of $\{f \le t\}$ as $t$ rises.

    Cells come in the order of (value, rank, index), which decides every tie. Pairings are integers; births and deaths
    are read from the values at the paired cells, so gradients flow to them: with values on nodes, to the node that
    decides when a cell appears (of nodes that tie, the one of highest index). Where values tie the diagram is not
    differentiable, and this is one of its subgradients.

    Args:
        c: points, a graph, a simplicial or a cell complex; each component of a union has a diagram of its own.
        values: $f$. One number per node: a cell appears with its last node (lower star). Or {rank: numbers}, where a
            rank left out appears as late as its faces. Or the name of a cochain, on nodes or on several ranks.
        dimensions: which to compute; by default 0 to the rank of the complex. Above its rank there are no bars.
        field: the prime $p$; coefficients are in $\mathbb{Z}/p$.
        engine: "auto" (union-find where that is enough, else the quickest), "cohomology", "homology" or "gudhi". Where
            values tie GUDHI may pair other cells; values of bars do not differ.
        keep_zero: keep bars that die as they are born.

    Returns:
        A diagram, its bars in the order of the cells that give birth. `pairs` holds that cell and the one that kills,
        numbered within their component.

    Raises:
        ComplexError: for a complex without orientation, and for a cell that appears before one of its faces.
        ShapeError: for values that are not one finite real number per cell, a field that is not prime.

    Example:
        >>> import cochain as cc
        >>> path = cc.Complex.graph([(0, 1), (1, 2)])
        >>> d = sublevel(path, torch.tensor([0.0, 2.0, 1.0]))
        >>> d[0].points
        tensor([[1., 2.]])
        >>> d.essential[0].points
        tensor([[0., inf]])

    Source:
        Edelsbrunner, Letscher, Zomorodian, 2002, "Topological Persistence and Simplification".
        Zomorodian, Carlsson, 2005, "Computing Persistent Homology", for fields.
    """
    return _follow(c, values, dimensions, field, engine, keep_zero, 1)


def superlevel(
    c: Complex,
    values: Values,
    dimensions: Sequence[int] | int | None = None,
    field: int = 2,
    engine: str = "auto",
    keep_zero: bool = False,
) -> Diagram:
    r"""Follow the homology of $\{f \ge t\}$ as $t$ falls: bars are born high and die low, or at $-\infty$.

    Everything is as for `sublevel` with the values turned around: with values on nodes a cell appears with its lowest
    node (upper star), cells of given values appear no later than their faces on the way down.

    Args:
        c: as for `sublevel`.
        values: $f$, as for `sublevel`.
        dimensions: as for `sublevel`.
        field: as for `sublevel`.
        engine: as for `sublevel`.
        keep_zero: as for `sublevel`.

    Raises:
        ComplexError: as `sublevel`.
        ShapeError: as `sublevel`.
    """
    return _follow(c, values, dimensions, field, engine, keep_zero, -1)


def _follow(
    c: Complex,
    values: Values,
    dimensions: Sequence[int] | int | None,
    field: int,
    engine: str,
    keep_zero: bool,
    sign: int,
) -> Diagram:
    from cochain.kernels.elimination import check_prime

    check_prime(field)
    filtration = Filtration(c, values, sign)
    wanted = checked_dimensions(dimensions, c.rank)
    killers = pairing(filtration, max(wanted, default=0), field, engine)
    finite, essential = {}, {}
    for dim in wanted:
        finite[dim], essential[dim] = bars_of(filtration, dim, killers, keep_zero)
    return Diagram(finite, essential, len(c), int(field))


def checked_dimensions(dimensions: Sequence[int] | int | None, rank: int) -> list[int]:
    """Give the dimensions asked for, ascending, each once; None stands for 0 to the rank."""
    if dimensions is None:
        return list(range(rank + 1))
    asked = dimensions if isinstance(dimensions, Sequence) else [dimensions]
    found = sorted({as_whole_number(dim, "a dimension") for dim in asked})
    if not found or found[0] < 0:
        raise ShapeError(f"dimensions should be whole numbers from 0, at least one, but are {dimensions!r}")
    return found


def pairing(filtration: Filtration, top: int, field: int, engine: str) -> list[Index]:
    """Pair the cells of ranks 0 to `top` (or to the rank of the complex).

    Args:
        filtration: cells with values.
        top: the highest dimension.
        field: the prime p.
        engine: as for `sublevel`.

    Returns:
        For each rank, for every cell the one that kills its class: -1 if nothing does, -2 if the cell bears none.

    Raises:
        UnknownNameError: for another engine.
    """
    from cochain.persistence.reduction import pair_by_cohomology, pair_by_gudhi, pair_by_homology

    engines = {"cohomology": pair_by_cohomology, "homology": pair_by_homology, "gudhi": pair_by_gudhi}
    if engine in engines:
        return engines[engine](filtration, top, field)
    if engine != "auto":
        raise unknown_name("engine", str(engine), ["auto", *engines])
    c = filtration.complex
    if top == 0 or c.rank <= 1:
        nodes = pair_nodes(filtration)
        return [nodes, unkilling(nodes, c.sizes[1])] if top and c.rank else [nodes]
    return pair_by_cohomology(filtration, top, field)


def bars_of(filtration: Filtration, dim: int, killers: list[Index], keep_zero: bool) -> tuple[Bars, Bars]:
    """Read the finite and the essential bars of one dimension from the values at the paired cells."""
    values = filtration.level(0).values
    if dim >= len(killers):
        none = Bars.none(2, values.dtype, values.device)
        return none, none
    killer, level, offsets = killers[dim], filtration.level(dim), filtration.offsets(dim)
    born, forever = np.flatnonzero(killer >= 0), np.flatnonzero(killer == SURVIVES)
    above = filtration.level(dim + 1) if dim < filtration.complex.rank else level
    ends = filtration.offsets(min(dim + 1, filtration.complex.rank))
    finite = bars_between(level, born, above, killer[born], (offsets, ends), keep_zero)
    births = level.gather(forever)
    infinite = torch.full_like(births, filtration.sign * torch.inf, requires_grad=False)
    component, pairs = _places(forever, forever, (offsets, offsets), births.device)
    pairs[:, 1] = -1
    return finite, Bars(births, infinite, component, pairs)


def bars_between(
    births: Level, born: Index, deaths: Level, kills: Index, offsets: tuple[Index, Index], keep_zero: bool = True
) -> Bars:
    """Read bars from the values of the cells that give birth and of those that kill.

    Args:
        births: values of the cells that give birth.
        born: these cells, ascending.
        deaths: values of the cells that kill.
        kills: these cells.
        offsets: where each component's cells begin, of the rank that gives birth and of the one that kills.
        keep_zero: keep bars whose two values are the same.
    """
    if not keep_zero:
        lives = births.plain(born) != deaths.plain(kills)
        born, kills = born[lives], kills[lives]
    start = births.gather(born)
    return Bars(start, deaths.gather(kills), *_places(born, kills, offsets, start.device))


def _places(
    born: Index, kills: Index, offsets: tuple[Index, Index], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the component and the two cells of every bar, numbered within the component."""
    begin, end = offsets
    component = np.repeat(np.arange(len(begin) - 1), np.diff(begin))[born]
    pairs = np.stack([born - begin[component], kills - end[component]], axis=1)
    return torch.from_numpy(component).to(device), torch.from_numpy(pairs).to(device)
