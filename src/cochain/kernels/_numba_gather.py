"""Gathering rows and adding them back in numba. A part owns some channels in all rows, so two parts never meet."""

# mypy: disable-error-code="no-untyped-def"

from numba import prange
from torch import Tensor

from cochain.kernels._numba_compile import Kernel


@Kernel
def _gather(places, x, out, added, parts):
    channels = x.shape[1]
    for part in prange(parts):
        low, high = channels * part // parts, channels * (part + 1) // parts
        for k in range(len(places)):
            source, target = x[places[k], low:high], out[k, low:high]
            if added:
                for c in range(high - low):
                    target[c] += source[c]
            else:
                for c in range(high - low):
                    target[c] = source[c]


@Kernel
def _scatter(places, grad, out, parts):
    channels = grad.shape[1]
    for part in prange(parts):
        low, high = channels * part // parts, channels * (part + 1) // parts
        for k in range(len(places)):
            source, target = grad[k, low:high], out[places[k], low:high]
            for c in range(high - low):
                target[c] += source[c]


def gather_sum(parts: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Give, for every k, the sum over the parts (x, places) of x[places[k]]."""
    x, places = parts[0]
    out = x.new_empty(len(places), x.shape[1])
    for number, (x, places) in enumerate(parts):
        data = x.detach().contiguous().numpy()
        _gather(out.numel(), places.contiguous().numpy(), data, out.numpy(), number > 0)
    return out


def scatter_sum(grad: Tensor, places: Tensor, rows: int) -> Tensor:
    """Give, for every row, the sum of grad[k] over the k whose place it is."""
    out = grad.new_zeros(rows, grad.shape[1])
    _scatter(grad.numel(), places.contiguous().numpy(), grad.contiguous().numpy(), out.numpy())
    return out
