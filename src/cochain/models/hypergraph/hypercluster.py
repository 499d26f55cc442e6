"""HyperCluster: the edges of a graph pooled into clusters on its dual hypergraph."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.nn import Embed, Features, Network, incident, pool, read_out
from cochain.nn.incidence import Smoothed


@dataclass(frozen=True)
class HyperClusterConfig:
    """Hyperparameters of `HyperCluster`."""

    hidden: int = 64
    """Channels of nodes and edges."""
    layers: int = 2
    """Number of layers between edges, before they are clustered."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""
    clusters: int = 4
    """Clusters of each component."""


class HyperCluster(Network):
    r"""Edges hear each other through shared nodes, and share a few clusters out of which nodes hear them.

    $$H_1' = \sigma(\mathrm{conv}(H^T) H_1 W_1 + b_1), \qquad C = \mathrm{softmax}(\mathrm{conv}(H^T) H_1' W_C), \\
      Z = \sigma(N(C)^T H_1' W_Z + b_Z), \qquad
      H_0' = \sigma(H_0 W_0 + N(H C) Z + b_0), \qquad H_1'' = H_1' + C Z$$

    with $\mathrm{conv}(H^T) = D_e^{-1/2} H^T D_v^{-1} H D_e^{-1/2}$, the convolution on the dual, and N dividing by
    sums: the pooled dual has Z on its nodes and $(H C)^T$ as its incidence. Built from H and sums over components, so
    relabelling permutes the output, on edges too.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer two products with H, and $O(K C (n_0 + n_1))$ time and memory for K clusters.
    Differs from the paper:
        the clusters speak back to nodes and edges in one layer; the decoder of whole graphs is left out.
    Source:
        Jo et al., 2021, "Edge Representation Learning with Hypergraphs".
    """

    Config = HyperClusterConfig
    ranks = (0, 1)

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = "whole",
        config: HyperClusterConfig = HyperClusterConfig(),
    ) -> None:
        layers: list[nn.Module] = [Embed({k: widths[k] for k in self.ranks}, config.hidden)]
        layers += [_Dual(config.hidden) for _ in range(config.layers)]
        layers.append(_Cluster(config.hidden, config.clusters, nodes=target != 1))
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], layers, readout, config.dropout)


class _Dual(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.conv, self.bias = Smoothed(hidden, hidden, 0.0), nn.Parameter(torch.zeros(hidden))

    def forward(self, complex_: Complex, features: Features) -> Features:
        return {**features, 1: torch.relu(_between_edges(complex_, self.conv, features[1]) + self.bias)}

    def equations(self) -> list[str]:
        return [f"h₁' = relu({self.conv.formula(str(incident(1, 0)), '1', 'h₁')} + b)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(1, 1, "dual")]


class _Cluster(nn.Module):
    def __init__(self, hidden: int, clusters: int, nodes: bool) -> None:
        super().__init__()
        self.share, self.map = Smoothed(hidden, clusters, 0.0), nn.Linear(hidden, hidden)
        self.own = nn.Linear(hidden, hidden) if nodes else None

    def forward(self, complex_: Complex, features: Features) -> Features:
        nodes, edges = features[0], features[1]
        share = torch.softmax(_between_edges(complex_, self.share, edges), dim=1)
        total = pool(complex_, 1, share)[:, :, None].clamp(min=1e-6)
        drawn = pool(complex_, 1, (share[:, :, None] * edges[:, None, :]).flatten(1))
        pooled = torch.relu(self.map(drawn.view(len(complex_), -1, edges.shape[1]) / total))
        edges = edges + _mix(share, pooled[complex_.component_of(1)])
        if self.own is not None:
            weight = complex_.resolve(incident(0, 1).normalized("row"), share.dtype) @ share
            nodes = torch.relu(self.own(nodes) + _mix(weight, pooled[complex_.component_of(0)]))
        return {0: nodes, 1: edges}

    def equations(self) -> list[str]:
        share = f"C = softmax({self.share.formula(str(incident(1, 0)), '1', 'h₁')})"
        nodes = [] if self.own is None else [f"h₀' = relu(h₀ W + {incident(0, 1).normalized('row')} C Z + b)"]
        return [share, "Z = relu(mean[C](h₁) W + b)", *nodes, "h₁' = h₁ + C Z"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(1, 1, "C Cᵀ"), (1, 0, "H C Cᵀ"), (0, 0, "")]


def _between_edges(complex_: Complex, conv: Smoothed, edges: Tensor) -> Tensor:
    ones = edges.new_ones(complex_.sizes[0], 1)
    return conv(complex_.resolve(incident(1, 0), edges.dtype), ones, edges, None, "sum")  # type: ignore[no-any-return]


def _mix(share: Float[Tensor, "cells clusters"], z: Float[Tensor, "cells clusters channels"]) -> Tensor:
    return (share[:, :, None] * z).sum(dim=1)
