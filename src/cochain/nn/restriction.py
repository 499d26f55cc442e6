"""Restriction maps of a sheaf on a graph, learned from what stands at both ends of every edge."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.complexes.blocks import orthogonal
from cochain.complexes.sheaf import Sheaf
from cochain.complexes.sheaf_laplacian import SheafLaplacian
from cochain.errors import SpecError
from cochain.nn.pair import both_ends

LEAST = {"diagonal": 1, "orthogonal": 2, "general": 1}
"""The smallest dimension of the stalks for which a kind of maps has something to learn."""


class Rows:
    """An operator that acts on some rows of every node by one sheaf Laplacian, on those after them by the next.

    Args:
        parts: the Laplacians.
    """

    def __init__(self, *parts: SheafLaplacian) -> None:
        self.parts = parts

    def __matmul__(self, x: Float[Tensor, "nodes rows channels"]) -> Float[Tensor, "nodes rows channels"]:
        pieces = torch.split(x, [part.d for part in self.parts], dim=1)
        return torch.cat([part @ piece for part, piece in zip(self.parts, pieces, strict=True)], dim=1)


class Restriction(nn.Module):
    r"""Learn the map of every node into every edge at it from the features of its two ends.

    $$F_{v \triangleleft e} = \Phi\big(\tanh([x_v \Vert x_u] V)\big), \qquad
      \Phi = \mathrm{diag}, \ \mathrm{householder} \text{ or any } d \times d \text{ numbers}$$

    A function of the two ends, so it knows neither names nor orientations. Tanh bounds the coordinates of the
    Householder reflections, of which d - 1 make an orthogonal map. Nodes may carry rows beside their stalk, along fixed
    maps: 1 at one end of every edge, and at the other -1 (low), which gives D + A and passes low frequencies, or 1
    (high), which gives D - A and passes high ones.

    Args:
        stalk: d, the dimension of the learned maps.
        channels: of each row of a node.
        kind: diagonal, orthogonal or general.
        weighted: with orthogonal maps: also learn a weight in (0, 1) for every edge.
        pooled: read the sum of a node's features over its rows, in place of all of them.
        low: whether there is a row for low frequencies.
        high: whether there is one for high frequencies.
    Shape:
        x `(nodes, rows, channels)`, rows = stalk + low + high.
    Source:
        Bodnar et al., 2022, "Neural Sheaf Diffusion".
    """

    def __init__(
        self,
        stalk: int,
        channels: int,
        kind: str,
        weighted: bool = True,
        pooled: bool = True,
        low: bool = False,
        high: bool = False,
    ) -> None:
        super().__init__()
        if kind not in LEAST or stalk < LEAST[kind]:
            raise SpecError(
                f"maps should be diagonal, orthogonal or general, and stalk >= {LEAST.get(kind, 1)}, "
                f"but they are {kind!r} and {stalk}"
            )
        self.stalk, self.kind, self.pooled, self.fixed = stalk, kind, pooled, [-1.0] * low + [1.0] * high
        width = (stalk + low + high) * channels
        numbers = {"diagonal": stalk, "orthogonal": stalk * (stalk - 1) // 2, "general": stalk * stalk}[kind]
        self.maps = nn.Linear(2 * (channels if pooled else width), numbers, bias=False)
        self.weights = nn.Linear(2 * width, 1, bias=False) if weighted and kind == "orthogonal" else None

    def restrict(
        self, complex_: Complex, x: Float[Tensor, "nodes rows channels"]
    ) -> Float[Tensor, "ends d"] | Float[Tensor, "ends d d"]:
        """Give the maps, one for each nonzero of `faces(1, 0)`; diagonal ones as their diagonals."""
        read = torch.tanh(both_ends(complex_, self.maps, x.sum(dim=1) if self.pooled else x.flatten(1)))
        if self.kind == "diagonal":
            return read
        if self.kind == "general":
            return read.view(len(read), self.stalk, self.stalk)
        maps = orthogonal(read, self.stalk)
        if self.weights is None:
            return maps
        weight = torch.sigmoid(both_ends(complex_, self.weights, x.flatten(1))).view(-1, 2).prod(dim=1)
        return maps * weight.repeat_interleave(2)[:, None, None]

    def laplacian(self, complex_: Complex, x: Float[Tensor, "nodes rows channels"]) -> Rows:
        """Give $(D + I)^{-1/2} L_F (D + I)^{-1/2}$ on the stalks, and likewise on each row of fixed maps."""
        sheaf = Sheaf(complex_, self.restrict(complex_, x))
        learned = sheaf.laplacian("scalar" if self.kind == "orthogonal" else True, shift=1.0)
        if not self.fixed:
            return Rows(learned)
        ends = torch.tensor([[1.0] * len(self.fixed), self.fixed], dtype=x.dtype, device=x.device)
        return Rows(learned, Sheaf(complex_, ends.repeat(complex_.sizes[1], 1)).laplacian(True, shift=1.0))

    def formula(self) -> str:
        """Give the map as it stands in a layer's equation."""
        return {"diagonal": "diag(φ)", "orthogonal": "householder(φ)", "general": "φ"}[self.kind]
