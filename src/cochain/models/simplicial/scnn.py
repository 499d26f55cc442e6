"""Simplicial Convolutional Neural Network."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Activate, Embed, Layer, Linear, Network, Polynomial, Route, laplacian, read_out, route, self_


@dataclass(frozen=True)
class SCNNConfig:
    """Hyperparameters of `SCNN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    order_down: int = 2
    """Steps along the lower Laplacian."""
    order_up: int = 2
    """Steps along the upper Laplacian."""
    activation: str = "tanh"
    """After each layer; odd, so that reversing an orientation reverses signs and nothing else."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class SCNN(Network):
    r"""Filter each rank along its lower and its upper Laplacian, with weights of their own.

    $$H_k' = \tanh\Big(H_k W_0 + \sum_{p=1}^{P_\downarrow} \tilde L_{k,\downarrow}^p H_k W_p^\downarrow +
      \sum_{p=1}^{P_\uparrow} \tilde L_{k,\uparrow}^p H_k W_p^\uparrow\Big), \qquad \tilde L = L / \lambda$$

    The two Laplacians live on orthogonal subspaces, so gradient and curl parts of a flow are filtered apart. Signed and
    linear before an odd activation: an odd cochain stays odd. Ranks do not speak to each other: an answer on one rank
    reads that rank alone.

    Shape:
        x on rank r `(simplices of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank `order_down + order_up` sparse products.
    Differs from the paper:
        a linear embedding first; Laplacians divided by a bound $\lambda$ of their spectral radius; a readout on whole
        complexes.
    Source:
        Yang, Isufi, Leus, 2022, "Simplicial Convolutional Neural Networks".
    """

    Config = SCNNConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SCNNConfig = SCNNConfig()
    ) -> None:
        ranks = self.ranks if target == "whole" else (int(target),)
        embed = Embed({k: widths[k] for k in ranks}, config.hidden, odd=self.odd)
        layers = [_layer(ranks, config) for _ in range(config.layers)]
        odd = [k for k in self.odd if k in ranks]
        readout = read_out(target, dict.fromkeys(ranks, config.hidden), out, odd=odd)
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in ranks]
        super().__init__(reads, [embed, *layers], readout, config.dropout)


def _layer(ranks: tuple[int, ...], config: SCNNConfig) -> Layer:
    hidden = config.hidden
    routes: list[Route] = []
    for k in ranks:
        routes.append(route(self_(k), Linear(hidden, hidden)))
        for part, order in (("down", config.order_down), ("up", config.order_up)):
            if order and (k > 0 if part == "down" else k < 2):
                symbol = laplacian(k, "down" if part == "down" else "up").normalized("spectral")
                routes.append(route(symbol, Polynomial(hidden, hidden, order, constant=False)))
    return Layer(*routes, update=lambda k: Activate(config.activation), odd=SCNN.odd)
