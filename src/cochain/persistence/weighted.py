"""Points that are born late: weights of the weighted Vietoris-Rips filtration, and weights against outliers."""

import math

import numpy as np
import torch
from jaxtyping import Float, Num
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ShapeError
from cochain.persistence.clouds import Clouds, Index, Matrices, read_clouds
from cochain.persistence.lengths import lengths_of
from cochain.persistence.rips_bars import Gathered


def distance_to_measure(
    points: Complex | Num[Tensor, "..."] | list[Tensor] | tuple[Tensor, ...], neighbors: int, power: float = 2.0
) -> Float[Tensor, "points"]:
    r"""Measure how far each point is from its nearest neighbours, itself the first of them.

    $$d_k(x) = \Big( \frac{1}{k} \sum_{i=1}^{k} \|x - x_{(i)}\|^q \Big)^{1/q}$$

    Points alone far out get large values, and as `weights` of `rips` are born late. Differentiable in all points.

    Args:
        points: a cloud (points, dimensions), a batch, a list of clouds, or a complex with positions.
        neighbors: $k$, at least 1; a cloud of fewer points uses all of them.
        power: $q \ge 1$.

    Returns:
        One number for each point of all clouds, in the unit of the positions.

    Raises:
        ShapeError: when an argument is out of its range; as `rips` for positions.

    Source:
        Chazal, Cohen-Steiner, Merigot, 2011, "Geometric inference for probability measures".
    """
    from scipy.spatial import cKDTree

    if as_whole_number(neighbors, "neighbors") < 1:
        raise ShapeError(f"neighbors should be at least 1, the point itself, but are {neighbors}")
    _check_power(power, finite=True)
    clouds = read_clouds(points)
    table = clouds.points.detach().cpu().double().numpy()
    first, second, count = [], [], []
    for begin, end in zip(clouds.offsets[:-1], clouds.offsets[1:], strict=True):
        width = min(neighbors, int(end - begin))
        if width:
            near = cKDTree(table[begin:end]).query(table[begin:end], k=np.arange(1, width + 1))[1]
            first.append(np.repeat(np.arange(begin, end), width))
            second.append(near.reshape(-1) + begin)
        count.append(np.full(end - begin, width))
    none = np.zeros(0, np.int64)
    ends = torch.from_numpy(np.column_stack([np.concatenate([none, *first]), np.concatenate([none, *second])]))
    ends = ends.to(clouds.points.device)
    shares = torch.from_numpy(np.concatenate([none, *count])).to(clouds.points)
    sums = torch.zeros_like(shares).index_add(0, ends[:, 0], lengths_of(clouds.points, ends) ** power)
    return _root(sums / shares, power)


def _root(x: Tensor, power: float) -> Tensor:
    """Take a root whose gradient at 0 is 0."""
    some = x > 0
    return torch.where(some, torch.where(some, x, 1) ** (1 / power), 0)


def _check_power(power: float, finite: bool = False) -> None:
    if (
        isinstance(power, bool)
        or not isinstance(power, int | float)
        or not power >= 1
        or (finite and power == math.inf)
    ):
        raise ShapeError(f"power should be a number >= 1, but is {power!r:.60}")


def read_weights(weights: Tensor, given: Clouds | Matrices, power: float) -> Tensor:
    """Give one weight >= 0 for each point of all clouds, in the type of their values."""
    _check_power(power)
    values = given.points if isinstance(given, Clouds) else given.flat
    count = int(given.offsets[-1])
    flat = weights.reshape(-1).to(values)
    if len(flat) != count:
        raise ShapeError(
            f"weights should be {count} numbers, one for each point of all clouds, but have shape "
            f"{tuple(weights.shape)}"
        )
    wrong = torch.nonzero(~((flat >= 0) & flat.isfinite()))
    if len(wrong):
        raise ShapeError(
            f"weights should be finite and at least 0, but weight {int(wrong[0])} is {flat[wrong[0, 0]]:g}"
        )
    return flat


class Weighted(Gathered):
    """Values of a weighted filtration: points at twice their weight, edges when the balls around their ends meet."""

    def __init__(self, given: Clouds | Matrices, weights: Tensor, power: float) -> None:
        super().__init__(given)
        self.weights = weights
        self.power = power

    def edges(self, cloud: Index, ends: Index) -> Tensor:
        """Give the values of edges, their ends counted within the cloud."""
        apart = super().edges(cloud, ends)
        places = torch.from_numpy(ends + self.given.offsets[cloud, None]).to(apart.device)
        return meeting(apart, self.weights[places[:, 0]], self.weights[places[:, 1]], self.power)

    def vertices(self, cloud: Index, vertex: Index) -> Tensor:
        """Give the births of points, counted within their cloud."""
        places = torch.from_numpy(vertex + self.given.offsets[cloud]).to(self.weights.device)
        return 2 * self.weights[places]

    def matrices(self) -> Matrices:
        """Give the values of all pairs, without gradients, and the births."""
        plain = Gathered(self.given)
        parts = []
        weights = self.weights.detach().cpu().double()
        for k, (begin, end) in enumerate(zip(self.given.offsets[:-1], self.given.offsets[1:], strict=True)):
            size = int(end - begin)
            ends = np.stack(np.triu_indices(size, 1), axis=1)
            with torch.no_grad():
                apart = plain.edges(np.full(len(ends), k), ends).cpu().double()
            own = weights[begin:end]
            matrix = torch.zeros(size, size, dtype=torch.float64)
            matrix[ends[:, 0], ends[:, 1]] = meeting(apart, own[ends[:, 0]], own[ends[:, 1]], self.power)
            parts.append(matrix.reshape(-1))
        return Matrices(torch.cat(parts), self.given.offsets, 2 * weights)


def weighted_lengths(given: Clouds | Matrices, weights: Tensor, power: float) -> Weighted:
    """Give the values of the weighted filtration of clouds."""
    return Weighted(given, weights, power)


def meeting(apart: Tensor, f: Tensor, g: Tensor, power: float) -> Tensor:
    r"""Give twice the least $s$ at which balls of radius $(s^q - f^q)^{1/q}$ and $(s^q - g^q)^{1/q}$ meet.

    $s$ is at least both weights. For $q = 1$ it is $(d + f + g) / 2$, for $q = 2$
    $\sqrt{((f + g)^2 + d^2)((f - g)^2 + d^2)} / 2d$, for $q = \infty$ the largest of $d / 2$, f and g; for other $q$
    it is found by Newton's steps, the last of which carries the gradient.
    """
    later = torch.maximum(f, g)
    if power == math.inf:
        return torch.maximum(apart, 2 * later)
    if power == 1:
        return torch.where(apart >= (f - g).abs(), apart + f + g, 2 * later)
    reach = (later**power - torch.minimum(f, g) ** power).clamp(min=0)
    inside = apart**power <= reach  # one ball has the other's centre before that is born
    safe = torch.where(inside, torch.ones_like(apart), apart)
    if power == 2:
        products = ((f + g) ** 2 + safe**2) * ((f - g) ** 2 + safe**2)
        return torch.where(inside, 2 * later, products.sqrt() / safe)
    return torch.where(inside, 2 * later, 2 * _meet(safe, torch.where(inside, 0, f), torch.where(inside, 0, g), power))


def _meet(apart: Tensor, f: Tensor, g: Tensor, power: float) -> Tensor:
    """Solve for the time at which the radii add up to the distance: bisection, then a Newton step with its gradient."""
    with torch.no_grad():
        low, high = torch.maximum(f, g), torch.maximum(f, g) + apart
        for _ in range(60):
            middle = (low + high) / 2
            short = _radius(middle, f, power) + _radius(middle, g, power) < apart
            low, high = torch.where(short, middle, low), torch.where(short, high, middle)
    s = high.detach().requires_grad_()
    with torch.enable_grad():
        reach = (_radius(s, f.detach(), power) + _radius(s, g.detach(), power)).sum()
        slope = torch.autograd.grad(reach, s)[0]
    s = s.detach()
    return s - (_radius(s, f, power) + _radius(s, g, power) - apart) / slope


def _radius(s: Tensor, f: Tensor, power: float) -> Tensor:
    return _root((s**power - f**power).clamp(min=0), power)
