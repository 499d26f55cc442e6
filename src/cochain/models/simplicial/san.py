"""Simplicial Attention Neural Network (SAN)."""

from collections.abc import Mapping
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from cochain.complexes import Cochain, Operator
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
)


@dataclass(frozen=True)
class SANConfig:
    """Hyperparameters of `SAN`."""

    hidden: int = 32
    """Channels of every layer."""
    layers: int = 2
    """Number of layers."""
    order: int = 2
    """Steps J along each attention."""
    harmonic: int = 5
    """Steps K of the projection onto harmonic signals."""
    odd: bool = False
    """Whether attention carries signs and activations are odd, so that orientations do not matter."""
    activation: str = "leaky_relu"
    """After each layer; with `odd` an odd one."""
    dropout: float = 0.0
    """Probability of dropping a channel of a simplex before each layer."""


class SAN(Network):
    r"""Filter each rank along attentions over its lower and upper neighbours, and through a harmonic projection.

    $$H_k' = \sigma\Big(\sum_{p=1}^{J} \alpha_{k,\downarrow}^p H_k W_p^\downarrow +
      \sum_{p=1}^{J} \alpha_{k,\uparrow}^p H_k W_p^\uparrow + (I - L_k / \lambda)^K H_k W\Big)$$

    with $\alpha$ the softmax over lower or upper neighbours, the simplex among them, of
    $\mathrm{LeakyReLU}(a^T z_x + b^T z_y)$. Published, its scores and its rectifier read odd numbers, so the answer
    depends on orientations; with `odd` scores read absolute values and the attention carries the Laplacian's signs.
    Ranks do not speak to each other: an answer on one rank reads that rank alone.

    Shape:
        x on rank r `(simplices of r, widths[r])`, odd on ranks 1 and 2 -> `(target rows, out)`.
    Cost:
        per layer and rank 2 J + K sparse products; nothing dense.
    Differs from the paper:
        a linear embedding first; the step of the projection is 1 over a bound of the spectral radius.
    Source:
        Giusti, Battiloro, Di Lorenzo, Sardellitti, Barbarossa, 2022, "Simplicial Attention Neural Networks".
    """

    Config = SANConfig
    ranks = (0, 1, 2)
    odd = (1, 2)

    def __init__(
        self, widths: Mapping[int, int], out: int, target: int | str = "whole", config: SANConfig = SANConfig()
    ) -> None:
        ranks = self.ranks if target == "whole" else (int(target),)
        embed = Embed({k: widths[k] for k in ranks}, config.hidden, odd=self.odd)
        layers = [_layer(ranks, config) for _ in range(config.layers)]
        odd = [k for k in self.odd if k in ranks]
        readout = read_out(target, dict.fromkeys(ranks, config.hidden), out, odd=odd)
        reads = [Cochain(k, widths[k], odd=k in self.odd) for k in ranks]
        super().__init__(reads, [embed, *layers], readout, config.dropout)


class _Harmonic(Linear):
    """(I - A)^K X W: what neither Laplacian moves remains."""

    def __init__(self, hidden: int, steps: int) -> None:
        super().__init__(hidden, hidden)
        self.steps = steps

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        assert self.weight is not None
        source = source @ self.weight
        for _ in range(self.steps):
            source = (operator @ source).neg_().add_(source)
        return source

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"(I - {neighborhood})^{self.steps} {source} W"


def _layer(ranks: tuple[int, ...], config: SANConfig) -> Layer:
    hidden = config.hidden
    routes: list[Route] = []
    for k in ranks:
        symbols = [laplacian(k, "down")] * (k > 0) + [laplacian(k, "up")] * (k < 2)
        routes += [route(each, AttentionFilter(hidden, hidden, config.order, config.odd)) for each in symbols]
        routes.append(route(hodge(k).normalized("spectral"), _Harmonic(hidden, config.harmonic)))
    breaks = () if config.odd else ("orientation",)
    return Layer(*routes, update=lambda k: Activate(config.activation), odd=SAN.odd, breaks=breaks)
