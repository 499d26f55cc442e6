"""EHGNN: message passing between edges on the dual hypergraph, and HyperDrop."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.nn import Embed, Network, incident, pool_nodes, read_out
from cochain.nn.incidence import Smoothed
from cochain.nn.pool import strongest

LEAST = 1e-3
"""The least score of an edge that stays: nodes are scaled by the inverse root of the sum of their edges' scores."""


@dataclass(frozen=True)
class EHGNNConfig:
    """Hyperparameters of `EHGNN`."""

    hidden: int = 64
    """Channels of nodes and edges."""
    layers: int = 3
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""
    keep: float = 1.0
    """Share of the edges that stay after each layer, those with the highest scores; 1 keeps all."""


class EHGNN(Network):
    r"""Edges hear each other through shared nodes, as nodes of the dual do, and weigh what nodes hear along them.

    $$H_1' = \sigma(\mathrm{conv}(H^T, 1) \, H_1 W_1 + b_1), \quad s = \sigma(\mathrm{conv}(H^T, 1) \, H_1' w), \quad
      H_0' = \sigma(\mathrm{conv}(H, s) \, H_0 W_0 + b_0), \\
      \mathrm{conv}(H, s) = D_s^{-1/2} H \, \mathrm{diag}(s) \, D_e^{-1} H^T D_s^{-1/2}, \ D_s = \mathrm{diag}(H s)$$

    The dual hypergraph has edges as nodes and nodes as hyperedges, its incidence is $H^T$, and its dual is the first
    one. HyperDrop (`keep` < 1): edges whose score is not among the highest of their component fall silent from there
    on. Built from H and scores, so relabelling permutes the output. Which edges stay lasts; hence a forward of its own.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer six products with H, $O(C \, nnz)$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        an edge also begins with the mean of its nodes, and one that is left out still hears; scores are logistic and at
        least 0.001; one readout of the last layer. On edges of two nodes conv is the paper's, elsewhere symmetric.
    Source:
        Jo et al., 2021, "Edge Representation Learning with Hypergraphs".
    """

    Config = EHGNNConfig
    ranks = (0, 1)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: EHGNNConfig = EHGNNConfig()
    ) -> None:
        if not 0 < config.keep <= 1 or (config.keep < 1 and target != "whole"):
            raise SpecError(
                f"keep should be above 0 and at most 1, below 1 only on the whole, but is {config.keep} on {target!r}"
            )
        # An answer on edges never sees what nodes hear last, so the nodes learn nothing there.
        layers = [_Layer(config.hidden, config.keep, nodes=target != 1) for _ in range(config.layers)]
        embed = Embed({k: widths[k] for k in self.ranks}, config.hidden)
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        embed, *layers = self.layers
        features = self.inputs(complex_)
        features = embed(complex_, features)
        nodes, edges = features[0], features[1] + pool_nodes(complex_, 1, features[0])
        kept = torch.ones(len(edges), dtype=torch.bool, device=edges.device)
        for layer in layers:
            nodes, edges = (dropout(h, self.dropout, self.training) for h in (nodes, edges))
            nodes, edges, kept = layer(complex_, nodes, edges, kept)
        return self.readout(complex_, [{0: nodes, 1: edges}])  # type: ignore[no-any-return]


class _Layer(nn.Module):
    def __init__(self, hidden: int, keep: float, nodes: bool) -> None:
        super().__init__()
        self.keep, self.dual = keep, Smoothed(hidden, hidden, 0.0)
        self.bias = nn.ParameterList(torch.zeros(hidden) for _ in range(1 + nodes))
        self.score = Smoothed(hidden, 1, 0.0) if nodes else None
        self.own = Smoothed(hidden, hidden, 0.0) if nodes else None

    def forward(self, complex_: Complex, nodes: Tensor, edges: Tensor, kept: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        up, down = (complex_.resolve(symbol, nodes.dtype) for symbol in (incident(0, 1), incident(1, 0)))
        ones = nodes.new_ones(len(nodes), 1)
        edges = torch.relu(self.dual(down, ones, edges, None, "sum") + self.bias[0])
        if self.own is None or self.score is None:
            return nodes, edges, kept
        score = torch.sigmoid(self.score(down, ones, edges, None, "sum")).clamp(min=LEAST)
        if self.keep < 1:
            kept = strongest(complex_, 1, score[:, 0], self.keep, kept)
            score, edges = torch.where(kept[:, None], score, 0.0), torch.where(kept[:, None], edges, 0.0)
        return torch.relu(self.own(up, score, nodes, None, "sum") + self.bias[1]), edges, kept

    def equations(self) -> list[str]:
        up, down = str(incident(0, 1)), str(incident(1, 0))
        pooled = [] if self.keep == 1 else [f"s = top {self.keep:.0%} of s"]
        first = f"h₁' = relu({self.dual.formula(down, '1', 'h₁')} + b)"
        if self.own is None or self.score is None:
            return [first]
        score = f"s = sigmoid({self.score.formula(down, '1', 'h₁')})"
        return [first, score, *pooled, f"h₀' = relu({self.own.formula(up, 's', 'h₀')} + b)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(1, 1, "dual"), (1, 0, "s"), (0, 0, "conv")]
