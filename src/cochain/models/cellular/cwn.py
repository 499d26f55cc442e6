"""Cellular Weisfeiler-Leman network with messages of all that meet (CWN)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Embed, Layer, MLPUpdate, Network, Pair, Route, faces, mlp, read_out, route, upper


@dataclass(frozen=True)
class CWNConfig:
    """Hyperparameters of `CWN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer, and in the readout."""
    reduce: str = "mean"
    """How the readout pools each rank: sum, mean or max."""


class CWN(Network):
    r"""The general scheme of cellular message passing: every message reads both ends, and what they share.

    $$h_x' = U\Big(h_x,\ \sum_{y \in \mathrm{faces}(x)} M_B(h_x, h_y),\
      \sum_{y \in \mathrm{upper}(x)} M_\uparrow(h_x, h_y, h_{x \cup y})\Big)$$

    U, M_B and M_up are MLPs of what they read, joined. CIN is the same with messages that do not read $h_x$. Unsigned
    patterns and sums: no orientation enters, and relabelling permutes the output. All ranks are updated.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer $O(C^2)$ for each incidence and each pair of cells with a shared coface, and as much memory.
    Differs from the paper:
        nothing; it leaves the functions open, and features are embedded linearly first.
    Source:
        Bodnar et al., 2021, "Weisfeiler and Lehman Go Cellular: CW Networks".
    """

    Config = CWNConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: CWNConfig = CWNConfig()
    ) -> None:
        hidden = config.hidden
        embed = Embed({k: widths[k] for k in self.ranks}, hidden)
        layers = [_layer(hidden) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, hidden), out, config.reduce, dropout=config.dropout)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)


def _layer(hidden: int) -> Layer:
    routes: list[Route] = []
    for k in CWN.ranks:
        routes += [route(faces(k), Pair(mlp(2 * hidden, hidden, last=True)))] if k > 0 else []
        routes += [route(upper(k), Pair(mlp(3 * hidden, hidden, last=True), via=True))] if k < 2 else []
    widths = {0: 2 * hidden, 1: 3 * hidden, 2: 2 * hidden}
    updates = {k: MLPUpdate(mlp(width, hidden, hidden, norm="layer"), join="concat") for k, width in widths.items()}
    return Layer(*routes, across="concat", update=updates)
