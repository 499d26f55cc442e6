"""PhenomNN: layers that descend an energy of the hypergraph."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.nn import Features, Network, incident, mlp, read_out


@dataclass(frozen=True)
class PhenomNNConfig:
    """Hyperparameters of `PhenomNN`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 16
    """Number of descent steps; they have no weights."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before the encoder and before the descent."""
    clique: float = 0.0
    """Weight of the energy of the clique expansion, lambda_0: hyperedges draw with the square of their size."""
    star: float = 0.1
    """Weight of the energy of the star expansion, lambda_1; features stay apart where it is below 1 / degree."""
    step: float = 1.0
    """Size alpha of a step; the energy never rises for steps up to 1."""
    nonnegative: bool = True
    """Keep the features non-negative, by a rectifier after each step."""


class PhenomNN(Network):
    r"""Minimise an energy that draws the nodes of a hyperedge together, by proximal gradient steps.

    $$E(Y) = \lVert Y - f(X) \rVert^2 + \lambda_0 \, \mathrm{tr} \, Y^T L_C Y + \lambda_1 \, \mathrm{tr} \, Y^T L_S Y,
      \quad Y \ge 0, \\
      Y' = \mathrm{relu}\big((1 - \alpha) Y + \alpha \tilde D^{-1} (f(X) + (\lambda_0 A_C + \lambda_1 A_S) Y)\big)$$

    $A_C = H H^T - D_v$, $A_S = H D_e^{-1} H^T$, $L = D - A$ with D their row sums, and
    $\tilde D = I + \lambda_0 D_C + \lambda_1 D_S$. As $|A| \le D$, the energy never rises for $\alpha \le 1$. Built
    from H alone, so relabelling permutes the output; a node in no hyperedge keeps f(x). Every step reads f(X), which
    the features of a rank do not hold; hence layers of their own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per step two products with H, $O(C \, nnz)$ time; both expansions are products, and neither is written out.
    Differs from the paper:
        its simple form: the matrices that make hyperedges compatible with nodes are the identity. Other targets than
        nodes, which the paper does not have, read the minimiser too.
    Source:
        Wang et al., 2023, "From Hypergraph Energy Functions to Hypergraph Neural Networks".
    """

    Config = PhenomNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: PhenomNNConfig = PhenomNNConfig()
    ) -> None:
        layers = [_Encoder(widths[0], config.hidden), _Descent(config)]
        readout = read_out(target, {0: config.hidden}, out)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


class _Encoder(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.map = mlp(before, after, after)

    def forward(self, complex_: Complex, features: Features) -> Features:
        return {0: self.map(features[0])}

    def equations(self) -> list[str]:
        return ["f = MLP(x₀)"]


class _Descent(nn.Module):
    def __init__(self, config: PhenomNNConfig) -> None:
        super().__init__()
        self.config = config

    def forward(self, complex_: Complex, features: Features) -> Features:
        f = y = features[0]
        for _ in range(self.config.layers):
            y = self.step(complex_, y, f)
        return {0: y}

    def step(
        self, complex_: Complex, y: Float[Tensor, "nodes channels"], f: Float[Tensor, "nodes channels"]
    ) -> Float[Tensor, "nodes channels"]:
        """Go one proximal gradient step down."""
        alpha, (clique, star) = self.config.step, (self.config.clique, self.config.star)
        h = complex_.resolve(incident(0, 1), y.dtype)
        degree = h.matrix.pattern.degrees.to(y.dtype)[:, None]
        size = h.T.matrix.pattern.degrees.clamp(min=1).to(y.dtype)[:, None]
        metric = 1 + clique * (h @ size - degree) + star * degree
        drawn = h @ ((clique + star / size) * (h.T @ y)) - clique * degree * y
        y = (1 - alpha) * y + alpha * (f + drawn) / metric
        return torch.relu(y) if self.config.nonnegative else y

    def equations(self) -> list[str]:
        c, h = self.config, str(incident(0, 1))
        drawn = f"({c.clique:g} ({h} {h}ᵀ - D) + {c.star:g} {h} Dₑ^-1 {h}ᵀ) h₀"
        inside = f"{1 - c.step:g} h₀ + {c.step:g} D̃^-1 (f + {drawn})"
        return [f"h₀' = {f'relu({inside})' if c.nonnegative else inside}   ({c.layers} times)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "A_C + A_S")]
