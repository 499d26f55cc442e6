"""Multilayer perceptrons."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from cochain.errors import unknown_name
from cochain.kernels.norm import batch_normalize, track_statistics

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
        return self.normalize(x, rectified=False)

    def normalize(self, x: Tensor, rectified: bool) -> Tensor:
        """Normalise each channel over the cells, and take the positive part of the result where asked to."""
        if not self.training or x.shape[0] <= 1:
            out = nn.functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
            return torch.relu(out) if rectified else out
        weight, bias = (self.weight, self.bias) if self.affine else (torch.ones_like(x[0]), torch.zeros_like(x[0]))
        out, mean, variance = batch_normalize(x, weight, bias, self.eps, rectified)
        self._track(mean, variance, x.shape[0])
        return out

    @torch.no_grad()
    def _track(self, mean: Tensor, variance: Tensor, rows: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        share = 1 / int(self.num_batches_tracked) if self.momentum is None else self.momentum
        # Through .data, as torch's own update does: an earlier pass may still need its graph.
        track_statistics(mean, variance, rows, share, STILL, self.running_mean.data, self.running_var.data)


class Perceptron(nn.Sequential):
    """A sequence whose batch normalisations take the rectifiers after them along, in one pass over the numbers."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply one part after another."""
        return apply_in_turn(self, x)


def apply_in_turn(parts: Iterable[nn.Module], x: Tensor) -> Tensor:
    """Apply one part after another; a batch normalisation takes along a rectifier that follows it."""
    rest = iter(parts)
    for part in rest:
        if type(part) is BatchNorm and not part._forward_hooks:
            following = next(rest, None)
            rectified = type(following) is nn.ReLU and not following._forward_hooks
            x = part.normalize(x, rectified)
            x = x if rectified or following is None else following(x)
        else:
            x = part(x)
    return x


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
            # In place: neither a linear map nor a normalisation needs what it gave for its gradient.
            parts.append(nn.ReLU(inplace=True) if activation == "relu" else _ACTIVATIONS[activation]())
            if dropout:
                parts.append(nn.Dropout(dropout))
    return Perceptron(*parts)
