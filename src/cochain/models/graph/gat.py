"""Graph Attention Network."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cochain.complexes import Cochain
from cochain.nn import Activate, Attention, CellReadout, Layer, Network, read_out, route, upper


@dataclass(frozen=True)
class GATConfig:
    """Hyperparameters of `GAT`; the defaults are those of the paper for Cora."""

    hidden: int = 64
    """Channels of the hidden layers, over all heads together."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.6
    """Probability of dropping a channel of a node before each layer, and a weight of the attention."""
    heads: int = 8
    """Heads of the hidden layers, concatenated."""
    out_heads: int = 1
    """Heads of the layer that writes the answer on nodes, averaged."""


class GAT(Network):
    r"""Average over neighbours and the node itself, weighted by attention with several heads.

    $$h_x' = \mathrm{elu}\Big(\Vert_k \sum_{y \in N(x) \cup \{x\}} \alpha^k_{xy} W^k h_y + b\Big), \qquad
      \alpha^k_{xy} = \mathrm{softmax}_y \, \mathrm{LeakyReLU}(a_k^T W^k h_x + b_k^T W^k h_y)$$

    The layer that writes the answer averages its heads, and leaves out the elu. Scores are functions of the two ends
    alone, so relabelling nodes permutes the output; a node without neighbours attends to itself.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (n C + m))$ time, $O(C n)$ memory; with dropout $O(H m)$ more for H heads.
    Differs from the paper:
        on nodes nothing but the bias, which is in its authors' code and not in its formula; other targets, which
        the paper does not have, read the last hidden layer.
    Source:
        Velickovic et al., 2018, "Graph Attention Networks".
    """

    Config = GATConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: GATConfig = GATConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes)
        layers = [_layer(before, after, config.heads, config.dropout) for before, after in pairwise(channels)]
        if nodes:
            layers.append(_layer(channels[-1], out, config.out_heads, config.dropout, last=True))
        carried = {0: out if nodes else config.hidden}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


def _layer(before: int, after: int, heads: int, dropout: float, last: bool = False) -> Layer:
    return Layer(
        route(upper(0).with_self(), Attention(before, after, heads, average=last, dropout=dropout)),
        update={0: Activate("identity" if last else "elu", bias=after)},
    )
