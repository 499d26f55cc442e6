"""Deep Sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import nn

from cochain.complexes import Cochain, Complex
from cochain.nn import Activate, Features, Layer, Linear, Network, pool, read_out, route, self_, spread


@dataclass(frozen=True)
class DeepSetsConfig:
    """Hyperparameters of `DeepSets`."""

    hidden: int = 64
    """Channels of every layer."""
    layers: int = 3
    """Number of layers."""
    dropout: float = 0.0
    """Probability of dropping a channel of a point before each layer."""
    reduce: str = "sum"
    """How the answer on a whole set pools its points: sum, as in the theorem, mean or max."""
    shared: str = "mean"
    """What every point hears of its set, when the answer is on points: sum, mean or max."""


class DeepSets(Network):
    r"""A function of a set: on the whole a sum over points, on each point itself and what all points share.

    $$y = \rho\Big(\sum_x \phi(h_x)\Big) \ \text{on a whole set}, \qquad
      h_x' = \sigma\Big(h_x \Lambda + \frac{1}{n} \sum_y h_y \, \Gamma + b\Big) \ \text{for points}$$

    Of the edges and higher cells nothing is read, so it is the floor of what structure adds. Sums do not depend on the
    order, so permuting points keeps the first and permutes the second; these are all linear maps that do.

    Shape:
        x on rank 0, or pos where there is no x, `(points, widths[0])` -> `(target rows, out)`.
    Cost:
        $O(n C^2)$ time, $O(n C)$ memory per layer.
    Differs from the paper:
        points hear the mean by default, which for one size is the paper's sum in other units and stays bounded for
        others; cells of higher rank, which the paper does not have, read the mean of their points.
    Source:
        Zaheer et al., 2017, "Deep Sets".
    """

    Config = DeepSetsConfig
    ranks = (0,)
    names = {0: ("x", "pos")}  # noqa: RUF012 - a constant

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = "whole",
        config: DeepSetsConfig = DeepSetsConfig(),
    ) -> None:
        channels = [widths[0]] + [config.hidden] * config.layers
        layers: list[nn.Module] = []
        for before, after in pairwise(channels):
            if target == "whole":
                layers.append(Layer(route(self_(0), Linear(before, after)), update={0: Activate("relu", bias=after)}))
            else:
                layers.append(_Equivariant(before, after, config.shared))
        readout = read_out(target, {0: config.hidden}, out, config.reduce)
        super().__init__([Cochain(0, widths[0])], layers, readout, config.dropout)


class _Equivariant(nn.Module):
    """Each point and the mean (or sum, or maximum) of its set: no neighbourhood, so no route."""

    def __init__(self, before: int, after: int, reduce: str) -> None:
        super().__init__()
        self.own = nn.Linear(before, after)
        self.shared = nn.Linear(before, after, bias=False)
        self.reduce = reduce

    def forward(self, complex_: Complex, features: Features) -> Features:
        h = features[0]
        shared = self.shared(pool(complex_, 0, h, self.reduce))
        return {**features, 0: torch.relu(self.own(h) + spread(complex_, 0, shared))}

    def equations(self) -> list[str]:
        return [f"h₀' = relu(h₀ Λ + {self.reduce}(h₀) Γ + b)"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, "self"), (0, 0, self.reduce)]
