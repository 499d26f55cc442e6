"""Message Passing Simplicial Network."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from cochain.complexes import Cochain
from cochain.nn import Embed, Layer, Linear, MLPUpdate, Network, Pair, Route, Update, faces, mlp, read_out, route, upper


@dataclass(frozen=True)
class MPSNConfig:
    """Hyperparameters of `MPSN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 4
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer, and in the readout."""
    reduce: str = "sum"
    """How the readout pools each rank: sum, mean or max."""


class MPSN(Network):
    r"""Simplices speak to the simplices that they bound, and to those that share a coface with them.

    $$h_x' = \mathrm{MLP}_U\Big(
      \mathrm{MLP}_B\big((1 + \varepsilon_B) h_x + \textstyle\sum_{y \in \mathrm{faces}(x)} h_y\big) \Vert\,
      \mathrm{MLP}_\uparrow\big((1 + \varepsilon_\uparrow) h_x + \textstyle\sum_{y \in \mathrm{upper}(x)}
      \mathrm{MLP}_M(h_y \Vert h_{x \cup y})\big)\Big)$$

    The Simplicial Isomorphism Network of the paper, with the two of its four kinds of messages that it proves to be as
    strong as all four. Unsigned incidences and sums of even features: no orientation enters, and relabelling permutes
    the output. Every simplex hears its own rank through its cofaces, so all ranks reach all ranks.

    Shape:
        x on rank r `(simplices of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2)$ for each pair of simplices with a shared coface, and as much memory per channel.
    Differs from the paper:
        features of all ranks are embedded linearly first; each rank has both branches, also where it has no faces or
        no cofaces (their sums are then 0), as in the authors' code. For oriented features see `sccnn` and `snn_odd`.
    Source:
        Bodnar et al., 2021, "Weisfeiler and Lehman Go Topological: Message Passing Simplicial Networks".
    """

    Config = MPSNConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: MPSNConfig = MPSNConfig()
    ) -> None:
        hidden = config.hidden
        embed = Embed({k: widths[k] for k in self.ranks}, hidden)
        layers = [_layer(hidden) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, hidden), out, config.reduce, dropout=config.dropout)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)


class _Branches(Update):
    """MLP_U(MLP_B((1 + e) h + m_B) || MLP_up((1 + e) h + m_up)); a branch of which nothing is heard has m = 0."""

    def __init__(self, hidden: int, below: bool, above: bool) -> None:
        super().__init__()
        self.heard = (below, above)
        self.below = MLPUpdate(mlp(hidden, hidden, hidden, norm="batch", last=True))
        self.above = MLPUpdate(mlp(hidden, hidden, hidden, norm="batch", last=True))
        self.join = mlp(2 * hidden, hidden, norm="batch", last=True)

    def forward(self, h: Tensor | None, m: Tensor) -> Tensor:
        assert h is not None
        zero = torch.zeros_like(h)
        below, above = m.chunk(2, dim=1) if all(self.heard) else (m, zero) if self.heard[0] else (zero, m)
        return self.join(torch.cat([self.below(h, below), self.above(h, above)], dim=1))  # type: ignore[no-any-return]

    def formula(self, h: str, m: str) -> str:
        return f"MLP(‖ MLP((1 + ε) {h} + [{m}]))"


def _layer(hidden: int) -> Layer:
    routes: list[Route] = []
    for k in MPSN.ranks:
        if k > 0:
            routes.append(route(faces(k), Linear()))
        if k < 2:
            message = Pair(mlp(2 * hidden, hidden, norm="batch", last=True), target=False, via=True)
            routes.append(route(upper(k), message))
    return Layer(*routes, across="concat", update=lambda k: _Branches(hidden, k > 0, k < 2))
