"""Messages from any module on both ends of a pair, and on the cell that they share."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from cochain.complexes import Complex, Operator
from cochain.errors import ShapeError
from cochain.kernels import segment
from cochain.kernels.gather import gather_sum
from cochain.kernels.pair_sum import rectified_sum
from cochain.nn.message import Message
from cochain.nn.mlp import apply_in_turn


class Pair(Message):
    r"""Any module on each pair: $m_x = \mathrm{AGG}_{y} M(h_x, h_y, h_u)$, what it reads concatenated in this order.

    It writes one row per nonzero, memory $O(nnz \cdot C)$: the price of an arbitrary message. One that begins with a
    linear map, as MLPs do, maps cells and joins afterwards; of a linear map, a rectifier and a sum that is all, in
    memory $O(n C)$. A module may be neither odd nor even, so it reads even cochains only. The values of the
    neighbourhood are not used, its pattern is.

    Args:
        module: from the concatenated channels to those of the message.
        target: whether the message reads the cell that hears it.
        via: whether it reads the shared cell u (the neighbourhood then needs `.triples`).
    """

    def __init__(self, module: nn.Module, target: bool = True, via: bool = False) -> None:
        super().__init__()
        self.module = module
        self.reads_target = target
        self.reads_via = via

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give the reduced messages."""
        pattern = operator.matrix.pattern
        reads = [(source, pattern.indices)]
        if self.reads_target:
            assert target is not None
            reads.insert(0, (target, pattern.rows))
        if self.reads_via:
            if operator.via is None or via is None:
                raise ShapeError("a message that reads the shared cell needs a neighbourhood with .triples")
            reads.append((via, operator.via))
        steps = list(self.module) if isinstance(self.module, nn.Sequential) else [self.module]
        few = pattern.nnz * len(reads) < sum(len(x) for x, _ in reads)
        if few or not isinstance(steps[0], nn.Linear):
            told = torch.cat([x.index_select(0, place) for x, place in reads], dim=1)
            return segment(pattern, self.module(told), reduce)
        # A linear map of what is joined is a sum of maps of the parts: of the cells, not of the nonzeros.
        widths = [x.shape[1] for x, _ in reads]
        biases = [steps[0].bias, *[None] * len(reads)]
        weights = torch.split(steps[0].weight, widths, dim=1)
        parts = [(linear(x, w, b), place) for (x, place), w, b in zip(reads, weights, biases, strict=False)]
        if self.reads_target and reduce == "sum" and [type(step) for step in steps[1:]] == [nn.ReLU]:
            (own, _), (other, _), *shared = parts
            return rectified_sum(pattern, own, other, *(shared[0] if shared else ()))
        return segment(pattern, apply_in_turn(steps[1:], gather_sum(*parts)), reduce)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `sum over y in A of M(h_x, h_y)`."""
        reads = [target] * self.reads_target + [source] + ["h_u"] * self.reads_via
        return f"Σ[{neighborhood}] M({', '.join(reads)})"


class Gated(Message):
    r"""A linear message behind a gate: $m_x = \sum_y \sigma(G h_x + H h_y) \odot (h_y W)$.

    The gate must not depend on orientation, so it reads even cochains only.

    Args:
        in_channels: channels of the source.
        out_channels: channels of the message.
        target_channels: channels of the target when they differ from those of the source.
    Source:
        Bresson, Laurent, 2017, "Residual Gated Graph ConvNets".
    """

    reads_target = True

    def __init__(self, in_channels: int, out_channels: int, target_channels: int | None = None) -> None:
        super().__init__()
        self.value = nn.Linear(in_channels, out_channels, bias=False)
        self.source_gate = nn.Linear(in_channels, out_channels)
        self.target_gate = nn.Linear(target_channels or in_channels, out_channels, bias=False)

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give the gated messages, reduced."""
        assert target is not None
        pattern = operator.matrix.pattern
        gate = self.target_gate(target).index_select(0, pattern.rows)
        gate = torch.sigmoid(gate + self.source_gate(source).index_select(0, pattern.indices))
        return segment(pattern, gate * self.value(source).index_select(0, pattern.indices), reduce)

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `sum over y in A of gate * h_y W`."""
        return f"Σ[{neighborhood}] σ({target} G + {source} H) ⊙ {source} W"  # noqa: RUF001


def both_ends(complex_: Complex, map_: nn.Linear, x: Float[Tensor, "nodes channels"]) -> Float[Tensor, "ends out"]:
    r"""Give $[x_v \Vert x_u] W$ for every edge and each of its ends v, u being the other one.

    Rows are the nonzeros of `faces(1, 0)`: those of an edge stand next to each other. W, without bias, is applied to
    the nodes, half by half, before they are gathered.
    """
    ends = complex_.faces(1, 0).pattern.indices.view(-1, 2)
    own, other = map_.weight.chunk(2, dim=1)
    return gather_sum((x @ own.T, ends.flatten()), (x @ other.T, ends.flip(1).flatten()))
