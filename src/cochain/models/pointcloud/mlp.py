"""A multilayer perceptron on every cell alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from cochain.complexes import Cochain
from cochain.nn import Activate, CellReadout, Layer, Linear, Network, read_out, route, self_


@dataclass(frozen=True)
class MLPConfig:
    """Hyperparameters of `MLP`."""

    hidden: int = 64
    """Channels of the hidden layers."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer."""


class MLP(Network):
    r"""Map the features of every node, and read no structure.

    $$h_x' = \mathrm{relu}(h_x W + b)$$

    What a network of this kind reaches is the floor of what structure adds, and what a network that was distilled into
    it keeps without structure. Nodes are mapped one by one, so permuting them permutes the output.

    Shape:
        x on rank 0, or pos where there is no x, `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        $O(n C^2)$ time, $O(n C)$ memory per layer.
    Differs from the paper:
        rectifiers in place of logistic functions; other targets than nodes read the mean of their nodes.
    Source:
        Rumelhart, Hinton, Williams, 1986, "Learning Representations by Back-Propagating Errors".
    """

    Config = MLPConfig
    ranks = (0,)
    names = {0: ("x", "pos")}  # noqa: RUF012 - a constant

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: MLPConfig = MLPConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes) + [out] * nodes
        last = len(channels) - 2 if nodes else None
        layers: list[nn.Module] = [
            Layer(
                route(self_(0), Linear(before, after)),
                update={0: Activate("identity" if place == last else "relu", bias=after)},
            )
            for place, (before, after) in enumerate(pairwise(channels))
        ]
        readout = CellReadout(0, {0: out}) if nodes else read_out(target, {0: channels[-1]}, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)
