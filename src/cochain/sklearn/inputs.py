"""From what scikit-learn hands around as X to rows of a complex."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from cochain.complexes import Complex
from cochain.errors import ShapeError, SpecError
from cochain.experiments.tasks import parse_target


@dataclass(frozen=True)
class Rows:
    """Some rows of a target."""

    complex_: Complex
    """The cells that are heard."""
    target: int | str
    """Where the rows are: a rank, or "whole"."""
    ids: Int[Tensor, "rows"]
    """Their positions."""


def is_complexes(X: Any) -> bool:
    """Whether X is a complex, or a list of them."""
    return isinstance(X, Complex) or (isinstance(X, list | tuple) and any(isinstance(each, Complex) for each in X))


def from_complexes(X: Any, target: str | int | None) -> Rows:
    """Take all rows of a complex, or of the union of a list: its components, or the cells of a rank."""
    complex_ = X if isinstance(X, Complex) else _union(X)
    place = parse_target("whole" if target is None else target, complex_)
    return Rows(complex_, place, torch.arange(_count(complex_, place)))


def _union(X: Any) -> Complex:
    for position, each in enumerate(X):
        if not isinstance(each, Complex):
            raise ShapeError(f"X should be a list of complexes, but item {position} is a {type(each).__name__}")
    return Complex.union(list(X))


def from_indices(X: Any, complex_: Any, target: str | int | None) -> Rows:
    """Take the rows with the given positions, (rows,) or (rows, 1), from the complex of the estimator."""
    if not isinstance(complex_, Complex):
        raise SpecError(f"complex should be a Complex, but is a {type(complex_).__name__}")
    place = parse_target("node" if target is None else target, complex_)
    ids = np.asarray(X)
    if ids.ndim == 2 and ids.shape[1] == 1:
        ids = ids[:, 0]
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise ShapeError(
            f"X should be positions of {_things(place)}, integers of shape (rows,) or (rows, 1), since the estimator "
            f"has a complex, but has shape {ids.shape} and type {ids.dtype}"
        )
    count = _count(complex_, place)
    wrong = np.flatnonzero((ids < 0) | (ids >= count))
    if len(wrong):
        raise ShapeError(
            f"X should be positions from 0 to {count - 1}, one of the {_things(place)}, but item {wrong[0]} is "
            f"{ids[wrong[0]]}"
        )
    return Rows(complex_, place, torch.tensor(ids, dtype=torch.int64))


def from_numbers(X: np.ndarray) -> Rows:
    """Take each row of an array (samples, features) as a component of one point, or of (samples, points, d) of several.

    A sample's answer then depends on the sample alone. Where samples should hear of one another, build the complex that
    joins them, such as `cochain.lift.knn(Complex.points(X))`, and give it to the estimator.
    """
    points = 1 if X.ndim == 2 else X.shape[1]
    flat = torch.tensor(X.reshape(-1, X.shape[-1]), dtype=torch.float32)
    return Rows(Complex.points(flat, counts=[points] * len(X)), "whole", torch.arange(len(X)))


def _count(complex_: Complex, place: int | str) -> int:
    if place == "link":
        raise SpecError("target should be node, edge, face, whole or a rank, but is link, which cochain.compare knows")
    return len(complex_) if place == "whole" else complex_.sizes[int(place)]


def _things(place: int | str) -> str:
    return "components" if place == "whole" else f"cells of rank {place}"
