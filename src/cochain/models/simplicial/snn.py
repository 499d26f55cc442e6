"""Simplicial Neural Network."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cochain.complexes import Cochain
from cochain.nn import ACTIVATIONS, Activate, CellReadout, Layer, Network, Polynomial, WholeReadout, hodge, route


@dataclass(frozen=True)
class SNNConfig:
    """Hyperparameters of `SNN`."""

    hidden: int = 30
    """Channels of the hidden layers."""
    layers: int = 3
    """Number of layers; on cells the last one writes the answer."""
    order: int = 4
    """Degree of the polynomials in the Hodge Laplacian."""
    activation: str = "leaky_relu"
    """Between layers. The published one is not odd, so orientations matter; an odd one such as tanh corrects that."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""


class SNN(Network):
    r"""Filter the cells of each rank by polynomials of their Hodge Laplacian.

    $$H_k' = \sigma\Big(\sum_{p=0}^{P} T_p(2 \tilde L_k - I) \, H_k W_p + b\Big), \qquad \tilde L_k = L_k / \lambda$$

    Polynomials of the signed Laplacian keep odd cochains odd. The published LeakyReLU and bias do not, so reversing the
    orientation of a cell changes the answer; with an odd activation there is no bias, and nothing but signs changes.
    Ranks do not speak to each other: an answer on one rank reads that rank alone.

    Shape:
        x on rank r `(cells of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank P sparse products.
    Differs from the paper:
        a bound on the largest eigenvalue of each component in place of its value; Chebyshev's recursion runs on
        $2 \tilde L - I$, whose spectrum lies in [-1, 1], where the authors' code runs it on $\tilde L$. On whole
        complexes, which the paper does not answer on, ranks are pooled and joined.
    Source:
        Ebli, Defferrard, Spreemann, 2020, "Simplicial Neural Networks".
    """

    Config = SNNConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SNNConfig = SNNConfig()
    ) -> None:
        ranks = self.ranks if target == "whole" else (int(target),)
        hidden = [config.hidden] * (config.layers - (target != "whole")) + [out] * (target != "whole")
        channels = [{k: widths[k] for k in ranks}, *(dict.fromkeys(ranks, width) for width in hidden)]
        names = [config.activation] * config.layers
        readout: CellReadout | WholeReadout = WholeReadout(channels[-1], out, odd=self.odd)
        if target != "whole":
            names[-1] = "identity"
            readout = CellReadout(ranks[0], channels[-1], odd=ranks[0] in self.odd)
        layers = [_layer(*ends, name, config.order) for ends, name in zip(pairwise(channels), names, strict=True)]
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in ranks]
        super().__init__(reads, layers, readout, config.dropout)


def _layer(before: Mapping[int, int], after: Mapping[int, int], activation: str, order: int) -> Layer:
    keeps_odd = ACTIVATIONS[activation][1]
    return Layer(
        *(route(hodge(k).normalized("spectral"), Polynomial(before[k], after[k], order, "chebyshev")) for k in before),
        update=lambda k: Activate(activation, bias=0 if keeps_odd else after[k]),
        odd=SNN.odd,
        breaks=() if keeps_odd else ("orientation",),
    )
