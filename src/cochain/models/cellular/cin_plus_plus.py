"""CIN++."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Branches, Embed, Layer, Linear, Network, Pair, Route, faces, lower, mlp, read_out, route, upper


@dataclass(frozen=True)
class CINPlusPlusConfig:
    """Hyperparameters of `CINPlusPlus`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer, and in the readout."""
    reduce: str = "sum"
    """How the readout pools each rank: sum, mean or max."""


class CINPlusPlus(Network):
    r"""CIN with messages from lower neighbours too: rings that share an edge speak to each other directly.

    $$h_x' = U\Big(\Vert_{N \in \{B, \uparrow, \downarrow\}}
      \mathrm{MLP}_N\big((1 + \varepsilon_N) h_x + m_x^N\big)\Big), \qquad
      m_x^B = \sum_{y \in \mathrm{faces}(x)} h_y, \\
      m_x^\uparrow = \sum_{y \in \mathrm{upper}(x)} M_\uparrow(h_y, h_{x \cup y}), \qquad
      m_x^\downarrow = \sum_{y \in \mathrm{lower}(x)} M_\downarrow(h_y, h_{x \cap y})$$

    Unsigned incidences and sums: no orientation enters, and relabelling permutes the output. Every rank hears from
    every other within two layers, where CIN's information flows from the top only through upper neighbours.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2)$ for each pair of cells with a shared face or coface, and as much memory per channel.
    Differs from the paper:
        nothing; features on all ranks are embedded linearly first, as in its molecular experiments.
    Source:
        Giusti et al., 2023, "CIN++: Enhancing Topological Message Passing".
    """

    Config = CINPlusPlusConfig
    ranks = (0, 1, 2)

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = "whole",
        config: CINPlusPlusConfig = CINPlusPlusConfig(),
    ) -> None:
        hidden = config.hidden
        embed = Embed({k: widths[k] for k in self.ranks}, hidden)
        layers = [_layer(hidden) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, hidden), out, config.reduce, dropout=config.dropout)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)


def _layer(hidden: int) -> Layer:
    def shared() -> Pair:
        return Pair(mlp(2 * hidden, hidden, norm="batch", last=True), target=False, via=True)

    routes: list[Route] = []
    for k in CINPlusPlus.ranks:
        routes += [route(faces(k), Linear()), route(lower(k), shared())] if k > 0 else []
        routes += [route(upper(k), shared())] if k < 2 else []
    return Layer(*routes, across="concat", update=lambda k: Branches(hidden, {0: 1, 1: 3, 2: 2}[k]))
