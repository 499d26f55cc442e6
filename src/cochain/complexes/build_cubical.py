"""Builder of cubical complexes: pictures and volumes as regular grids of cells, by index arithmetic alone."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.arrays import as_values, sparse
from cochain.complexes.structure import Structure
from cochain.errors import ComplexError, ShapeError, unknown_name
from cochain.kernels import SparseMatrix

PIXELS = ("vertices", "cells")


class Cubes(NamedTuple):
    """A union of cubical complexes with the tensors that pictures give it."""

    structure: Structure
    rank: int
    """The rank of the cells that are pixels."""
    values: Tensor
    """One row of channels for each pixel."""
    positions: Tensor
    """Where every vertex lies."""


class Lattice(NamedTuple):
    """The vertices of all grids, one grid after another, each row by row. Axis 0 is the fastest, along a row."""

    starts: np.ndarray
    """Where each grid's vertices begin (and, last, end), int64 (grids + 1,)."""
    size: np.ndarray
    """Vertices along each axis of the grid of every vertex, int64 (axes, vertices)."""
    place: np.ndarray
    """Coordinates of every vertex, int64 (axes, vertices)."""
    stride: np.ndarray
    """How far the next vertex along each axis is, int64 (axes, vertices)."""
    room: np.ndarray
    """Whether there is a next vertex along each axis, bool (axes, vertices)."""


def build_cubical(images: Any, pixels: str = "vertices", mask: Any = None, axes: int = 2) -> Cubes:
    r"""Build a cubical complex for each image; see `Complex.cubical`.

    A cell is a base vertex and a set S of axes along which it extends. With the axes of S in order, fastest first,

    $$\partial (v, S) = \sum_i (-1)^i \big( (v + e_{S_i}, S \setminus S_i) - (v, S \setminus S_i) \big)$$

    and the two terms in which a pair of axes is removed have opposite signs, so $B B = 0$. Cells are numbered by base
    vertex, then set of axes, which is the lexicographic order of their vertices.
    """
    if pixels not in PIXELS:
        raise unknown_name("place for pixels", str(pixels), PIXELS)
    if axes not in (2, 3):
        raise ShapeError(f"axes should be 2 for pictures or 3 for volumes, but is {axes!r:.40}")
    values, sizes = _pixels(images, axes, "images", channels=True)
    kept = None if mask is None else _mask(mask, axes, sizes)
    values = values if kept is None else values[torch.from_numpy(kept)]
    bad = torch.nonzero(~torch.isfinite(values).all(dim=1))
    if len(bad):
        raise ComplexError(
            f"pixels should be finite, but pixel {int(bad[0])} is {values[bad[0, 0]].tolist()}; clean it"
        )
    if pixels == "vertices":
        grid = _lattice(sizes)
        present = _spanned(grid, kept)
    else:
        grid = _lattice(sizes + (sizes > 0).all(axis=1, keepdims=True))
        present = _covered(grid, kept)
    return Cubes(_structure(grid, present), 0 if pixels == "vertices" else axes, values, _positions(grid, present[0]))


def _pixels(images: Any, axes: int, what: str, channels: bool) -> tuple[Tensor, np.ndarray]:
    """Give all pixels as rows (pixels, channels), and the sizes of the images, fastest axis first."""
    if not isinstance(images, Sequence):
        batch = as_values(images, what)
        if not 0 <= batch.ndim - axes <= 1 + channels:
            raise ShapeError(
                f"{what} should be one image of {axes} axes, a batch with one axis before them"
                f"{' and channels behind' if channels else ''}, or a list of images, "
                f"but have shape {tuple(batch.shape)}"
            )
        batch = batch[None] if batch.ndim == axes else batch
        return _rows(batch, axes, 1), np.tile(batch.shape[axes:0:-1], (len(batch), 1)).astype(np.int64)
    each = [as_values(image, f"{what}[{k}]") for k, image in enumerate(images)]
    shapes = [tuple(image.shape) for image in each]
    for k, shape in enumerate(shapes):
        if not 0 <= len(shape) - axes <= channels:
            more = f", or {axes + 1} with channels last" if channels else ""
            raise ShapeError(f"{what}[{k}] should have {axes} axes{more}, but has shape {shape}")
    rows = [_rows(image, axes, 0) for image in each]
    widths = sorted({part.shape[1] for part in rows})
    if len(widths) > 1:
        raise ShapeError(f"{what} should all have one number of channels, but have {widths}; convert them to one")
    sizes = np.array([shape[axes - 1 :: -1] if len(shape) >= axes else () for shape in shapes], dtype=np.int64)
    return torch.cat(rows) if rows else torch.zeros(0, 1), sizes.reshape(-1, axes)


def _rows(images: Tensor, axes: int, before: int) -> Tensor:
    """Give pixels as rows of channels, in a floating type."""
    if images.is_complex():
        raise ShapeError(f"images should hold real numbers, but have type {images.dtype}; take the absolute value")
    width = images.shape[axes + before] if images.ndim > axes + before else 1
    rows = images.reshape(int(np.prod(images.shape[: axes + before], dtype=np.int64)), width)
    return rows if rows.is_floating_point() else rows.float()


def _mask(mask: Any, axes: int, sizes: np.ndarray) -> np.ndarray:
    kept, own = _pixels(mask, axes, "mask", channels=False)
    if own.shape != sizes.shape or (own != sizes).any():
        raise ShapeError("mask should have the sizes of the images, without channels, but has others")
    flags = kept[:, 0]
    if not bool(((flags == 0) | (flags == 1)).all()):
        raise ShapeError("mask should be truth values, but holds other numbers; compare, as in images > 0.5")
    return flags.bool().numpy()


def _lattice(sizes: np.ndarray) -> Lattice:
    """Give the vertices of grids whose sizes are (grids, axes)."""
    axes = sizes.shape[1]
    counts = sizes.prod(axis=1)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    size = np.repeat(sizes, counts, axis=0).T
    rest = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
    place, stride = np.empty_like(size), np.ones_like(size)
    for axis in range(axes):
        rest, place[axis] = np.divmod(rest, size[axis])
        stride[axis + 1 :] *= size[axis]
    return Lattice(starts, size, place, stride, place + 1 < size)


def _spanned(grid: Lattice, kept: np.ndarray | None) -> list[np.ndarray]:
    """Give which cells have all of their vertices: for each rank, bool (vertices, sets of axes)."""
    axes, vertices = grid.place.shape
    present = [np.ones((vertices, 1), dtype=bool) if kept is None else kept[:, None]]
    for rank in range(1, axes + 1):
        below, sets = _columns(axes, rank - 1), list(combinations(range(axes), rank))
        here = np.zeros((vertices, len(sets)), dtype=bool)
        for column, chosen in enumerate(sets):
            lower = present[-1][:, below[chosen[:-1]]]
            bases = np.flatnonzero(lower & grid.room[chosen[-1]])
            here[bases, column] = lower[bases + grid.stride[chosen[-1]][bases]]
        present.append(here)
    return present


def _covered(grid: Lattice, kept: np.ndarray | None) -> list[np.ndarray]:
    """Give which cells lie in a pixel: for each rank, bool (vertices, sets of axes)."""
    axes, vertices = grid.place.shape
    top = np.asarray(grid.room.all(axis=0))
    if kept is not None:
        top[top] = kept
    present = [top[:, None]]
    for rank in range(axes, 0, -1):
        below, sets = _columns(axes, rank - 1), list(combinations(range(axes), rank))
        here = np.zeros((vertices, len(below)), dtype=bool)
        for column, chosen in enumerate(sets):
            bases = np.flatnonzero(present[0][:, column])
            for axis in chosen:
                face = below[tuple(a for a in chosen if a != axis)]
                here[bases, face] = True
                here[bases + grid.stride[axis][bases], face] = True
        present.insert(0, here)
    return present


def _columns(axes: int, rank: int) -> dict[tuple[int, ...], int]:
    """Number the sets of axes along which cells of a rank extend."""
    return {chosen: column for column, chosen in enumerate(combinations(range(axes), rank))}


def _structure(grid: Lattice, present: list[np.ndarray]) -> Structure:
    sizes: list[int] = []
    offsets, faces = [], {}
    below: np.ndarray = np.zeros((0, 0), dtype=np.int64)
    for rank, here in enumerate(present):
        count = np.cumsum(here.reshape(-1), dtype=np.int64)
        before = np.concatenate([[0], count])[grid.starts * here.shape[1]]
        sizes.append(int(before[-1]))
        offsets.append(torch.from_numpy(before))
        number = (count - 1).reshape(here.shape)
        if rank:
            faces[(rank, rank - 1)] = _faces(grid, rank, here, number, below)
        below = number
    return Structure("cell", sizes, offsets, faces)


def _faces(grid: Lattice, rank: int, here: np.ndarray, number: np.ndarray, below: np.ndarray) -> SparseMatrix:
    """Give the signed faces of one rank.

    In the order of the numbers, the faces at the base vertex come first, the one that leaves out the last axis leading;
    then the opposite ones, since a step along a faster axis is shorter.
    """
    axes, total = len(grid.place), int(here.sum())
    faces, columns = np.empty((total, 2 * rank), dtype=np.int64), _columns(axes, rank - 1)
    for column, chosen in enumerate(combinations(range(axes), rank)):
        bases = np.flatnonzero(here[:, column])
        rows = number[bases, column]
        for i, axis in enumerate(chosen):
            face = columns[tuple(a for a in chosen if a != axis)]
            faces[rows, rank - 1 - i] = below[bases, face]
            faces[rows, rank + i] = below[bases + grid.stride[axis][bases], face]
    up = np.array([(-1) ** i for i in range(rank)], dtype=np.int8)
    signs = np.tile(np.concatenate([-up[::-1], up]), total)
    known = int(below[-1, -1]) + 1 if below.size else 0
    return sparse(np.arange(total + 1) * 2 * rank, faces.reshape(-1), signs, (total, known))


def _positions(grid: Lattice, present: np.ndarray) -> Tensor:
    """Put columns along x, rows down y, slices along z, one apart."""
    place = grid.place.astype(np.float32)
    place[1] = grid.size[1] - 1 - place[1]
    return torch.from_numpy(np.ascontiguousarray(place.T[present[:, 0]]))
