"""When each cell of a complex appears: checked values, the cell that decides them, and the order of the cells."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_values, as_whole_number
from cochain.errors import ComplexError, ShapeError

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Values = Tensor | npt.NDArray[Any] | str | Mapping[int, Any]
"""What users give: one value per node, a value for every cell per rank, or the name of a cochain."""


class Level:
    """The values of the cells of one rank.

    Args:
        values: the tensor that they are read from, to which gradients flow.
        keys: the same numbers as float64, times the sign: cells of lower key come first.
        sign: 1 for sublevel sets, -1 for superlevel sets.
        base: the rank whose cells `values` belong to.
        place: the row of `values` that decides each cell; None where every cell has its own row.
    """

    __slots__ = ("_heights", "base", "keys", "place", "sign", "values")

    def __init__(self, values: Tensor, keys: Floats, sign: int, base: int, place: Index | None = None) -> None:
        self.values = values
        self.keys = keys
        self.sign = sign
        self.base = base
        self.place = place
        self._heights: Floats | None = None

    @property
    def heights(self) -> Floats:
        """The key of every cell."""
        if self.place is None:
            return self.keys
        if self._heights is None:
            self._heights = self.keys[self.place]
        return self._heights

    def gather(self, cells: Index) -> Tensor:
        """Read the values of some cells; differentiable."""
        return self.values.index_select(0, torch.from_numpy(self._rows(cells)).to(self.values.device))

    def plain(self, cells: Index) -> Floats:
        """Read the values of some cells as numpy in float64."""
        return self.sign * self.keys[self._rows(cells)]

    def _rows(self, cells: Index) -> Index:
        return cells if self.place is None else self.place[cells]


class Filtration:
    """A complex with a value for every cell, none before one of its faces.

    Cells come in the order of (value, rank, index); for superlevel sets the highest values come first. With values on
    nodes a cell appears with the last of its nodes, and of nodes that tie the one of highest index decides: that is the
    node to which the gradient goes.

    Args:
        c: an oriented complex.
        values: one number per node; the name of a cochain, on nodes or on every rank; or {rank: numbers}. A rank left
            out appears as late as its faces.
        sign: 1 for sublevel sets, -1 for superlevel sets.

    Raises:
        ComplexError: for a complex without orientation, and for a cell that appears before one of its faces.
        ShapeError: for values that are not one finite real number per cell.
    """

    __slots__ = ("_classes", "_levels", "_orders", "complex", "sign")

    def __init__(self, c: Complex, values: Values, sign: int = 1) -> None:
        if not c.oriented:
            raise ComplexError(
                f"persistence needs boundary matrices, but a {c.domain} has no orientation; build its clique or nerve "
                "complex first"
            )
        given = given_values(c, values)
        self.complex = c
        self.sign = sign
        self._levels: dict[int, Level] = {}
        self._orders: dict[int, Index] = {}
        self._classes: dict[int, tuple[Index, Index]] = {}
        for rank in sorted(given):
            self._levels[rank] = Level(given[rank], _keys(given[rank], sign, rank), sign, rank)
            if rank:
                self._check_faces(rank)

    @property
    def on_nodes(self) -> bool:
        """Whether the nodes decide all cells."""
        return len(self._levels) == 1 or all(level.base == 0 for level in self._levels.values())

    def level(self, rank: int) -> Level:
        """Give the values of a rank; those of a rank left out are found when they are first asked for."""
        if rank not in self._levels:
            below = self.level(rank - 1)
            place = np.arange(self.complex.sizes[rank - 1]) if below.place is None else below.place
            self.decide(rank, self._latest(rank, place, below.keys))
        return self._levels[rank]

    def decide(self, rank: int, place: Index) -> None:
        """Note which row of the values of the rank below decides each cell of a rank that was left out."""
        below = self.level(rank - 1)
        self._levels[rank] = Level(below.values, below.keys, self.sign, below.base, place)

    def order(self, rank: int) -> Index:
        """List the cells of a rank component by component, in each by (value, index)."""
        if rank not in self._orders:
            from cochain.kernels.block_sort import sort_by_class

            level = self.level(rank)
            order, classes = self._sorted(level.base)
            if level.place is not None:
                order = sort_by_class(classes, level.place, self.offsets(rank))
            self._orders[rank] = order
        return self._orders[rank]

    def position(self, rank: int) -> Index:
        """Give the place of every cell in the order of its rank."""
        order = self.order(rank)
        position = np.empty_like(order)
        position[order] = np.arange(len(order))
        return position

    def offsets(self, rank: int) -> Index:
        """Give where each component's cells of a rank begin, as numpy."""
        offsets: Index = self.complex.offsets(rank).cpu().numpy()
        return offsets

    def _sorted(self, rank: int) -> tuple[Index, Index]:
        if rank not in self._classes:
            from cochain.kernels.block_sort import sort_blocks

            self._classes[rank] = sort_blocks(self.level(rank).keys, self.offsets(rank))
        return self._classes[rank]

    def _latest(self, rank: int, items: Index, keys: Floats) -> Index:
        """Find for every cell the latest of the items that its faces stand for."""
        from cochain.kernels.latest import latest_entries

        indptr, indices = self.complex.faces(rank, rank - 1).pattern.to("cpu").arrays
        return latest_entries(indptr, indices, items, keys)

    def _check_faces(self, rank: int) -> None:
        level, below = self.level(rank), self.level(rank - 1)
        face = self._latest(rank, np.arange(len(below.heights)), below.heights)
        early = np.flatnonzero(level.heights < below.heights[face])
        if len(early):
            cell = int(early[0])
            when = "no earlier" if self.sign > 0 else "no later on the way down"
            raise ComplexError(
                f"a cell should appear {when} than its faces, but cell {cell} of rank {rank} has the value "
                f"{self.sign * level.heights[cell]:g} and its face {int(face[cell])} of rank {rank - 1} has "
                f"{self.sign * below.heights[face[cell]]:g}; the values are not monotone"
            )


def given_values(c: Complex, values: Values) -> dict[int, Tensor]:
    """Find what values each rank was given, as tensors of one floating number per cell, all of one type."""
    if isinstance(values, str):
        found = {rank: c[rank][values] for rank in range(c.rank + 1) if values in c[rank]} or {0: c[0][values]}
    elif isinstance(values, Mapping):
        found = {as_whole_number(rank, "a rank of the values"): value for rank, value in values.items()}
    else:
        found = {0: as_values(values, "values", c.device)}
    if 0 not in found:
        raise ShapeError(
            f"values should say when nodes appear, but are given on the ranks {sorted(found)}; for a weighted graph "
            "whose nodes are there from the beginning take cochain.persistence.zero_dimensional"
        )
    columns = {rank: _column(c, rank, value) for rank, value in found.items()}
    kind = reduce(torch.promote_types, (column.dtype for column in columns.values()))
    return {rank: column.to(kind) for rank, column in columns.items()}


def _column(c: Complex, rank: int, value: Any) -> Tensor:
    if not 0 <= rank <= c.rank:
        raise ShapeError(f"values should be on ranks 0 to {c.rank} of this {c.domain}, but are also on rank {rank}")
    tensor = as_values(value, f"values of rank {rank}", c.device)
    if tensor.shape not in ((c.sizes[rank],), (c.sizes[rank], 1)):
        raise ShapeError(
            f"values of rank {rank} should be one number for each of its {c.sizes[rank]} cells, but have shape "
            f"{tuple(tensor.shape)}"
        )
    if tensor.dtype == torch.bool or tensor.is_complex():
        raise ShapeError(f"values of rank {rank} should be real numbers, but have type {tensor.dtype}")
    return (tensor if tensor.is_floating_point() else tensor.to(torch.get_default_dtype())).reshape(-1)


def _keys(values: Tensor, sign: int, rank: int) -> Floats:
    keys: Floats = values.detach().to("cpu", torch.float64).numpy()
    if not np.isfinite(keys).all():
        cell = int(np.argmin(np.isfinite(keys)))
        raise ShapeError(
            f"values should be finite, but cell {cell} of rank {rank} has {keys[cell]}; give cells that never appear "
            "a value above all others"
        )
    return sign * keys
