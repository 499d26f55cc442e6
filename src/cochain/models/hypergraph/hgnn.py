"""Hypergraph Neural Network."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cochain.complexes import Cochain
from cochain.nn import Activate, CellReadout, Layer, Network, incident, read_out, route
from cochain.nn.incidence import Smoothed


@dataclass(frozen=True)
class HGNNConfig:
    """Hyperparameters of `HGNN`."""

    hidden: int = 64
    """Channels of the hidden layers."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer but the first."""


class HGNN(Network):
    r"""Average over the nodes of each hyperedge, then over the hyperedges of each node, weighted by W.

    $$X' = \sigma(D_v^{-1/2} H W D_e^{-1} H^T D_v^{-1/2} X \Theta + b), \qquad
      D_v = \mathrm{diag}(H w), \quad D_e = \mathrm{diag}(H^T 1)$$

    w is `weight` on rank 1, one positive number for each hyperedge, or 1 where the complex has none. Built from H and w
    alone, so relabelling nodes permutes the output and relabelling hyperedges leaves it. A node in no hyperedge hears
    nothing, and no degree is inverted that is 0.

    Shape:
        x on rank 0 `(nodes, widths[0])`, weight on rank 1 `(hyperedges,)` -> `(target rows, out)`.
    Cost:
        per layer two products with H, $O(C \, nnz(H))$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        on nodes nothing; the bias is in its authors' code and not in its formula; other targets, which the paper does
        not have, read the last hidden layer.
    Source:
        Feng et al., 2019, "Hypergraph Neural Networks".
    """

    Config = HGNNConfig
    ranks = (0,)
    names = {1: ("weight",)}  # noqa: RUF012 - a constant

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HGNNConfig = HGNNConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes) + [out] * nodes
        names = ["relu"] * (len(channels) - 2) + ["identity" if nodes else "relu"]
        drops = [0.0] + [config.dropout] * (len(channels) - 2)
        layers = [
            Layer(
                route(incident(0, 1), Smoothed(before, after, drop)),
                update={0: Activate(name, bias=after)},
            )
            for (before, after), name, drop in zip(pairwise(channels), names, drops, strict=True)
        ]
        carried = {0: channels[-1]}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0]), Cochain(1, 1)], layers, readout)
