"""LEGCN: graph convolution on the line expansion of a hypergraph."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from cochain.complexes import Cochain, Complex
from cochain.kernels import segment
from cochain.nn import Features, Network, incident, read_out


@dataclass(frozen=True)
class LEGCNConfig:
    """Hyperparameters of `LEGCN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    dropout: float = 0.5
    """Probability of dropping a channel before each layer."""


class LEGCN(Network):
    r"""Memberships of nodes in hyperedges speak to those of the same node and to those of the same hyperedge.

    $$h_{(x, e)}' = \sigma\Big(\sum_{y \in e} \frac{h_{(y, e)} W}{\sqrt{d_{(x, e)} d_{(y, e)}}} +
      \sum_{f \ni x} \frac{h_{(x, f)} W}{\sqrt{d_{(x, e)} d_{(x, f)}}} + b\Big), \qquad d_{(x, e)} = |e| + d_x, \\
      h_{(x, e)}^0 = h_x, \qquad h_x = \frac{\sum_{e \ni x} h_{(x, e)} / |e|}{\sum_{e \ni x} 1 / |e|}$$

    The line expansion is a graph whose nodes are memberships: nodes and hyperedges are treated alike, and the dual has
    the same one. Sums know no order, so relabelling permutes the output; a node in no hyperedge is not in it and
    answers a constant. Memberships are cells of no rank; hence layers of their own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2 \, nnz)$ time, $O(C \, nnz)$ memory: the expansion's edges are sums and never written out.
    Differs from the paper:
        both kinds of edges weigh 1, its default; a linear map reads the nodes.
    Source:
        Yang et al., 2022, "Semi-supervised Hypergraph Node Classification on Hypergraph Line Expansion".
    """

    Config = LEGCNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: LEGCNConfig = LEGCNConfig()
    ) -> None:
        channels = [widths[0]] + [config.hidden] * config.layers
        steps = [_Step(before, after) for before, after in pairwise(channels)]
        readout = read_out(target, {0: channels[-1]}, out)
        super().__init__([Cochain(0, widths[0])], [_Expand(), *steps, _Contract()], readout, config.dropout)


class _Expand(nn.Module):
    def forward(self, complex_: Complex, features: Features) -> Features:
        return {0: features[0][complex_.resolve(incident(0, 1)).matrix.pattern.rows]}

    def equations(self) -> list[str]:
        return ["h₍ₓ,ₑ₎ = h₀"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "expand")]


class _Step(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.map = nn.Linear(before, after, bias=False)
        self.bias = nn.Parameter(torch.zeros(after))

    def forward(self, complex_: Complex, features: Features) -> Features:
        nodes = complex_.resolve(incident(0, 1)).matrix.pattern
        edges, order = nodes.transposed
        x = self.map(features[0])
        degree = (nodes.degrees[nodes.rows] + edges.degrees[nodes.indices]).to(x.dtype)[:, None]
        x = degree.rsqrt() * x
        of_nodes, of_edges = segment(nodes, x, "sum"), segment(edges, x[order], "sum")
        return {0: torch.relu(degree.rsqrt() * (of_nodes[nodes.rows] + of_edges[nodes.indices]) + self.bias)}

    def equations(self) -> list[str]:
        return ["h₍ₓ,ₑ₎' = relu(D^-1/2 (Σ_y h₍y,ₑ₎ + Σ_f h₍ₓ,f₎) D^-1/2 W + b)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "same node"), (0, 0, "same hyperedge")]


class _Contract(nn.Module):
    def forward(self, complex_: Complex, features: Features) -> Features:
        nodes = complex_.resolve(incident(0, 1)).matrix.pattern
        share = 1 / nodes.transposed[0].degrees[nodes.indices].to(features[0].dtype)[:, None]
        total = segment(nodes, share, "sum")
        return {0: segment(nodes, share * features[0], "sum") / torch.where(total > 0, total, 1.0)}

    def equations(self) -> list[str]:
        return ["h₀ = mean of h₍ₓ,ₑ₎ over e, weighted by 1/|e|"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "contract")]
