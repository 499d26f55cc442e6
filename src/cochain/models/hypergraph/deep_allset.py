"""AllDeepSets: AllSet with Deep Sets as its functions of sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Cochain, Operator
from cochain.nn import Layer, Message, MLPUpdate, Network, incident, mlp, read_out, route
from cochain.nn.message import reduce_neighbors


@dataclass(frozen=True)
class AllDeepSetsConfig:
    """Hyperparameters of `AllDeepSets`."""

    hidden: int = 64
    """Channels of nodes and hyperedges."""
    layers: int = 1
    """Number of layers, each from nodes to hyperedges and back."""
    dropout: float = 0.5
    """Probability of dropping a channel of a cell before each of the two steps of a layer."""
    reduce: str = "sum"
    """How a set reduces its members: sum, as in the theorem, mean or max."""


class AllDeepSets(Network):
    r"""Hyperedges are a function of the set of their nodes, nodes of the set of their hyperedges, both Deep Sets.

    $$h_e = f(\{h_x\}_{x \in e}), \quad h_x' = g(\{h_e\}_{e \ni x}), \qquad
      f(S) = \sigma\Big(\mathrm{MLP}\Big(\sum_{s \in S} \mathrm{MLP}(s)\Big)\Big)$$

    Each step has its own two networks. Sums know no order, so relabelling nodes permutes the output and relabelling
    hyperedges leaves it. The empty set, that of a node in no hyperedge, gives a constant.

    Shape:
        x on rank 0 `(nodes, widths[0])` -> `(target rows, out)`.
    Cost:
        per layer $O(C (nnz + C (n_0 + n_1)))$ time, $O(C (n_0 + n_1))$ memory.
    Differs from the paper:
        nothing in the formula; its authors' code also normalises inside the networks. A linear map reads nodes, or
        hyperedges before they speak back.
    Source:
        Chien et al., 2022, "You are AllSet: A Multiset Function Framework for Hypergraph Neural Networks".
    """

    Config = AllDeepSetsConfig
    ranks = (0,)

    def __init__(
        self,
        widths: Mapping[int, int],
        out: int,
        target: int | str = 0,
        config: AllDeepSetsConfig = AllDeepSetsConfig(),
    ) -> None:
        hidden = config.hidden
        ranks = ([1, 0] * config.layers)[: -1 if target == 1 and config.layers else None]
        channels = [widths[0]] + [hidden] * len(ranks)
        layers = [
            Layer(
                route(incident(rank, 1 - rank), _Encoded(mlp(before, hidden, hidden)), config.reduce),
                update={rank: MLPUpdate(mlp(hidden, hidden, hidden, last=True), join="none")},
            )
            for rank, (before, _) in zip(ranks, pairwise(channels), strict=True)
        ]
        carried = {1: hidden} if target == 1 and ranks else {0: channels[-1]}
        super().__init__([Cochain(0, widths[0])], layers, read_out(target, carried, out), config.dropout)


class _Encoded(Message):
    """Any map of the members, reduced: applied to each member once, not once for every set that it is in."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        return reduce_neighbors(operator, self.module(source), reduce)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        return f"{neighborhood} MLP({source})"
