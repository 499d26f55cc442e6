"""Updates: what a cell does with what it heard."""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cochain.errors import ShapeError, UnknownNameError, unknown_name
from cochain.kernels import matmul

# Each with whether f(-x) = -f(x), which an odd cochain needs.
ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], bool]] = {
    "identity": (lambda x: x, True),
    "tanh": (torch.tanh, True),
    "softsign": (nn.functional.softsign, True),
    "odd_silu": (lambda x: x * torch.sigmoid(x.abs()), True),
    "relu": (torch.relu, False),
    "leaky_relu": (nn.functional.leaky_relu, False),
    "elu": (nn.functional.elu, False),
    "gelu": (nn.functional.gelu, False),
    "silu": (nn.functional.silu, False),
    "sigmoid": (torch.sigmoid, False),
}


def _activation(name: str) -> tuple[Callable[[Tensor], Tensor], bool]:
    if name not in ACTIVATIONS:
        raise _unknown(name)
    return ACTIVATIONS[name]


def _unknown(name: str) -> UnknownNameError:
    return unknown_name("activation", name, ACTIVATIONS)


def _present(h: Tensor | None) -> Tensor:
    if h is None:
        raise ShapeError(
            "an update that reads the cell's own features needs some, but the rank has none; embed it first"
        )
    return h


class Update(nn.Module):
    """Step four of a layer: the cell's new features from its old ones and what it heard.

    `keeps_odd` says that reversing the signs of both arguments reverses the result, `reads_own` that the old features
    matter.
    """

    keeps_odd = False
    reads_own = True

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        """Give the new features."""
        raise NotImplementedError

    def formula(self, h: str, m: str) -> str:
        """Give the update as it stands in the layer's equation."""
        raise NotImplementedError


class Activate(Update):
    r"""$h' = \sigma(m + b)$, with $+ h$ inside for a residual update.

    Args:
        activation: a key of `ACTIVATIONS`.
        bias: channels of the bias; 0 for none. A constant is not odd, so an odd cochain takes none.
        residual: add the old features before the activation.
    """

    def __init__(self, activation: str = "relu", bias: int = 0, residual: bool = False) -> None:
        super().__init__()
        self.name = activation
        self.activation, odd = _activation(activation)
        self.bias = nn.Parameter(torch.zeros(bias)) if bias else None
        self.residual = self.reads_own = residual
        self.keeps_odd = odd and not bias

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        """Give the activated sum."""
        if self.bias is not None:
            m = m + self.bias
        if self.residual:
            m = m + _present(h)
        return self.activation(m)

    def formula(self, h: str, m: str) -> str:
        """Give `activation(m + b)`."""
        inside = (f"{h} + " if self.residual else "") + m + (" + b" if self.bias is not None else "")
        return inside if self.name == "identity" else f"{self.name}({inside})"


class MLPUpdate(Update):
    r"""$h' = \mathrm{MLP}((1 + \varepsilon) h + m)$, the update of Graph Isomorphism Networks.

    Args:
        module: the network.
        join: how old features and message meet: sum as above, concat $\mathrm{MLP}(h \Vert m)$, none $\mathrm{MLP}(m)$.
        epsilon: learn $\varepsilon$, from 0.
    """

    def __init__(self, module: nn.Module, join: Literal["sum", "concat", "none"] = "sum", epsilon: bool = True) -> None:
        super().__init__()
        self.module = module
        self.join = join
        self.reads_own = join != "none"
        self.epsilon = nn.Parameter(torch.zeros(())) if epsilon and join == "sum" else None

    def forward(
        self, h: Float[Tensor, "cells channels"] | None, m: Float[Tensor, "cells heard"]
    ) -> Float[Tensor, "cells out"]:
        """Give the network's output."""
        if self.join == "none":
            return self.module(m)  # type: ignore[no-any-return]
        h = _present(h)
        if self.join == "concat":
            return self.module(torch.cat([h, m], dim=1))  # type: ignore[no-any-return]
        return self.module(m + (h if self.epsilon is None else (1 + self.epsilon) * h))  # type: ignore[no-any-return]

    def project(self, h: Float[Tensor, "cells channels"]) -> Float[Tensor, "cells narrow"] | None:
        r"""Give h W where the network begins with a linear map W to fewer channels, which commutes with sums, or None.

        A layer that hears nothing but sums of h then sums fewer numbers: $W ((1 + \varepsilon) h + A h) = (1 +
        \varepsilon) W h + A W h$.
        """
        first = self.module[0] if isinstance(self.module, nn.Sequential) and len(self.module) else self.module
        if self.join != "sum" or not isinstance(first, nn.Linear) or first.out_features >= first.in_features:
            return None
        return matmul(h, first.weight.T)

    def finish(self, z: Float[Tensor, "cells narrow"], m: Float[Tensor, "cells narrow"]) -> Float[Tensor, "cells out"]:
        """Give the network's output from what `project` gave, and from the sum of that over the neighbours."""
        chain = self.module if isinstance(self.module, nn.Sequential) else nn.Sequential(self.module)
        y = m + (z if self.epsilon is None else (1 + self.epsilon) * z)
        bias = chain[0].bias
        return chain[1:](y if bias is None else y + bias)  # type: ignore[no-any-return, operator]

    def formula(self, h: str, m: str) -> str:
        """Give `MLP((1 + ε) h + m)`."""
        if self.join == "sum":
            return f"MLP((1 + ε) {h} + {m})" if self.epsilon is not None else f"MLP({h} + {m})"
        return f"MLP({h} ‖ {m})" if self.join == "concat" else f"MLP({m})"
