"""ED-HNN: equivariant hypergraph diffusion operators."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.nn import Features, Network, Pair, incident, mlp, pool_nodes, read_out


@dataclass(frozen=True)
class EDHNNConfig:
    """Hyperparameters of `EDHNN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 2
    """Number of diffusion steps, which share their weights."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each step and before the answer."""
    alpha: float = 0.5
    """Share of the embedded features that came in."""
    reduce: str = "mean"
    """How both steps reduce: mean or sum."""


class EDHNN(Network):
    r"""Diffuse along hyperedges whose message to a node depends on that node.

    $$h_e = \frac{1}{|e|} \sum_{x \in e} \hat\phi(h_x), \qquad
      h_x' = \sigma\Big(\hat\psi\Big((1 - \alpha) \frac{1}{d_x} \sum_{e \ni x} \hat\rho(h_x, h_e) + \alpha h_x^0\Big)
      \Big)$$

    Every node hears something else from one hyperedge, which approximates any equivariant diffusion operator. Sums know
    no order, so relabelling nodes permutes the output and relabelling hyperedges leaves it. The first features last
    from layer to layer, which the features of a rank do not; hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2 (nnz + n_0))$ time, $O(C \, nnz)$ memory: a message for every node of every hyperedge.
    Differs from the paper:
        as its authors' code: the first features are added and not concatenated, and the degree is no input of
        $\hat\psi$ but divides the sum (with the reduction "mean").
    Source:
        Wang et al., 2023, "Equivariant Hypergraph Diffusion Neural Operators".
    """

    Config = EDHNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: EDHNNConfig = EDHNNConfig()
    ) -> None:
        self.steps = config.layers
        readout = read_out(target, {0: config.hidden}, out)
        layers: list[nn.Module] = [_First(widths[0], config.hidden)]
        layers += [_Step(config)] if config.layers else []
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        rate, training = self.dropout, self.training
        features = self.inputs(complex_)
        h = start = self.layers[0](complex_, {0: dropout(features[0], rate, training)})[0]
        for _ in range(self.steps):
            h = self.layers[1](complex_, dropout(h, rate, training), start)
        return self.readout(complex_, [{0: dropout(h, rate, training)}])  # type: ignore[no-any-return]


class _First(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.map = nn.Linear(before, after)

    def forward(self, complex_: Complex, features: Features) -> Features:
        return {0: torch.relu(self.map(features[0]))}

    def equations(self) -> list[str]:
        return ["h₀⁰ = relu(x₀ W + b)"]


class _Step(nn.Module):
    def __init__(self, config: EDHNNConfig) -> None:
        super().__init__()
        hidden = config.hidden
        self.alpha, self.reduce, self.times = config.alpha, config.reduce, config.layers
        self.phi, self.psi = mlp(hidden, hidden, hidden), mlp(hidden, hidden, hidden)
        self.rho = Pair(mlp(2 * hidden, hidden, hidden))

    def forward(self, complex_: Complex, h: Tensor, start: Tensor) -> Tensor:
        hyperedges = pool_nodes(complex_, 1, self.phi(h), self.reduce)
        heard = self.rho(complex_.resolve(incident(0, 1), h.dtype), hyperedges, h, None, self.reduce)
        return torch.relu(self.psi((1 - self.alpha) * heard + self.alpha * start))

    def equations(self) -> list[str]:
        mixed = f"{1 - self.alpha:g} {self.reduce}[{incident(0, 1)}] ρ(h₀, h₁) + {self.alpha:g} h₀⁰"  # noqa: RUF001
        return [f"h₁ = {self.reduce}[{incident(1, 0)}] φ(h₀)", f"h₀' = relu(ψ({mixed}))   ({self.times} times)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 1, "φ"), (1, 0, "ρ")]  # noqa: RUF001
