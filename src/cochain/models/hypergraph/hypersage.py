"""HyperSAGE: power means inside hyperedges and between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import normalize

from cochain.complexes import Cochain, Operator
from cochain.errors import SpecError
from cochain.kernels import aggregate
from cochain.nn import Layer, Message, Network, Update, incident, read_out, route

LEAST = 1e-12
"""Below this a number counts as 0, where powers and roots have no finite slope."""


@dataclass(frozen=True)
class HyperSAGEConfig:
    """Hyperparameters of `HyperSAGE`."""

    hidden: int = 64
    """Channels of the layers."""
    layers: int = 2
    """Number of layers, each from nodes to hyperedges and back."""
    dropout: float = 0.5
    """Probability of dropping a channel of a node after each layer."""
    power: float = 1.0
    """p of the means, above 0: 1 is the mean, large ones come near the maximum."""


class HyperSAGE(Network):
    r"""Take the power mean over the nodes of each hyperedge, then over the hyperedges of each node.

    $$h_e = \Big(\frac{1}{|e|} \sum_{x \in e} h_x^p\Big)^{1/p}, \qquad
      m_x = \Big(\frac{1}{d_x} \sum_{e \ni x} h_e^p\Big)^{1/p}, \qquad
      h_x' = \sigma\Big(\frac{h_x + m_x}{\lVert h_x + m_x \rVert} W\Big)$$

    Means do not depend on an order, so relabelling nodes permutes the output and relabelling hyperedges leaves it. A
    node in no hyperedge hears itself alone.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer two passes over the incidence, $O(C \, nnz)$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        negative numbers, whose powers it leaves open, keep their sign, $x^p = \mathrm{sgn}(x) |x|^p$; all neighbours
        are read and none sampled; hyperedges weigh alike, whatever their sizes; a linear map reads the last layer.
    Source:
        Arya et al., 2020, "HyperSAGE: Generalizing Inductive Representation Learning on Hypergraphs".
    """

    Config = HyperSAGEConfig
    ranks = (0,)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = 0, config: HyperSAGEConfig = HyperSAGEConfig()
    ) -> None:
        if config.power <= 0:
            raise SpecError(f"power should be above 0, but is {config.power}")
        layers: list[Layer] = []
        for before, after in pairwise([widths[0]] + [config.hidden] * config.layers):
            layers += [
                Layer(route(incident(1, 0), _PowerMean(config.power))),
                Layer(
                    route(incident(0, 1), _PowerMean(config.power)), update={0: _Unit(before, after, config.dropout)}
                ),
            ]
        readout = read_out(target, {0: config.hidden if config.layers else widths[0]}, out)
        super().__init__([Cochain(0, widths[0])], layers, readout)


class _PowerMean(Message):
    sums_only = True

    def __init__(self, power: float) -> None:
        super().__init__()
        self.power = power

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets channels"]:
        raised = _signed_power(source, self.power)
        return _signed_power(aggregate(operator.matrix.pattern, raised, "mean"), 1 / self.power)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"(mean[{neighborhood}] {source}^{self.power:g})^(1/{self.power:g})"


def _signed_power(x: Tensor, exponent: float) -> Tensor:
    return x if exponent == 1 else torch.where(x.abs() > LEAST, x.sign() * x.abs().clamp(min=LEAST) ** exponent, 0.0)


class _Unit(Update):
    def __init__(self, before: int, after: int, dropout: float) -> None:
        super().__init__()
        self.map, self.drop = nn.Linear(before, after, bias=False), nn.Dropout(dropout)

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        assert h is not None
        return self.drop(torch.relu(self.map(normalize(h + m, dim=1))))  # type: ignore[no-any-return]

    def formula(self, h: str, m: str) -> str:
        return f"relu(({h} + {m})/|{h} + {m}| W)"
