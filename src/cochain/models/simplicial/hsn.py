"""High Skip Network."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Activate, Embed, Layer, Linear, Network, cofaces, faces, read_out, route, upper


@dataclass(frozen=True)
class HSNConfig:
    """Hyperparameters of `HSN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of blocks, each of two steps."""
    activation: str = "relu"
    """Between the two steps of a block."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each step."""


class HSN(Network):
    r"""Nodes speak to nodes in two steps, once through nodes and once through edges: a skip over the higher rank.

    $$z_0 = \sigma(\hat A_0 H_0 W_1), \quad z_1 = \sigma(B_1^T H_0 W_2), \qquad
      H_0' = \hat A_0 z_0 W_3 + B_1 z_1 W_4$$

    with $\hat A_0 = D^{-1/2} (A + I) D^{-1/2}$ and $B_1$ unsigned, with rows scaled to sum 1. No orientation enters,
    and relabelling permutes the output.

    Args:
        widths: channels of rank 0 that come in.
        out: channels of the answer.
        target: a rank, or "whole"; edges answer by z_1 of the last block.
        config: hyperparameters.
    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per block four sparse products.
    Differs from the paper:
        self loops and scaled operators, which keep isolated nodes and the size of features; a linear embedding first.
    Source:
        Hajij, Ramamurthy, Guzman-Saenz, Zamzmi, 2022, "High Skip Networks: A Higher Order Generalization of Skip
        Connections".
    """

    Config = HSNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HSNConfig = HSNConfig()
    ) -> None:
        layers = [part for _ in range(config.layers) for part in _block(config)]
        carried = {0: config.hidden, 1: config.hidden} if target == 1 and layers else {0: config.hidden}
        readout = read_out(target, carried, out)
        embed = Embed({0: widths[0]}, config.hidden)
        super().__init__([Cochain(0, widths[0])], [embed, *layers], readout, config.dropout)


def _block(config: HSNConfig) -> tuple[Layer, Layer]:
    nodes = upper(0).with_self().normalized("sym")
    up = [route(symbol, Linear(config.hidden, config.hidden)) for symbol in (nodes, faces(1).normalized("row"))]
    back = [route(symbol, Linear(config.hidden, config.hidden)) for symbol in (nodes, cofaces(0).normalized("row"))]
    return Layer(*up, update=lambda k: Activate(config.activation)), Layer(*back)
