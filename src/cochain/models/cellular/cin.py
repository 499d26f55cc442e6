"""Cell Isomorphism Network."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Branches, Embed, Layer, Linear, Network, Pair, faces, mlp, read_out, route, upper


@dataclass(frozen=True)
class CINConfig:
    """Hyperparameters of `CIN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer, and in the readout."""
    reduce: str = "sum"
    """How the readout pools each rank: sum, mean or max."""


class CIN(Network):
    r"""Cells speak to the cells that they bound and to those that share a coface with them.

    $$h_x' = U\Big(
      \mathrm{MLP}_B\big((1 + \varepsilon_B) h_x + \textstyle\sum_{y \in \mathrm{faces}(x)} h_y\big) \,\Vert\,
      \mathrm{MLP}_\uparrow\big((1 + \varepsilon_\uparrow) h_x
        + \textstyle\sum_{y \in \mathrm{upper}(x)} M(h_y, h_{x \cup y})\big)\Big)$$

    Unsigned incidences and sums: no orientation enters, and relabelling permutes the output. At least as powerful as
    the Weisfeiler-Leman test; with 2-cells on rings it separates graphs that the test does not.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2)$ for each pair of cells with a shared coface, and as much memory per channel.
    Differs from the paper:
        nothing; features on all ranks are embedded linearly first, as in its molecular experiments.
    Source:
        Bodnar et al., 2021, "Weisfeiler and Lehman Go Cellular: CW Networks".
    """

    Config = CINConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: CINConfig = CINConfig()
    ) -> None:
        hidden = config.hidden
        embed = Embed({k: widths[k] for k in self.ranks}, hidden)
        layers = [_layer(hidden) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, hidden), out, config.reduce, dropout=config.dropout)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)


def _layer(hidden: int) -> Layer:
    def shared() -> Pair:
        return Pair(mlp(2 * hidden, hidden, norm="batch", last=True), target=False, via=True)

    return Layer(
        route(upper(0), shared()),
        route(faces(1), Linear()),
        route(upper(1), shared()),
        route(faces(2), Linear()),
        across="concat",
        update={0: Branches(hidden, 1), 1: Branches(hidden, 2), 2: Branches(hidden, 1)},
    )
