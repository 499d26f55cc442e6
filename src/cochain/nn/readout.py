"""Readouts: from the features of all layers to the answer."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from cochain.complexes import Cochain, Complex
from cochain.errors import ShapeError
from cochain.nn.layer import Features, symbol_of
from cochain.nn.mlp import mlp
from cochain.nn.pool import pool, pool_nodes


class Readout(nn.Module):
    """The answer from the features that came in and those after each layer."""

    @property
    def writes(self) -> tuple[Cochain, ...]:
        """The cochain that the answer is; empty where it answers on whole components."""
        return ()

    def forward(self, complex_: Complex, states: list[Features]) -> Tensor:
        """Give the answer, one row per target."""
        raise NotImplementedError

    def formula(self) -> str:
        """Give the readout as an equation."""
        raise NotImplementedError


class CellReadout(Readout):
    """Answer on the cells of one rank, from their last features; odd features give an odd answer.

    A rank that the layers do not carry reads the mean of its cells' nodes.

    Args:
        target: the rank of the answer.
        carried: channels of the last features, per rank.
        out: channels of the answer; 0 takes the last features as they are.
        odd: whether the features of the target are odd, so that the map has no bias.
    """

    def __init__(self, target: int, carried: Mapping[int, int], out: int = 0, odd: bool = False) -> None:
        super().__init__()
        self.target = target
        self.source = target if target in carried else 0
        if self.source not in carried:
            raise ShapeError(
                f"a readout of rank {target} should find features there or on the nodes, but the layers carry "
                f"{sorted(carried)}"
            )
        self.map = nn.Linear(carried[self.source], out, bias=not odd) if out else None
        self.odd = frozenset({self.source} if odd else ()) - {0}
        self.ranks = frozenset({self.source})
        self._channels = out or carried[self.source]

    @property
    def writes(self) -> tuple[Cochain, ...]:
        """The answer's rank, channels and parity."""
        return (Cochain(self.target, self._channels, odd=bool(self.odd)),)

    def forward(self, complex_: Complex, states: list[Features]) -> Tensor:
        """Give (cells, out)."""
        x = states[-1][self.source]
        if self.source != self.target:
            x = pool_nodes(complex_, self.target, x)
        return x if self.map is None else self.map(x)

    def formula(self) -> str:
        """Give `y = h W`."""
        h = symbol_of(self.source)
        h = h if self.source == self.target else f"mean[nodes of rank {self.target}]({h})"
        return f"y = {h}{'' if self.map is None else ' W'}"


class WholeReadout(Readout):
    r"""Answer on whole components: pool every rank, join, and a small MLP.

    $$y = \mathrm{MLP}\big(\Vert_r \ \mathrm{POOL}_{x} \, h_x\big)$$

    Odd features are squared before they are pooled, which is even; their sum as it stands would depend on orientations.

    Args:
        carried: channels of the last features, per rank.
        out: channels of the answer.
        reduce: sum, mean or max.
        odd: the ranks whose features are odd.
        dropout: before the last map.
    """

    def __init__(
        self, carried: Mapping[int, int], out: int, reduce: str = "mean", odd: Sequence[int] = (), dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.ranks = frozenset(carried)
        self.reduce = reduce
        self.odd = frozenset(odd) - {0}
        width = sum(carried.values())
        self.map = mlp(width, max(carried.values()), out, dropout=dropout)

    def forward(self, complex_: Complex, states: list[Features]) -> Tensor:
        """Give (components, out)."""
        last = states[-1]
        parts = [
            pool(complex_, k, last[k].square() if k in self.odd else last[k], self.reduce) for k in sorted(self.ranks)
        ]
        return self.map(torch.cat(parts, dim=1))  # type: ignore[no-any-return]

    def formula(self) -> str:
        """Give `y = MLP(mean h₀ ‖ mean h₁²)`."""
        parts = [f"{self.reduce} {symbol_of(k)}{'²' if k in self.odd else ''}" for k in sorted(self.ranks)]
        return f"y = MLP({' ‖ '.join(parts)})"


class JumpingReadout(Readout):
    r"""Answer on whole components from every layer: $y = \sum_l \mathrm{drop}(W_l \, \mathrm{POOL}\, h^{(l)})$.

    Args:
        rank: the rank that is pooled.
        widths: its channels before the first layer and after each.
        out: channels of the answer.
        reduce: sum, mean or max.
        dropout: on each layer's term.
    Source:
        Xu et al., 2019, "How Powerful are Graph Neural Networks?".
    """

    def __init__(self, rank: int, widths: Sequence[int], out: int, reduce: str = "sum", dropout: float = 0.0) -> None:
        super().__init__()
        self.rank = rank
        self.ranks, self.odd = frozenset({rank}), frozenset[int]()
        self.reduce = reduce
        self.maps = nn.ModuleList(nn.Linear(width, out) for width in widths)
        self.dropout = dropout

    def forward(self, complex_: Complex, states: list[Features]) -> Tensor:
        """Give (components, out)."""
        terms = [
            each(pool(complex_, self.rank, state[self.rank], self.reduce))
            for each, state in zip(self.maps, states, strict=True)
        ]
        if self.dropout and self.training:
            terms = [nn.functional.dropout(term, self.dropout) for term in terms]
        return torch.stack(terms).sum(dim=0)

    def formula(self) -> str:
        """Give `y = Σ_l W_l sum h₀`."""
        return f"y = Σ_l W_l {self.reduce} {symbol_of(self.rank)}^(l)"


def read_out(
    target: int | str,
    carried: Mapping[int, int],
    out: int,
    reduce: str = "mean",
    odd: Sequence[int] = (),
    dropout: float = 0.0,
) -> Readout:
    """Choose the usual readout of a target: `CellReadout` for a rank, `WholeReadout` for "whole"."""
    if target == "whole":
        return WholeReadout(carried, out, reduce, odd, dropout)
    if not isinstance(target, int):
        raise ShapeError(f"a target should be a rank or 'whole', but is {target!r}")
    return CellReadout(target, carried, out, target in odd and target in carried)
