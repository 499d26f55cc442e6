"""Neural Sheaf Diffusion."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, elu

from cochain.complexes import Cochain, Complex
from cochain.complexes.blocks import orthogonal
from cochain.complexes.sheaf import Sheaf
from cochain.errors import SpecError
from cochain.nn import Features, Network, read_out
from cochain.nn.pair import both_ends


@dataclass(frozen=True)
class NSDConfig:
    """Hyperparameters of `NSD`."""

    hidden: int = 20
    """Channels of every layer for each dimension of the stalks."""
    layers: int = 4
    """Number of diffusion steps."""
    dropout: float = 0.7
    """Probability of dropping a channel of a node after the encoder and inside each step."""
    input_dropout: float = 0.0
    """Probability of dropping a channel of a node before the encoder."""
    stalk: int = 3
    """Dimension d of the stalks."""
    maps: str = "orthogonal"
    """What restriction maps are learned: diagonal, orthogonal (best over the paper's tables) or general."""
    weights: bool = True
    """With orthogonal maps: also learn a weight in (0, 1) for every edge."""
    pooled: bool = True
    """Learn maps from the sum of a node's features over the dimensions of its stalk, in place of all of them."""


class NSD(Network):
    r"""Diffuse along a sheaf that each step learns from the features at both ends of every edge.

    $$X' = (1 + \tanh \varepsilon) X - \mathrm{elu}\big(\Delta_F (I \otimes W_1) X W_2\big), \qquad
      F_{v \triangleleft e} = \Phi\big(\tanh (V [x_v \Vert x_u])\big), \qquad
      \Delta_F = (D + I)^{-1/2} L_F (D + I)^{-1/2}$$

    Restriction maps of an edge are functions of its two ends in either order, and a sheaf Laplacian sees no
    orientation, so relabelling nodes permutes the output. A step is no sum of routes: two neighbourhoods (nodes to
    edges and back) share maps that depend on both ends, and D couples all edges of a node; hence a layer of its own.

    Args:
        widths: channels per rank that come in.
        out: channels of the answer.
        target: a rank, or "whole".
        config: hyperparameters.
    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per step two block products, $O(m d^2 C)$ time, and m maps; general maps also one eigendecomposition per node.
    Differs from the paper:
        the pooled learner (`sparse_learner` in the authors' code, which sums over a reshaped concatenation that mixes
        the two ends; here each end is summed over its own stalk); gradients of $D^{-1/2}$ are exact at equal
        eigenvalues, in place of noise on D; neither fixed low-pass nor high-pass channels are added. Tanh bounds the
        coordinates of the Householder reflections, of which d - 1 make an orthogonal map.
    Source:
        Bodnar et al., 2022, "Neural Sheaf Diffusion".
    """

    Config = NSDConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: NSDConfig = NSDConfig()
    ) -> None:
        least = {"diagonal": 1, "orthogonal": 2, "general": 1}.get(config.maps)
        if least is None or config.stalk < least:
            raise SpecError(
                f"maps should be diagonal, orthogonal or general, and stalk >= {least or 1}, "
                f"but they are {config.maps!r} and {config.stalk}"
            )
        carried = {0: config.stalk * config.hidden}
        layers = [_Encoder(widths[0], carried[0], config), *(_Step(config, k) for k in range(config.layers))]
        # Each step adds to features that nothing was dropped from, so the network itself drops none.
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out))


class _Encoder(nn.Module):
    def __init__(self, channels: int, width: int, config: NSDConfig) -> None:
        super().__init__()
        self.map, self.config = nn.Linear(channels, width), config

    def forward(self, complex_: Complex, features: Features) -> Features:
        x = dropout(features[0], self.config.input_dropout, self.training)
        return {**features, 0: dropout(elu(self.map(x)), self.config.dropout, self.training)}

    def equations(self) -> list[str]:
        return ["h₀ = elu(x₀ W + b)"]


class _Step(nn.Module):
    def __init__(self, config: NSDConfig, place: int) -> None:
        super().__init__()
        self.config, self.first = config, place == 0
        d, f = config.stalk, config.hidden
        numbers = {"diagonal": d, "orthogonal": d * (d - 1) // 2, "general": d * d}[config.maps]
        self.maps = nn.Linear(2 * (f if config.pooled else d * f), numbers, bias=False)
        self.weights = nn.Linear(2 * d * f, 1, bias=False) if config.weights and config.maps == "orthogonal" else None
        self.left, self.right = nn.Parameter(torch.eye(d)), nn.Parameter(nn.init.orthogonal_(torch.empty(f, f)))
        self.epsilon = nn.Parameter(torch.zeros(d, 1))

    def forward(self, complex_: Complex, features: Features) -> Features:
        rate = self.config.dropout
        x = features[0].view(complex_.sizes[0], self.config.stalk, self.config.hidden)
        sheaf = Sheaf(complex_, self.restrict(complex_, x if self.first else dropout(x, rate, self.training)))
        laplacian = sheaf.laplacian("scalar" if self.config.maps == "orthogonal" else True, shift=1.0)
        flow = elu(laplacian @ (self.left @ dropout(x, rate, self.training) @ self.right))
        return {**features, 0: ((1 + torch.tanh(self.epsilon)) * x - flow).flatten(1)}

    def restrict(self, complex_: Complex, x: Tensor) -> Tensor:
        read = x.sum(dim=1) if self.config.pooled else x.flatten(1)
        read = torch.tanh(both_ends(complex_, self.maps, read))
        if self.config.maps != "orthogonal":
            d = self.config.stalk
            return read if self.config.maps == "diagonal" else read.view(len(read), d, d)
        maps = orthogonal(read, self.config.stalk)
        if self.weights is None:
            return maps
        weight = torch.sigmoid(both_ends(complex_, self.weights, x.flatten(1))).view(-1, 2).prod(dim=1)
        return maps * weight.repeat_interleave(2)[:, None, None]

    def equations(self) -> list[str]:
        kind = {"diagonal": "diag(φ)", "orthogonal": "householder(φ)", "general": "φ"}[self.config.maps]
        return [f"h₀' = (1 + tanh ε) h₀ - elu(Δ_F (I ⊗ W₁) h₀ W₂), F = {kind}, φ = tanh([h_v ‖ h_u] V)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "Δ_F")]
