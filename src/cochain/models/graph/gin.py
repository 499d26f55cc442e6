"""Graph Isomorphism Network."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cochain.complexes import Cochain
from cochain.nn import JumpingReadout, Layer, Linear, MLPUpdate, Network, mlp, read_out, route, upper


@dataclass(frozen=True)
class GINConfig:
    """Hyperparameters of `GIN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 4
    """Number of layers (the paper's five count the input as one)."""
    dropout: float = 0.5
    """Probability of dropping a term of the readout."""
    epsilon: bool = False
    """Learn the weight 1 + epsilon of the node itself (GIN-epsilon); the paper's tables favour GIN-0."""


class GIN(Network):
    r"""Sum over neighbours, as injective as message passing can be.

    $$h_x' = \mathrm{MLP}\big((1 + \varepsilon) h_x + \textstyle\sum_{y \in N(x)} h_y\big), \qquad
      y = \textstyle\sum_l W_l \sum_x h_x^{(l)}$$

    Sums do not depend on the order of nodes, so relabelling permutes the output.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer one sparse product and one MLP.
    Differs from the paper:
        nothing for whole graphs; other targets read the last layer alone.
    Source:
        Xu, Hu, Leskovec, Jegelka, 2019, "How Powerful are Graph Neural Networks?".
    """

    Config = GINConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: GINConfig = GINConfig()
    ) -> None:
        channels = [widths[0]] + [config.hidden] * config.layers
        layers = [
            Layer(
                route(upper(0), Linear()),
                update={0: MLPUpdate(mlp(before, after, after, norm="batch", last=True), epsilon=config.epsilon)},
            )
            for before, after in pairwise(channels)
        ]
        if target == "whole":
            super().__init__([Cochain(0, widths[0])], layers, JumpingReadout(0, channels, out, "sum", config.dropout))
        else:
            super().__init__([Cochain(0, widths[0])], layers, read_out(target, {0: config.hidden}, out))
