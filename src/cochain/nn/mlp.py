"""Multilayer perceptrons."""

from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from cochain.errors import unknown_name

STILL = 1e-4
"""A channel whose deviation is a smaller part of its mean carries nothing but rounding."""


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that bears batches of small complexes.

    torch's own, whose parameters and buffers it keeps, fails in two ways that this one does not. It refuses a single
    row, and no row spoils its statistics; but a batch often has one ring, or none: such a batch is normalised by the
    running statistics, as in evaluation, and leaves them alone. And a channel that is the same for all cells, as where
    there are no features, is 0 in training, but in evaluation it is what the running mean lags behind, divided by a
    deviation of almost 0: noise, ten times larger than any signal. Here the statistics of such a channel are its value
    and a deviation of 1, so it is about 0 in evaluation too.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel over the cells."""
        if self.training and x.shape[0] <= 1:
            return nn.functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        if self.training:
            self._settle(x.detach())
        return super().forward(x)

    @torch.no_grad()
    def _settle(self, x: Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        variance, mean = torch.var_mean(x, dim=0)
        still = variance <= STILL**2 * mean.square()
        # Through .data, as torch's own update does: an earlier pass may still need its graph.
        self.running_mean.data.copy_(torch.where(still, mean, self.running_mean))
        self.running_var.data.masked_fill_(still, 1.0)


_ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh}


def mlp(
    *widths: int,
    norm: Literal["batch", "layer"] | None = None,
    activation: str = "relu",
    last: bool = False,
    dropout: float = 0.0,
) -> nn.Sequential:
    """Build Linear, normalisation, activation, dropout; again for each pair of widths.

    Args:
        widths: channels in, between and out.
        norm: normalise before each activation.
        activation: relu, elu, gelu, silu or tanh.
        last: whether the last Linear too is followed by normalisation and activation.
        dropout: probability after each activation.
    """
    if activation not in _ACTIVATIONS:
        raise unknown_name("activation of an mlp", activation, _ACTIVATIONS)
    parts: list[nn.Module] = []
    for place, (width, following) in enumerate(pairwise(widths)):
        parts.append(nn.Linear(width, following))
        if place < len(widths) - 2 or last:
            if norm:
                parts.append(BatchNorm(following) if norm == "batch" else nn.LayerNorm(following))
            parts.append(_ACTIVATIONS[activation]())
            if dropout:
                parts.append(nn.Dropout(dropout))
    return nn.Sequential(*parts)
