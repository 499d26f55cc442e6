"""Persistence as steps of a pipeline: clouds, images and complexes to diagrams, and diagrams to vectors."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from cochain.complexes import Complex
from cochain.errors import ShapeError, SpecError, unknown_name
from cochain.persistence.diagram import Diagram

VECTORS = ("image", "landscape", "silhouette", "betti", "euler", "entropy", "statistics", "tropical", "atol")


class _ToDiagrams(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What the steps to diagrams share: nothing is learned, and one union is given back."""

    def __sklearn_tags__(self) -> Any:
        """Say what X may be."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.requires_fit = False
        return tags

    def fit(self, X: Any, y: Any = None) -> Self:
        """Do nothing: a filtration has nothing to learn."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Say that it can be used without fitting."""
        return True


class RipsDiagrams(_ToDiagrams):
    """Vietoris-Rips persistence of clouds as a step of a pipeline.

    X is an array (clouds, points, coordinates), a list of arrays (points, coordinates), or a complex of several
    components with positions. What comes out is one union of diagrams, a component for each cloud.

    Args:
        max_dim: the highest dimension of homology.
        threshold: the longest edge that is looked at; None for all.

    Example:
        >>> from sklearn.pipeline import make_pipeline
        >>> clouds = np.random.default_rng(0).random((5, 20, 2))
        >>> make_pipeline(RipsDiagrams(), DiagramVectors("statistics", dims=(1,))).fit_transform(clouds).shape
        (5, 38)
    """

    def __init__(self, max_dim: int = 1, threshold: float | None = None) -> None:
        self.max_dim = max_dim
        self.threshold = threshold

    def transform(self, X: Any) -> Diagram:
        """Compute one diagram for each cloud."""
        from cochain.persistence import rips

        clouds = X if isinstance(X, Complex) else [torch.as_tensor(np.asarray(each)) for each in X]
        diagram: Diagram = rips(clouds, max_dim=self.max_dim, threshold=self.threshold)
        return diagram


class CubicalDiagrams(_ToDiagrams):
    """Cubical persistence of images as a step of a pipeline.

    X is an array (images, rows, columns) or (volumes, x, y, z), or a list of images of any sizes. What comes out is one
    union of diagrams, a component for each image.

    Args:
        superlevel: follow bright pixels down instead of dark ones up.
        periodic: whether opposite sides of the images are glued.
    """

    def __init__(self, superlevel: bool = False, periodic: bool = False) -> None:
        self.superlevel = superlevel
        self.periodic = periodic

    def transform(self, X: Any) -> Diagram:
        """Compute one diagram for each image."""
        from cochain.persistence import cubical

        images = [torch.as_tensor(np.asarray(each)) for each in X]
        diagram: Diagram = cubical(images, superlevel=self.superlevel, periodic=self.periodic)
        return diagram


class SublevelDiagrams(_ToDiagrams):
    """Persistence of functions on complexes as a step of a pipeline.

    X is a list of complexes (graphs, meshes ...), or one of several components. What comes out is one union of
    diagrams, a component for each.

    Args:
        values: the function: degree, heat (the heat kernel signature), coordinate (the last one), or the name of a
            cochain that the complexes carry.
        superlevel: follow high values down instead of low ones up.
    """

    def __init__(self, values: str = "degree", superlevel: bool = False) -> None:
        self.values = values
        self.superlevel = superlevel

    def transform(self, X: Any) -> Diagram:
        """Compute one diagram for each component."""
        from cochain.persistence import filters, sublevel, superlevel

        complex_ = X if isinstance(X, Complex) else Complex.union(list(X))
        known: dict[str, Callable[[Complex], torch.Tensor]] = {
            "degree": filters.degree,
            "heat": filters.heat,
            "coordinate": filters.coordinate,
        }
        values = known[self.values](complex_) if self.values in known else self.values
        return (superlevel if self.superlevel else sublevel)(complex_, values)


class DiagramVectors(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A vectorisation of diagrams as a step of a pipeline: an array, one row for each component.

    X is a `Diagram`, or a list of them, whose components are joined. Fitting learns where the grid or the image begins
    and ends, from the bars of X, and the centres of ATOL. Essential bars die at the latest value seen, or are left out.

    Args:
        vectors: image, landscape, silhouette, betti, euler, entropy, statistics, tropical or atol.
        dims: the dimensions to read, whose vectors are joined; None for all.
        resolution: pixels along each side of an image, or values on a grid.
        bandwidth: of images; None for a tenth of the longest lifetime.
        depth: levels of landscapes.
        power: of the lifetimes in silhouettes.
        centres: of ATOL.
        essential: "cap" or "drop".
    """

    def __init__(
        self,
        vectors: str = "image",
        *,
        dims: Sequence[int] | None = None,
        resolution: int = 20,
        bandwidth: float | None = None,
        depth: int = 5,
        power: float = 1.0,
        centres: int = 10,
        essential: str = "cap",
    ) -> None:
        self.vectors = vectors
        self.dims = dims
        self.resolution = resolution
        self.bandwidth = bandwidth
        self.depth = depth
        self.power = power
        self.centres = centres
        self.essential = essential

    def __sklearn_tags__(self) -> Any:
        """Say what X may be."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn ranges and centres."""
        diagram = _joined(X)
        if self.vectors not in VECTORS:
            raise unknown_name("vectorisation", self.vectors, VECTORS)
        if self.essential not in ("cap", "drop"):
            raise SpecError(f"essential should be 'cap' or 'drop', but is {self.essential!r}")
        self.dims_ = tuple(diagram.dimensions if self.dims is None else self.dims)
        self.cap_ = _latest(diagram)
        capped = self._capped(diagram)
        self.modules_ = {dim: self._module(capped, dim) for dim in self.dims_}
        return self

    def transform(self, X: Any) -> np.ndarray[Any, np.dtype[Any]]:
        """Give one row of features for each component."""
        check_is_fitted(self)
        diagram = self._capped(_joined(X))
        with torch.no_grad():
            rows = [self.modules_[dim](diagram) for dim in self.dims_]
        found: np.ndarray[Any, np.dtype[Any]] = torch.cat(rows, dim=1).double().numpy()
        return found

    def _capped(self, diagram: Diagram) -> Diagram:
        from cochain.persistence.points import cap

        return cap(diagram, self.cap_) if self.essential == "cap" else diagram

    def _module(self, diagram: Diagram, dim: int) -> Callable[[Diagram], torch.Tensor]:
        from cochain import persistence

        points = diagram[dim].points.detach()
        low, high = _span(points)
        if self.vectors == "image":
            births, lifetimes = _span(points[:, :1]), (0.0, _span(diagram[dim].lifetimes.detach())[1])
            width = self.bandwidth if self.bandwidth is not None else 0.1 * lifetimes[1]
            return persistence.PersistenceImage(dim, births, lifetimes, (self.resolution, self.resolution), width)
        if self.vectors == "landscape":
            return persistence.Landscape(dim, low, high, self.resolution, self.depth)
        if self.vectors == "silhouette":
            return persistence.Silhouette(dim, low, high, self.resolution, self.power)
        if self.vectors == "atol":
            return persistence.Atol(dim, self.centres).fit(diagram)
        if self.vectors == "statistics":
            return partial(persistence.persistence_statistics, dim=dim)
        if self.vectors == "tropical":
            return partial(persistence.tropical_coordinates, dim=dim)
        return persistence.PersistenceCurve(self.vectors, low, high, self.resolution, dim)


def _joined(X: Any) -> Diagram:
    if isinstance(X, Diagram):
        return X
    if not isinstance(X, list | tuple) or not all(isinstance(each, Diagram) for each in X):
        raise ShapeError(
            f"X should be a Diagram or a list of them, but is a {type(X).__name__}; RipsDiagrams, CubicalDiagrams and "
            "SublevelDiagrams make diagrams, and so does cochain.persistence.from_points"
        )
    return Diagram.union(list(X))


def _latest(diagram: Diagram) -> float:
    """Find the latest value of any bar: the greatest, or of a superlevel filtration the least."""
    parts = [bars.points.detach() for dim in diagram.dimensions for bars in (diagram[dim], diagram.essential[dim])]
    values = torch.cat(parts).flatten() if parts else torch.zeros(0)
    finite = values[values.isfinite()]
    if len(finite) == 0:
        return 1.0
    down = any(bool((part[:, 1] < part[:, 0]).any()) for part in parts)
    return float(finite.min() if down else finite.max())


def _span(values: torch.Tensor) -> tuple[float, float]:
    """Find where values begin and end; a range of 1 where there is none."""
    if values.numel() == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low, low + max(1.0, math.ulp(low)))
