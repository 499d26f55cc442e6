"""Cell complex neural networks: with general messages (CXN), and convolutional (CCXN)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import (
    Activate,
    Embed,
    Layer,
    Linear,
    MLPUpdate,
    Network,
    Pair,
    Route,
    faces,
    mlp,
    read_out,
    route,
    upper,
)


@dataclass(frozen=True)
class CXNConfig:
    """Hyperparameters of `CXN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    convolutional: bool = False
    """Whether messages are linear along a scaled adjacency, and rank 2 hears from its edges: CCXN."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""


class CXN(Network):
    r"""Cells below the top rank speak to those with which they share a coface.

    $$h_x' = U\Big(h_x, \sum_{y \in \mathrm{upper}(x)} M(h_x, h_y, h_{x \cup y})\Big), \qquad
      H_k' = \mathrm{relu}(\hat A_k H_k W_k), \quad H_2' = \mathrm{relu}(B_2^T H_1' W_2)$$

    are CXN, whose messages read the coface, so that information flows down the ranks, and CCXN, both for k = 0, 1 with
    $\hat A_k = D^{-1/2} (A_{k\uparrow} + I) D^{-1/2}$; the top hears from its updated edges.
    No orientation enters, and relabelling permutes the output. What cannot reach the answer is not read: an answer on
    rank r reads ranks from r up (CXN), r alone (CCXN; rank 2 reads rank 1).

    Shape:
        x on rank r `(cells of r, widths[r])` -> `(target rows, out)`.
    Cost:
        per layer CXN $O(C^2)$ for each pair of cells with a shared coface; CCXN three sparse products.
    Differs from the paper:
        the top rank of CCXN, which the paper's adjacencies never reach, hears from its faces, scaled to a mean; a
        linear embedding first.
    Source:
        Hajij, Istvan, Zamzmi, 2020, "Cell Complex Neural Networks".
    """

    Config = CXNConfig
    ranks = (0, 1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: CXNConfig = CXNConfig()
    ) -> None:
        hidden = config.hidden
        ranks: tuple[int, ...] = self.ranks
        if target != "whole" and config.convolutional:
            ranks = (min(int(target), 1),)
        elif target != "whole":
            ranks = tuple(range(int(target), 3))
        embed = Embed({k: widths[k] for k in ranks}, hidden)
        beside = [k for k in ranks if k < 2]
        make = _convolution if config.convolutional else _general
        layers = [make(beside, hidden) for _ in range(config.layers if beside else 0)]
        carried = dict.fromkeys(ranks, hidden)
        if config.convolutional and target in (2, "whole") and layers:
            top = route(faces(2).normalized("row"), Linear(hidden, hidden))
            layers.append(Layer(top, update={2: Activate("relu", residual=target == "whole")}))
            carried[2] = hidden
        super().__init__(
            [Cochain(k, widths[k]) for k in ranks], [embed, *layers], read_out(target, carried, out), config.dropout
        )


def _general(ranks: list[int], hidden: int) -> Layer:
    routes: list[Route] = [route(upper(k), Pair(mlp(3 * hidden, hidden, last=True), via=True)) for k in ranks]
    return Layer(*routes, update=lambda k: MLPUpdate(mlp(2 * hidden, hidden, hidden, norm="layer"), join="concat"))


def _convolution(ranks: list[int], hidden: int) -> Layer:
    symbols = [upper(k).with_self().normalized("sym") for k in ranks]
    return Layer(*(route(each, Linear(hidden, hidden)) for each in symbols), update=lambda k: Activate("relu"))
