"""HyperGCN: every hyperedge as the edge between its two most different nodes."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.kernels import Pattern, SparseMatrix, segment, spmm
from cochain.nn import Activate, CellReadout, Layer, Message, Network, adjacent, read_out, route


@dataclass(frozen=True)
class HyperGCNConfig:
    """Hyperparameters of `HyperGCN`."""

    hidden: int = 64
    """Channels of the hidden layers."""
    layers: int = 2
    """Number of layers; on nodes the last one writes the answer."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer."""


class HyperGCN(Network):
    r"""Graph convolution on a graph that every layer derives anew from the hypergraph and its own features.

    $$X' = \sigma\big(D^{-1/2} (A + I) D^{-1/2} X W + b\big), \qquad
      (i_e, j_e) = \mathrm{argmax}_{x, y \in e} \lVert W^T (h_x - h_y) \rVert, \\
      A = \sum_e \frac{1}{2 |e| - 3} \sum_{k \in e} (\text{edges } i_e j_e,\ i_e k,\ k j_e)$$

    The nodes k between the two are mediators. The two are chosen by distances alone, so relabelling permutes the
    output: pairs that are equally far share the weight of their hyperedge. A hyperedge of one node has no edge.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C)$ time and memory for each pair of nodes of each hyperedge: sizes enter squared.
    Differs from the paper:
        equally far pairs share, where it takes any of them; other targets than nodes read the last hidden layer.
    Source:
        Yadati et al., 2019, "HyperGCN: A New Method of Training Graph Convolutional Networks on Hypergraphs".
    """

    Config = HyperGCNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HyperGCNConfig = HyperGCNConfig()
    ) -> None:
        nodes = target == 0
        channels = [widths[0]] + [config.hidden] * (config.layers - nodes) + [out] * nodes
        last = "identity" if nodes else "relu"
        layers = [
            Layer(
                route(adjacent(0, via=1).triples, _Farthest(before, after)),
                update={0: Activate(last if place == len(channels) - 2 else "relu", bias=after)},
            )
            for place, (before, after) in enumerate(pairwise(channels))
        ]
        carried = {0: channels[-1]}
        readout = CellReadout(0, carried) if nodes else read_out(target, carried, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


class _Farthest(Message):
    sums_only = True

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
        nn.init.xavier_uniform_(self.weight)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "nodes channels"],
        target: Float[Tensor, "nodes channels"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "nodes out"]:
        assert operator.via is not None
        x = source @ self.weight
        with torch.no_grad():
            values = mediated(operator.matrix.pattern, operator.via, x)
        edges = SparseMatrix(operator.matrix.pattern, values)
        scale = (1 + spmm(edges, x.new_ones(len(x), 1))).rsqrt()
        return scale * (spmm(edges, scale * x) + scale * x)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"sym[farthest[{neighborhood}]({source} W) + I] {source} W"


def mediated(pattern: Pattern, via: Tensor, x: Tensor) -> Tensor:
    """Weigh every pair (nonzero) of every hyperedge: the farthest one, and those of its ends with mediators."""
    hyperedges = int(via.max()) + 1 if len(via) else 0
    members, order = Pattern.from_coo(via, torch.arange(len(via), device=via.device), (hyperedges, len(via)))
    distance = (x[pattern.rows] - x[pattern.indices]).square().sum(dim=1)
    far = (distance == segment(members, distance[order], "max")[via]).to(x.dtype)
    pairs = segment(members, far[order], "sum")
    # Of each node in a hyperedge: in which part of the farthest pairs it is, every pair being there in both directions.
    first, second = (ends.long() * hyperedges + via for ends in (pattern.rows, pattern.indices))
    known, place = torch.unique(first, return_inverse=True)
    chosen = x.new_zeros(len(known)).index_add_(0, place, far)
    either = 2 * (chosen[place] + chosen[torch.searchsorted(known, second)] - far) / pairs[via]
    size = (1 + (1 + 4 * members.degrees).to(x.dtype).sqrt()) / 2  # of |e| (|e| - 1) ordered pairs
    return either / (2 * size - 3)[via]
