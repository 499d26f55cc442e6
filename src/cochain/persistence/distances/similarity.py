"""Kernels on diagrams, for support vector machines and Gaussian processes, and the Fisher distance."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.persistence.diagram import Diagram
from cochain.persistence.distances.ground import root
from cochain.persistence.distances.sides import Table, both_padded, pair_up

MOST_VALUES = 1 << 23
"""Values of Gaussians that are held at once."""


def scale_space_kernel(a: Diagram, b: Diagram, dim: int, sigma: float, pairs: str = "all") -> Float[Tensor, "..."]:
    r"""Compare diagrams by the heat that flows from their points while the diagonal is held at 0.

    $$k_\sigma(A, B) = \frac{1}{8 \pi \sigma} \sum_{x \in A, \, y \in B}
      e^{-\|x - y\|^2 / 8\sigma} - e^{-\|x - \bar y\|^2 / 8\sigma}, \qquad \overline{(b, d)} = (d, b)$$

    Positive definite, and stable in the 1-Wasserstein distance. Essential bars are left out.

    Args:
        a: a union of diagrams.
        b: another.
        dim: the dimension to compare.
        sigma: time of diffusion, in squared units of the filtration.
        pairs: "all" every one of a with every one of b, or "aligned" component k with component k.
    Shape:
        `(components of a, components of b)`, or `(components,)` when aligned.

    Raises:
        ShapeError: when sigma is not positive.
    Source:
        Reininghaus, Huber, Bauer, Kwitt, 2015, "A Stable Multi-Scale Kernel for Topological Machine Learning".
    """
    _check_positive("sigma", sigma)

    def heat(one: Table, other: Table) -> Tensor:
        (x, x_there), (y, y_there) = one, other
        both = x_there[:, :, None] & y_there[:, None]
        direct, mirrored = _squared(x, y), _squared(x, y.flip(dims=(2,)))
        flow = torch.where(both, (-direct / (8 * sigma)).exp() - (-mirrored / (8 * sigma)).exp(), 0.0)
        return flow.sum(dim=(1, 2)) / (8 * math.pi * sigma)

    return _blockwise(a, b, dim, pairs, heat)


def weighted_gaussian_kernel(
    a: Diagram,
    b: Diagram,
    dim: int,
    sigma: float,
    scale: float = 1.0,
    power: float = 1.0,
    pairs: str = "all",
) -> Float[Tensor, "..."]:
    r"""Compare diagrams as weighted sums of Gaussians, in which short bars weigh little.

    $$k(A, B) = \sum_{x \in A, \, y \in B} w(x) w(y) \, e^{-\|x - y\|^2 / 2\sigma^2}, \qquad
      w(b, d) = \arctan\big(C \, |d - b|^p\big)$$

    Positive definite. Essential bars are left out.

    Args:
        a: a union of diagrams.
        b: another.
        dim: the dimension to compare.
        sigma: width of the Gaussians, in the units of the filtration.
        scale: C.
        power: p.
        pairs: "all" every one of a with every one of b, or "aligned" component k with component k.
    Shape:
        `(components of a, components of b)`, or `(components,)` when aligned.

    Raises:
        ShapeError: when sigma or scale is not positive.
    Source:
        Kusano, Fukumizu, Hiraoka, 2016, "Persistence Weighted Gaussian Kernel for Topological Data Analysis".
    """
    _check_positive("sigma", sigma)
    _check_positive("scale", scale)

    def weights(points: Tensor, there: Tensor) -> Tensor:
        length = (points[..., 1] - points[..., 0]).abs()
        return torch.where(there, torch.atan(scale * length**power), 0.0)

    def weighted(one: Table, other: Table) -> Tensor:
        near = (-_squared(one[0], other[0]) / (2 * sigma**2)).exp()
        return (weights(*one)[:, None] @ near @ weights(*other)[:, :, None])[:, 0, 0]

    return _blockwise(a, b, dim, pairs, weighted)


def fisher_distance(a: Diagram, b: Diagram, dim: int, sigma: float, pairs: str = "all") -> Float[Tensor, "..."]:
    r"""Measure the angle between diagrams as smoothed probability distributions.

    $$d(A, B) = \arccos \sum_{u \in \Theta} \sqrt{\rho_A(u) \, \rho_B(u)}, \qquad
      \rho_A(u) \propto \sum_{x \in A \cup \Delta(B)} e^{-\|u - x\|^2 / 2\sigma^2}$$

    with $\Theta = A \cup \Delta(B) \cup B \cup \Delta(A)$, where $\Delta$ sends points to the nearest of the
    diagonal. From 0 to $\pi / 2$. The kernel $\exp(-t \, d)$ is positive definite for distributions on one set;
    since $\Theta$ changes with the pair, a Gram matrix may still have slightly negative eigenvalues.

    Taken as twice the arcsine of half the chord, which is exact where distributions are close. Essential bars are left
    out; two empty diagrams have the distance 0.

    Args:
        a: a union of diagrams.
        b: another.
        dim: the dimension to compare.
        sigma: width of the Gaussians, in the units of the filtration.
        pairs: "all" every one of a with every one of b, or "aligned" component k with component k.
    Shape:
        `(components of a, components of b)`, or `(components,)` when aligned.

    Raises:
        ShapeError: when sigma is not positive.
    Source:
        Le, Yamada, 2018, "Persistence Fisher Kernel: A Riemannian Manifold Kernel for Persistence Diagrams".
    """
    _check_positive("sigma", sigma)

    def angle(one: Table, other: Table) -> Tensor:
        (x, x_there), (y, y_there) = one, other
        left = torch.cat([x, y.mean(dim=2, keepdim=True).expand_as(y)], dim=1)
        right = torch.cat([x.mean(dim=2, keepdim=True).expand_as(x), y], dim=1)
        there = torch.cat([x_there, y_there], dim=1)
        places, seen = torch.cat([left, right], dim=1), torch.cat([there, there], dim=1)
        halves = [_root_density(places, seen, points, there, sigma) for points in (left, right)]
        chord = root((halves[0] - halves[1]).square().sum(dim=1), 2.0)
        return 2 * torch.asin(0.5 * chord)

    return _blockwise(a, b, dim, pairs, angle)


def _root_density(places: Tensor, seen: Tensor, points: Tensor, there: Tensor, sigma: float) -> Tensor:
    """Give the square root of a normalised sum of Gaussians around the points at some places."""
    logs = (-_squared(places, points) / (2 * sigma**2)).masked_fill(~there[:, None], -torch.inf)
    # A place outside of the diagrams has no mass; a pair of empty diagrams has none anywhere.
    log_density = torch.logsumexp(torch.where(seen.any(dim=1)[:, None, None], logs, 0.0), dim=2)
    log_density = log_density.masked_fill(~seen, -torch.inf)
    empty = ~seen.any(dim=1)[:, None]
    half = 0.5 * torch.where(empty, 0.0, log_density).log_softmax(dim=1)
    return torch.where(seen, half, 0.0).exp() * seen


def _squared(x: Float[Tensor, "pairs n 2"], y: Float[Tensor, "pairs m 2"]) -> Float[Tensor, "pairs n m"]:
    return (x[:, :, None] - y[:, None]).square().sum(dim=3)


def _blockwise(
    a: Diagram, b: Diagram, dim: int, pairs: str, compare: Callable[[Table, Table], Tensor]
) -> Float[Tensor, "..."]:
    """Compare all pairs, as many at once as memory allows."""
    chosen = pair_up(a, b, pairs, mirror=False)
    one, other = both_padded(a, b, dim)
    cost = torch.full_like(chosen.first, max((one[0].shape[1] + other[0].shape[1]) ** 2, 1))
    parts = [
        compare((one[0][block.first], one[1][block.first]), (other[0][block.second], other[1][block.second]))
        for block in chosen.blocks(cost, MOST_VALUES)
    ]
    return chosen.arrange(torch.cat([one[0].new_zeros(0), *parts]))


def _check_positive(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise ShapeError(f"{name} should be positive, but is {value!r}")
