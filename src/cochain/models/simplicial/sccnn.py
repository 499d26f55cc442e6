"""Simplicial Complex Convolutional Neural Network."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.complexes.neighborhood import laplacian
from cochain.nn import (
    Activate,
    Embed,
    Layer,
    Linear,
    Network,
    Polynomial,
    Route,
    cofaces,
    faces,
    read_out,
    route,
    self_,
)


@dataclass(frozen=True)
class SCCNNConfig:
    """Hyperparameters of `SCCNN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    order: int = 2
    """Degree of the polynomials in the lower and in the upper Laplacian."""
    activation: str = "tanh"
    """An odd activation, so that reversing orientations reverses odd features and changes nothing else."""
    reduce: str = "sum"
    """How the readout pools the squares of each rank; a sum also tells sizes, and so the Euler characteristic."""
    dropout: float = 0.0
    """Probability of dropping a channel of a cell before each layer."""


class SCCNN(Network):
    r"""Filter each rank by its lower and its upper Laplacian, and what arrives from the ranks below and above.

    $$H_k' = \sigma\Big(H_k W + \sum_{p=1}^{P} L_{\downarrow,k}^p H_k W_p^{\downarrow}
      + \sum_{p=1}^{P} L_{\uparrow,k}^p H_k W_p^{\uparrow} + B_k^T H_{k-1} W^{-} + B_{k+1} H_{k+1} W^{+}\Big)$$

    Every operator is built from the signed boundaries, every map is linear without bias and the activation is odd, so
    odd cochains on ranks 1 and 2 stay odd under any change of orientation.

    Shape:
        x on rank r `(cells of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank 2P sparse products.
    Differs from the paper:
        Laplacians are divided per component by a bound on their largest eigenvalue, so that powers stay bounded;
        the terms from other ranks use p = 0 alone.
    Source:
        Yang, Isufi, 2023, "Convolutional Learning on Simplicial Complexes".
    """

    Config = SCCNNConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SCCNNConfig = SCCNNConfig()
    ) -> None:
        hidden = config.hidden
        embed = Embed({k: widths[k] for k in self.ranks}, hidden, odd=self.odd)
        layers = [_layer(hidden, config) for _ in range(config.layers)]
        readout = read_out(target, dict.fromkeys(self.ranks, hidden), out, config.reduce, odd=self.odd)
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in self.ranks]
        super().__init__(reads, [embed, *layers], readout, config.dropout)


def _layer(hidden: int, config: SCCNNConfig) -> Layer:
    routes: list[Route] = []
    for rank in SCCNN.ranks:
        routes.append(route(self_(rank), Linear(hidden, hidden)))
        for part in ("down", "up"):
            if (part == "down" and rank > 0) or (part == "up" and rank < 2):
                filtered = laplacian(rank, part).normalized("spectral")
                routes.append(route(filtered, Polynomial(hidden, hidden, config.order, constant=False)))
        if rank > 0:
            routes.append(route(faces(rank).signed, Linear(hidden, hidden)))
        if rank < 2:
            routes.append(route(cofaces(rank).signed, Linear(hidden, hidden)))
    return Layer(*routes, update=lambda rank: Activate(config.activation), odd=SCCNN.odd)
