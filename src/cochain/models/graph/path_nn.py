"""Path neural network (PathNN)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.errors import unknown_name
from cochain.kernels.rooted_paths import CHOICES
from cochain.nn import Network, mlp, read_out
from cochain.nn.mlp import BatchNorm
from cochain.nn.paths import PathLevel, path_levels


@dataclass(frozen=True)
class PathNNConfig:
    """Hyperparameters of `PathNN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 3
    """Number of layers K; layer k reads the paths of k edges."""
    paths: str = "simple"
    """All simple paths, all shortest ones, or one shortest one to each node, which depends on their numbering."""
    distances: bool = False
    """Tell the LSTM how far each node of a path is from the first; on a shortest path that is its place."""
    dropout: float = 0.0
    """Probability of dropping a channel of a node before it is read along paths."""


class PathNN(Network):
    r"""Read the nodes along every path that leaves a node, one edge longer in every layer, by one LSTM.

    $$h_v^{(0)} = \mathrm{MLP}(x_v), \qquad h_v^{(k)} = \mathrm{relu} \, \mathrm{BN}\Big(h_v^{(k-1)} +
      \sum_{p \in P_k(v)} \mathrm{LSTM}\big(h_{p_k}^{(k-1)}, \dots, h_{p_1}^{(k-1)}, h_v^{(k-1)}\big)\Big)$$

    $P_k(v)$ holds the paths of k edges from v. An LSTM reads each from its far end; with `distances` an embedding of
    $d(v, p_i)$ stands beside each node. Which walks are paths does not depend on how nodes are numbered, so relabelling
    permutes the output; one shortest path for each end is a choice that does. Paths are no neighbourhood of cells;
    hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        $O(k C^2)$ for each path of k edges; with degrees of d there are about $n d^k$ of them.
    Differs from the paper:
        nothing; targets other than the whole are ours.
    Source:
        Michel, Nikolentzos, Lutzeyer, Vazirgiannis, 2023, "Path Neural Networks: Expressive and Accurate Graph Neural
        Networks".
    """

    Config = PathNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: PathNNConfig = PathNNConfig()
    ) -> None:
        if config.paths not in CHOICES:
            raise unknown_name("choice of paths", config.paths, CHOICES)
        layers = [_Layer(config, k + 1) for k in range(config.layers)]
        readout = read_out(target, {0: config.hidden}, out, "sum")
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)
        self.first = mlp(widths[0], config.hidden, config.hidden, norm="batch", last=True)
        self.choice, width = config.paths, config.hidden
        if config.layers:
            self.lstm = nn.LSTM(2 * width if config.distances else width, width, batch_first=True)
        self.embed = nn.Embedding(config.layers + 1, width) if config.distances and config.layers else None

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        h = self.first(self.inputs(complex_)[0])
        for layer, level in zip(self.layers, path_levels(complex_, len(self.layers), self.choice), strict=True):
            h = layer(h, level.sum(self.encode(dropout(h, self.dropout, self.training), level)))
        return self.readout(complex_, [{0: h}])  # type: ignore[no-any-return]

    def encode(self, h: Tensor, level: PathLevel) -> Tensor:
        """Give the last state of the LSTM for each path, read from its far end."""
        steps = level.read(h).flip(1)
        if self.embed is not None:
            steps = torch.cat([steps, self.embed(level.distances).flip(1)], dim=2)
        return self.lstm(steps)[0][:, -1] if len(steps) else h[:0]  # an LSTM takes no empty batch

    def equations(self) -> list[str]:
        """Give the equations of what comes in, of the layers and of the readout."""
        return ["h₀ = MLP(x₀)", *super().equations()]


class _Layer(nn.Module):
    def __init__(self, config: PathNNConfig, edges: int) -> None:
        super().__init__()
        self.norm, self.edges = BatchNorm(config.hidden), edges
        self.which = f"{config.paths} paths of {edges} edges"

    def forward(self, h: Tensor, m: Tensor) -> Tensor:
        return torch.relu(self.norm(h + m))

    def equations(self) -> list[str]:
        return [f"h₀' = relu(BN(h₀ + Σ_p LSTM(h_p{self.edges}, ..., h_p0))), p the {self.which}"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, f"P_{self.edges}")]
