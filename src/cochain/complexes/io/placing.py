"""The rows of a table brought to the cells that they describe."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cochain.complexes.io.columns import MISSING
from cochain.complexes.io.draft import Cell
from cochain.errors import DataError


def to_cells(
    columns: Mapping[str, Sequence[Cell]], position: np.ndarray, cells: int, at: Callable[[int], str]
) -> dict[str, list[Cell]]:
    """Give columns with one value per cell, from columns with one value per row.

    Rows of one cell are merged: values that agree stay, numbers that differ are averaged.

    Args:
        columns: values by name, one per row.
        position: the cell of every row.
        cells: number of cells; those without a row have no value.
        at: where a row stands, for messages.

    Raises:
        DataError: when rows of one cell hold different texts.
    """
    first = np.full(cells, -1, dtype=np.int64)
    first[position[::-1]] = np.arange(len(position) - 1, -1, -1)
    again = np.flatnonzero(first[position] != np.arange(len(position)))
    chosen = first.tolist()
    out: dict[str, list[Cell]] = {}
    for name, values in columns.items():
        placed: list[Cell] = [values[row] if row >= 0 else None for row in chosen]
        differing = _fill(values, placed, position, again)
        if differing:
            _average(name, values, position, placed, differing, at)
        out[name] = placed
    return out


def _fill(values: Sequence[Cell], placed: list[Cell], position: np.ndarray, again: np.ndarray) -> list[int]:
    """Let known values stand in for missing ones; give the rows that hold another value than is placed."""
    differing = []
    for row in again.tolist():
        cell = int(position[row])
        if _missing(values[row]) or values[row] == placed[cell]:
            continue
        if _missing(placed[cell]):
            placed[cell] = values[row]
        else:
            differing.append(row)
    return differing


def _missing(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in MISSING)


def _average(
    name: str,
    values: Sequence[Cell],
    position: np.ndarray,
    placed: list[Cell],
    differing: list[int],
    at: Callable[[int], str],
) -> None:
    try:
        numbers = np.array([_number(value) for value in values])
    except (ValueError, TypeError) as error:
        row = differing[0]
        first = int(np.flatnonzero(position == position[row])[0])
        raise DataError(
            f"{at(row)}: rows of one cell should agree, but '{name}' is {values[row]!r:.40} here and "
            f"{values[first]!r:.40} at {at(first)}; correct or remove one"
        ) from error
    known = ~np.isnan(numbers)
    total = np.bincount(position[known], numbers[known], len(placed))
    count = np.bincount(position[known], minlength=len(placed))
    for cell in {int(position[row]) for row in differing}:
        placed[cell] = float(total[cell] / count[cell]) if count[cell] else None


def _number(value: Cell) -> float:
    return np.nan if _missing(value) else float(value)  # type: ignore[arg-type]
