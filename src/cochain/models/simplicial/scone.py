"""Simplicial Complex Net (SCoNe)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochain.complexes import Cochain
from cochain.nn import Activate, CellReadout, Layer, Linear, Network, cofaces, faces, laplacian, read_out, route, self_


@dataclass(frozen=True)
class SCoNeConfig:
    """Hyperparameters of `SCoNe`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    activation: str = "tanh"
    """After each layer; the paper proves that it should be odd and not the identity."""
    dropout: float = 0.0
    """Probability of dropping a channel of an edge before each layer."""


class SCoNe(Network):
    r"""Flows along edges, filtered by both Laplacians; nodes read the divergence of what remains.

    $$H_1' = \tanh\big(H_1 W + B_1^T B_1 H_1 W_\downarrow + B_2 B_2^T H_1 W_\uparrow\big), \qquad
      y_0 = B_1 H_1 W, \quad y_2 = B_2^T H_1 W$$

    Made to predict where a trajectory, a flow of 1 along the edges that it has passed, goes on: a softmax of $y_0$ over
    the neighbours of its last node. Signed operators and an odd activation: reversing an edge reverses its own numbers
    and nothing else.

    Shape:
        x on rank 1 `(edges, widths[1])`, odd -> `(target rows, out)`.
    Cost:
        per layer four products with boundaries, $O(C \, nnz)$.
    Differs from the paper:
        nothing for nodes; answers on edges, triangles and whole complexes are ours. Laplacians are divided by a bound
        of their spectral radius, which keeps tanh off its flat ends on large complexes.
    Source:
        Roddenberry, Glaze, Segarra, 2021, "Principled Simplicial Neural Networks for Trajectory Prediction".
    """

    Config = SCoNeConfig
    ranks = (1,)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: SCoNeConfig = SCoNeConfig()
    ) -> None:
        hidden = config.hidden
        layers = [_layer(hidden if place else widths[1], hidden, config) for place in range(config.layers)]
        width = hidden if layers else widths[1]
        readout = read_out(target, {1: width}, out, odd=(1,)) if target in (1, "whole") else None
        if readout is None:
            symbol = cofaces(0).signed if target == 0 else faces(2).signed
            layers.append(Layer(route(symbol, Linear(width, out)), odd=self.odd))
            readout = CellReadout(int(target), {int(target): out}, odd=target == 2)
        super().__init__([Cochain(1, widths[1], odd=True)], layers, readout, config.dropout)


def _layer(before: int, after: int, config: SCoNeConfig) -> Layer:
    symbols = (self_(1), *(laplacian(1, part).normalized("spectral") for part in ("down", "up")))
    routes = [route(symbol, Linear(before, after)) for symbol in symbols]
    return Layer(*routes, update={1: Activate(config.activation)}, odd=SCoNe.odd)
