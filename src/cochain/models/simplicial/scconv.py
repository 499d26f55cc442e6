"""Simplicial 2-complex convolutional network (SCConv)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Activate, Embed, Layer, Linear, Network, Route, cofaces, faces, lower, read_out, route, upper


@dataclass(frozen=True)
class SCConvConfig:
    """Hyperparameters of `SCConv`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers; rank 2 needs two to reach rank 0."""
    activation: str = "leaky_relu"
    """After each layer."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class SCConv(Network):
    r"""Convolve nodes, edges and triangles with their own kind and with the ranks below and above, all at once.

    $$H_0' = \sigma(\tilde A_{0\uparrow} H_0 W_{00} + \tilde B_1 H_1 W_{10}), \\
      H_1' = \sigma(\tilde B_1^T H_0 W_{01} + (\tilde A_{1\downarrow} + \tilde A_{1\uparrow}) H_1 W_{11} +
      \tilde B_2 H_2 W_{21}), \\
      H_2' = \sigma(\tilde B_2^T H_1 W_{12} + \tilde A_{2\downarrow} H_2 W_{22})$$

    $\tilde A$ is $A + I$ and $\tilde B$ the incidence, unsigned, with rows scaled to sum 1: means over neighbours. No
    orientation enters, so features are even; relabelling permutes the output.

    Shape:
        x on rank r `(simplices of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer eight sparse products.
    Differs from the paper:
        unsigned incidences, where the paper's are signed under a rectifier, so that its answers depend on arbitrary
        orientations; the two adjacencies of edges have weights of their own; a linear embedding first.
    Source:
        Bunch, You, Fung, Singh, 2020, "Simplicial 2-Complex Convolutional Neural Networks".
    """

    Config = SCConvConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SCConvConfig = SCConvConfig()
    ) -> None:
        embed = Embed({k: widths[k] for k in self.ranks}, config.hidden)
        layers = [_layer(config) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)


def _layer(config: SCConvConfig) -> Layer:
    own = [upper(0), lower(1), upper(1), lower(2)]
    between = [cofaces(0), faces(1), cofaces(1), faces(2)]
    symbols = [symbol.with_self().normalized("row") for symbol in own] + [each.normalized("row") for each in between]
    routes: list[Route] = [route(symbol, Linear(config.hidden, config.hidden)) for symbol in symbols]
    return Layer(*routes, update=lambda k: Activate(config.activation, bias=config.hidden))
