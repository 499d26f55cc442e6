"""Persistence images."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.errors import ShapeError, unknown_name
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import flat, padded_groups

MOST_MASSES = 1 << 17
"""Masses of pixels that are held at once where no gradient is wanted: few enough to stay in the processor's cache."""


def persistence_image(
    diagram: Diagram,
    dim: int,
    births: tuple[float, float],
    lifetimes: tuple[float, float],
    resolution: tuple[int, int] = (20, 20),
    bandwidth: float = 0.1,
    weight: str = "linear",
) -> Float[Tensor, "components features"]:
    r"""Draw each diagram as an image: a weighted sum of Gaussians around its points, integrated over every pixel.

    $$I_{ij} = \sum_{(b, l)} w(l) \int_{x_i}^{x_{i+1}} \! \int_{y_j}^{y_{j+1}}
      \frac{1}{2\pi\sigma^2} e^{-\frac{(x - b)^2 + (y - l)^2}{2\sigma^2}} \, dy \, dx, \qquad l = |d - b|$$

    The Gaussian is a product, so the image of all points is one product of two matrices, pixels in birth by points and
    points by pixels in lifetime. A weight that is 0 at lifetime 0 makes the image stable: it is Lipschitz in the
    1-Wasserstein distance.

    Args:
        diagram: a union of diagrams.
        dim: the dimension to draw.
        births: the range of births that the image covers.
        lifetimes: the range of lifetimes.
        resolution: pixels in birth and in lifetime.
        bandwidth: $\sigma$, in the units of the filtration.
        weight: w(l): "linear" l over the upper end of `lifetimes`, at most 1; "arctan" $\arctan(l / \sigma)$;
            "constant" 1, which is not stable.
    Shape:
        `(components, resolution[0] * resolution[1])`; reshape to `(components, *resolution)` for the image.
    Cost:
        $O(\text{bars} \cdot \text{pixels})$ multiply-adds, memory $O(\text{bars} \cdot (r_0 + r_1))$.

    Raises:
        ShapeError: for an empty range, no pixels, or a bandwidth that is not positive.
        UnknownNameError: for another weight.
    Source:
        Adams et al., 2017, "Persistence Images: A Stable Vector Representation of Persistent Homology".
    """
    _check(births, lifetimes, resolution, bandwidth)
    bars = flat(diagram, dim)
    length = (bars.points[:, 1] - bars.points[:, 0]).abs()
    weights = _weights(length, weight, lifetimes[1], bandwidth)
    total = weights.new_zeros(len(bars), *resolution)
    for members, table in padded_groups(bars):
        several = max(MOST_MASSES // (table.shape[1] * max(resolution)), 1)
        for rows, places in zip(torch.split(members, several), torch.split(table, several), strict=True):
            across = _masses(bars.points[:, 0][places], births, resolution[0], bandwidth)
            up = _masses(length[places], lifetimes, resolution[1], bandwidth)
            # A place without a bar reads the last one, and has no weight.
            there = torch.where(places >= 0, weights[places], 0.0)[:, :, None]
            total = total.index_add(0, rows, across.transpose(1, 2) @ (there * up))
    image: Tensor = total.flatten(1)
    return image


def _masses(
    centre: Float[Tensor, "components most"], span: tuple[float, float], pixels: int, bandwidth: float
) -> Float[Tensor, "components most pixels"]:
    """Give the mass of a normal distribution around each centre in each pixel of a line."""
    edges = torch.linspace(span[0], span[1], pixels + 1, dtype=torch.float64).to(centre)
    below: Tensor = torch.special.erf((edges - centre[..., None]) * (1.0 / (bandwidth * math.sqrt(2.0))))
    return 0.5 * (below[..., 1:] - below[..., :-1])


def _weights(length: Tensor, weight: str, longest: float, bandwidth: float) -> Tensor:
    if weight == "linear":
        return (length / longest).clamp(max=1.0)
    if weight == "arctan":
        return torch.atan(length / bandwidth)
    if weight == "constant":
        return torch.ones_like(length)
    raise unknown_name("weight of a persistence image", weight, ["linear", "arctan", "constant"])


def _check(
    births: tuple[float, float], lifetimes: tuple[float, float], resolution: tuple[int, int], bandwidth: float
) -> None:
    for name, (low, high) in (("births", births), ("lifetimes", lifetimes)):
        if not low < high:
            raise ShapeError(f"{name} should be a range (low, high), but is ({low}, {high})")
    if min(resolution) < 1:
        raise ShapeError(f"resolution should be at least 1 by 1 pixels, but is {tuple(resolution)}")
    if not bandwidth > 0:
        raise ShapeError(f"bandwidth should be positive, but is {bandwidth!r}")


class PersistenceImage(nn.Module):
    """`persistence_image` as a module.

    Args:
        dim: the dimension to draw.
        births: the range of births that the image covers.
        lifetimes: the range of lifetimes.
        resolution: pixels in birth and in lifetime.
        bandwidth: of the Gaussians, in the units of the filtration.
        weight: linear, arctan or constant.
    """

    def __init__(
        self,
        dim: int,
        births: tuple[float, float],
        lifetimes: tuple[float, float],
        resolution: tuple[int, int] = (20, 20),
        bandwidth: float = 0.1,
        weight: str = "linear",
    ) -> None:
        super().__init__()
        _check(births, lifetimes, resolution, bandwidth)
        self.dim, self.births, self.lifetimes = dim, births, lifetimes
        self.resolution, self.bandwidth, self.weight = resolution, bandwidth, weight
        self.out_channels = resolution[0] * resolution[1]

    def forward(self, diagram: Diagram) -> Float[Tensor, "components features"]:
        """Draw every component."""
        return persistence_image(
            diagram, self.dim, self.births, self.lifetimes, self.resolution, self.bandwidth, self.weight
        )
