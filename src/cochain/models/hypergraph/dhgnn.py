"""DHGNN: a hypergraph network that draws new hyperedges in every layer."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from cochain.complexes import Cochain, Complex
from cochain.kernels import Pattern, aggregate, attention
from cochain.nn import Features, Network, incident, read_out
from cochain.nn.grouping import cluster_groups, nearest_groups


@dataclass(frozen=True)
class DHGNNConfig:
    """Hyperparameters of `DHGNN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer."""
    neighbors: int = 5
    """Nodes of the hyperedge that each node draws around itself, itself among them."""
    clusters: int = 4
    """Hyperedges that cluster each component."""


class DHGNN(Network):
    r"""Nodes attend to the hyperedges given, to the one of their nearest nodes in features, and to their cluster.

    $$E_l = E \cup \{\mathrm{NN}_k(x)\}_x \cup \mathrm{kmeans}(H), \qquad h_e = \frac{1}{|e|} \sum_{x \in e} h_x, \\
      h_x' = \sigma\Big(\sum_{e \in E_l(x)} \mathrm{softmax}_e(w^T h_e) \, h_e W + b\Big)$$

    E_l(x) are the given hyperedges of x, its cluster, and of those around nodes the one around x itself.
    The hyperedges of a layer are drawn from its features alone, so relabelling permutes the output. A node far away
    changes who is near and how clusters lie, so that an isolated node is heard: the law of isolated cells is broken by
    design. Hyperedges that a layer makes are no neighbourhood of the complex; hence a layer of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer nearest nodes on the CPU, and $O(n C (k + K))$ time for k nodes of a hyperedge and K clusters.
    Differs from the paper:
        a mean in place of its learned mixing of the k nodes in order of their distance, which needs hyperedges of one
        size; given hyperedges take part in all layers; a node is in one cluster.
    Source:
        Jiang et al., 2019, "Dynamic Hypergraph Neural Networks".
    """

    Config = DHGNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: DHGNNConfig = DHGNNConfig()
    ) -> None:
        channels = [widths[0]] + [config.hidden] * config.layers
        layers = [_Layer(before, after, config) for before, after in pairwise(channels)]
        readout = read_out(target, {0: channels[-1]}, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


class _Layer(nn.Module):
    def __init__(self, before: int, after: int, config: DHGNNConfig) -> None:
        super().__init__()
        self.map, self.config = nn.Linear(before, after), config
        # A bias of the scores would shift all of them alike, which the softmax does not see.
        self.score = nn.Linear(before, 1, bias=False)

    def forward(self, complex_: Complex, features: Features) -> Features:
        x = features[0]
        groups, readers = self.groups(complex_, x)
        told = aggregate(groups, x, "mean")
        scores = self.score(told)
        heard = attention(readers, scores.new_zeros(len(x), 1), scores, told[:, None], slope=1.0)[:, 0]
        return {**features, 0: torch.relu(self.map(heard))}

    def groups(self, complex_: Complex, x: torch.Tensor) -> tuple[Pattern, Pattern]:
        """List the nodes of all hyperedges, given, near and clusters, and which of them each node reads."""
        given = complex_.resolve(incident(1, 0)).matrix.pattern
        near = nearest_groups(complex_, x, self.config.neighbors)
        clusters = cluster_groups(complex_, x, self.config.clusters)
        parts, starts = (given, near, clusters), (0, given.shape[0], given.shape[0] + near.shape[0])
        rows = [each.rows.long() + start for each, start in zip(parts, starts, strict=True)]
        columns = [each.indices.long() for each in parts]
        shape = (starts[2] + clusters.shape[0], len(x))
        groups = Pattern.from_coo(torch.cat(rows), torch.cat(columns), shape)[0]
        # Of the hyperedges drawn around nodes each node reads its own, wherever else it may be near.
        own = torch.arange(len(x), device=x.device)
        rows[1], columns[1] = own + starts[1], own
        return groups, Pattern.from_coo(torch.cat(columns), torch.cat(rows), shape[::-1])[0]

    def equations(self) -> list[str]:
        drawn = f"{incident(1, 0)}, {self.config.neighbors} nearest, {self.config.clusters} clusters"
        return [f"h₁ = mean[{drawn}](h₀)", "h₀' = relu(softmax(h₁ w) h₁ W + b)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 1, "mean"), (1, 0, "softmax"), (0, 0, "near")]
