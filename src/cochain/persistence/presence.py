"""Zigzag persistence: cells come and go, and bars follow the holes that are there in between."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ComplexError
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.extension import Pairs, cone_pairs
from cochain.persistence.filtration import Filtration, Values, given_values
from cochain.persistence.level_sets import bars_between


def zigzag(c: Complex, starts: Values, ends: Values, field: int = 2, keep_zero: bool = False) -> Diagram:
    r"""Follow the homology of a complex whose cells come and go: $K_t$ holds the cells with start $\le t <$ end.

    The complexes need not grow: a bar begins where a cell comes or goes, and ends where a cell comes or goes. A class
    is followed as long as the inclusions between neighbouring complexes carry it, in whichever direction they point.
    The bars at t number as many as the holes of $K_t$. Where ends are infinite these are sublevel sets of `starts`.

    Of what happens at one time, comings are first: a cell that goes as it comes is there for a moment.

    All comings are put first and all goings last, which changes bars in a known way only; what is then left is extended
    persistence of one complex, and is reduced as that is.

    Args:
        c: the union of all $K_t$ as one oriented complex. Each of its cells is there once, for one interval.
        starts: when each cell comes, as the values of `sublevel`: with one number per node a cell comes with its last
            node.
        ends: when each cell goes, likewise, infinite for those that stay: with one number per node a cell goes with its
            first node.
        field: the prime $p$; coefficients are in $\mathbb{Z}/p$.
        keep_zero: keep bars that end as they begin.

    Returns:
        A diagram, differentiable in starts and ends. `pairs` holds the cell that begins the bar (of rank dim if it
        comes, dim + 1 if it goes) and the one that ends it (of rank dim + 1 if it comes, dim if it goes), numbered
        within their component; bars that never end are essential.

    Raises:
        ComplexError: for a complex without orientation, a cell that comes before one of its faces, goes after one of
            them, or goes before it comes.
        ShapeError: for starts or ends that are not one number per cell, a field that is not prime.

    Example:
        >>> import cochain as cc
        >>> path = cc.Complex.graph([(0, 1)])
        >>> starts = {0: torch.zeros(2), 1: torch.tensor([1.0])}
        >>> ends = {0: torch.full((2,), 5.0), 1: torch.tensor([3.0])}
        >>> zigzag(path, starts, ends)[0].points
        tensor([[0., 1.],
                [0., 5.],
                [3., 5.]])

    Source:
        Carlsson, de Silva, 2010, "Zigzag Persistence".
        Dey, Hou, 2022, "Fast Computation of Zigzag Persistence", for comings first, goings last, and cones.
    """
    from cochain.kernels.elimination import check_prime

    check_prime(field)
    finite, never = _finite_ends(c, starts, ends)
    up, down = Filtration(c, starts), Filtration(c, finite, -1)
    _check_order(up, down)
    found: list[list[Bars]] = [[] for _ in range(c.rank + 1)]
    for dim, pairs in enumerate(cone_pairs(up, down, field)):
        for bars_dim, bars in _bars(up, down, dim, pairs):
            if bars_dim >= 0:
                found[bars_dim].append(bars if keep_zero else bars.select(bars.births != bars.deaths))
    mortal, essential = {}, {}
    for dim, parts in enumerate(found):
        mortal[dim], essential[dim] = _sorted(parts, never)
    return Diagram(mortal, essential, len(c), int(field))


def _finite_ends(c: Complex, starts: Values, ends: Values) -> tuple[dict[int, Tensor], float]:
    """Put one number above all others in the place of infinity."""
    given = given_values(c, ends)
    numbers = [v.detach()[torch.isfinite(v.detach())] for v in (*given.values(), *given_values(c, starts).values())]
    never = float(torch.cat([v.reshape(-1).double().cpu() for v in numbers] + [torch.zeros(1)]).max()) * 2 + 1
    return {rank: torch.where(v == torch.inf, torch.full_like(v, never), v) for rank, v in given.items()}, never


def _check_order(up: Filtration, down: Filtration) -> None:
    for rank, size in enumerate(up.complex.sizes):
        cells = np.arange(size)
        first, last = up.level(rank).plain(cells), down.level(rank).plain(cells)
        if (first > last).any():
            cell = int(np.argmax(first > last))
            raise ComplexError(
                f"a cell should go no earlier than it comes, but cell {cell} of rank {rank} comes at {first[cell]:g} "
                f"and goes at {last[cell]:g}; leave out cells that are never there"
            )


def _bars(up: Filtration, down: Filtration, dim: int, pairs: Pairs) -> Iterator[tuple[int, Bars]]:
    """Read the bars of one dimension of the cone, each with its own dimension."""
    above, below = min(dim + 1, up.complex.rank), max(dim - 1, 0)
    comes, goes, own = up.level(dim), down.level(dim), up.offsets(dim)
    born, kills = pairs.ordinary
    yield dim, bars_between(comes, born, up.level(above), kills, (own, up.offsets(above)))
    last, first = pairs.relative
    yield dim - 1, bars_between(goes, first, down.level(below), last, (own, up.offsets(below)))
    born, kills = pairs.extended
    whole = comes.plain(born) <= goes.plain(kills)
    yield dim, bars_between(comes, born[whole], goes, kills[whole], (own, own))
    # One goes before the other comes: what would be a hole of dimension dim, were both there, is a hole between them.
    yield dim - 1, bars_between(goes, kills[~whole], comes, born[~whole], (own, own))


def _sorted(parts: list[Bars], never: float) -> tuple[Bars, Bars]:
    """Join bars in the order of components, and tell those that end from those that do not."""
    joined = Bars(
        *(torch.cat([getattr(bars, name) for bars in parts]) for name in ("births", "deaths", "component", "pairs"))
    )
    bars = joined.select(torch.argsort(joined.component, stable=True))
    ends = bars.deaths.detach() < never
    mortal, forever = bars.select(ends), bars.select(~ends & (bars.births.detach() < never))
    infinite = torch.full_like(forever.births, torch.inf, requires_grad=False)
    pairs = torch.stack([forever.pairs[:, 0], torch.full_like(forever.pairs[:, 1], -1)], dim=1)
    return mortal, Bars(forever.births, infinite, forever.component, pairs)
