"""What the autograd functions of all primitives share."""

from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from cochain.errors import ShapeError
from cochain.kernels.sparse import Pattern


def call(function: type[torch.autograd.Function], raw: ModuleType, pattern: Pattern, *arguments: Any) -> Tensor:
    """Apply an autograd function, whose backward calls the raw kernels that its forward called."""
    out: Tensor = function.apply(raw, pattern, *arguments)  # type: ignore[no-untyped-call]
    return out


def check_rows(name: str, x: Tensor, count: int, per: str) -> None:
    """Refuse a tensor whose first dimension is not `count`.

    Raises:
        ShapeError: names the tensor, what its rows stand for and what came.
    """
    if x.ndim == 0 or x.shape[0] != count:
        turned = x.ndim == 2 and x.shape[1] == count
        raise ShapeError(
            f"{name} should have {count} rows (one per {per}), but has shape {tuple(x.shape)}"
            + ("; it looks transposed" if turned else "")
        )


def common_type(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Cast all to the type that holds them all; nothing is copied when they agree."""
    dtype = tensors[0].dtype
    for tensor in tensors[1:]:
        if tensor.dtype != dtype:
            dtype = torch.promote_types(dtype, tensor.dtype)
    return tuple(tensor if tensor.dtype == dtype else tensor.to(dtype) for tensor in tensors)
