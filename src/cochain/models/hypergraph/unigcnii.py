"""UniGCNII: deep convolution on hypergraphs, with the features that came in added to every layer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from cochain.complexes import Cochain, Complex
from cochain.nn import Features, Network, incident, pool_nodes, read_out
from cochain.nn.incidence import DegreeScaled


@dataclass(frozen=True)
class UniGCNIIConfig:
    """Hyperparameters of `UniGCNII`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 2
    """Number of layers; the paper goes up to 64."""
    dropout: float = 0.2
    """Probability of dropping a channel of a node before each map."""
    alpha: float = 0.1
    """Share of the embedded features that came in."""
    decay: float = 0.5
    """Layer l weighs its map by log(decay / l + 1)."""


class UniGCNII(Network):
    r"""UniGCN with a share of the first features in every layer, and maps that come closer to the identity with depth.

    $$\hat h_x = \frac{1}{\sqrt{d_x}} \sum_{e \ni x} \frac{1}{\sqrt{d_e}} h_e, \qquad
      h_x' = \sigma\big(((1 - \beta) I + \beta W) ((1 - \alpha) \hat h_x + \alpha h_x^0)\big)$$

    $h_e$ is the mean of the nodes of e, $d_e$ that of their degrees, and $\beta_l = \log(\lambda / l + 1)$. Sums and
    degrees do not depend on an order, so relabelling permutes the output. The first features last from layer to layer,
    which the features of a rank do not; hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two products with the incidence, $O(C \, nnz + C^2 n_0)$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        the hyperedges that hold one node each, its self-loops, are left to the data; other targets than nodes, which
        the paper does not have, read the last layer.
    Source:
        Huang, Yang, 2021, "UniGNN: a Unified Framework for Graph and Hypergraph Neural Networks".
    """

    Config = UniGCNIIConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: UniGCNIIConfig = UniGCNIIConfig()
    ) -> None:
        steps = [_Step(config, place) for place in range(1, config.layers + 1)]
        readout = read_out(target, {0: config.hidden}, out)
        super().__init__([Cochain(0, widths[0])], [_First(widths[0], config.hidden), *steps], readout, config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        rate, training = self.dropout, self.training
        first, *steps = self.layers
        features = self.inputs(complex_)
        h = start = first(complex_, {0: dropout(features[0], rate, training)})[0]
        for step in steps:
            h = step(complex_, dropout(h, rate, training), start)
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
    def __init__(self, config: UniGCNIIConfig, place: int) -> None:
        super().__init__()
        self.alpha, self.beta = config.alpha, log(config.decay / place + 1)
        self.map, self.scaled = nn.Linear(config.hidden, config.hidden, bias=False), DegreeScaled()

    def forward(self, complex_: Complex, h: Tensor, start: Tensor) -> Tensor:
        mean = pool_nodes(complex_, 1, h)
        heard = self.scaled(complex_.resolve(incident(0, 1), h.dtype), mean, None, None, "sum")
        mixed = (1 - self.alpha) * heard + self.alpha * start
        return torch.relu((1 - self.beta) * mixed + self.beta * self.map(mixed))

    def equations(self) -> list[str]:
        heard = self.scaled.formula(str(incident(0, 1)), f"{incident(1, 0).normalized('row')} h₀", "h₀")
        return [f"h₀' = relu(((1 - β) I + β W) ({1 - self.alpha:g} {heard} + {self.alpha:g} h₀⁰))"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "D^-1/2 H D^-1/2 mean")]
