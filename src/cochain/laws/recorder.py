"""The largest tensor that a computation makes."""

from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Recorder:
    """Watch every tensor that torch makes inside a `with` block, forward and backward, and keep the largest.

        with Recorder() as seen:
            model(complex).sum().backward()
        print(seen.largest, seen.shape, seen.operation)

    Counted is what is stored: a broadcast view of few numbers counts as few. Arrays of numpy, scipy and compiled
    kernels are not seen, except where they become tensors.
    """

    def __init__(self) -> None:
        self.largest = 0
        self.shape: tuple[int, ...] = ()
        self.operation = "nothing"
        self._mode = _Mode(self)

    def __enter__(self) -> Self:
        self._mode.__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mode.__exit__(kind, error, trace)  # type: ignore[no-untyped-call]

    def see(self, tensor: Tensor, operation: str) -> None:
        """Take note of one tensor."""
        strided = tensor.layout is torch.strided
        count = tensor.untyped_storage().nbytes() // tensor.element_size() if strided else tensor.values().numel()
        if count > self.largest:
            self.largest, self.shape, self.operation = count, tuple(tensor.shape), operation


class _Mode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Hands the results of every operation to a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.recorder = recorder

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, Tensor):
                self.recorder.see(leaf, str(func))
        return out
