"""CEGCN: graph convolution on the clique expansion of a hypergraph."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.nn import Activate, CellReadout, Layer, Message, Network, incident, read_out, route


@dataclass(frozen=True)
class CEGCNConfig:
    """Hyperparameters of `CEGCN`."""

    hidden: int = 64
    """Channels of the hidden layers."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer."""


class CEGCN(Network):
    r"""Average over the nodes that share hyperedges, each as often as it shares one.

    $$X' = \sigma\big(D^{-1/2} (A + I) D^{-1/2} X \Theta + b\big), \qquad A = H W H^T - \mathrm{diag}(H w), \quad
      D = \mathrm{diag}((A + I) 1)$$

    A is the clique expansion with multiplicities: every hyperedge becomes the edges between its nodes. It is never
    written out, since products with H give its own. w is `weight` on rank 1, one positive number for each hyperedge, or
    1 where the complex has none. Built from H and w alone, so relabelling nodes permutes the output and relabelling
    hyperedges leaves it. On a graph it is the graph convolution; a node in no hyperedge hears itself.

    Shape:
        x on rank 0 `(nodes, widths[0])`, weight on rank 1 `(hyperedges,)` -> `(target rows, out)`.
    Cost:
        per layer two products with H, $O(C \, nnz(H))$ time whatever the cliques, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        nothing; other targets than nodes, which the paper does not have, read the last hidden layer.
    Source:
        Chien et al., 2022, "You are AllSet: A Multiset Function Framework for Hypergraph Neural Networks" (baseline);
        Zhou, Huang, Schoelkopf, 2006, "Learning with Hypergraphs" (the expansion).
    """

    Config = CEGCNConfig
    ranks = (0,)
    names = {1: ("weight",)}  # noqa: RUF012 - a constant

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: CEGCNConfig = CEGCNConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes) + [out] * nodes
        last = "identity" if nodes else "relu"
        layers = [
            Layer(
                route(incident(0, 1), _Clique(before, after, config.dropout)),
                update={0: Activate(last if place == len(channels) - 2 else "relu", bias=after)},
            )
            for place, (before, after) in enumerate(pairwise(channels))
        ]
        carried = {0: channels[-1]}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0]), Cochain(1, 1)], layers, readout)


class _Clique(Message):
    """Both steps at once, since both need the degrees of the nodes: the source is w, the target x."""

    reads_target = sums_only = there_and_back = True

    def __init__(self, in_channels: int, out_channels: int, dropout: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
        nn.init.xavier_uniform_(self.weight)
        self.dropout = dropout

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "hyperedges one"],
        target: Float[Tensor, "nodes channels"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "nodes out"]:
        assert target is not None
        weight = source.to(target.dtype)
        own = 1 - operator @ weight  # of the node itself: the self loop, without its own part of H W H^T
        size = operator.T.matrix.pattern.degrees.to(target.dtype)[:, None]
        scale = (operator @ (weight * size) + own).rsqrt()
        x = scale * (nn.functional.dropout(target, self.dropout, self.training) @ self.weight)
        return scale * (operator @ (weight * (operator.T @ x)) + own * x)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        clique = f"{neighborhood} diag({source}) {neighborhood}ᵀ - diag({neighborhood} {source})"
        return f"sym[{clique} + I] {target} W"
