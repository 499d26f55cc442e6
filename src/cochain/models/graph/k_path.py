"""k-path rooted-subgraph graph network."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.nn import Embed, Network, mlp, read_out
from cochain.nn.paths import PathLevel, chords, path_levels


@dataclass(frozen=True)
class KPathConfig:
    """Hyperparameters of `KPath`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    length: int = 3
    """Edges k of the longest paths; one layer then counts cycles of up to k + 1 nodes."""
    samples: int = 0
    """Paths of each length that are drawn for every root while training; 0 takes all, as evaluation always does."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""


class KPath(Network):
    r"""Root a subgraph at every path that leaves a node, encode it, and pool over the paths of each length.

    $$h_v' = \mathrm{MLP}\Big(h_v \,\Vert\, \Vert_{l=1}^{k} \sum_{p \in P_l(v)} \phi_l\big(h_{p_0} \Vert \dots \Vert
      h_{p_l} \Vert (A_{p_i p_j})_{j > i + 1}\big)\Big)$$

    $P_l(v)$ holds the simple paths of l edges from $v = p_0$; $\phi_l$ reads the subgraph that the nodes of a path
    induce, in the order of the path: their features, and which of them are joined beside the path. A chord from the
    first to the last node is a cycle through v, so sums over paths count cycles of up to k + 1 nodes. Paths and chords
    do not depend on how nodes are numbered, so relabelling permutes the output. Paths are no neighbourhood of cells;
    hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        $O(l C^2)$ for each path of l edges in every layer; with degrees of d there are about $n d^k$ of the longest.
    Differs from the paper:
        an MLP in the order of the path encodes a subgraph, where the paper takes a graph network; the contrastive views
        of its training, without unimportant edges, are left out.
    Source:
        Li, Xu, Zhang, Zhou, Chen, Li, 2025, "Revisiting Graph Neural Networks on Graph-level Tasks: Comprehensive
        Experiments, Analysis, and Improvements".
    """

    Config = KPathConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: KPathConfig = KPathConfig()
    ) -> None:
        layers = [Embed({0: widths[0]}, config.hidden), *(_Layer(config) for _ in range(config.layers))]
        super().__init__(
            [Cochain(0, widths[0])], layers, read_out(target, {0: config.hidden}, out, "sum"), config.dropout
        )
        self.length, self.samples = config.length, config.samples

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        embed, *layers = self.layers
        h = embed(complex_, features)[0]
        levels = path_levels(complex_, self.length)
        if self.training and self.samples:
            levels = [level.draw(self.samples) for level in levels]
        sides = [chords(complex_, level.nodes).to(h.dtype) for level in levels]
        for layer in layers:
            h = layer(dropout(h, self.dropout, self.training), levels, sides)
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]


class _Layer(nn.Module):
    def __init__(self, config: KPathConfig) -> None:
        super().__init__()
        width, edges = config.hidden, range(1, config.length + 1)
        self.encode = nn.ModuleList(mlp((k + 1) * width + k * (k - 1) // 2, width, width) for k in edges)
        self.join = mlp((config.length + 1) * width, width, width)

    def forward(self, h: Tensor, levels: list[PathLevel], sides: list[Tensor]) -> Tensor:
        parts = [h]
        for encode, level, side in zip(self.encode, levels, sides, strict=True):
            parts.append(level.sum(encode(torch.cat([level.read(h).flatten(1), side], dim=1))))
        return self.join(torch.cat(parts, dim=1))  # type: ignore[no-any-return]

    def equations(self) -> list[str]:
        read = "MLP(h_p0 ‖ ... ‖ h_pl ‖ chords of p)"
        return [f"h₀' = MLP(h₀ ‖ Σ_p {read}), p the paths of l = 1..{len(self.encode)} edges"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, f"P_1..{len(self.encode)}")]
