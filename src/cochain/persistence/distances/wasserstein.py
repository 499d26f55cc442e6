"""The Wasserstein distance between diagrams, exact for every order and every ground norm."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cochain.persistence.diagram import Diagram
from cochain.persistence.distances.ground import alone_power, check_order, norm_power, read_ground, root
from cochain.persistence.distances.sides import Pairs, arrays, both_flat, essential_gaps, host, members, pair_up
from cochain.persistence.points import Flat

MOST_PARTNERS = 1 << 22
"""Partners that are held at once where no gradient is wanted."""


def wasserstein(
    a: Diagram, b: Diagram, dim: int, order: float = 1.0, ground: str | float = "inf", pairs: str = "aligned"
) -> Float[Tensor, "..."]:
    r"""Measure how far diagrams are apart by the cheapest matching of their points.

    $$W_p(A, B) = \Big(\min_\gamma \sum_{x \in A \cup \Delta} \|x - \gamma(x)\|_q^p\Big)^{1/p}$$

    where $\gamma$ matches every point with one of the other diagram or with the nearest of the diagonal $\Delta$.
    Essential classes are matched by their births; where their numbers differ, the distance is infinite.

    The matching is a set of integers, and the distance is gathered from the points through it: gradients flow to births
    and deaths of both, and are those of the matching that was found where several are cheapest. Matched points that
    coincide have the gradient 0.

    Args:
        a: a union of diagrams.
        b: another; one component is compared with every one of a.
        dim: the dimension to compare.
        order: $p$, from 1.
        ground: $q$, from 1, or "inf" for the maximum norm.
        pairs: "aligned" compares component k with component k, "all" every one of a with every one of b.
    Shape:
        `(components,)`, or `(components of a, components of b)` for all pairs.
    Cost:
        $O(n^2 m)$ at worst for the n points of the smaller diagram and the m of the larger; memory $O(n + m)$ per pair.

    Raises:
        ShapeError: for an order or ground below 1, or unions that cannot be aligned.
    Source:
        Cohen-Steiner, Edelsbrunner, Harer, Mileyko, 2010, "Lipschitz Functions Have L_p-Stable Persistence".
    """
    check_order(order)
    norm = read_ground(ground)
    chosen = pair_up(a, b, pairs)
    one, other = both_flat(a, b, dim)
    gaps, owner, apart = essential_gaps(a, b, dim, chosen)
    blocks = chosen.blocks((one.counts[chosen.first] + other.counts[chosen.second]).clamp(min=1), MOST_PARTNERS)
    total = torch.cat([one.points.new_zeros(0), *(matched_powers(one, other, block, order, norm) for block in blocks)])
    total = total.index_add(0, owner, gaps.to(total).pow(order))
    return chosen.arrange(root(total, order).index_fill(0, apart, torch.inf))


@dataclass(frozen=True)
class Matching:
    """Who is matched with whom in many pairs of diagrams; each part is `(pair, positions...)`, one row each."""

    met: tuple[Int[Tensor, "met"], Int[Tensor, "met"], Int[Tensor, "met"]]
    """The pair, the point of the first diagram and that of the second."""
    alone: tuple[Int[Tensor, "alone"], Int[Tensor, "alone"]]
    """The pair and the point of the first diagram, for those matched with the diagonal."""
    others_alone: tuple[Int[Tensor, "others"], Int[Tensor, "others"]]
    """The same of the second diagram."""


def match(one: Flat, other: Flat, pairs: Pairs, order: float, ground: float) -> Matching:
    """Match the points of every pair of diagrams at the least sum of powers of distances."""
    from cochain.kernels.assignment import match_points

    found, _ = match_points(*arrays(one), *arrays(other), *host(pairs), order, ground)
    place = torch.from_numpy(found).to(one.points.device)
    owner, position, _ = members(one, pairs.first)
    others_owner, others_position, others_begin = members(other, pairs.second)
    free = torch.ones_like(others_owner, dtype=torch.bool)
    met = place >= 0
    partner = others_begin[owner[met]] + place[met]
    free[partner] = False
    return Matching(
        (owner[met], position[met], others_position[partner]),
        (owner[~met], position[~met]),
        (others_owner[free], others_position[free]),
    )


def matched_powers(one: Flat, other: Flat, pairs: Pairs, order: float, ground: float) -> Float[Tensor, "pairs"]:
    """Give the least sum of powers of each pair as a function of the points."""
    found = match(one, other, pairs, order, ground)
    owner, here, there = found.met
    total = one.points.new_zeros(len(pairs))
    total = total.index_add(0, owner, norm_power(one.points[here] - other.points[there], ground, order))
    for bars, (owner, where) in ((one, found.alone), (other, found.others_alone)):
        total = total.index_add(0, owner, alone_power(bars.points[where], ground, order))
    return total
