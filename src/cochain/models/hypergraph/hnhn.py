"""HNHN: hypergraph networks with hyperedge neurons."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.nn import Activate, Layer, Message, Network, incident, read_out, route


@dataclass(frozen=True)
class HNHNConfig:
    """Hyperparameters of `HNHN`."""

    hidden: int = 64
    """Channels of nodes and hyperedges."""
    layers: int = 1
    """Number of layers, each from nodes to hyperedges and back."""
    dropout: float = 0.3
    """Probability of dropping a channel of a cell before each of the two steps of a layer."""
    alpha: float = 0.0
    """Exponent of the sizes of hyperedges when nodes average over them: 0 weighs all alike."""
    beta: float = 0.0
    """Exponent of the degrees of nodes when hyperedges average over them: 0 weighs all alike."""


class HNHN(Network):
    r"""Hyperedges and nodes are neurons alike: each a nonlinear map of the weighted mean of the other.

    $$h_e = \sigma\Big(\frac{\sum_{x \in e} d_x^\beta h_x}{\sum_{x \in e} d_x^\beta} W_1 + b_1\Big), \qquad
      h_x' = \sigma\Big(\frac{\sum_{e \ni x} |e|^\alpha h_e}{\sum_{e \ni x} |e|^\alpha} W_0 + b_0\Big)$$

    $d_x$ counts the hyperedges of x. Means do not depend on an order, so relabelling nodes permutes the output and
    relabelling hyperedges leaves it. A node in no hyperedge hears the bias alone.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two products with the incidence, $O(C (nnz + C (n_0 + n_1)))$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        nothing in the layer; a linear map reads nodes, or hyperedges before they speak back.
    Source:
        Dong, Sawin, Bengio, 2020, "HNHN: Hypergraph Networks with Hyperedge Neurons".
    """

    Config = HNHNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HNHNConfig = HNHNConfig()
    ) -> None:
        hidden, exponents = config.hidden, {0: config.alpha, 1: config.beta}
        ranks = ([1, 0] * config.layers)[: -1 if target == 1 and config.layers else None]
        channels = [widths[0]] + [hidden] * len(ranks)
        layers = [
            Layer(
                route(incident(rank, 1 - rank), _Weighted(before, after, exponents[rank])),
                update={rank: Activate("relu", bias=hidden)},
            )
            for rank, (before, after) in zip(ranks, pairwise(channels), strict=True)
        ]
        carried = {1: hidden} if target == 1 and ranks else {0: channels[-1]}
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out), config.dropout)


class _Weighted(Message):
    """A mean weighted by powers of the sources' degrees, then a linear map."""

    sums_only = True

    def __init__(self, before: int, after: int, exponent: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(before, after))
        nn.init.xavier_uniform_(self.weight)
        self.exponent = exponent

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        degree = operator.T.matrix.pattern.degrees.clamp(min=1).to(source.dtype)[:, None] ** self.exponent
        total = operator @ degree
        mean = (operator @ (degree * source)) / torch.where(total > 0, total, 1.0)
        return mean @ self.weight

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        weight = f"d^{self.exponent:g} " if self.exponent else ""
        return f"mean[{neighborhood}] {weight}{source} W"
