"""The exact family `surfaces`: which of six closed surfaces is a random triangulation?

Sphere and projective plane are told by counting cells. The telling pairs have the same Euler characteristic: torus and
Klein bottle (0), genus 2 and four cross-caps (-2). The two members of a pair are double covers of one random
triangulation (of the Klein bottle, and of the sum of three projective planes): one of its covers is orientable, the
others are not. Every vertex, edge and triangle of both members has the same surroundings as the cell below it. So both
have the same sizes and the same degrees, and no network that passes messages between neighbouring cells, however deep,
tells one from the other by what it finds in the complex alone: what it computes on a cover is what it computes on the
surface below.

What tells them apart is orientation. `c[2].x` holds the winding of the triangles as a mesh file would: starting from
one triangle, neighbours are wound alike as far as possible. It is an odd cochain, 1 where a triangle is wound as the
complex orients it. On an orientable surface the winding has no boundary; on the others there is a seam.

A member of a pair would give the other one away, so both are in the same part of every split.
"""

from collections.abc import Mapping

import numpy as np
import torch

from cochain.complexes import Complex
from cochain.datasets import triangulations as tri
from cochain.datasets.records import Dataset
from cochain.datasets.splits import fold_splits, stratified_folds
from cochain.datasets.tensors import with_task

NAMES = ("sphere", "torus", "Klein bottle", "projective plane", "genus 2", "four cross-caps")
EULER = (2, 0, 0, 1, -2, -2)
VERTICES = 30
OF_EACH = 60


def read(dataset: Dataset, contents: Mapping[str, bytes]) -> Complex:
    """Make the family as it stands in the table: 60 of each, 30 vertices, seed 0."""
    of_each = dataset.components // len(NAMES)
    triangles, y = generate(of_each, dataset.sizes[0] // dataset.components, seed=0)
    counts = np.full(len(y), dataset.sizes[0] // dataset.components)
    surface = Complex.simplicial(triangles, num_nodes=counts)
    draws = stratified_folds(np.zeros(of_each, dtype=np.int64), dataset.folds, seed=0)
    split = fold_splits(np.tile(draws, len(NAMES)), dataset.folds)
    surface = with_task(surface, "whole", y, split, np.ones((int(counts.sum()), 1)))
    sign = winding(surface.simplices(2).numpy(), surface.offsets(2)[:-1].numpy())
    return surface.with_cochain(2, "x", torch.from_numpy(sign[:, None].astype(np.float32)), odd=True)


def generate(of_each: int, vertices: int = VERTICES, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw `of_each` triangulations of every surface.

    Args:
        of_each: triangulations per surface; the i-th of the two members of a pair cover the same surface.
        vertices: vertices of each; even, and at least 24, twice the 12 of three projective planes.
        seed: of all that is random.

    Returns:
        Triangles (triangles, 3) with vertices numbered over all components, surface by surface in the order of NAMES;
        and the label of every component, its place in NAMES.
    """
    if vertices % 2 or vertices < 24:
        raise ValueError(f"vertices should be even and at least 24, but is {vertices}")
    rng = np.random.default_rng(seed)
    sphere = _walk(tri.tetrahedron(), of_each, vertices, rng)
    plane = _walk(tri.cross_caps(1), of_each, vertices, rng)
    bottle = _walk(tri.cross_caps(2), of_each, vertices // 2, rng)
    three = _walk(tri.cross_caps(3), of_each, vertices // 2, rng)
    # The cover that unwinds every cross-cap is orientable, any other is not.
    ways = [
        tri.triangles_of(sphere),
        _cover(bottle, np.full(of_each, 3)),
        _cover(bottle, rng.integers(1, 3, size=of_each)),
        tri.triangles_of(plane),
        _cover(three, np.full(of_each, 7)),
        _cover(three, rng.integers(1, 7, size=of_each)),
    ]
    shuffled = [_relabel(triangles, vertices, rng) for triangles in ways]
    first = np.arange(len(NAMES) * of_each).reshape(len(NAMES), of_each, 1, 1) * vertices
    numbered = [(triangles + first[label]).reshape(-1, 3) for label, triangles in enumerate(shuffled)]
    return np.concatenate(numbered), np.repeat(np.arange(len(NAMES)), of_each)


def _walk(begin: tuple[np.ndarray, np.ndarray], count: int, vertices: int, rng: np.random.Generator) -> tri.Walks:
    walks = tri.start(*begin, count, vertices)
    tri.grow(walks, vertices, rng)
    return walks


def _cover(walks: tri.Walks, mask: np.ndarray) -> np.ndarray:
    return tri.double_cover(tri.triangles_of(walks), walks.crossing, mask.astype(np.uint8), walks.vertices)


def _relabel(triangles: np.ndarray, vertices: int, rng: np.random.Generator) -> np.ndarray:
    """Shuffle the vertices of every triangulation, so that numbers and orientations say nothing."""
    names = rng.permuted(np.tile(np.arange(vertices), (len(triangles), 1)), axis=1)
    return names[np.arange(len(triangles))[:, None, None], triangles]


def winding(triangles: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Wind the triangles of closed surfaces alike, from one triangle of each component outwards.

    Args:
        triangles: (triangles, 3), vertices ascending; any number of components.
        starts: one triangle of each component.

    Returns:
        int64 (triangles,): 1 where a triangle is wound in the order of its vertices, -1 where against it. Two
        neighbours that were reached on different ways may disagree; on an orientable surface they never do.
    """
    near, alike = neighbours(triangles)
    sign = np.zeros(len(triangles), dtype=np.int64)
    sign[starts], front = 1, np.asarray(starts)
    while len(front):
        reached, passed_on = near[front].reshape(-1), (alike[front] * sign[front, None]).reshape(-1)
        fresh = sign[reached] == 0
        front, first = np.unique(reached[fresh], return_index=True)
        sign[front] = passed_on[fresh][first]
    return sign


def neighbours(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the triangle across each of the three edges, and 1 where both are wound alike in ascending order, else -1.

    An edge is left out of a triangle at place 0, 1 or 2; its sign in the boundary is 1, -1, 1. Two triangles are wound
    alike when they pass their edge in opposite directions.
    """
    count, base = len(triangles), int(triangles.max()) + 1
    ends = [triangles[:, pair] for pair in ([1, 2], [0, 2], [0, 1])]
    key = np.stack([end[:, 0] * base + end[:, 1] for end in ends], axis=1).reshape(-1)
    sign = np.tile([1, -1, 1], count)
    order = np.argsort(key, kind="stable").reshape(-1, 2)
    other = np.empty(3 * count, dtype=np.int64)
    other[order] = order[:, ::-1]
    return (other // 3).reshape(-1, 3), (-sign * sign[other]).reshape(-1, 3)
