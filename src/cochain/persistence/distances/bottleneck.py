"""The bottleneck distance between diagrams, exact."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from cochain.persistence.diagram import Diagram
from cochain.persistence.distances.ground import alone_power, norm_power
from cochain.persistence.distances.sides import Pairs, arrays, both_flat, essential_gaps, host, pair_up
from cochain.persistence.points import Flat


def bottleneck(a: Diagram, b: Diagram, dim: int, pairs: str = "aligned") -> Float[Tensor, "..."]:
    r"""Measure how far diagrams are apart by the matching whose longest step is shortest.

    $$d_B(A, B) = \min_\gamma \max_{x \in A \cup \Delta} \|x - \gamma(x)\|_\infty$$

    where $\gamma$ matches every point with one of the other diagram or with the nearest of the diagonal $\Delta$.
    Essential classes are matched by their births; where their numbers differ, the distance is infinite.

    The value is gathered from the one step that decides it, so gradients flow to its two points and to no others; where
    several steps are as long, to those of one of them (the first found).

    Args:
        a: a union of diagrams.
        b: another; one component is compared with every one of a.
        dim: the dimension to compare.
        pairs: "aligned" compares component k with component k, "all" every one of a with every one of b.
    Shape:
        `(components,)`, or `(components of a, components of b)` for all pairs.
    Cost:
        About $O(k m)$ for the k of m points that lie farther from the diagonal than the distance, $O(k^2 m)$ at worst;
        memory $O(m)$.

    Raises:
        ShapeError: for unions that cannot be aligned, or a dimension that was not computed.
    Source:
        Cohen-Steiner, Edelsbrunner, Harer, 2007, "Stability of Persistence Diagrams"; Mendelsohn, Dulmage, 1958, "Some
        Generalizations of the Problem of Distinct Representatives", for the two halves of the search.
    """
    chosen = pair_up(a, b, pairs)
    found = _lengths(*both_flat(a, b, dim), chosen)
    gaps, owner, apart = essential_gaps(a, b, dim, chosen)
    # amax sends the gradient to all that are largest, in equal parts; an essential class seldom ties with a finite one.
    found = found.scatter_reduce(0, owner, gaps.to(found), "amax")
    return chosen.arrange(found.index_fill(0, apart, torch.inf))


def _lengths(one: Flat, other: Flat, pairs: Pairs) -> Float[Tensor, "pairs"]:
    """Give the length of the deciding step of every pair, as a function of its points."""
    here, there = _steps(one, other, pairs)
    met, alone, others_alone = (here >= 0) & (there >= 0), (here >= 0) & (there < 0), (here < 0) & (there >= 0)
    lengths = one.points.new_zeros(len(pairs))
    step = norm_power(one.points[here[met]] - other.points[there[met]], math.inf, 1.0)
    lengths = lengths.index_put((torch.nonzero(met)[:, 0],), step)
    for bars, where, which in ((one, here, alone), (other, there, others_alone)):
        depth = alone_power(bars.points[where[which]], math.inf, 1.0)
        lengths = lengths.index_put((torch.nonzero(which)[:, 0],), depth)
    return lengths


def _steps(one: Flat, other: Flat, pairs: Pairs) -> tuple[Tensor, Tensor]:
    """Find the points that the deciding step joins, as positions among all bars; -1 for the diagonal."""
    from cochain.kernels.bottleneck import bottleneck_steps

    (points, bounds), (others, other_bounds) = arrays(one), arrays(other)
    both = np.concatenate([points, others])
    # The births of connected components of a cloud are all 0: search along what is spread.
    axis = int(both[:, 1].std() > both[:, 0].std()) if len(both) else 0
    order = np.lexsort((points[:, axis], one.component.cpu().numpy()))
    other_order = np.lexsort((others[:, axis], other.component.cpu().numpy()))
    first, second = host(pairs)
    steps = bottleneck_steps(points[order], bounds, others[other_order], other_bounds, first, second, axis)
    here = _positions(order, bounds[first], steps[:, 0])
    there = _positions(other_order, other_bounds[second], steps[:, 1])
    device = one.points.device
    return torch.from_numpy(here).to(device), torch.from_numpy(there).to(device)


def _positions(order: np.ndarray, begin: np.ndarray, place: np.ndarray) -> np.ndarray:
    found = np.full(len(place), -1, np.int64)
    inside = place >= 0
    found[inside] = order[begin[inside] + place[inside]]
    return found
