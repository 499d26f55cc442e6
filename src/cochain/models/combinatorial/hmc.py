"""Higher-order attention network on combinatorial complexes (HMC)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import (
    Activate,
    Attention,
    Embed,
    Layer,
    Neighborhood,
    Network,
    Route,
    cofaces,
    faces,
    lower,
    read_out,
    route,
    upper,
)


@dataclass(frozen=True)
class HMCConfig:
    """Hyperparameters of `HMC`."""

    hidden: int = 32
    """Channels of every layer, over all heads together."""
    layers: int = 2
    """Number of layers of two levels each; rank 2 needs two layers to reach rank 0."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each level."""
    heads: int = 1
    """Heads of each attention."""
    activation: str = "relu"
    """After each level."""


class HMC(Network):
    r"""Attend within and between ranks, on two levels: first to what is below and above, then upwards.

    $$h_0' = \phi(A_{0\uparrow} \triangleright h_0 + B_1 \triangleright h_1), \quad
      h_1' = \phi(B_1^T \triangleright h_0 + B_2 \triangleright h_2), \quad h_2' = \phi(B_2^T \triangleright h_1)$$
    $$h_0'' = \phi(A_{0\uparrow} \triangleright h_0'), \quad
      h_1'' = \phi(A_{1\uparrow} \triangleright h_1' + B_1^T \triangleright h_0'), \quad
      h_2'' = \phi(A_{2\downarrow} \triangleright h_2' + B_2^T \triangleright h_1')$$

    where $N \triangleright h$ is attention over a neighbourhood: weights are the softmax over y in N(x) of
    $\mathrm{LeakyReLU}(a^T W_t h_x + b^T W_s h_y)$ on $W_s h_y$. Neighbourhoods are unsigned and sums do not depend on
    order, so relabelling permutes the output.

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer ten attentions, each $O(C)$ time per nonzero and $O(C)$ memory per cell.
    Differs from the paper:
        adjacencies include the cell itself, so one without neighbours keeps its features; the two directions
        between a pair of ranks have weights of their own; each rank has a linear embedding first.
    Source:
        Hajij et al., 2022, "Topological Deep Learning: Going Beyond Graph Data" (first version: "Higher-Order
        Attention Networks").
    """

    Config = HMCConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: HMCConfig = HMCConfig()
    ) -> None:
        embed = Embed({k: widths[k] for k in self.ranks}, config.hidden)
        first = (upper(0).with_self(), cofaces(0), faces(1), cofaces(1), faces(2))
        second = (upper(0).with_self(), upper(1).with_self(), faces(1), lower(2).with_self(), faces(2))
        levels = [_level(symbols, config) for _ in range(config.layers) for symbols in (first, second)]
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out)
        super().__init__([Cochain(k, widths[k]) for k in self.ranks], [embed, *levels], readout, config.dropout)


def _level(symbols: tuple[Neighborhood, ...], config: HMCConfig) -> Layer:
    def attend(symbol: Neighborhood) -> Route:
        between = None if symbol.source == symbol.target else config.hidden
        return route(symbol, Attention(config.hidden, config.hidden, config.heads, target_channels=between))

    return Layer(*map(attend, symbols), update=lambda rank: Activate(config.activation))
