"""The message of isomorphism networks: a module of a cell and the sum of its neighbours."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.complexes import Operator
from cochain.errors import ShapeError
from cochain.nn.message import Message, reduce_neighbors


class Isomorphic(Message):
    r"""$m_x = M\big((1 + \varepsilon) h_x + \sum_{y \in N(x)} h_y\big)$, an isomorphism network on one neighbourhood.

    Source and target have the same channels. A module may be neither odd nor even, so it reads even cochains only.

    Args:
        module: of the sum.
    Source:
        Xu et al., 2019, "How Powerful are Graph Neural Networks?".
    """

    reads_target = True

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module
        self.epsilon = nn.Parameter(torch.zeros(()))

    def forward(
        self,
        operator: Operator,
        source: Float[Tensor, "sources channels"],
        target: Float[Tensor, "targets others"] | None,
        via: Float[Tensor, "shared more"] | None,
        reduce: str,
    ) -> Float[Tensor, "targets out"]:
        """Give the module of each cell and its neighbours."""
        if target is None or target.shape[1] != source.shape[1]:
            raise ShapeError("a cell and its neighbours should have the same channels; embed their ranks first")
        return self.module((1 + self.epsilon) * target + reduce_neighbors(operator, source, reduce))  # type: ignore[no-any-return]

    def formula(self, neighborhood: str, source: str, target: str) -> str:
        """Give `MLP((1 + ε) h_x + A h_y)`."""
        return f"MLP((1 + ε) {target} + {neighborhood} {source})"
