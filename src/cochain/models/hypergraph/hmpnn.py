"""HMPNN: message passing neural networks for hypergraphs."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Operator
from cochain.kernels import SparseMatrix, spmm
from cochain.nn import Embed, Layer, Linear, Message, MLPUpdate, Network, Update, incident, read_out, route, self_
from cochain.nn.mlp import BatchNorm


@dataclass(frozen=True)
class HMPNNConfig:
    """Hyperparameters of `HMPNN`."""

    hidden: int = 64
    """Channels of nodes and hyperedges."""
    layers: int = 2
    """Number of layers, each from nodes to hyperedges and back."""
    dropout: float = 0.5
    """Probability of dropping a channel of a cell's own features in the update."""
    adjacency_dropout: float = 0.7
    """Probability of dropping a membership of a node in a hyperedge."""


class HMPNN(Network):
    r"""Hyperedges keep features of their own, and answer their nodes with these and with what they heard.

    $$m_e = \sum_{x \in e} \sigma(h_x W_v + b_v), \qquad m_x = \sum_{e \ni x} \sigma([h_e \Vert m_e] W_e + b_e), \\
      h_x' = \sigma(\mathrm{BN}(h_x) + m_x), \qquad h_e' = \sigma(\mathrm{BN}(h_e) + m_e)$$

    with $\sigma$ the logistic function. Sums know no order, so relabelling permutes the output. A cell without incident
    ones hears zero.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (nnz + C (n_0 + n_1)))$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        features are embedded linearly first, since sums need one width; the dropout of channels is the usual one.
    Source:
        Heydari, Livi, 2022, "Message Passing Neural Networks for Hypergraphs".
    """

    Config = HMPNNConfig
    ranks = (0, 1)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HMPNNConfig = HMPNNConfig()
    ) -> None:
        hidden, kept = config.hidden, config.adjacency_dropout
        layers: list[nn.Module] = [Embed({k: widths[k] for k in self.ranks}, hidden)]
        for _ in range(config.layers):
            layers += [
                Layer(
                    route(incident(1, 0), _Logistic(hidden, hidden, kept)),
                    update={1: MLPUpdate(nn.Identity(), join="concat")},
                ),
                Layer(
                    route(incident(0, 1), _Logistic(2 * hidden, hidden, kept)),
                    route(self_(1), Linear()),
                    update={0: _Added(hidden, config.dropout), 1: _Added(hidden, config.dropout, True)},
                ),
            ]
        readout = read_out(target, dict.fromkeys(self.ranks, hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], layers, readout)


class _Logistic(Message):
    sums_only = True

    def __init__(self, before: int, after: int, dropout: float) -> None:
        super().__init__()
        self.map, self.dropout = nn.Linear(before, after), dropout

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        kept = dropout(source.new_ones(operator.nnz), self.dropout, self.training)
        return spmm(SparseMatrix(operator.matrix.pattern, kept), torch.sigmoid(self.map(source)))

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"{neighborhood} sigmoid({source} W + b)"


class _Added(Update):
    """`paired`: the old features come with what was heard, side by side."""

    def __init__(self, hidden: int, dropout: float, paired: bool = False) -> None:
        super().__init__()
        self.norm, self.dropout, self.paired = BatchNorm(hidden), dropout, paired
        self.reads_own = not paired

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        own, heard = m.chunk(2, dim=1) if self.paired else (h, m)
        return torch.sigmoid(dropout(self.norm(own), self.dropout, self.training) + heard)

    def formula(self, h: str, m: str) -> str:
        return f"sigmoid(BN(a) + b), a ‖ b = {m}" if self.paired else f"sigmoid(BN({h}) + {m})"
