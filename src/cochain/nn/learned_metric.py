"""A function of distances that learns and stays a metric."""

import math
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import softplus


class LearnedMetric(nn.Module):
    r"""Bend distances by a learned function that is 0 at 0, never falls and is concave.

    $$f(t) = t_J^{1 + p}, \qquad t_j = B_j \big(\psi_j(A_j t_{j-1}) \, c_j\big), \qquad t_0 = t, \qquad
      \psi_j(s) = \big(1 - e^{-a s},\ s^b,\ \log(1 + s)^d\big)$$

    with nonnegative A, B and c, a > 0 and b, d in (0, 1): nonnegative sums and compositions of concave functions that
    do not fall and are 0 at 0 are such functions again, and for these f(s + t) <= f(s) + f(t), so $f(\lVert u - v
    \rVert)$ is a metric as long as p = 0. A snowflake, $f(t) = t^b$, is among them. With `quasi`, p >= 0 is learned and
    the triangle inequality holds up to a factor $2^p$.

    Args:
        width: of the matrices.
        depth: J.
        quasi: whether to learn p.
    Shape:
        any shape of distances >= 0 -> the same; the gradient at 0 is 0.
    Source:
        Saez de Ocariz Borde, Kratsios, 2024, "Neural Snowflakes: Universal Latent Graph Inference via Trainable Latent
        Geometries".
    """

    def __init__(self, width: int = 8, depth: int = 2, quasi: bool = False) -> None:
        super().__init__()
        widths = [1, *[width] * (depth - 1), 1]
        around = [(before, width, after) for before, after in pairwise(widths)]
        # softplus of these numbers is about 1 / columns, so that sums of columns keep the scale
        self.inner = nn.ParameterList(_about(1 / before, inside, before) for before, inside, _ in around)
        self.outer = nn.ParameterList(_about(1 / inside, after, inside) for _, inside, after in around)
        self.mix = nn.ParameterList(_about(1 / 3, 3) for _ in around)
        self.bend = nn.ParameterList(nn.Parameter(torch.zeros(3)) for _ in around)
        self.power = nn.Parameter(torch.tensor(-2.0)) if quasi else None

    def forward(self, t: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Give f of every distance."""
        apart = t > 0
        s = torch.where(apart, t, 1.0).reshape(-1, 1)  # powers have no finite slope at 0
        for inner, outer, mix, bend in zip(self.inner, self.outer, self.mix, self.bend, strict=True):
            s = s @ softplus(inner).T
            rate, (power, other) = softplus(bend[0]), torch.sigmoid(bend[1:])
            blocks = torch.stack([-torch.expm1(-rate * s), s**power, torch.log1p(s) ** other], dim=-1)
            s = (blocks @ softplus(mix)) @ softplus(outer).T
        if self.power is not None:
            s = s ** (1 + softplus(self.power))
        return torch.where(apart, s.reshape(t.shape), 0.0)


def _about(value: float, *shape: int) -> nn.Parameter:
    """Draw numbers whose softplus is near a value."""
    return nn.Parameter(torch.full(shape, math.log(math.expm1(value))) + 0.3 * torch.randn(shape))
