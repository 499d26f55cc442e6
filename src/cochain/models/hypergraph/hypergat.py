"""HyperGAT: attention inside hyperedges and between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.errors import ShapeError
from cochain.kernels import attention
from cochain.nn import Activate, Layer, Message, Network, incident, read_out, route


@dataclass(frozen=True)
class HyperGATConfig:
    """Hyperparameters of `HyperGAT`."""

    hidden: int = 64
    """Channels of nodes and hyperedges, over all heads together."""
    layers: int = 2
    """Number of layers, each from nodes to hyperedges and back."""
    dropout: float = 0.3
    """Probability of dropping a channel of a cell before each of the two steps of a layer."""
    heads: int = 1
    """Heads of each attention, concatenated."""


class HyperGAT(Network):
    r"""Hyperedges attend to their nodes, and nodes to their hyperedges.

    $$h_e = \sigma\Big(\sum_{x \in e} \mathrm{softmax}_x(a_1^T \phi(W_1 h_x)) W_1 h_x\Big), \qquad
      h_x' = \sigma\Big(\sum_{e \ni x} \mathrm{softmax}_e(a_2^T \phi(W_2 h_e)) W_2 h_e\Big)$$

    with $\phi$ the leaky rectifier. Sums know no order, so relabelling nodes permutes the output and relabelling
    hyperedges leaves it. A node in no hyperedge hears nothing.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (nnz + C (n_0 + n_1)))$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        nothing in the values. A node scores a hyperedge there by $a_2^T \phi([W_2 h_e \Vert W_1 h_x])$, whose second
        half is the same for all hyperedges of the node and so cancels in the softmax; it is left out, being a weight
        that never learns. A linear map reads the last layer, hyperedges before they speak back; heads are ours.
    Source:
        Ding et al., 2020, "Be More with Less: Hypergraph Attention Networks for Inductive Text Classification".
    """

    Config = HyperGATConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HyperGATConfig = HyperGATConfig()
    ) -> None:
        ranks = ([1, 0] * config.layers)[: -1 if target == 1 and config.layers else None]
        channels = [widths[0]] + [config.hidden] * len(ranks)
        layers = [
            Layer(
                route(incident(rank, 1 - rank), _Scored(before, after, config.heads)), update={rank: Activate("relu")}
            )
            for rank, (before, after) in zip(ranks, pairwise(channels), strict=True)
        ]
        carried = {1: config.hidden} if target == 1 and ranks else {0: channels[-1]}
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out), config.dropout)


class _Scored(Message):
    """Sources weighted by a softmax of scores of their own."""

    sums_only = True

    def __init__(self, in_channels: int, out_channels: int, heads: int) -> None:
        super().__init__()
        if out_channels % heads:
            raise ShapeError(f"hidden should be a multiple of heads = {heads}, but is {out_channels}")
        self.map = nn.Linear(in_channels, out_channels, bias=False)
        self.score = nn.Parameter(torch.empty(heads, out_channels // heads))
        nn.init.xavier_uniform_(self.score)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        value = self.map(source).unflatten(1, self.score.shape)
        scores = (nn.functional.leaky_relu(value, 0.2) * self.score).sum(dim=-1)
        none = scores.new_zeros(operator.shape[0], len(self.score))
        return attention(operator.matrix.pattern, none, scores, value, slope=1.0).flatten(1)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"softmax[{neighborhood}](⟨a, φ({source} W)⟩) {source} W"
