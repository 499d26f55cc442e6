"""Where cells are, and how large, from the positions of their nodes; and messages that hear it."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.complexes.neighborhood import Neighborhood, upper
from cochain.kernels import Pattern, segment
from cochain.nn.layer import Features
from cochain.nn.mlp import mlp
from cochain.nn.pool import pool_nodes


def positions_of(complex_: Complex, like: Float[Tensor, "nodes channels"]) -> Float[Tensor, "nodes n"]:
    """Give the positions of the nodes, of the type of `like`; all 0 where the complex has none."""
    return complex_[0].pos.to(like.dtype) if "pos" in complex_[0] else like.new_zeros(complex_.sizes[0], 1)


def place(
    complex_: Complex, rank: int, z: Float[Tensor, "nodes n"]
) -> tuple[Float[Tensor, "cells n"], Float[Tensor, "cells 1"]]:
    r"""Give the centre of every cell and the mean squared distance of its nodes from it.

    $$c_x = \frac{1}{|x|} \sum_{v \in x} z_v, \qquad \rho_x = \frac{1}{|x|} \sum_{v \in x} \lVert z_v - c_x \rVert^2$$
    """
    if rank == 0:
        return z, z.new_zeros(len(z), 1)
    centre = pool_nodes(complex_, rank, z)
    squares = pool_nodes(complex_, rank, z.square().sum(dim=1, keepdim=True))
    return centre, (squares - centre.square().sum(dim=1, keepdim=True)).clamp(min=0.0)


def _met(
    first: nn.Linear, pattern: Pattern, own: tuple[Tensor, Tensor, Tensor], other: tuple[Tensor, Tensor, Tensor]
) -> Float[Tensor, "nnz out"]:
    """Map features of both ends, their distance and both sizes: the parts that belong to cells are mapped there."""
    (h_x, c_x, size_x), (h_y, c_y, size_y) = own, other
    x, y = pattern.rows, pattern.indices
    widths = [h_x.shape[1], h_y.shape[1], 1, 1, 1]
    to_x, to_y, far, wide_x, wide_y = (each.T for each in torch.split(first.weight, widths, dim=1))
    told = torch.addmm(first.bias, h_x, to_x).addmm_(size_x, wide_x).index_select(0, x)
    told += (h_y @ to_y).addmm_(size_y, wide_y).index_select(0, y)
    return told.addmm_((c_x[x] - c_y[y]).square().sum(dim=1, keepdim=True), far)


class GeometricLayer(nn.Module):
    r"""Cells speak along neighbourhoods, and hear how far away and how large the speakers are; nodes may move.

    $$m_x^N = \sum_{y \in N(x)} \psi_N\big(h_x, h_y, \lVert c_x - c_y \rVert^2, \rho_x, \rho_y\big), \qquad
      h_x' = h_x + \beta\big(h_x, \Vert_N m_x^N\big), \\
      z_v' = z_v + \tfrac{1}{|N(v)|} \sum_{u \in N(v)} (z_v - z_u) \, \xi(m_{vu}), \quad N = \mathrm{upper}(0)$$

    c and $\rho$ are those of `place`. Only distances enter, so rotations, reflections and shifts leave h and move z
    along.

    Args:
        symbols: the neighbourhoods.
        ranks: the ranks that are updated.
        hidden: channels of every rank.
        moves: whether nodes move along the messages of upper(0).
        bounded: whether $\xi$ ends with a tanh; without it a flow that is followed in time may become infinite.
    Source:
        Battiloro et al., 2025, "E(n) Equivariant Topological Neural Networks".
    """

    def __init__(
        self, symbols: Sequence[Neighborhood], ranks: Sequence[int], hidden: int, moves: bool, bounded: bool = False
    ) -> None:
        super().__init__()
        self.symbols, width = symbols, {k: hidden * (1 + sum(k == s.target for s in symbols)) for k in ranks}
        self.messages = nn.ModuleList(mlp(2 * hidden + 3, hidden, hidden, activation="silu") for _ in symbols)
        self.updates = nn.ModuleDict({str(k): mlp(width[k], hidden, hidden, activation="silu") for k in ranks})
        self.shift = mlp(hidden, hidden, 1, activation="silu") if moves else None
        self.bounded = bounded

    def forward(self, complex_: Complex, h: Features, z: Tensor) -> tuple[Features, Tensor]:
        """Give the features of every rank and the positions of the nodes after the layer."""
        places = {k: place(complex_, k, z) for k in h}
        heard, moved = {k: [each] for k, each in h.items()}, z
        for symbol, message in zip(self.symbols, self.messages, strict=True):
            r, s, pattern = symbol.target, symbol.source, complex_.resolve(symbol).matrix.pattern
            x, y = pattern.rows, pattern.indices
            told = _met(message[0], pattern, (h[r], *places[r]), (h[s], *places[s]))  # type: ignore[index]
            told, last = message[1](told), message[2]  # type: ignore[index]
            if self.shift is None or symbol != upper(0):
                # The last map is linear, so it maps the sums, of which there are fewer.
                spoken = pattern.degrees.to(told.dtype)[:, None] * last.bias
                heard[r].append(spoken.addmm(segment(pattern, told, "sum"), last.weight.T))
                continue
            m = last(told)
            heard[r].append(segment(pattern, m, "sum"))
            rate = torch.tanh(self.shift(m)) if self.bounded else self.shift(m)
            moved = z + segment(pattern, (z[x] - z[y]) * rate, "mean")
        new = {int(k): h[int(k)] + update(torch.cat(heard[int(k)], dim=1)) for k, update in self.updates.items()}
        return {**h, **new}, moved

    def equations(self) -> list[str]:
        """Give one equation for all ranks, and one for the positions."""
        names = ", ".join(map(str, self.symbols))
        rate = "tanh MLP(m_xy)" if self.bounded else "MLP(m_xy)"
        moved = [f"z' = z + mean[A↑₀]((z_x - z_y) {rate})"] if self.shift is not None else []
        return [f"h' = h + MLP(h ‖ Σ[N] M(h_x, h_y, |c_x - c_y|, sizes)), N of {names}", *moved]

    def arrows(self) -> list[tuple[int, int, str]]:
        """Give the routes of the diagram."""
        return [(symbol.source, symbol.target, str(symbol)) for symbol in self.symbols]
