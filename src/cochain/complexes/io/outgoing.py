"""The tensors of a complex as named columns: what writers of tables, HIF and GraphML put into files.

A tensor that has no column, and would be lost, is refused by name.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cochain.complexes.cells import Place
from cochain.complexes.complex import Complex
from cochain.complexes.io.draft import Cell
from cochain.complexes.schema import Schema
from cochain.errors import ComplexError

PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Outgoing:
    """The columns of one place."""

    columns: dict[str, list[Cell]]
    """Values by name; None where a label is unknown."""
    roles: dict[str, str]
    """What each column is, so that reading need not infer it."""

    def headers(self) -> list[str]:
        """Give the names with their roles, as headers of a table."""
        return [f"{name}:{self.roles[name]}" for name in self.columns]


def outgoing(complex_: Complex, place: Place, kind: str) -> Outgoing:
    """Give the tensors of a place as columns.

    Args:
        complex_: the complex.
        place: a rank or "whole".
        kind: the format, for messages.

    Raises:
        ComplexError: for a tensor that such a file cannot hold.
    """
    cells = complex_.whole if place == "whole" else complex_[place]
    schema = complex_.schema or Schema()
    out = Outgoing({}, {})
    for name in cells.keys():  # noqa: SIM118 (cells are no mapping)
        value = cells[name].detach().cpu()
        if complex_.is_odd(place, name):
            raise _refusal(place, name, kind, "is odd")
        maker = {"x": _features, "y": _labels, "pos": _positions, "weight": _weight, "split": _split}.get(name)
        if maker is None:
            raise _refusal(place, name, kind, "has no column")
        if value.is_floating_point() and name != "y" and not bool(torch.isfinite(value).all()):
            raise _refusal(place, name, kind, "holds numbers that are not finite")
        role, columns = maker(value, place, schema, kind)
        for column, values in columns.items():
            if column in out.columns:
                raise _refusal(place, name, kind, f"has a second column called '{column}'")
            out.columns[column] = values
            out.roles[column] = role
    return out


def refuse_tensors(complex_: Complex, places: list[Place], kind: str) -> None:
    """Refuse tensors on places that a format has no columns for.

    Raises:
        ComplexError: naming the first.
    """
    for place in places:
        cells = complex_.whole if place == "whole" else complex_[place]
        for name in cells.keys():  # noqa: SIM118 (cells are no mapping)
            raise _refusal(place, name, kind, "has no column there")


def _refusal(place: Place, name: str, kind: str, but: str) -> ComplexError:
    where = "c.whole" if place == "whole" else f"c[{place}]"
    return ComplexError(
        f"{kind} should hold everything that is written, but {where}.{name} {but}; write to a .cochain file, or take "
        f"it off with c.without_cochain({place!r}, '{name}')"
    )


Made = tuple[str, dict[str, list[Cell]]]


def numbers(values: Tensor) -> list[Cell]:
    """Give numbers as Python's, with as few digits as tell them apart in their type."""
    array = values.numpy()
    if array.dtype.kind == "f":
        return [float(str(value)) for value in array]
    return [int(value) for value in array]


def _columns(values: Tensor, names: tuple[str, ...]) -> dict[str, list[Cell]]:
    return {name: numbers(values[:, k]) for k, name in enumerate(names)}


def _features(value: Tensor, place: Place, schema: Schema, kind: str) -> Made:
    if value.ndim != 2:
        raise _refusal(place, "x", kind, f"has shape {tuple(value.shape)} and is no table")
    names = schema.features.get(place, tuple(f"x{k}" for k in range(value.shape[1])))
    return "number", _columns(value, names)


def _positions(value: Tensor, place: Place, schema: Schema, kind: str) -> Made:
    if value.ndim != 2:
        raise _refusal(place, "pos", kind, f"has shape {tuple(value.shape)} and is no table")
    names = ("x", "y", "z") if value.shape[1] == 3 else tuple(f"pos{k}" for k in range(value.shape[1]))
    return "position", _columns(value, names)


def _weight(value: Tensor, place: Place, schema: Schema, kind: str) -> Made:
    if value.ndim != 1:
        raise _refusal(place, "weight", kind, f"has shape {tuple(value.shape)} and is no column")
    return "weight", {"weight": numbers(value)}


def _split(value: Tensor, place: Place, schema: Schema, kind: str) -> Made:
    folds = value[:, None] if value.ndim == 1 else value
    names = ("split",) if folds.shape[1] == 1 else tuple(f"split{k}" for k in range(folds.shape[1]))
    words = {0: PARTS[0], 1: PARTS[1], 2: PARTS[2]}
    return "split", {name: [words.get(int(part)) for part in folds[:, k]] for k, name in enumerate(names)}


def _labels(value: Tensor, place: Place, schema: Schema, kind: str) -> Made:
    names = schema.labels.get(place, ())
    if value.ndim == 1 and not value.is_floating_point():
        name = names[0] if len(names) == 1 else "y"
        classes = schema.classes.get(place)
        codes = [int(code) for code in value]
        if classes is None or max(codes, default=-1) >= len(classes):
            return "label", {name: [None if code < 0 else str(code) for code in codes]}
        return "label", {name: [None if code < 0 else classes[code] for code in codes]}
    if value.ndim > 2 or not value.is_floating_point():
        raise _refusal(place, "y", kind, f"has shape {tuple(value.shape)} and type {value.dtype}")
    table = value.reshape(len(value), -1)
    if len(names) != table.shape[1]:
        names = ("y",) if table.shape[1] == 1 else tuple(f"y{k}" for k in range(table.shape[1]))
    unknown = np.isnan(table.numpy())
    columns = {name: numbers(table[:, k].nan_to_num(0.0)) for k, name in enumerate(names)}
    return "target", {
        name: [None if gone else v for v, gone in zip(values, unknown[:, k].tolist(), strict=True)]
        for k, (name, values) in enumerate(columns.items())
    }
