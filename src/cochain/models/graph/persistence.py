"""Persistent homology as features."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cochain import persistence
from cochain.complexes import Cochain, Complex
from cochain.errors import SpecError
from cochain.nn import Features, Network, Readout, mlp, pool
from cochain.persistence import PersLay, filters

POWER, ALL = "power", "constant"
PARTS = (("ordinary", 0, POWER), ("relative", 1, POWER), ("extended_plus", 0, ALL), ("extended_minus", 1, ALL))
"""The diagrams of extended persistence that a graph fills, with their dimensions, and how bars are weighed."""


@dataclass(frozen=True)
class PersistenceConfig:
    """Hyperparameters of `Persistence`."""

    hidden: int = 32
    """Channels of the hidden layers of the answer."""
    layers: int = 2
    """Layers of the answer."""
    channels: int = 16
    """Learned point transformations per diagram."""
    transformation: str = "gaussian"
    """What they are: gaussian, triangle or line."""
    times: str = "0.1,10"
    """Diffusion times of the heat kernel signatures that filter the graph, with commas between; empty for none."""
    degree: bool = True
    """Filter by degree as well, as d / (1 + d)."""
    dropout: float = 0.0
    """Probability of dropping a hidden channel of the answer."""


class Persistence(Network):
    r"""Learn on the persistence diagrams of fixed filtrations, and on the mean of the nodes' features.

    $$y = \mathrm{MLP}\Big( \Vert_f \Vert_t \, \mathrm{PersLay}_{f, t}\big(\mathrm{Dg}_t(G, f)\big) \,\Vert\,
      \mathrm{mean}_x h_x \Big), \qquad \mathrm{PersLay}(D) = \sum_{p \in D} w(p) \, \phi(p)$$

    $\mathrm{Dg}_t$ are the four diagrams of extended persistence: branches down and up, weighed by $|d - b|^{\alpha}$,
    so that ties of values weigh nothing; connected components and cycles, of which there are as many as the Betti
    numbers say. None depends on the numbering of nodes, so relabelling changes nothing. Diagrams are no sums over
    neighbours; hence a forward of its own.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(components, out)`.
    Cost:
        $O(m \log m)$ for the sweeps; for heat, $O(n^3)$ on small components and O(n m) on large ones.
    Differs from the paper:
        filters by degree too; reads the mean of node features in place of other statistics of the graph.
    Source:
        Carriere, Chazal, Ike, Lacombe, Royer, Umeda, 2020, "PersLay: A Neural Network Layer for Persistence Diagrams
        and New Graph Topological Signatures".
    """

    Config = PersistenceConfig
    ranks = (0,)

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = "whole",
        config: PersistenceConfig = PersistenceConfig(),
    ) -> None:
        if target != "whole":
            raise SpecError(f"persistence should answer on whole components, but is asked for rank {target}")
        self.times = tuple(float(t) for t in config.times.split(",") if t.strip())
        names = [*(["degree"] if config.degree else []), *(f"heat {t:g}" for t in self.times)]
        if not names:
            raise SpecError("persistence should have at least one filtration, but degree is off and times is empty")
        answer = _Answer(widths[0] + len(names) * len(PARTS) * config.channels, config, out)
        super().__init__([Cochain(0, widths[0])], [_Filtered(name, config) for name in names], answer)

    def forward(self, complex_: Complex) -> Tensor:
        """Give the answer: one row per component."""
        states = [self.inputs(complex_)]
        degree = filters.degree(complex_)[:, None]
        values = [degree / (1 + degree)] if len(self.layers) > len(self.times) else []
        values += [filters.heat(complex_, *self.times)] if self.times else []
        for layer, f in zip(self.layers, torch.cat(values, dim=1).to(states[0][0].dtype).T, strict=True):
            states.append(layer(complex_, {0: f}))
        return self.readout(complex_, states)  # type: ignore[no-any-return]


class _Filtered(nn.Module):
    def __init__(self, name: str, c: PersistenceConfig) -> None:
        super().__init__()
        self.name = name
        self.parts = nn.ModuleList(PersLay(dim, c.channels, c.transformation, weight=w) for _, dim, w in PARTS)

    def forward(self, complex_: Complex, values: Features) -> Features:
        found = persistence.extended(complex_, values[0], keep_zero=True)
        vectors = [layer(getattr(found, name)) for layer, (name, *_) in zip(self.parts, PARTS, strict=True)]
        return {0: torch.cat(vectors, dim=1)}

    def equations(self) -> list[str]:
        return [f"z = ‖_t PersLay(Dg_t(G, {self.name})), t = ordinary, relative, extended±"]

    def arrows(self) -> list[tuple[int, int, str]]:
        return [(0, 0, self.name)]


class _Answer(Readout):
    def __init__(self, width: int, config: PersistenceConfig, out: int) -> None:
        super().__init__()
        self.map = mlp(width, *[config.hidden] * (config.layers - 1), out, dropout=config.dropout)

    def forward(self, complex_: Complex, states: list[Features]) -> Tensor:
        joined = torch.cat([pool(complex_, 0, states[0][0], "mean"), *(each[0] for each in states[1:])], dim=1)
        return self.map(joined)  # type: ignore[no-any-return]

    def formula(self) -> str:
        return "y = MLP(‖ z ‖ mean h₀)"
