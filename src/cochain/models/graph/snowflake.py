"""Neural snowflake: a graph network on a graph of the nodes that are nearest under a learned metric."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.kernels import SparseMatrix, softmax, spmm
from cochain.nn import Embed, Network, read_out
from cochain.nn.latent import distances, nearest_others, strongest_per_row
from cochain.nn.learned_metric import LearnedMetric


@dataclass(frozen=True)
class SnowflakeConfig:
    """Hyperparameters of `Snowflake`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers on the inferred graph."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before each layer."""
    neighbors: int = 4
    """Nodes that each node hears."""
    candidates: int = 16
    """Nearest nodes that they are drawn from while training."""
    latent: int = 8
    """Dimensions of the space of the metric."""
    temperature: float = 1.0
    """Of the draw, and of the shares of the messages."""


class Snowflake(Network):
    r"""Every node hears the k nodes that are nearest under a metric that learns which distances matter.

    $$d(x, y) = f(\lVert z_x - z_y \rVert), \qquad N(x) = \mathrm{top}_k \big(-d(x, y) / T + g_{xy}\big), \qquad
      h_x' = \mathrm{relu}\Big(h_x W + \sum_{y \in N(x)} \mathrm{softmax}_y(-d(x, y) / T) \, h_y W'\Big)$$

    f is concave, 0 at 0 and never falls (`LearnedMetric`); g is Gumbel noise while training and 0 in evaluation, when
    the k nearest are taken. Given edges are not read. Nearness knows no names, so relabelling permutes the output, but
    any two nodes of a component may become neighbours: the law of isolated cells is broken by design. The graph is
    state of a run; hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        nearest nodes on the CPU once; per layer one product with k nonzeros per node.
    Differs from the paper:
        draws are among the nearest `candidates`; the metric learns through the shares of the messages, in place of a
        reward for the edges drawn; p = 0, a metric.
    Source:
        Saez de Ocariz Borde, Kratsios, 2024, "Neural Snowflakes: Universal Latent Graph Inference via Trainable Latent
        Geometries".
    """

    Config = SnowflakeConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: SnowflakeConfig = SnowflakeConfig()
    ) -> None:
        if not 1 <= config.neighbors <= config.candidates:
            given = f"{config.neighbors} of {config.candidates}"
            raise SpecError(f"neighbors should be at least 1 and at most the candidates, but are {given}")
        layers = [Embed({0: widths[0]}, config.hidden), *(_Layer(config.hidden) for _ in range(config.layers))]
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, {0: config.hidden}, out), config.dropout)
        self.config = config  # and the embedding has no bias, which would move all alike, unseen by distances
        self.place, self.metric = nn.Linear(config.hidden, config.latent, bias=False), LearnedMetric()

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        embed, *layers = self.layers
        h = embed(complex_, self.inputs(complex_))[0]
        shares = self.infer(complex_, h)
        for layer in layers:
            h = layer(shares, dropout(h, self.dropout, self.training))
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]

    def infer(self, complex_: Complex, h: Tensor) -> SparseMatrix:
        """Give the share of each node in what each other one hears."""
        z, config = self.place(torch.relu(h)), self.config
        near = nearest_others(complex_, z, config.candidates if self.training else config.neighbors)
        scores = -self.metric(distances(near, z)) / config.temperature
        noise = -torch.empty_like(scores).exponential_().log() if self.training else 0.0
        pattern, chosen = strongest_per_row(near, scores + noise, config.neighbors)
        return SparseMatrix(pattern, softmax(pattern, scores[chosen]))


class _Layer(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.own, self.heard = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden, bias=False)

    def forward(self, shares: SparseMatrix, h: Tensor) -> Tensor:
        return torch.relu(self.own(h) + spmm(shares, self.heard(h)))

    def equations(self) -> list[str]:
        return ["h₀' = relu(h₀ W + b + softmax[nearest](-d) h₀ W'), d = f(|z_x - z_y|), z = relu(h₀) V"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "nearest")]
