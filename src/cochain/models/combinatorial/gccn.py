"""Generalised combinatorial complex network (GCCN)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.errors import unknown_name
from cochain.nn import (
    Activate,
    Attention,
    Embed,
    Isomorphic,
    Layer,
    Linear,
    Neighborhood,
    Network,
    Route,
    mlp,
    read_neighborhoods,
    read_out,
    route,
)

MESSAGES = ("gcn", "gin", "gat")


@dataclass(frozen=True)
class GCCNConfig:
    """Hyperparameters of `GCCN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    neighborhoods: str = "upper:0 lower:1 upper:1 lower:2 0:1 1:0 1:2 2:1"
    """Any set of neighbourhoods: upper:r, lower:r, or t:s for what rank t hears from incident cells of rank s."""
    message: str = "gin"
    """The graph network on each neighbourhood: gcn, gin or gat."""
    heads: int = 1
    """Heads of gat."""
    residual: bool = True
    """Whether a cell keeps its features and adds what it hears; without, and with gat, it is HOAN's merge node."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""
    reduce: str = "mean"
    """How the readout pools each rank: sum, mean or max."""


class GCCN(Network):
    r"""An ensemble of graph networks, one on every neighbourhood of any chosen set.

    $$h_x' = \mathrm{relu}\Big(h_x + \sum_{N \in \mathcal N} \omega_N\big(h_x, \{h_y\}_{y \in N(x)}\big)\Big)$$

    $\omega_N$ is one layer of a graph network on the graph whose edges are N, the pairs (x, y) of cells: gcn
    $\sum_y \hat A_{xy} h_y W$, gin $\mathrm{MLP}((1 + \varepsilon) h_x + \sum_y h_y)$, gat the attention of x over
    N(x). Any neighbourhood of a combinatorial complex may stand in the set, so this is a family that holds most
    message-passing networks on complexes. Unsigned patterns and sums: relabelling permutes the output.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer one message for each neighbourhood, $O(C)$ per nonzero.
    Differs from the paper:
        each $\omega_N$ is one layer, where the paper allows any graph network.
    Source:
        Papillon, Bernardez, Battiloro, Miolane, 2025, "TopoTune: A Framework for Generalized Combinatorial Complex
        Neural Networks"; HOAN: Hajij et al., 2022, "Topological Deep Learning: Going Beyond Graph Data".
    """

    Config = GCCNConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: GCCNConfig = GCCNConfig()
    ) -> None:
        if config.message not in MESSAGES:
            raise unknown_name("message", config.message, MESSAGES)
        symbols = read_neighborhoods(config.neighborhoods)
        embed = Embed({k: widths[k] for k in self.ranks}, config.hidden)
        layers = [
            Layer(
                *(_message(each, config) for each in symbols),
                update=lambda k: Activate("relu", residual=config.residual),
            )
            for _ in range(config.layers if symbols else 0)
        ]
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out, config.reduce)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *layers], readout, config.dropout)


def _message(symbol: Neighborhood, config: GCCNConfig) -> Route:
    hidden = config.hidden
    if config.message == "gin":
        return route(symbol, Isomorphic(mlp(hidden, hidden, hidden, norm="layer")))
    if config.message == "gcn":
        return route(symbol.normalized("sym"), Linear(hidden, hidden))
    between = None if symbol.source == symbol.target else hidden
    return route(symbol, Attention(hidden, hidden, config.heads, target_channels=between))
