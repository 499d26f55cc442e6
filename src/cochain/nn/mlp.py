"""Multilayer perceptrons."""

from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

from cochain.errors import unknown_name


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that also trains where a batch has a single cell of a rank.

    torch's own, whose parameters and buffers it keeps, refuses one row. A batch of small complexes often has one ring
    or one tetrahedron: such a row is normalised by the running statistics, as in evaluation, and leaves them alone.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel over the cells."""
        if self.training and x.shape[0] == 1:
            return nn.functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(x)


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
