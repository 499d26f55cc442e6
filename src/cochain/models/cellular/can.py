"""Cell Attention Network."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, leaky_relu

from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.kernels import aggregate
from cochain.nn import Attention, Features, Network, cofaces, lower, read_inputs, read_out, upper
from cochain.nn.pair import both_ends
from cochain.nn.pool import among, strongest


@dataclass(frozen=True)
class CANConfig:
    """Hyperparameters of `CAN`."""

    hidden: int = 32
    """Channels of every layer, over all heads together."""
    layers: int = 2
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of an edge before each layer."""
    heads: int = 4
    """Heads of each attention."""
    keep: float = 1.0
    """Share of the edges that stay after each layer, those with the highest scores; 1 keeps all."""


class CAN(Network):
    r"""Edges attend to the edges that share a node with them, and to those that share a 2-cell.

    $$h_e^0 = \phi([x_u \Vert x_v] A) + \phi([x_v \Vert x_u] A) \,\Vert\, x_e, \qquad
      h_e' = \mathrm{relu}\Big(h_e W + \sum_{k \in \mathrm{lower}(e)} \alpha^\downarrow_{ek} h_k W_\downarrow +
      \sum_{k \in \mathrm{upper}(e)} \alpha^\uparrow_{ek} h_k W_\uparrow\Big)$$

    with softmax weights $\alpha$ of $\mathrm{LeakyReLU}(a^T W h_e + b^T W h_k)$; then, with `keep` < 1, edges keep
    $\sigma(w^T h_e) h_e$ if that score is among the highest of their component, and are silent else, which lasts; hence
    a forward of its own. No orientation enters: the lift reads both orders of nodes. Nodes answer by their edges' mean.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C)$ for each pair of adjacent edges in time; memory $O(C)$ per edge.
    Differs from the paper:
        the lift is summed over both orders of the nodes; one readout of the last layer, not the sum over all.
    Source:
        Giusti et al., 2022, "Cell Attention Networks".
    """

    Config = CANConfig
    ranks = (0, 1)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: CANConfig = CANConfig()
    ) -> None:
        if not 0 < config.keep <= 1 or (config.keep < 1 and target != "whole"):
            raise SpecError(f"keep should be in (0, 1], below 1 only on the whole, but is {config.keep} on {target!r}")
        width = config.hidden
        carried = {1: width} if target == "whole" else {0: width, 1: width}
        layers = [_Layer(width if k else width + widths[1], config) for k in range(config.layers)]
        parts = [_Lift(widths[0], width), *layers]
        super().__init__([Cochain(k, widths[k]) for k in (0, 1)], parts, read_out(target, carried, out), config.dropout)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per cell of the target rank, or per component."""
        lift, *layers = self.layers
        h = lift(complex_, read_inputs(complex_, self.reads))
        kept = torch.ones(len(h), dtype=torch.bool, device=h.device)
        for layer in layers:
            h, kept = layer(complex_, dropout(h, self.dropout, self.training), kept)
        nodes = aggregate(complex_.resolve(cofaces(0)).matrix.pattern, h, "mean")
        return self.readout(complex_, [{0: nodes, 1: h}])  # type: ignore[no-any-return]


class _Lift(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.map = nn.Linear(2 * channels, hidden, bias=False)

    def forward(self, complex_: Complex, features: Features) -> Tensor:
        orders = leaky_relu(both_ends(complex_, self.map, features[0]))
        return torch.cat([orders[0::2] + orders[1::2], features[1]], dim=1)

    def equations(self) -> list[str]:
        return ["h₁ = LeakyReLU([x_u ‖ x_v] A) + LeakyReLU([x_v ‖ x_u] A) ‖ x₁"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 1, "lift"), (1, 1, "")]


class _Layer(nn.Module):
    def __init__(self, before: int, config: CANConfig) -> None:
        super().__init__()
        self.own, self.keep = nn.Linear(before, config.hidden), config.keep
        self.below, self.above = (Attention(before, config.hidden, config.heads) for _ in range(2))
        self.score = nn.Linear(config.hidden, 1) if config.keep < 1 else None

    def forward(self, complex_: Complex, h: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        below, above = (complex_.resolve(symbol) for symbol in (lower(1), upper(1)))
        if self.score is not None:
            below, above = among(below, kept), among(above, kept)
        h = torch.relu(self.own(h) + self.below(below, h, h, None, "sum") + self.above(above, h, h, None, "sum"))
        if self.score is None:
            return h, kept
        score = torch.sigmoid(self.score(h))
        kept = strongest(complex_, 1, score[:, 0], self.keep, kept)
        return torch.where(kept[:, None], score * h, 0.0), kept

    def equations(self) -> list[str]:
        heard = " + ".join(m.formula(str(n), "h₁", "h₁") for m, n in ((self.below, lower(1)), (self.above, upper(1))))
        pooled = [] if self.score is None else [f"h₁' = top {self.keep:.0%} of sigmoid(h₁' w) h₁'"]
        return [f"h₁' = relu(h₁ W + {heard})", *pooled]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(1, 1, str(lower(1))), (1, 1, str(upper(1)))]
