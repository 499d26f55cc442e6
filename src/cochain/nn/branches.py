"""An update with a branch for every message, as in isomorphism networks with several neighbourhoods."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.nn.mlp import mlp
from cochain.nn.update import MLPUpdate, Update


class Branches(Update):
    r"""$h' = \mathrm{MLP}\big(\Vert_N \mathrm{MLP}_N((1 + \varepsilon_N) h + m_N)\big)$: messages meet last.

    For a layer whose routes are joined by "concat", each of `hidden` channels.

    Args:
        hidden: channels of the cell, of each message and of the result.
        messages: how many messages the rank hears.
    Source:
        Bodnar et al., 2021, "Weisfeiler and Lehman Go Cellular: CW Networks".
    """

    def __init__(self, hidden: int, messages: int) -> None:
        super().__init__()
        self.each = nn.ModuleList(
            MLPUpdate(mlp(hidden, hidden, hidden, norm="batch", last=True)) for _ in range(messages)
        )
        self.join = mlp(messages * hidden, hidden, norm="batch", last=True)

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        """Give the joined branches."""
        heard = m.chunk(len(self.each), dim=1)
        parts = [update(h, each) for update, each in zip(self.each, heard, strict=True)]
        return self.join(torch.cat(parts, dim=1))  # type: ignore[no-any-return]

    def formula(self, h: str, m: str) -> str:
        """Give `U(‖ MLP((1 + ε) h + [m]))`."""
        return f"U(‖ MLP((1 + ε) {h} + [{m}]))"
