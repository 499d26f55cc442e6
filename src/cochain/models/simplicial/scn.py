"""Simplicial Convolutional Network and Simplicial Complex Convolutional Network."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Activate, Embed, Layer, Linear, Network, Route, cofaces, faces, hodge, read_out, route


@dataclass(frozen=True)
class SCNConfig:
    """Hyperparameters of `SCN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    between: bool = False
    """Whether ranks also speak to each other along signed boundaries: the network is then the paper's SCCN."""
    loop: float = 2.0
    """Weight of the simplex itself beside its Laplacian."""
    activation: str = "tanh"
    """After each layer; odd, so that reversing an orientation reverses signs and nothing else."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class SCN(Network):
    r"""One step along the Hodge Laplacian of each rank, and with `between` from the ranks below and above.

    $$H_k' = \tanh\big(D_k^{-1/2} (L_k + 2 I) D_k^{-1/2} H_k W_k \ [+\ B_k^T H_{k-1} W_k^\downarrow +
      B_{k+1} H_{k+1} W_k^\uparrow]\big), \qquad D_k = \mathrm{diag}(L_k) + 2 I$$

    SCN is the first term, which keeps ranks apart: an answer on one rank reads that rank alone. SCCN has all three.
    Signed operators and an odd activation: an odd cochain stays odd.

    Shape:
        x on rank r `(simplices of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank one sparse product, three with `between`.
    Differs from the paper:
        a linear embedding first; boundaries as they are, where the paper scales them too; tanh, which is odd.
    Source:
        Yang, Sala, Bogdan, 2022, "Efficient Representation Learning for Higher-Order Data with Simplicial Complexes".
    """

    Config = SCNConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SCNConfig = SCNConfig()
    ) -> None:
        ranks = self.ranks if config.between or target == "whole" else (int(target),)
        embed = Embed({k: widths[k] for k in ranks}, config.hidden, odd=self.odd)
        layers = [_layer(ranks, config) for _ in range(config.layers)]
        odd = [k for k in self.odd if k in ranks]
        readout = read_out(target, dict.fromkeys(ranks, config.hidden), out, odd=odd)
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in ranks]
        super().__init__(reads, [embed, *layers], readout, config.dropout)


def _layer(ranks: tuple[int, ...], config: SCNConfig) -> Layer:
    routes: list[Route] = []
    for k in ranks:
        symbols = [hodge(k).with_self(config.loop).normalized("sym")]
        if config.between:
            symbols += [faces(k).signed] if k > 0 else []
            symbols += [cofaces(k).signed] if k < 2 else []
        routes += [route(symbol, Linear(config.hidden, config.hidden)) for symbol in symbols]
    return Layer(*routes, update=lambda k: Activate(config.activation), odd=SCN.odd)
