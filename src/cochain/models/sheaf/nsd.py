"""Neural Sheaf Diffusion."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import dropout, elu

from cochain.complexes import Cochain, Complex
from cochain.nn import Network, read_out
from cochain.nn.restriction import Restriction
from cochain.nn.sheaf_step import SheafStep


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
    low: bool = False
    """Carry a row of channels beside the stalk along D + A, which passes low frequencies."""
    high: bool = False
    """Carry one along D - A, which passes high frequencies."""
    linear: bool = False
    """Whether all steps diffuse along one sheaf, which the first one learns, without activations."""


class NSD(Network):
    r"""Diffuse along a sheaf that each step learns from the features at both ends of every edge.

    $$X' = (1 + \tanh \varepsilon) X - \mathrm{elu}\big(\Delta_F (I \otimes W_1) X W_2\big), \qquad
      F_{v \triangleleft e} = \Phi\big(\tanh (V [x_v \Vert x_u])\big), \qquad
      \Delta_F = (D + I)^{-1/2} L_F (D + I)^{-1/2}$$

    Restriction maps of an edge are functions of its two ends in either order, and a sheaf Laplacian sees no
    orientation, so relabelling nodes permutes the output. A step is no sum of routes: two neighbourhoods (nodes to
    edges and back) share maps that depend on both ends, and D couples all edges of a node; hence a layer of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per step two block products, $O(m d^2 C)$ time, and m maps; general maps also one eigendecomposition per node.
    Differs from the paper:
        the pooled learner (`sparse_learner` in the authors' code, which sums over a reshaped concatenation that mixes
        the two ends; here each end is summed over its own stalk); gradients of $D^{-1/2}$ are exact at equal
        eigenvalues, in place of noise on D. `linear` sets two switches of that code at once.
    Source:
        Bodnar et al., 2022, "Neural Sheaf Diffusion".
    """

    Config = NSDConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: NSDConfig = NSDConfig()
    ) -> None:
        c, rows = config, config.stalk + config.low + config.high
        layers: list[nn.Module] = [_Encoder(widths[0], rows, config)]
        for k in range(c.layers):
            learns = k == 0 or not c.linear
            sheaf = Restriction(c.stalk, c.hidden, c.maps, c.weights, c.pooled, c.low, c.high) if learns else None
            layers.append(SheafStep(rows, c.hidden, sheaf, c.dropout, c.dropout if k else 0.0, not c.linear))
        # Each step adds to features that nothing was dropped from, so the network itself drops none.
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, {0: rows * c.hidden}, out))

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        encoder, *steps = self.layers
        x, laplacian = encoder(self.inputs(complex_)[0]), None
        for step in steps:
            laplacian = laplacian if step.sheaf is None else step.learn(complex_, x)  # type: ignore[operator]
            x = step(laplacian, x)
        return self.readout(complex_, [{0: x.flatten(1)}])  # type: ignore[no-any-return]


class _Encoder(nn.Module):
    def __init__(self, channels: int, rows: int, config: NSDConfig) -> None:
        super().__init__()
        self.map, self.rows, self.config = nn.Linear(channels, rows * config.hidden), rows, config

    def forward(self, x: Tensor) -> Tensor:
        x = self.map(dropout(x, self.config.input_dropout, self.training))
        x = dropout(x if self.config.linear else elu(x), self.config.dropout, self.training)
        return x.unflatten(1, (self.rows, -1))  # type: ignore[no-any-return, no-untyped-call]

    def equations(self) -> list[str]:
        return ["h₀ = x₀ W + b" if self.config.linear else "h₀ = elu(x₀ W + b)"]
