"""Clouds of points and matrices of distances, as users hand them over and as the engines read them."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ComplexError, ShapeError

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating[Any]]
Given = Complex | Tensor | Sequence[Tensor]

_LARGEST = 1e150  # the square of a larger coordinate overflows
_ROUNDING = 8  # units in the last place by which distances may miss symmetry
_GRAIN = 2**17  # steps of work that make one more thread worth its start

Result = TypeVar("Result")


class Clouds(NamedTuple):
    """Points of all clouds in one table."""

    points: Tensor
    """(points, dimensions), float32 or float64, as the user's gradients see them."""
    offsets: Index
    """Where the points of each cloud begin, and last where they end."""


class Matrices(NamedTuple):
    """Distances of all clouds, one after another."""

    flat: Tensor
    """The entries of every matrix, row by row, as the user's gradients see them."""
    offsets: Index
    """Where the points of each cloud begin, and last where they end."""
    births: Tensor | None = None
    """When each point is born; None for at once."""


def read_clouds(points: Given) -> Clouds:
    """Check positions and lay them in one table.

    Half precision is read as float32, whole numbers as torch's default type.

    Raises:
        ComplexError: when a complex has no positions.
        ShapeError: when the shape is none of those allowed, or a coordinate is not finite.
    """
    if isinstance(points, Complex):
        if "pos" not in points[0]:
            raise ComplexError(
                "the complex should have positions in c[0].pos, but has none; build it with Complex.points(pos)"
            )
        table, offsets = points[0].pos, points.offsets(0).cpu().numpy().astype(np.int64)
    else:
        parts = _parts(points, "points", "(points, dimensions)")
        if len({part.shape[1] for part in parts}) > 1:
            widths = sorted({part.shape[1] for part in parts})
            raise ShapeError(f"clouds of one batch should have one number of dimensions, but have {widths}")
        offsets = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
        table = points.flatten(0, -2) if isinstance(points, Tensor) else torch.cat(parts)
    if table.shape[1] < 1:
        raise ShapeError(f"points should have a dimension at least, but have shape {tuple(table.shape)}")
    table = _floating(table, "points")
    _check_finite(table.detach(), offsets)
    return Clouds(table, offsets)


def _check_finite(table: Tensor, offsets: Index) -> None:
    values = table.cpu().numpy()
    if not values.size or (float(values.min()) > -_LARGEST and float(values.max()) < _LARGEST):  # NaN is neither
        return
    row = int(np.flatnonzero(~(np.abs(values.astype(np.float64)) < _LARGEST).all(axis=1))[0])
    cloud = int(np.searchsorted(offsets, row, side="right")) - 1
    raise ShapeError(
        f"coordinates should be finite and below {_LARGEST:g}, but point {row - offsets[cloud]} of cloud {cloud} "
        f"is {values[row].tolist()!s:.60}; remove or impute it"
    )


def read_matrices(distances: Given) -> Matrices:
    """Check matrices of distances and lay them one after another. Infinity stands for points that are never joined.

    Raises:
        ShapeError: when a matrix is not square and symmetric, its diagonal not 0, or an entry negative or no number.
    """
    if isinstance(distances, Complex):
        raise ShapeError("distances should be a matrix or a list of them, but are a complex; leave distances=True out")
    parts = [_floating(part, "distances") for part in _parts(distances, "distances", "(points, points)")]
    for cloud, part in enumerate(parts):
        _check_matrix(part.detach(), cloud)
    offsets = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
    whole = _floating(distances, "distances").reshape(-1) if isinstance(distances, Tensor) else None
    return Matrices(torch.cat([part.reshape(-1) for part in parts]) if whole is None else whole, offsets)


def _parts(given: Tensor | Sequence[Tensor], what: str, shape: str) -> list[Tensor]:
    """Give the clouds of a batch one by one."""
    if isinstance(given, Tensor):
        if given.ndim not in (2, 3):
            raise ShapeError(
                f"{what} should be {shape}, with an axis for a batch before it or none, but have shape "
                f"{tuple(given.shape)}; one cloud of one dimension is points[:, None]"
            )
        return [given] if given.ndim == 2 else list(given)
    parts = list(given)
    if not parts:
        raise ShapeError(f"{what} should be of one cloud at least, but the list is empty")
    for k, part in enumerate(parts):
        if not isinstance(part, Tensor) or part.ndim != 2:
            came = f"has shape {tuple(part.shape)}" if isinstance(part, Tensor) else f"is a {type(part).__name__}"
            raise ShapeError(f"cloud {k} should be a tensor {shape}, but {came}")
    return parts


def _floating(tensor: Tensor, what: str) -> Tensor:
    if tensor.dtype in (torch.float32, torch.float64):
        return tensor
    if tensor.is_complex() or tensor.dtype == torch.bool:
        raise ShapeError(f"{what} should be real numbers, but have type {tensor.dtype}")
    return tensor.to(torch.float32 if tensor.is_floating_point() else torch.get_default_dtype())


def _check_matrix(part: Tensor, cloud: int) -> None:
    if part.shape[0] != part.shape[1]:
        raise ShapeError(
            f"distances should be a square matrix, but cloud {cloud} has shape {tuple(part.shape)}; leave "
            "distances=True out if these are points"
        )
    if not part.numel():
        return
    if not bool((part >= 0).all()):
        i, j = (~(part >= 0)).nonzero()[0].tolist()
        raise ShapeError(f"distances should be at least 0, but entry ({i}, {j}) of cloud {cloud} is {part[i, j]:g}")
    finite = torch.where(part.isfinite(), part, 0)
    slack = _ROUNDING * torch.finfo(part.dtype).eps * finite.max()
    off = ((finite - finite.T).abs() > slack) | (part.isfinite() != part.T.isfinite())
    if bool(off.any()):
        i, j = off.nonzero()[0].tolist()
        raise ShapeError(
            f"distances should be symmetric, but entry ({i}, {j}) of cloud {cloud} is {part[i, j]:g} and entry "
            f"({j}, {i}) is {part[j, i]:g}; torch.maximum(d, d.T) or their mean makes them so"
        )
    diagonal = part.diagonal()
    if bool((diagonal > slack).any()):
        i = int((diagonal > slack).nonzero()[0, 0])
        raise ShapeError(
            f"the distance of a point to itself should be 0, but is {diagonal[i]:g} for point {i} of cloud {cloud}; "
            "births of points are given as weights"
        )


def in_shares(work: Callable[[int, int], Result], costs: Index) -> list[Result]:
    """Run `work(begin, end)` on consecutive clouds, in torch's number of threads where that pays; results in order.

    Args:
        work: something that leaves Python's lock, as compiled kernels do.
        costs: about how many steps each cloud takes.
    """
    total = np.cumsum(costs)
    threads = min(torch.get_num_threads(), len(costs))
    if not len(costs) or threads < 2 or total[-1] < _GRAIN:
        return [work(0, len(costs))]
    goals = np.arange(1, 4 * threads) * (total[-1] / (4 * threads))
    cuts = np.unique(np.concatenate([[0], np.searchsorted(total, goals) + 1, [len(costs)]]).clip(0, len(costs)))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda cut: work(*cut), pairwise(cuts.tolist())))
