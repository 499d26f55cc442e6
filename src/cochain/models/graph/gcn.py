"""Graph Convolutional Network."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cochain.complexes import Cochain
from cochain.nn import Activate, CellReadout, Layer, Linear, Network, read_out, route, upper


@dataclass(frozen=True)
class GCNConfig:
    """Hyperparameters of `GCN`."""

    hidden: int = 64
    """Channels of the hidden layers."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer."""


class GCN(Network):
    r"""Average over neighbours and the node itself, weighted by degrees.

    $$H' = \sigma(\hat D^{-1/2} (A + I) \hat D^{-1/2} H W + b)$$

    The operator is built from A alone, so relabelling nodes permutes the output.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer one sparse product, $O(C \, m)$ time, $O(C \, n)$ memory.
    Differs from the paper:
        on nodes nothing; other targets, which the paper does not have, read the last hidden layer.
    Source:
        Kipf, Welling, 2017, "Semi-Supervised Classification with Graph Convolutional Networks".
    """

    Config = GCNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: GCNConfig = GCNConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes) + [out] * nodes
        last = "identity" if nodes else "relu"
        names = ["relu"] * (len(channels) - 2) + [last]
        layers = [
            Layer(
                route(upper(0).with_self().normalized("sym"), Linear(before, after)),
                update={0: Activate(name, bias=after)},
            )
            for (before, after), name in zip(pairwise(channels), names, strict=True)
        ]
        carried = {0: channels[-1]}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)
