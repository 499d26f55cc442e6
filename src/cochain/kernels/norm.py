"""Batch normalisation, with the rectifier that often follows it."""

from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from cochain.errors import ShapeError
from cochain.kernels.dispatch import raw_kernels


def batch_normalize(
    x: Float[Tensor, "rows channels"],
    weight: Float[Tensor, "channels"],
    bias: Float[Tensor, "channels"],
    eps: float = 1e-5,
    rectified: bool = False,
) -> tuple[Float[Tensor, "rows channels"], Float[Tensor, "channels"], Float[Tensor, "channels"]]:
    r"""Normalise every channel by its own mean and variance over the rows.

    $$y = \gamma \, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta, \qquad
      \mu = \tfrac{1}{n} \textstyle\sum_i x_i, \quad \sigma^2 = \tfrac{1}{n} \sum_i (x_i - \mu)^2$$

    Args:
        x: one row per cell, at least two.
        weight: $\gamma$.
        bias: $\beta$.
        eps: $\epsilon$, added to the variance.
        rectified: take $\max(y, 0)$.

    Returns:
        y, $\mu$ and $\sigma^2$; the last two carry no gradient.

    Cost:
        In numba three readings of x forward and two backward; nothing is stored but x.

    Raises:
        ShapeError: when there are fewer than two rows, or weight and bias do not fit the channels.

    Source:
        Ioffe, Szegedy, 2015, "Batch Normalization".
    """
    if x.ndim != 2 or len(x) < 2 or weight.shape != x.shape[1:] or bias.shape != x.shape[1:]:
        raise ShapeError(
            "x should be (rows, channels) with at least two rows, and weight and bias (channels,), but have shapes "
            f"{tuple(x.shape)}, {tuple(weight.shape)} and {tuple(bias.shape)}"
        )
    raw = raw_kernels("norm", x, weight, bias) if x.dtype == weight.dtype == bias.dtype else None
    if raw is None:
        return reference_normalize(x, weight, bias, eps, rectified)
    out: tuple[Tensor, Tensor, Tensor] = _Normalize.apply(raw, x, weight, bias, eps, rectified)  # type: ignore[no-untyped-call]
    return out


def track_statistics(
    mean: Float[Tensor, "channels"],
    variance: Float[Tensor, "channels"],
    rows: int,
    share: float,
    still: float,
    running_mean: Float[Tensor, "channels"],
    running_variance: Float[Tensor, "channels"],
) -> None:
    r"""Move running statistics, in place, a share of the way from what they are to those of a batch.

    A channel whose deviation is at most `still` times its mean does not vary: its running mean becomes its mean at
    once, and its running variance begins at 1.

    Args:
        mean: of the batch.
        variance: of the batch, biased; the unbiased one is kept.
        rows: of the batch, at least two.
        share: how far to go, 1 for all the way.
        still: see above.
        running_mean: changed.
        running_variance: changed.
    """
    raw = raw_kernels("norm", mean, running_mean) if mean.dtype == running_mean.dtype else None
    if raw is not None:
        raw.track(mean, variance, rows, share, still, running_mean, running_variance)
        return
    variance = variance * (rows / (rows - 1))
    constant = variance <= still**2 * mean.square()
    running_mean.copy_(torch.where(constant, mean, running_mean.lerp(mean.to(running_mean.dtype), share)))
    running_variance.masked_fill_(constant, 1.0).lerp_(variance.to(running_variance.dtype), share)


def reference_normalize(
    x: Tensor, weight: Tensor, bias: Tensor, eps: float, rectified: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Give what `batch_normalize` gives, by torch's own functions."""
    variance, mean = torch.var_mean(x.detach(), dim=0, correction=0)
    out = torch.nn.functional.batch_norm(x, None, None, weight, bias, training=True, eps=eps)
    return (torch.relu(out) if rectified else out), mean, variance


class _Normalize(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, raw: ModuleType, x: Tensor, weight: Tensor, bias: Tensor, eps: float, rectified: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        out, mean, variance = raw.normalize(x, weight, bias, eps, rectified)
        ctx.raw, ctx.how = raw, (eps, rectified)
        ctx.save_for_backward(x, weight, bias, mean, variance)
        ctx.mark_non_differentiable(mean, variance)
        return out, mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias, mean, variance = ctx.saved_tensors
        return None, *ctx.raw.normalize_adjoint(x, grad, weight, bias, *ctx.how, mean, variance), None, None
