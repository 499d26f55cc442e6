"""Multilayer perceptrons."""

from typing import Literal

from torch import nn

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
    parts: list[nn.Module] = []
    for place, (width, following) in enumerate(zip(widths[:-1], widths[1:], strict=True)):
        parts.append(nn.Linear(width, following))
        if place < len(widths) - 2 or last:
            if norm:
                parts.append(nn.BatchNorm1d(following) if norm == "batch" else nn.LayerNorm(following))
            parts.append(_ACTIVATIONS[activation]())
            if dropout:
                parts.append(nn.Dropout(dropout))
    return nn.Sequential(*parts)
