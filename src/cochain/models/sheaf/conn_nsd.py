"""Neural sheaf diffusion along a connection that is read off the data (Conn-NSD)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, elu

from cochain.complexes import Cochain, Complex
from cochain.complexes.frames import local_frames
from cochain.complexes.sheaf import Sheaf
from cochain.errors import SpecError
from cochain.nn import Network, read_inputs, read_out
from cochain.nn.sheaf_step import SheafStep


@dataclass(frozen=True)
class ConnNSDConfig:
    """Hyperparameters of `ConnNSD`."""

    hidden: int = 32
    """Channels of every dimension of a stalk."""
    layers: int = 2
    """Number of diffusion steps."""
    dropout: float = 0.0
    """Probability of dropping a number before each step."""
    stalk: int = 3
    """Dimension d of the stalks: of the tangent planes of the data."""
    ambient: int = 16
    """Dimensions that features are projected to before tangent planes are estimated."""


class ConnNSD(Network):
    r"""Diffuse along orthogonal maps that align the tangent planes of the data at both ends of every edge.

    $$X' = (1 + \tanh \varepsilon) X - \mathrm{elu}\big(\Delta (I \otimes W_1) X W_2\big), \qquad
      F_v^T F_u = \arg\min_{O \in O(d)} \lVert T_v^T T_u - O \rVert$$

    $T_v$ holds the d leading principal directions of the features around v. Nothing of the sheaf is learned, so it is
    the same in every step, and one small decomposition per node and edge is all it costs. The connection is a function
    of the features and of who is near, so relabelling nodes permutes the output. All steps share the connection, which
    reads the input; hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        once $O((n + m) D^2 + n D^3 + m d^3)$ for D = `ambient`; per step two block products, $O(m d^2 C)$.
    Differs from the paper:
        features are projected to `ambient` dimensions by a fixed random map before tangent planes are taken; a node
        with fewer neighbours than d completes its frame by fixed axes, where the paper takes the nearest other nodes.
    Source:
        Barbero, Bodnar, Saez de Ocariz Borde, Bronstein, Velickovic, Lio, 2022, "Sheaf Neural Networks with Connection
        Laplacians".
    """

    Config = ConnNSDConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: ConnNSDConfig = ConnNSDConfig()
    ) -> None:
        if not 1 <= config.stalk <= config.ambient:
            raise SpecError(f"stalk should be 1 to ambient = {config.ambient}, but is {config.stalk}")
        carried = {0: config.stalk * config.hidden}
        layers = [
            _Encoder(widths[0], carried[0]),
            *(SheafStep(config.stalk, config.hidden, name="Δ_O") for _ in range(config.layers)),
        ]
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out))
        self.stalk, self.rate = config.stalk, config.dropout
        self.projection: Tensor
        self.register_buffer("projection", _projection(widths[0], config.ambient))

    def connection(self, complex_: Complex) -> Sheaf:
        """Give the sheaf that the features of a complex define."""
        x = read_inputs(complex_, self.reads)[0].detach() @ self.projection
        return Sheaf.from_frames(complex_, local_frames(complex_, x, self.stalk, tie=1e-3))

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        features = self.inputs(complex_)
        laplacian = self.connection(complex_).laplacian("scalar", shift=1.0)
        encoder, *steps = self.layers
        x = encoder(dropout(features[0], self.rate, self.training)).unflatten(1, (self.stalk, -1))
        for step in steps:
            x = step(laplacian, dropout(x, self.rate, self.training))
        return self.readout(complex_, [{0: x.flatten(1)}])  # type: ignore[no-any-return]


def _projection(channels: int, ambient: int) -> Tensor:
    """Give a map that nearly keeps distances: the same one for every model of this width."""
    numbers: Tensor = torch.randn(channels, ambient, generator=torch.Generator().manual_seed(0))
    return numbers / math.sqrt(ambient)


class _Encoder(nn.Linear):
    def forward(self, x: Tensor) -> Tensor:
        return elu(super().forward(x))

    def equations(self) -> list[str]:
        return ["T_v = the leading principal directions of x₀ around v, O_vu = align(T_v, T_u)", "h₀ = elu(x₀ W + b)"]
