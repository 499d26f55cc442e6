"""AllSetTransformer."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.errors import ShapeError
from cochain.kernels import attention
from cochain.nn import Layer, Message, Network, Update, incident, mlp, read_out, route


@dataclass(frozen=True)
class AllSetConfig:
    """Hyperparameters of `AllSetTransformer`."""

    hidden: int = 64
    """Channels of nodes and hyperedges, over all heads together."""
    layers: int = 1
    """Number of layers, each from nodes to hyperedges and back."""
    dropout: float = 0.5
    """Probability of dropping a channel of a cell before each of the two steps of a layer."""
    heads: int = 4
    """Heads of the attention."""


class AllSetTransformer(Network):
    r"""Hyperedges read the set of their nodes, nodes the set of their hyperedges, by attention from a learned seed.

    $$h_e = f(\{h_x\}_{x \in e}), \quad h_x' = g(\{h_e\}_{e \ni x}), \qquad
      f(S) = \mathrm{LN}(Y + \mathrm{MLP}(Y)), \\
      Y = \mathrm{LN}\big(\theta + \Vert_k \, \mathrm{softmax}(\theta_k (S K_k)^T) \, S V_k\big)$$

    Each step has its own $\theta$, K, V and MLP. Sums know no order, so relabelling nodes permutes the output and
    relabelling hyperedges leaves it. The empty set, that of a node in no hyperedge, gives the seed alone.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (nnz + C (n_0 + n_1)))$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        nothing in the formula, with linear K and V; its authors' code also rectifies scores (leaky), MLPs and steps.
        Hyperedges, as a target, are read before they speak back; whole components, not in the paper, pool nodes.
    Source:
        Chien et al., 2022, "You are AllSet: A Multiset Function Framework for Hypergraph Neural Networks".
    """

    Config = AllSetConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: AllSetConfig = AllSetConfig()
    ) -> None:
        ranks = ([1, 0] * config.layers)[: -1 if target == 1 else None]
        channels = [widths[0]] + [config.hidden] * (len(ranks) - 1)
        messages = [_SetAttention(before, config.hidden, config.heads) for before in channels]
        layers = [
            Layer(route(incident(rank, 1 - rank), message), update={rank: _Normalize(config.hidden)})
            for rank, message in zip(ranks, messages, strict=True)
        ]
        readout = read_out(target, {int(target == 1): config.hidden}, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


class _SetAttention(Message):
    """What a set answers to a learned seed, plus the seed."""

    def __init__(self, in_channels: int, out_channels: int, heads: int) -> None:
        super().__init__()
        if out_channels % heads:
            raise ShapeError(f"hidden should be a multiple of heads = {heads}, but is {out_channels}")
        self.seed = nn.Parameter(torch.empty(heads, out_channels // heads))
        nn.init.xavier_uniform_(self.seed)
        # A bias of the keys would shift all scores of a head alike, which the softmax does not see.
        self.key = nn.Linear(in_channels, out_channels, bias=False)
        self.value = nn.Linear(in_channels, out_channels)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give one row for each set: each row of the operator."""
        key, value = (each(source).unflatten(1, self.seed.shape) for each in (self.key, self.value))
        scores = (key * self.seed).sum(dim=-1)
        none = scores.new_zeros(operator.shape[0], len(self.seed))
        return (self.seed + attention(operator.matrix.pattern, none, scores, value, slope=1.0)).flatten(1)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"θ + softmax[{neighborhood}](⟨θ, {source} K⟩) {source} V"


class _Normalize(Update):
    """LN(Y + MLP(Y)), Y = LN(m)."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.before, self.after = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.mlp = mlp(hidden, hidden, hidden)

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        y = self.before(m)
        return self.after(y + self.mlp(y))  # type: ignore[no-any-return]

    def formula(self, h: str, m: str) -> str:
        return f"LN(Y + MLP(Y)), Y = LN({m})"
