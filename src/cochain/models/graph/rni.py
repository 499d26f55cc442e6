"""Graph networks with random node initialisation (GNN-RNI)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.nn import Isomorphic, Layer, Network, mlp, read_out, route, upper


@dataclass(frozen=True)
class RNIConfig:
    """Hyperparameters of `RNI`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 4
    """Number of layers."""
    random: int = 16
    """Random channels that join the features of every node."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""


class RNI(Network):
    r"""Give every node fresh random numbers beside its features, then pass messages.

    $$h_x = x_x \Vert r_x, \quad r_x \sim \mathcal N(0, I), \qquad
      h_x' = \mathrm{MLP}\big((1 + \varepsilon) h_x + \textstyle\sum_{y \in N(x)} h_y\big)$$

    Drawn anew in every run, also in evaluation: one answer depends on the draw, its distribution and its mean over
    draws do not depend on how nodes are numbered. Numbers that differ tell nodes apart, so with enough layers any
    function of graphs can be approximated, which message passing alone cannot; it takes longer to train.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        that of an isomorphism network of `random` more channels.
    Differs from the paper:
        all random channels are new ones, where the paper also replaces a part of the given ones; sum readout.
    Source:
        Abboud, Ceylan, Grohe, Lukasiewicz, 2021, "The Surprising Power of Graph Neural Networks with Random Node
        Initialization".
    """

    Config = RNIConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: RNIConfig = RNIConfig()
    ) -> None:
        if config.random < 0:
            raise SpecError(f"random should be a number of channels >= 0, but is {config.random}")
        first = widths[0] + config.random
        layers = [
            Layer(
                route(upper(0), Isomorphic(mlp(config.hidden if k else first, config.hidden, config.hidden, last=True)))
            )
            for k in range(config.layers)
        ]
        readout = read_out(target, {0: config.hidden if layers else first}, out, "sum")
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)
        self.random = config.random

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        x = features[0]
        state = {0: torch.cat([x, torch.randn(len(x), self.random, dtype=x.dtype, device=x.device)], dim=1)}
        for layer in self.layers:
            state = layer(complex_, {0: torch.nn.functional.dropout(state[0], self.dropout, self.training)})
        return self.readout(complex_, [state])  # type: ignore[no-any-return]

    def equations(self) -> list[str]:
        """Give the equations of the layers and of the readout."""
        return ["h₀ = x₀ ‖ N(0, I)", *super().equations()]
