"""Sheaf Neural Network."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.complexes.sheaf import Sheaf
from cochain.errors import ShapeError
from cochain.nn import ACTIVATIONS, Embed, Features, Network, read_out


@dataclass(frozen=True)
class SheafNNConfig:
    """Hyperparameters of `SheafNN`."""

    hidden: int = 32
    """Channels of every layer for each dimension of the stalks."""
    layers: int = 2
    """Number of layers."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node before each layer."""
    stalk: int = 1
    """Dimension d of the stalks; that of the maps, where the complex has them."""
    activation: str = "elu"
    """Activation of the layers."""


class SheafNN(Network):
    r"""Average over neighbours after their features were carried over by the maps of a given sheaf.

    $$X' = \sigma\big((I - \Delta_F) (I \otimes A) X B\big), \qquad \Delta_F = D^{-1/2} L_F D^{-1/2}$$

    The sheaf is data: `c[1].maps`, `(edges, 2, d, d)` or `(edges, 2, d)` for diagonal maps, first from the tail of each
    edge (sign -1 in the coboundary), then from its head; without it the constant sheaf, for which $I - \Delta_F$ is
    $D^{-1/2} A D^{-1/2}$, once for each dimension. A node without edges keeps its features. A sheaf Laplacian sees no
    orientation, so relabelling nodes permutes the output. D couples all edges of a node, so a layer is no sum of
    routes.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two block products, $O(m d^2 C)$ time.
    Differs from the paper:
        the Laplacian is normalised by its block diagonal; an encoder makes stalks of plain features.
    Source:
        Hansen, Gebhart, 2020, "Sheaf Neural Networks".
    """

    Config = SheafNNConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: SheafNNConfig = SheafNNConfig()
    ) -> None:
        carried = {0: config.stalk * config.hidden}
        layers = [Embed({0: widths[0]}, carried[0]), *(_Diffusion(config) for _ in range(config.layers))]
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out), config.dropout)


class _Diffusion(nn.Module):
    def __init__(self, config: SheafNNConfig) -> None:
        super().__init__()
        self.config, self.activation = config, ACTIVATIONS[config.activation][0]
        self.left = nn.Parameter(torch.eye(config.stalk))
        self.right = nn.Parameter(nn.init.xavier_uniform_(torch.empty(config.hidden, config.hidden)))

    def forward(self, complex_: Complex, features: Features) -> Features:
        x = features[0].view(complex_.sizes[0], self.config.stalk, self.config.hidden)
        x = self.left @ x @ self.right
        laplacian = given_sheaf(complex_, self.config.stalk, x.dtype).laplacian(normalized=True)
        return {**features, 0: self.activation(x - laplacian @ x).flatten(1)}

    def equations(self) -> list[str]:
        return [f"h₀' = {self.config.activation}((I - Δ_F) (I ⊗ A) h₀ B)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "I - Δ_F")]


def given_sheaf(complex_: Complex, d: int, dtype: torch.dtype) -> Sheaf:
    """Build the sheaf of `c[1].maps`, or the constant one where the complex has none."""
    if "maps" not in complex_[1]:
        return Sheaf.constant(complex_, d, dtype=dtype)
    maps: Tensor = complex_[1].maps.to(dtype)
    if maps.shape[1:] not in ((2, d), (2, d, d)):
        raise ShapeError(
            f"'maps' on rank 1 should be ({maps.shape[0]}, 2, {d}, {d}) or ({maps.shape[0]}, 2, {d}) on stalks of "
            f"dimension {d}, but has shape {tuple(maps.shape)}; set the option stalk to their dimension"
        )
    faces = complex_.faces(1, 0)
    return Sheaf(complex_, maps[faces.pattern.rows, (faces.filled_values() > 0).long()])
