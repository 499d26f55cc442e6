"""Simplicial Attention Network (SAT)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import (
    Activate,
    AttentionFilter,
    Embed,
    Layer,
    Linear,
    Network,
    Route,
    cofaces,
    faces,
    laplacian,
    read_out,
    route,
    self_,
)


@dataclass(frozen=True)
class SATConfig:
    """Hyperparameters of `SAT`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    activation: str = "tanh"
    """After each layer; odd, so that reversing an orientation reverses signs and nothing else."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class SAT(Network):
    r"""Simplices attend to their lower and upper neighbours with signs, and hear from their faces and cofaces.

    $$H_k' = \tanh\big(H_k W + \alpha_{k,\downarrow} H_k W_\downarrow + \alpha_{k,\uparrow} H_k W_\uparrow +
      B_k^T H_{k-1} W_B + B_{k+1} H_{k+1} W_C\big), \\
      \alpha_{xy} = \mathrm{sign}(L_{xy}) \ \mathrm{softmax}_y \ \mathrm{LeakyReLU}(a^T |z_x| + b^T |z_y|)$$

    Scores read absolute values, and the relative orientation of two simplices multiplies their weight: an odd cochain
    stays odd, which is the paper's point.

    Shape:
        x on rank r `(simplices of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank four sparse products and two softmaxes over nonzeros.
    Differs from the paper:
        one head; boundaries and coboundaries are linear messages; a linear embedding first.
    Source:
        Goh, Bodnar, Lio, 2022, "Simplicial Attention Networks".
    """

    Config = SATConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SATConfig = SATConfig()
    ) -> None:
        embed = Embed({k: widths[k] for k in self.ranks}, config.hidden, odd=self.odd)
        layers = [_layer(config) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, config.hidden), out, odd=self.odd)
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in self.ranks]
        super().__init__(reads, [embed, *layers], readout, config.dropout)


def _layer(config: SATConfig) -> Layer:
    hidden = config.hidden
    routes: list[Route] = []
    for k in SAT.ranks:
        routes.append(route(self_(k), Linear(hidden, hidden)))
        beside = [laplacian(k, "down")] * (k > 0) + [laplacian(k, "up")] * (k < 2)
        routes += [route(symbol, AttentionFilter(hidden, hidden, odd=True)) for symbol in beside]
        between = ([faces(k).signed] if k > 0 else []) + ([cofaces(k).signed] if k < 2 else [])
        routes += [route(symbol, Linear(hidden, hidden)) for symbol in between]
    return Layer(*routes, update=lambda k: Activate(config.activation), odd=SAT.odd)
