"""Distances to the nearest homology generator (Dist2Cycle)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import ACTIVATIONS, Activate, Layer, Linear, Network, hodge, read_out, route


@dataclass(frozen=True)
class Dist2CycleConfig:
    """Hyperparameters of `Dist2Cycle`."""

    hidden: int = 128
    """Channels of every layer."""
    layers: int = 12
    """Number of layers."""
    activation: str = "leaky_relu"
    """After each layer. The published one is not odd, so orientations matter; an odd one such as tanh corrects that."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class Dist2Cycle(Network):
    r"""Simplices hear their neighbours as much as the shifted inverse of the Laplacian couples them.

    $$H_k' = \sigma\big((A \odot (I + L_k)^{-1}) H_k W + b\big), \qquad L_k = B_k^T B_k + B_{k+1} B_{k+1}^T$$

    $A$ is the pattern of simplices that share a face, or a coface where they have no faces, and of the simplex itself.
    The shifted inverse has its largest eigenvalue, 1, on the harmonic cochains, so that what lies on a hole speaks
    loudest: around a hollow triangle neighbours hear 1/4 of one another, in a filled one nothing. It carries the signs
    of the Laplacian; the published LeakyReLU and bias do not keep odd cochains odd, so reversing a simplex changes the
    answer; with an odd activation there is no bias, and nothing but signs changes. Ranks do not speak to each other.

    Args:
        widths: channels per rank (0, 1, 2) that come in; in the paper the leading eigenvectors of the shifted inverse.
        out: channels of the answer.
        target: a rank, or "whole".
        config: hyperparameters.
    Shape:
        x on rank r `(simplices of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        one sparse product per layer; once per complex the entries of the inverse on the pattern, from a sparse factor:
        near linear for what is long and narrow, n^1.5 for surfaces, refused beyond 20 million nonzeros of the factor.
    Differs from the paper:
        a linear readout in place of a last layer with tanh; the inverse is exact at the same entries, and never dense.
    Source:
        Keros, Nanda, Subr, 2022, "Dist2Cycle: A Simplicial Neural Network for Homology Localization".
    """

    Config = Dist2CycleConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = 1,
        config: Dist2CycleConfig = Dist2CycleConfig(),
    ) -> None:
        ranks = self.ranks if target == "whole" else (int(target),)
        hidden = dict.fromkeys(ranks, config.hidden)
        given = {k: widths[k] for k in ranks}
        layers = [_layer(hidden if place else given, hidden, config.activation) for place in range(config.layers)]
        readout = read_out(target, hidden if layers else given, out, odd=[k for k in self.odd if k in ranks])
        super().__init__([Cochain(k, widths[k], odd=k in self.odd) for k in ranks], layers, readout, config.dropout)


def _layer(before: Mapping[int, int], after: Mapping[int, int], activation: str) -> Layer:
    keeps_odd = ACTIVATIONS[activation][1]
    return Layer(
        *(route(hodge(k).with_self(1.0).inverse, Linear(before[k], after[k])) for k in before),
        update=lambda k: Activate(activation, bias=0 if keeps_odd else after[k]),
        odd=Dist2Cycle.odd,
        breaks=() if keeps_odd else ("orientation",),
    )
