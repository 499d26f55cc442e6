"""The entropic Wasserstein distance: a smoothed matching, found by alternating scalings."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.diagram import Diagram
from cochain.persistence.distances.ground import alone_power, check_order, norm_power, read_ground
from cochain.persistence.distances.sides import Table, both_padded, essential_gaps, pair_up

MOST_COSTS = 1 << 23
"""Entries of the cost matrices that are held at once."""
INNER = 20
"""Scalings without logarithms between two with."""


def entropic_wasserstein(
    a: Diagram,
    b: Diagram,
    dim: int,
    epsilon: float,
    order: float = 2.0,
    ground: str | float = 2.0,
    pairs: str = "aligned",
    iterations: int = 500,
    tolerance: float = 1e-6,
) -> Float[Tensor, "..."]:
    r"""Give the cost of the cheapest matching of diagrams, smoothed by entropy: a power of a distance, not its root.

    $$W_\epsilon(A, B) = \min_{P \in \Pi(\alpha, \beta)} \langle P, C \rangle
      + \epsilon \, KL\Big(P \,\Big|\, \frac{\alpha \beta^T}{n + m}\Big), \qquad
      \alpha = (1, \ldots, 1, m), \quad \beta = (1, \ldots, 1, n)$$

    where C holds the powers $\|x_i - y_j\|_q^p$ and, in its last row and column, those of the distances to the
    diagonal, a reservoir that takes any number of points. The value falls to $W_p^p$ as $\epsilon$ does. Scalings are
    made in the logarithmic domain, on all pairs at once.

    Smooth in the points: the gradient is $\sum_{ij} P_{ij} \nabla C_{ij}$, exact once the iterations have converged.

    Args:
        a: a union of diagrams.
        b: another; one component is compared with every one of a.
        dim: the dimension to compare.
        epsilon: $\epsilon$, in the units of the costs (filtration values to the power `order`).
        order: $p$.
        ground: $q$, from 1, or "inf".
        pairs: "aligned" compares component k with component k, "all" every one of a with every one of b.
        iterations: scalings of rows and columns at most.
        tolerance: stop when the mass of every row is within this of what it should be.
    Shape:
        `(components,)`, or `(components of a, components of b)` for all pairs.
    Cost:
        $O(nm)$ per iteration and pair, and as much memory.
    Differs from the paper:
        the entropy is relative to the product of the masses, so that the value is never below the exact one; essential
        classes, which it leaves out, are matched exactly by their births, and are infinitely far apart where their
        numbers differ.

    Raises:
        ShapeError: for an epsilon that is not positive, an order or ground below 1, or unions that cannot be aligned.
    Source:
        Lacombe, Cuturi, Oudot, 2018, "Large Scale Computation of Means and Clusters for Persistence Diagrams Using
        Optimal Transport".
    """
    check_order(order)
    if not 0 < epsilon < math.inf:
        raise ShapeError(f"epsilon should be positive, but is {epsilon!r}; wasserstein is the limit at 0")
    norm = read_ground(ground)
    chosen = pair_up(a, b, pairs, mirror=False)
    one, other = both_padded(a, b, dim)
    gaps, owner, apart = essential_gaps(a, b, dim, chosen)
    cost = torch.full_like(chosen.first, (one[0].shape[1] + 1) * (other[0].shape[1] + 1))
    parts = [
        _smoothed(
            *_sides(one, block.first), *_sides(other, block.second), (epsilon, order, norm), iterations, tolerance
        )
        for block in chosen.blocks(cost, MOST_COSTS)
    ]
    total = torch.cat([one[0].new_zeros(0), *parts])
    return chosen.arrange(total.index_add(0, owner, gaps.to(total).pow(order)).index_fill(0, apart, torch.inf))


def _sides(padded: Table, which: Tensor) -> Table:
    return padded[0][which], padded[1][which]


def _smoothed(
    x: Float[Tensor, "pairs n 2"],
    x_mask: Bool[Tensor, "pairs n"],
    y: Float[Tensor, "pairs m 2"],
    y_mask: Bool[Tensor, "pairs m"],
    how: tuple[float, float, float],
    iterations: int,
    tolerance: float,
) -> Float[Tensor, "pairs"]:
    epsilon, order, ground = how
    cost = _costs(x, y, order, ground)
    log_rows, log_columns = _log_masses(x_mask, y_mask, cost), _log_masses(y_mask, x_mask, cost)
    total = (x_mask.sum(1) + y_mask.sum(1)).clamp(min=1).to(cost.dtype)
    with torch.no_grad():
        prior = log_rows[:, :, None] + log_columns[:, None, :] - total.log()[:, None, None]
        log_ratio = _scale(prior, cost.detach() / epsilon, log_rows, log_columns, iterations, tolerance)
        plan = (prior + log_ratio).exp()
        entropy = torch.where(plan > 0, plan * log_ratio, 0.0).sum(dim=(1, 2))
    return (plan * cost).sum(dim=(1, 2)) + epsilon * entropy


def _costs(x: Tensor, y: Tensor, order: float, ground: float) -> Tensor:
    inner = norm_power(x[:, :, None] - y[:, None], ground, order)
    corner = inner.new_zeros(len(inner), 1, 1)
    right = torch.cat([alone_power(x, ground, order)[:, :, None], corner], dim=1)
    below = alone_power(y, ground, order)[:, None]
    return torch.cat([torch.cat([inner, below], dim=1), right], dim=2)


def _log_masses(mask: Tensor, other: Tensor, like: Tensor) -> Tensor:
    """Give the logarithm of 1 for every point and of the number of points on the other side for the diagonal."""
    points = like.new_zeros(mask.shape).masked_fill(~mask, -torch.inf)
    return torch.cat([points, other.sum(dim=1, keepdim=True).to(like.dtype).log()], dim=1)


def _scale(
    prior: Tensor, scaled: Tensor, log_rows: Tensor, log_columns: Tensor, iterations: int, tolerance: float
) -> Tensor:
    """Alternate between the masses of rows and of columns; give the logarithm of the plan over the prior."""
    f = torch.zeros_like(log_rows)
    g = torch.zeros_like(log_columns)
    base = prior - scaled
    for _ in range(0, iterations, INNER + 1):
        g = _masked(log_columns, -torch.logsumexp(base + f[:, :, None], dim=1))
        f = _masked(log_rows, -torch.logsumexp(base + g[:, None, :], dim=2))
        plan = (base + f[:, :, None] + g[:, None, :]).exp()
        # Rows are right now; when the columns are too, the plan is.
        error = (plan.sum(dim=1) - log_columns.exp()).abs()
        if float(error.amax() if error.numel() else 0.0) <= tolerance:
            break
        u, v = _scale_plan(plan, log_rows.exp(), log_columns.exp())
        f, g = f + u.log(), g + v.log()
    return f[:, :, None] + g[:, None, :] - scaled


def _scale_plan(plan: Tensor, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """Scale a plan that is near its masses some times by products alone, which is much faster than by logarithms."""
    least = torch.finfo(plan.dtype).tiny ** 0.5
    u = torch.ones_like(rows)
    v = torch.ones_like(columns)
    for _ in range(INNER):
        v = torch.where(columns > 0, columns / (u[:, None] @ plan)[:, 0].clamp(min=least), 1.0)
        u = torch.where(rows > 0, rows / (plan @ v[:, :, None])[:, :, 0].clamp(min=least), 1.0)
    return u, v


def _masked(log_mass: Tensor, value: Tensor) -> Tensor:
    """Scale to the mass; places without any keep 0."""
    return torch.where(log_mass > -torch.inf, log_mass + value, 0.0)
