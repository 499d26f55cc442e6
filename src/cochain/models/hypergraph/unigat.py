"""UniGAT: the Graph Attention Network on hypergraphs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cochain.complexes import Cochain
from cochain.nn import Activate, Attention, CellReadout, Layer, Linear, Network, incident, read_out, route


@dataclass(frozen=True)
class UniGATConfig:
    """Hyperparameters of `UniGAT`."""

    hidden: int = 64
    """Channels of the hidden layers, over all heads together."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.6
    """Probability of dropping a channel of a cell before each of the two steps of a layer, and a weight."""
    heads: int = 8
    """Heads of the hidden layers, concatenated; the layer that writes the answer has one."""


class UniGAT(Network):
    r"""Average over the nodes of each hyperedge, then attend to the hyperedges of each node.

    $$h_e = \frac{1}{|e|} \sum_{x \in e} h_x, \qquad h_x' = \sigma\Big(\Vert_k \sum_{e \ni x} \alpha^k_{xe} W_k h_e
      \Big), \qquad \alpha^k_{xe} = \mathrm{softmax}_e \, \mathrm{LeakyReLU}(a_k^T [W_k h_x \Vert W_k h_e])$$

    Scores are functions of a node and a hyperedge alone, so relabelling nodes permutes the output and relabelling
    hyperedges leaves it. A node in no hyperedge hears nothing.

    Args:
        widths: channels per rank that come in.
        out: channels of the answer.
        target: a rank, or "whole".
        config: hyperparameters.
    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (n C + nnz))$ time, $O(C (n_0 + n_1))$ memory; with dropout $O(H \, nnz)$ more for H heads.
    Differs from the paper:
        the hyperedges that hold one node each, its self-loops, are left to the data; other targets than nodes, which
        the paper does not have, read the last hidden layer.
    Source:
        Huang, Yang, 2021, "UniGNN: a Unified Framework for Graph and Hypergraph Neural Networks".
    """

    Config = UniGATConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: UniGATConfig = UniGATConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes)
        layers: list[Layer] = []
        for before, after in pairwise(channels):
            layers += _steps(Attention(before, after, config.heads, dropout=config.dropout), "elu")
        if nodes:
            layers += _steps(Attention(channels[-1], out, dropout=config.dropout), "identity")
        carried = {0: out if nodes else config.hidden}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


def _steps(attention: Attention, activation: str) -> list[Layer]:
    return [
        Layer(route(incident(1, 0).normalized("row"), Linear())),
        Layer(route(incident(0, 1), attention), update={0: Activate(activation)}),
    ]
