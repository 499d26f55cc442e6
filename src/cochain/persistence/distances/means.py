"""The Fréchet mean of diagrams, and their variance."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.diagram import Bars, Diagram
from cochain.persistence.distances.sides import Pairs
from cochain.persistence.distances.wasserstein import Matching, match, matched_powers
from cochain.persistence.points import Flat, flat


class Mean(NamedTuple):
    """A mean of diagrams."""

    diagram: Diagram
    """The mean: one component, one dimension."""
    variance: Float[Tensor, ""]
    """The mean of the squared 2-Wasserstein distances from it."""
    rounds: int
    """Matchings that were made."""
    settled: bool
    """Whether the last matching changed nothing."""


def frechet_mean(diagrams: Diagram, dim: int, start: int | None = None, rounds: int = 100) -> Mean:
    r"""Find a diagram that is a local minimum of the mean squared distance from the components of a union.

    $$\bar D = \arg\min_D \frac{1}{N} \sum_{i=1}^N W_2(D, D_i)^2$$

    with the Euclidean norm on the plane. In turn, all components are matched with the mean, and every point of the mean
    moves to the best place for the points matched with it: with k partners of mean $\mu$ among N components, to
    $\frac{k}{N} \mu + \frac{N - k}{N} \mu_\Delta$, where $\mu_\Delta$ is the point of the diagonal nearest to
    $\mu$. A point of a component that is matched with the diagonal founds a new point of the mean in the same way. Each
    round lowers the variance, so the rounds end. Means are not unique: the minimum depends on where it starts.

    The final matching is a set of integers and the mean is gathered through it, so gradients flow to the components.

    Args:
        diagrams: a union of diagrams; essential bars are left out.
        dim: the dimension to average.
        start: the component to begin with; by default the one with the most bars.
        rounds: at most.
    Cost:
        N matchings per round.

    Raises:
        ShapeError: when the union has no components, or no such start.
    Source:
        Turner, Mileyko, Mukherjee, Harer, 2014, "Fréchet Means for Distributions of Persistence Diagrams".
    """
    bars = flat(diagrams, dim)
    count = len(bars)
    if count == 0 or not 0 <= (start or 0) < count:
        raise ShapeError(f"start should be a component of a union that is not empty, but is {start} of {count}")
    chosen = int(bars.counts.argmax()) if start is None else start
    mean = bars.points.detach()[bars.component == chosen]
    every = torch.arange(count, device=mean.device)
    pairs = Pairs(torch.zeros_like(every), every, (count,), False)
    grouped, settled, done = _founding(bars, chosen), False, 0
    while done < rounds and not settled:
        found = match(_one(mean), bars, pairs, 2.0, 2.0)
        following = _groups(found, len(mean))
        settled = done > 0 and _same(grouped, following)
        grouped, done = following, done + 1
        mean, grouped = _moved(bars.points.detach(), grouped, count)
    points, _ = _moved(bars.points, grouped, count)
    return Mean(_diagram(points, dim, diagrams.field), _variance(points, bars, pairs), done, settled)


def _one(points: Tensor) -> Flat:
    component = torch.zeros(len(points), dtype=torch.int64, device=points.device)
    return Flat(points, component, torch.tensor([0, len(points)], device=points.device))


def _founding(bars: Flat, chosen: int) -> tuple[Tensor, Tensor]:
    position = torch.nonzero(bars.component == chosen)[:, 0]
    return torch.arange(len(position), device=position.device), position


def _groups(found: Matching, points: int) -> tuple[Tensor, Tensor]:
    """Say for every bar of the components which point of the mean it belongs to: (point, bar), sorted by bar."""
    _, here, there = found.met
    _, lonely = found.others_alone
    group = torch.cat([here, points + torch.arange(len(lonely), device=here.device)])
    bar = torch.cat([there, lonely])
    order = bar.argsort()
    return group[order], bar[order]


def _same(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> bool:
    """Say whether two groupings put the same bars together."""
    return all(a.shape == b.shape and bool((a == b).all()) for a, b in zip(one, other, strict=True))


def _moved(points: Tensor, groups: tuple[Tensor, Tensor], count: int) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Give every group its best place, and number the groups that have members from 0."""
    group, bar = groups
    _, group = torch.unique(group, return_inverse=True)
    size = int(group.max()) + 1 if len(group) else 0
    partners = torch.bincount(group, minlength=size).to(points.dtype)[:, None]
    mean = points.new_zeros(size, 2).index_add(0, group, points[bar]) / partners
    diagonal = mean.mean(dim=1, keepdim=True)
    return diagonal + (mean - diagonal) * (partners / count), (group, bar)


def _variance(points: Tensor, bars: Flat, pairs: Pairs) -> Float[Tensor, ""]:
    return matched_powers(_one(points), bars, pairs, 2.0, 2.0).mean()


def _diagram(points: Tensor, dim: int, field: int) -> Diagram:
    nowhere = torch.full((len(points), 2), -1, dtype=torch.int64, device=points.device)
    component = torch.zeros(len(points), dtype=torch.int64, device=points.device)
    bars = Bars(points[:, 0], points[:, 1], component, nowhere)
    return Diagram({dim: bars}, {dim: bars.select(component > 0)}, 1, field)
