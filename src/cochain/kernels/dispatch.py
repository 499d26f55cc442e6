"""Which implementation runs: numba on the CPU where it can, plain torch everywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from types import ModuleType

import torch
from torch import Tensor

from cochain.errors import ShapeError, unknown_name

REFERENCE = "reference"

# Backend -> primitive -> the module of its raw kernels, imported on first use. A backend for another device is one more
# line here and one more in DEVICES; the autograd functions call whatever module they are given.
KERNELS: dict[str, dict[str, str]] = {
    "numba": {
        "index": "cochain.kernels._numba_index",
        "select": "cochain.kernels._numba_select",
        "spmm": "cochain.kernels._numba_spmm",
        "aggregate": "cochain.kernels._numba_aggregate",
        "softmax": "cochain.kernels._numba_softmax",
        "attention": "cochain.kernels._numba_attention",
        "sparsity": "cochain.kernels._numba_sparsity",
        "pair_sum": "cochain.kernels._numba_pair_sum",
        "norm": "cochain.kernels._numba_norm",
        "gather": "cochain.kernels._numba_gather",
    },
}
DEVICES: dict[str, str] = {"cpu": "numba"}
FLOATS = frozenset({torch.float32, torch.float64})

_forced: ContextVar[str | None] = ContextVar("cochain_kernels_backend", default=None)
_modules: dict[tuple[str, str], ModuleType] = {}


@contextmanager
def backend(name: str | None) -> Iterator[None]:
    """Force one implementation inside a `with` block.

    Args:
        name: "reference" (plain torch: any device, any type), "numba", or None (the fastest that fits, the default).

    Raises:
        UnknownNameError: when no backend has this name.
    """
    if name is not None and name != REFERENCE and name not in KERNELS:
        raise unknown_name("backend", name, [REFERENCE, *KERNELS])
    token = _forced.set(name)
    try:
        yield
    finally:
        _forced.reset(token)


def raw_kernels(primitive: str, *tensors: Tensor | None) -> ModuleType | None:
    """Choose the module of raw kernels for a primitive, or None for the plain-torch reference.

    Args:
        primitive: a key of the table of kernels.
        tensors: the floating arguments; all must be on a served device and of a served type.

    Raises:
        ShapeError: when a backend is forced that does not serve them.
    """
    forced = _forced.get()
    if forced == REFERENCE:
        return None
    name = None
    for tensor in tensors:
        if tensor is None:
            continue
        name = DEVICES.get(tensor.device.type)
        if name is None or (forced is not None and name != forced) or not _serves(primitive, tensor):
            if forced is None:
                return None
            raise ShapeError(
                f"the '{forced}' kernels should get float32 or float64 on their own device, but {primitive} got "
                f"{tensor.dtype} on {tensor.device}; leave the choice open with backend(None)"
            )
    return None if name is None else _load(name, primitive)


def _serves(primitive: str, tensor: Tensor) -> bool:
    return primitive in ("index", "select") or tensor.dtype in FLOATS


def _load(name: str, primitive: str) -> ModuleType | None:
    key = (name, primitive)
    module = _modules.get(key)
    if module is None:
        path = KERNELS[name].get(primitive)
        if path is None:
            return None
        module = _modules[key] = import_module(path)
    return module
