"""A diagram as the complex polynomial whose roots are its points."""

import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError, unknown_name
from cochain.persistence.diagram import Diagram
from cochain.persistence.points import flat, padded_groups


def complex_polynomial(
    diagram: Diagram, dim: int, degree: int = 10, roots: str = "turned"
) -> Float[Tensor, "components features"]:
    r"""Give the first coefficients, after the leading one, of the polynomial whose roots are the points.

    $$\prod_{(b, d)} (z - r(b, d)) = z^n + c_1 z^{n-1} + c_2 z^{n-2} + \ldots$$

    with "plain" $r = b + id$; "spiral" $r = \frac{d - b}{\sqrt 2 \, |b + id|} (b + id)$; "turned"
    $r = \frac{d - b}{2} \big(\cos|b + id| - \sin|b + id| + i (\cos|b + id| + \sin|b + id|)\big)$. The last two send the
    diagonal to 0, so that short bars hardly change the coefficients. Products are taken pairwise, in as many rounds as
    the logarithm of the number of bars.

    Args:
        diagram: a union of diagrams.
        dim: the dimension to read.
        degree: how many coefficients; beyond the number of bars they are 0.
        roots: plain, spiral or turned.
    Shape:
        `(components, 2 * degree)`: real parts, then imaginary parts.
    Cost:
        O(bars * degree^2).

    Raises:
        ShapeError: for a degree below 1.
        UnknownNameError: for other roots.
    Source:
        Di Fabio, Ferri, 2015, "Comparing Persistence Diagrams Through Complex Vectors".
    """
    if degree < 1:
        raise ShapeError(f"degree should be at least 1, but is {degree}")
    bars = flat(diagram, dim)
    real, imaginary = _roots(bars.points, roots)
    total = bars.points.new_zeros(len(bars), 2 * degree)
    for members, table in padded_groups(bars):
        # A root at 0 changes no coefficient: it stands where there is no bar.
        there = table >= 0
        product = _product(torch.where(there, real[table], 0.0), torch.where(there, imaginary[table], 0.0), degree)
        total = total.index_add(0, members, product)
    return total


def _roots(points: Tensor, kind: str) -> tuple[Tensor, Tensor]:
    births, deaths = points.unbind(dim=1)
    if kind == "plain":
        return births, deaths
    squared = births.square() + deaths.square()
    size = torch.where(squared > 0, torch.where(squared > 0, squared, 1.0).sqrt(), 0.0)
    if kind == "spiral":
        factor = (deaths - births) / (2**0.5 * torch.where(size > 0, size, 1.0))
        return factor * births, factor * deaths
    if kind == "turned":
        half = 0.5 * (deaths - births)
        return half * (size.cos() - size.sin()), half * (size.cos() + size.sin())
    raise unknown_name("choice of roots", kind, ["plain", "spiral", "turned"])


def _product(real: Tensor, imaginary: Tensor, degree: int) -> Float[Tensor, "group features"]:
    """Multiply the factors (1 - r w) of every row, up to the power `degree` of w: tables (group, factors)."""
    powers = real.new_zeros(*real.shape, degree + 1)
    powers[:, :, 0] = 1.0
    one, other = powers, torch.zeros_like(powers)
    first = torch.zeros(degree + 1, dtype=real.dtype, device=real.device)
    first[1] = -1.0
    one, other = one + real[:, :, None] * first, other + imaginary[:, :, None] * first
    while one.shape[1] > 1:
        if one.shape[1] % 2:
            unit = torch.zeros_like(one[:, :1])
            unit[:, :, 0] = 1.0
            one, other = torch.cat([one, unit], dim=1), torch.cat([other, torch.zeros_like(unit)], dim=1)
        one, other = _times(one[:, ::2], other[:, ::2], one[:, 1::2], other[:, 1::2])
    return torch.cat([one[:, 0, 1:], other[:, 0, 1:]], dim=1)


def _times(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
    """Multiply power series a + ib and c + id, cut at the same power."""
    size = a.shape[-1]
    shift = torch.arange(size, device=a.device)
    lag = shift[:, None] - shift  # coefficient k of a product takes k - j of the one with j of the other
    inside = lag >= 0
    left, right = (torch.where(inside, part[..., lag.clamp(min=0)], 0.0) for part in (a, b))
    real = (left * c[..., None, :] - right * d[..., None, :]).sum(dim=-1)
    imaginary = (left * d[..., None, :] + right * c[..., None, :]).sum(dim=-1)
    return real, imaginary
