"""UniSAGE: GraphSAGE on hypergraphs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from cochain.complexes import Cochain
from cochain.nn import CellReadout, Layer, Linear, MLPUpdate, Network, incident, read_out, route


@dataclass(frozen=True)
class UniSAGEConfig:
    """Hyperparameters of `UniSAGE`."""

    hidden: int = 64
    """Channels of the hidden layers."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.6
    """Probability of dropping a channel of a node after each hidden layer."""
    reduce: str = "mean"
    """How a node reduces its hyperedges: mean or sum, as in the paper, or max."""


class UniSAGE(Network):
    r"""Average over the nodes of each hyperedge, reduce over the hyperedges of each node, and add the node itself.

    $$h_e = \frac{1}{|e|} \sum_{x \in e} h_x, \qquad h_x' = \sigma\big(W (h_x + \mathrm{AGG}_{e \ni x} h_e)\big)$$

    Reductions do not depend on an order, so relabelling nodes permutes the output and relabelling hyperedges leaves it.
    A node in no hyperedge hears itself alone.

    Args:
        widths: channels per rank that come in.
        out: channels of the answer.
        target: a rank, or "whole".
        config: hyperparameters.
    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two passes over the incidence, $O(C \, nnz)$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        on nodes nothing; other targets, which the paper does not have, read the last hidden layer.
    Source:
        Huang, Yang, 2021, "UniGNN: a Unified Framework for Graph and Hypergraph Neural Networks".
    """

    Config = UniSAGEConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: UniSAGEConfig = UniSAGEConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes)
        layers: list[Layer] = []
        for before, after in pairwise(channels):
            # Dropped here and not by `Network`, which would drop twice: before either step.
            weight = [nn.Linear(before, after, bias=False), nn.ReLU(), nn.Dropout(config.dropout)]
            layers += _steps(nn.Sequential(*weight), config.reduce)
        if nodes:
            layers += _steps(nn.Linear(channels[-1], out, bias=False), config.reduce)
        carried = {0: out if nodes else config.hidden}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0])], layers, readout)


def _steps(weight: nn.Module, reduce: str) -> list[Layer]:
    return [
        Layer(route(incident(1, 0).normalized("row"), Linear())),
        Layer(route(incident(0, 1), Linear(), reduce), update={0: MLPUpdate(weight, epsilon=False)}),
    ]
