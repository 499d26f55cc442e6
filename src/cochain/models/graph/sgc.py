"""Simple Graph Convolution."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Activate, CellReadout, Layer, Linear, Network, read_out, route, upper


@dataclass(frozen=True)
class SGCConfig:
    """Hyperparameters of `SGC`."""

    hidden: int = 64
    """Channels that other targets than nodes are read from; nodes have no hidden channels."""
    layers: int = 2
    """K, the number of steps."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each step; the paper drops none."""


class SGC(Network):
    r"""Average K times over neighbours and the node itself, then one linear map.

    $$Y = S^K X \Theta + b, \qquad S = \hat D^{-1/2} (A + I) \hat D^{-1/2}$$

    A GCN without its nonlinearities: linear in X and built from A alone, so relabelling nodes permutes the output.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        K sparse products, $O(K C m)$ time, $O(C n)$ memory.
    Differs from the paper:
        $S^K X$ is computed in every step of training, not once before it; other targets, which the paper reads by a
        model of their own, pool $S^K X \Theta$ and end in a small MLP.
    Source:
        Wu et al., 2019, "Simplifying Graph Convolutional Networks".
    """

    Config = SGCConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: SGCConfig = SGCConfig()
    ) -> None:
        nodes = target == 0
        after = out if nodes else config.hidden
        step = upper(0).with_self().normalized("sym")
        layers = [Layer(route(step, Linear())) for _ in range(config.layers - 1)]
        layers.append(Layer(route(step, Linear(widths[0], after)), update={0: Activate("identity", bias=after)}))
        readout = CellReadout(0, {0: out}) if nodes else read_out(target, {0: after}, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)
