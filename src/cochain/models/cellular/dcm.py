"""Differentiable cell complex module (DCM)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.kernels import spmm
from cochain.lift import cycles, keep
from cochain.nn import Embed, Network, pool_nodes, read_out, upper
from cochain.nn.latent import PolygonMessages, latent_graph, latent_polygons, through_shared


@dataclass(frozen=True)
class DCMConfig:
    """Hyperparameters of `DCM`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers on the inferred complex."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""
    length: int = 3
    """Edges of the longest polygons, at least 3; 0 forbids polygons: a network on an inferred graph."""
    latent: int = 8
    """Dimensions of the space in which nodes, and edges, are compared."""
    candidates: int = 8
    """Nodes nearest to a node there that may become its neighbours."""
    alpha: float = 1.5
    """Of the entmax, from 1 (all candidates are neighbours) to 2."""
    sharpness: float = 2.0
    """Initial scale of the similarities, which learns: the greater, the fewer neighbours and polygons."""


class DCM(Network):
    r"""Infer a cell complex from the features of nodes, and pass messages on it, scaled by the shares of its cells.

    $$w_{xy}: \mathrm{entmax}_\alpha \text{ of } -\lVert z_x - z_y \rVert \text{ over } y, \qquad
      p_c: \mathrm{entmax}_\alpha \text{ of } {-\textstyle\sum_{e, f \in c}} \lVert z_e - z_f \rVert^2
      \text{ over induced cycles } c, \\
      h_x' = \mathrm{relu}\Big(h_x W + \sum_y w_{xy} h_y W' + \mathop{\mathrm{mean}}_{e \ni x} m_e\Big), \qquad
      m_e = \sum_{c \ni e, f \in c} p_c \, \alpha_{ef} \, h_f V, \qquad h_e = \mathrm{relu}(w_e (h_x + h_y) U)$$

    Shares are 0 but for a few cells, which make the complex; gradients reach the embeddings z through them. Given edges
    are not read. Nearness knows no names, so relabelling permutes the output, but any two nodes of a component may
    become neighbours: the law of isolated cells is broken by design. Each run makes its complex; hence a
    forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        nearest nodes and induced cycles on the CPU; per layer $O(C)$ for each pair of edges of one polygon.
    Differs from the paper:
        entmax over the nearest `candidates`, the same where fewer get a share, without an n x n matrix; shares scale
        the messages, where its published code counts edges, which has no gradient; edges hear each other through
        polygons alone, so that without these it is a network on the inferred graph.
    Source:
        Battiloro et al., 2024, "From Latent Graph to Latent Topology Inference: Differentiable Cell Complex Module".
    """

    Config = DCMConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: DCMConfig = DCMConfig()
    ) -> None:
        layers = [Embed({0: widths[0]}, config.hidden), *(_Layer(config) for _ in range(config.layers))]
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, {0: config.hidden}, out), config.dropout)
        self.config = config  # and embeddings have no bias, which would move all alike, unseen by distances
        self.node = nn.Linear(config.hidden, config.latent, bias=False)
        self.edge = nn.Linear(config.hidden, config.latent, bias=False) if config.length else None
        self.sharpness = nn.Parameter(torch.full((2 if config.length else 1,), config.sharpness))

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        embed, *layers = self.layers
        h = embed(complex_, self.inputs(complex_))[0]
        inferred = self.infer(complex_, h)
        for layer in layers:
            h = layer(inferred, dropout(h, self.dropout, self.training))
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]

    def infer(self, complex_: Complex, h: Tensor) -> Complex:
        """Give the complex that embedded features make, with the shares of edges and polygons as their `weight`."""
        z, count, alpha = self.node(torch.relu(h)), self.config.candidates, self.config.alpha
        graph = latent_graph(complex_, z, count, self.sharpness[0], alpha)
        if self.edge is None:
            return graph
        glued = cycles(graph, self.config.length, features=None)
        z = self.edge(torch.relu(pool_nodes(glued, 1, h)))
        glued = glued.with_cochain(2, "weight", latent_polygons(glued, z, self.sharpness[1], alpha))
        return keep(glued, "weight", 2, low=torch.finfo(h.dtype).tiny)


class _Layer(nn.Module):
    def __init__(self, config: DCMConfig) -> None:
        super().__init__()
        hidden = config.hidden
        self.own, self.heard = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden, bias=False)
        self.polygons = PolygonMessages(hidden) if config.length else None

    def forward(self, inferred: Complex, h: Tensor) -> Tensor:
        m = self.own(h) + spmm(through_shared(inferred.resolve(upper(0).triples), inferred[1].weight), self.heard(h))
        return torch.relu(m if self.polygons is None else m + self.polygons(inferred, h))

    def equations(self) -> list[str]:
        told = " + mean[B₁](p ⊙ softmax[A↑₁](h₁) h₁ V), h₁ = relu(w ⊙ sum[nodes](h₀) U)" if self.polygons else ""
        return [f"h₀' = relu(h₀ W + b + w ⊙ A↑₀ h₀ W'{told}), w and p from entmax(h₀)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "w"), *([(0, 1, "w"), (1, 1, "p"), (1, 0, "mean")] if self.polygons else [])]
