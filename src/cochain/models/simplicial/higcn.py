"""Higher-order graph convolutional network with flower-petals Laplacians (HiGCN)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.nn import Features, Network, incident, mlp, read_out


@dataclass(frozen=True)
class HiGCNConfig:
    """Hyperparameters of `HiGCN`."""

    hidden: int = 64
    """Channels of every order."""
    layers: int = 10
    """Steps K along each petal operator."""
    order: int = 2
    """Highest rank P of the petals; ranks that the complex lacks are left out."""
    alpha: float = 0.5
    """Weights begin as alpha (1 - alpha)^k, those of personalised PageRank."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before the filters."""


class HiGCN(Network):
    r"""Nodes walk to the simplices around them and back, at every order by a filter with learned weights.

    $$Z = \mathrm{MLP}(X), \quad Y = \Big(\Vert_{p=1}^{P} \sum_{k=0}^{K} \gamma_{pk} \tilde L_p^k Z \Theta_p\Big) W, \\
      \tilde L_p = D_v^{-1/2} H_p D_p^{-1} H_p^T D_v^{-1/2}$$

    $H_p$ says which nodes lie in which p-simplices, $D_p = p + 1$ nodes each. A petal operator is symmetric with
    eigenvalues in [0, 1]; that of order one is half of identity and normalised adjacency. The learned $\gamma_{pk}$
    tell how strongly order p matters at k steps. Unsigned, so relabelling permutes the output and orientations do not
    matter. The filters of a node's own features join different ranks only as walks; hence a layer of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        2 K sparse products for each order, $O(C \, nnz(H_p))$ each.
    Differs from the paper:
        a node in no p-simplex hears nothing at order p, in place of a division by zero.
    Source:
        Huang, Zeng, Wu, Lu, 2024, "Higher-Order Graph Convolutional Network with Flower-Petals Laplacians on Simplicial
        Complexes".
    """

    Config = HiGCNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HiGCNConfig = HiGCNConfig()
    ) -> None:
        carried = {0: config.order * config.hidden}
        layers = [_Encoder(widths[0], config.hidden), _Petals(config)]
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out), config.dropout)


class _Encoder(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.map = mlp(channels, hidden, hidden)

    def forward(self, complex_: Complex, features: Features) -> Features:
        return {**features, 0: self.map(features[0])}

    def equations(self) -> list[str]:
        return ["h₀ = MLP(x₀)"]


class _Petals(nn.Module):
    def __init__(self, config: HiGCNConfig) -> None:
        super().__init__()
        start = config.alpha * (1 - config.alpha) ** torch.arange(config.layers + 1.0)
        self.gamma = nn.Parameter(start.repeat(config.order, 1))
        self.maps = nn.ModuleList(nn.Linear(config.hidden, config.hidden) for _ in range(config.order))

    def forward(self, complex_: Complex, features: Features) -> Features:
        parts = []
        for p, (gamma, map_) in enumerate(zip(self.gamma, self.maps, strict=True), start=1):
            z = map_(features[0])
            parts.append(self.walk(complex_, p, gamma, z) if p <= complex_.rank else gamma[0] * z)
        return {**features, 0: torch.cat(parts, dim=1)}

    def walk(self, complex_: Complex, order: int, gamma: Tensor, z: Tensor) -> Tensor:
        """Give the sum of gamma_k L^k z, the petal operator being S S^T with S = D_v^-1/2 H D_p^-1/2."""
        petal = complex_.resolve(incident(0, order).normalized("sym"), z.dtype)
        y = gamma[0] * z
        for weight in gamma[1:]:
            z = petal @ (petal.T @ z)
            y = y + weight * z
        return y

    def equations(self) -> list[str]:
        return ["h₀ = ‖_p Σ_k γ_pk L_p^k h₀ Θ_p, L_p = D_v^-½ H_p D_p⁻¹ H_pᵀ D_v^-½"]  # noqa: RUF001

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, f"L_{p}") for p in range(1, len(self.maps) + 1)]
