"""Convolutional and attention networks for CW complexes: CW-CNN and CW-AN."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.errors import unknown_name
from cochain.nn import (
    Activate,
    AttentionFilter,
    Embed,
    Layer,
    Linear,
    Network,
    Route,
    hodge,
    laplacian,
    read_out,
    route,
    self_,
)

MESSAGES = ("convolution", "attention")


@dataclass(frozen=True)
class CWConfig:
    """Hyperparameters of `CW`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    message: str = "convolution"
    """convolution: CW-CNN; attention: CW-AN."""
    activation: str = "tanh"
    """After each layer; odd, so that reversing an orientation reverses signs and nothing else."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""


class CW(Network):
    r"""Convolve each rank with its Hodge Laplacian, or attend to the cells that share a face or a coface.

    $$H_k' = \tanh\big(H_k W_k + \tilde L_k H_k W_k'\big), \qquad
      H_k' = \tanh\big(H_k W_k + \alpha_{k,\downarrow} H_k W_k' + \alpha_{k,\uparrow} H_k W_k''\big)$$

    are CW-CNN, with $\tilde L_k = L_k / \lambda$, and CW-AN, with
    $\alpha_{xy} = \pm \mathrm{softmax}_y \, \mathrm{LeakyReLU}(a^T |z_x| + b^T |z_y|)$ over the cells that share a
    face, or a coface, signed as they are oriented to each other. Odd cochains stay odd, and relabelling permutes the
    output. Ranks do not speak to each other: an answer on one rank reads that rank alone.

    Shape:
        x on rank r `(cells of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank one or two sparse products.
    Differs from the paper:
        the cell itself has a weight of its own; Laplacians are divided by a bound $\lambda$ of their spectral radius;
        scores read absolute values and weights carry signs, without which attention depends on orientations; a linear
        embedding first.
    Source:
        Khorana, 2024, "CW-CNN & CW-AN: Convolutional Networks and Attention Networks for CW-Complexes".
    """

    Config = CWConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: CWConfig = CWConfig()
    ) -> None:
        if config.message not in MESSAGES:
            raise unknown_name("message", config.message, MESSAGES)
        ranks = self.ranks if target == "whole" else (int(target),)
        embed = Embed({k: widths[k] for k in ranks}, config.hidden, odd=self.odd)
        layers = [_layer(ranks, config) for _ in range(config.layers)]
        odd = [k for k in self.odd if k in ranks]
        readout = read_out(target, dict.fromkeys(ranks, config.hidden), out, odd=odd)
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in ranks]
        super().__init__(reads, [embed, *layers], readout, config.dropout)


def _layer(ranks: tuple[int, ...], config: CWConfig) -> Layer:
    hidden = config.hidden
    routes: list[Route] = []
    for k in ranks:
        routes.append(route(self_(k), Linear(hidden, hidden)))
        if config.message == "convolution":
            routes.append(route(hodge(k).normalized("spectral"), Linear(hidden, hidden)))
        else:
            sides = ([laplacian(k, "down")] if k > 0 else []) + ([laplacian(k, "up")] if k < 2 else [])
            routes += [route(symbol, AttentionFilter(hidden, hidden, odd=True)) for symbol in sides]
    return Layer(*routes, update=lambda k: Activate(config.activation), odd=CW.odd)
