"""Persistence of the witness complex: a few points are vertices, all points say which of them belong together."""

import math
from collections.abc import Iterator
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Num
from torch import Tensor

from cochain.complexes import Complex
from cochain.complexes.arrays import as_whole_number
from cochain.errors import ComplexError, ShapeError
from cochain.kernels.memory import free_memory
from cochain.persistence.clouds import Clouds, Floats, Index, read_clouds
from cochain.persistence.diagram import Diagram
from cochain.persistence.guard import farthest, size_of
from cochain.persistence.lengths import lengths_of
from cochain.persistence.simplices import Simplices, diagram_of_trees, pairs_of

_NODE_BYTES = 100  # of a simplex in GUDHI's tree, with what its persistence takes


def witness(
    points: Complex | Num[Tensor, "..."] | list[Tensor] | tuple[Tensor, ...],
    landmarks: int,
    max_dim: int = 1,
    max_alpha: float = math.inf,
    field: int = 2,
    strong: bool = False,
) -> Diagram:
    r"""Follow the homology of the witness complex of a few landmarks as witnesses are allowed to be less sure.

    $$\alpha_{strong}(\sigma) = \min_p \Big( \max_{l \in \sigma} \|p - l\|^2 - \min_{l'} \|p - l'\|^2 \Big), \qquad
      \alpha(\sigma) = \max_{\tau \subseteq \sigma} \min_p \Big( \max_{l \in \tau} \|p - l\|^2 -
      \min_{l' \notin \tau} \|p - l'\|^2 \Big)_+$$

    The landmarks are the farthest points, as `landmarks` chooses them. Values are differences of squared distances
    (squared lengths); gradients flow to the witness and the two landmarks that decide, the first of those that tie.

    Args:
        points: as `rips`.
        landmarks: vertices of each cloud; a cloud of fewer points has all of them.
        max_dim: the highest dimension of homology.
        max_alpha: the largest value that is looked at. What lives there still is essential.
        field: the prime $p$.
        strong: ask for one witness of a simplex against all landmarks, in place of one for each of its faces.

    Returns:
        A diagram with a component per cloud, bars by the simplex that gives birth. `pairs` are the vertices of the
        simplex that gives birth, then those of the simplex that kills: points, counted within their cloud.

    Raises:
        ShapeError: when an argument is out of its range; as `rips` for positions.
        ComplexError: when the simplices would not fit the memory.

    Cost:
        With no bound every point is asked for all simplices of rank up to max_dim + 1 on the landmarks: GUDHI's search
        takes O(points times landmarks^(max_dim + 2)), and about 100 bytes for each simplex. A bound makes it short.

    Source:
        de Silva, Carlsson, 2004, "Topological estimation using witness complexes"; Kachanovich, 2015, "Witness
        complex", GUDHI.
    """
    from cochain.kernels.elimination import check_prime

    check_prime(field)
    if as_whole_number(landmarks, "landmarks") < 1:
        raise ShapeError(f"landmarks should be at least 1, but are {landmarks}")
    if as_whole_number(max_dim, "max_dim") < 0:
        raise ShapeError(f"max_dim should be at least 0, but is {max_dim}")
    if isinstance(max_alpha, bool) or not isinstance(max_alpha, int | float) or not max_alpha >= 0:
        raise ShapeError(f"max_alpha should be a number >= 0, a squared length, but is {max_alpha!r:.60}")
    clouds = read_clouds(points)
    if max_alpha == math.inf:
        _check_room(min(landmarks, int(np.diff(clouds.offsets).max(initial=0))), max_dim)
    witnessed = [_Witnessed(*each, strong) for each in _tables(clouds, landmarks)]
    found = [each.pairs(max_alpha, max_dim, field) for each in witnessed]

    def values(cloud: Index, simplices: Index) -> Tensor:
        rows = [witnessed[k].decide(simplex) for k, simplex in zip(cloud, simplices, strict=True)]
        deciding = np.array(rows, np.int64).reshape(len(rows), 3) + clouds.offsets[cloud][:, None]
        at = torch.from_numpy(deciding).to(clouds.points.device)
        return (lengths_of(clouds.points, at[:, :2]) ** 2 - lengths_of(clouds.points, at[:, ::2]) ** 2).clamp(min=0)

    return diagram_of_trees(found, max_dim, field, values, clouds.points)


def _check_room(landmarks: int, max_dim: int) -> None:
    count = sum(comb(landmarks, rank + 1) for rank in range(max_dim + 2))
    free = free_memory()
    if free is not None and count * _NODE_BYTES > free:
        raise ComplexError(
            f"the simplices on {landmarks} landmarks should fit the {size_of(free)} of memory that are free, but all "
            f"{count:.2g} of them take {size_of(count * _NODE_BYTES)}; take fewer landmarks or a max_alpha"
        )


def _tables(clouds: Clouds, landmarks: int) -> Iterator[tuple[Index, Floats]]:
    """Give the landmarks of each cloud, ascending, and the squared distances of all its points to them."""
    from scipy.spatial.distance import cdist

    chosen = np.sort(farthest(clouds, landmarks).cpu().numpy())
    table = clouds.points.detach().cpu().double().numpy()
    cuts = np.searchsorted(chosen, clouds.offsets)
    for k, begin in enumerate(clouds.offsets[:-1]):
        rows = chosen[cuts[k] : cuts[k + 1]]
        yield rows - begin, cdist(table[begin : clouds.offsets[k + 1]], table[rows], "sqeuclidean")


class _Decision(NamedTuple):
    value: float
    witness: int
    inner: int
    outer: int


class _Witnessed:
    """The witness complex of one cloud."""

    def __init__(self, vertices: Index, squares: Floats, strong: bool) -> None:
        self.vertices = vertices
        self.squares = squares
        self.strong = strong
        self.place = {int(vertex): k for k, vertex in enumerate(vertices)}

    def tree(self, max_alpha: float, rank: int) -> Any:
        """Give GUDHI's simplex tree, vertices numbered as the landmarks."""
        import gudhi

        order = np.argsort(self.squares, axis=1, kind="stable")
        table = [
            list(zip(row.tolist(), square[row].tolist(), strict=True))
            for row, square in zip(order, self.squares, strict=True)
        ]
        kind = gudhi.StrongWitnessComplex if self.strong else gudhi.WitnessComplex
        return kind(nearest_landmark_table=table).create_simplex_tree(max_alpha, rank)

    def pairs(self, max_alpha: float, max_dim: int, field: int) -> list[tuple[Simplices, Simplices]]:
        """Give the simplices that give birth and kill, of every dimension, by the numbers of their points."""
        if not len(self.vertices):
            return [([], []) for _ in range(max_dim + 1)]
        found = pairs_of(self.tree(max_alpha, max_dim + 1), max_dim, field)
        return [(self._named(births), self._named(deaths)) for births, deaths in found]

    def _named(self, simplices: Simplices) -> Simplices:
        return [tuple(self.vertices[list(simplex)].tolist()) for simplex in simplices]

    def decide(self, simplex: Index) -> tuple[int, int, int]:
        """Give the points that decide the value of a simplex: witness, farthest landmark inside, nearest outside."""
        places = [self.place[int(vertex)] for vertex in simplex]
        faces = [places] if self.strong else [list(f) for k in range(len(places)) for f in combinations(places, k + 1)]
        best = max((self._relax(face) for face in faces), key=lambda decision: decision.value)
        return best.witness, int(self.vertices[best.inner]), int(self.vertices[best.outer])

    def _relax(self, face: list[int]) -> _Decision:
        """Find the witness that is nearest to having a face as its nearest landmarks."""
        inside = self.squares[:, face]
        others = np.arange(len(self.vertices)) if self.strong else np.setdiff1d(np.arange(len(self.vertices)), face)
        if not len(others):
            return _Decision(0.0, 0, 0, 0)
        outside = self.squares[:, others]
        excess = np.maximum(inside.max(axis=1) - outside.min(axis=1), 0)
        p = int(excess.argmin())
        return _Decision(float(excess[p]), p, face[int(inside[p].argmax())], int(others[outside[p].argmin()]))
