"""The exact family, by theorem: closed surfaces, of the type that the label says, told apart by orientation alone."""

from collections import Counter

import numpy as np
import pytest
import torch

from cochain.complexes import Complex
from cochain.datasets import load, surfaces
from cochain.datasets import triangulations as tri

ORIENTABLE = (True, True, False, False, True, False)
BETTI_2 = ((1, 0, 1), (1, 2, 1), (1, 2, 1), (1, 1, 1), (1, 4, 1), (1, 4, 1))  # over Z/2
BETTI_3 = ((1, 0, 1), (1, 2, 1), (1, 1, 0), (1, 0, 0), (1, 4, 1), (1, 3, 0))  # over Z/3


@pytest.fixture(scope="module")
def family() -> Complex:
    return load("surfaces")


def one_by_one(of_each: int, vertices: int, seed: int) -> list[tuple[int, list[tuple[int, ...]]]]:
    """Label and triangles of every surface, vertices numbered from 0."""
    triangles, y = surfaces.generate(of_each, vertices, seed)
    component = triangles[:, 0] // vertices
    rows = [triangles[component == k] - k * vertices for k in range(len(y))]
    return [(int(label), [tuple(sorted(map(int, row))) for row in part]) for label, part in zip(y, rows, strict=True)]


def edges_of(triangles: list[tuple[int, ...]]) -> Counter[tuple[int, int]]:
    return Counter(edge for a, b, c in triangles for edge in ((a, b), (a, c), (b, c)))


def is_one_cycle(pairs: list[tuple[int, int]]) -> bool:
    near: dict[int, list[int]] = {}
    for u, v in pairs:
        near.setdefault(u, []).append(v)
        near.setdefault(v, []).append(u)
    start = place = pairs[0][0]
    before, steps = None, 0
    while steps == 0 or place != start:
        before, place = place, next(v for v in near[place] if v != before)
        steps += 1
        if steps > len(pairs):
            return False
    return steps == len(pairs) and all(len(set(two)) == 2 == len(two) for two in near.values())


def is_orientable(triangles: list[tuple[int, ...]]) -> bool:
    """Wind triangle after triangle like its neighbour, and look for one that is wound both ways."""
    across: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for triangle in triangles:
        for edge in edges_of([triangle]):
            across.setdefault(edge, []).append(triangle)
    wound = {triangles[0]: triangles[0]}
    todo = [triangles[0]]
    while todo:
        triangle = todo.pop()
        a, b, c = wound[triangle]
        for u, v in ((a, b), (b, c), (c, a)):
            other = next(t for t in across[min(u, v), max(u, v)] if t != triangle)
            (w,) = set(other) - {u, v}
            if other not in wound:
                wound[other] = (v, u, w)
                todo.append(other)
            elif (v, u) not in [(wound[other][i], wound[other][(i + 1) % 3]) for i in range(3)]:
                return False
    return True


@pytest.mark.parametrize(("vertices", "seed"), [(24, 1), (30, 2)])
def test_every_triangulation_is_a_closed_surface_of_its_type(vertices: int, seed: int) -> None:
    for label, triangles in one_by_one(2, vertices, seed):
        edges = edges_of(triangles)
        assert len(set(triangles)) == len(triangles)
        assert set(edges.values()) == {2}
        assert {v for triangle in triangles for v in triangle} == set(range(vertices))
        for v in range(vertices):
            link = [tuple(u for u in triangle if u != v) for triangle in triangles if v in triangle]
            assert is_one_cycle(link)
        assert vertices - len(edges) + len(triangles) == surfaces.EULER[label]
        assert is_orientable(triangles) == ORIENTABLE[label]


@pytest.mark.parametrize(("prime", "expected"), [(2, BETTI_2), (3, BETTI_3)])
def test_betti_numbers(prime: int, expected: tuple[tuple[int, ...], ...], family: Complex) -> None:
    found = family.betti(prime, per_component=True)
    torch.testing.assert_close(found, torch.tensor(expected)[family.whole.y], check_dtype=False)


def colours(triangles: list[tuple[int, ...]], rounds: int = 6) -> Counter[int]:
    """Refine colours of vertices, edges and triangles by all their neighbours, signs left out."""
    cells = [(v,) for v in {v for triangle in triangles for v in triangle}] + [*edges_of(triangles), *triangles]
    faces: dict[tuple[int, ...], list[tuple[int, ...]]] = {cell: [] for cell in cells}
    cofaces: dict[tuple[int, ...], list[tuple[int, ...]]] = {cell: [] for cell in cells}
    for cell in cells:
        for left_out in range(len(cell)) if len(cell) > 1 else ():
            face = cell[:left_out] + cell[left_out + 1 :]
            faces[cell].append(face)
            cofaces[face].append(cell)
    colour = {cell: len(cell) for cell in cells}
    for _ in range(rounds):
        colour = {
            cell: hash(
                (
                    colour[cell],
                    tuple(sorted(colour[face] for face in faces[cell])),
                    tuple(sorted((colour[up], tuple(sorted(colour[f] for f in faces[up]))) for up in cofaces[cell])),
                )
            )
            for cell in cells
        }
    return Counter(colour.values())


def test_message_passing_cannot_tell_the_members_of_a_pair() -> None:
    found = one_by_one(3, 26, seed=7)
    for one, other in ((1, 2), (4, 5)):
        for k in range(3):
            (first, a), (second, b) = found[3 * one + k], found[3 * other + k]
            assert (first, second) == (one, other)
            assert colours(a) == colours(b)
            assert colours(a) != colours(found[3 * one + (k + 1) % 3][1])


def test_degrees_within_a_pair_are_equal(family: Complex) -> None:
    degree = torch.zeros(family.sizes[0], dtype=torch.int64)
    ends = family.faces(1, 0).pattern.indices.long()
    degree.scatter_add_(0, ends, torch.ones_like(ends))
    degree = degree.reshape(6, surfaces.OF_EACH, surfaces.VERTICES).sort(dim=2).values
    assert (degree[1] == degree[2]).all()
    assert (degree[4] == degree[5]).all()
    assert degree.min() >= 3
    assert len(degree[1].unique(dim=0)) > surfaces.OF_EACH // 2  # the draws differ


def test_the_winding_has_a_boundary_exactly_where_there_is_no_orientation(family: Complex) -> None:
    assert family.is_odd(2, "x")
    winding = family[2].x
    assert winding.abs().eq(1).all()
    seam = (family.boundary(2) @ winding)[:, 0].abs()
    torch.testing.assert_close(seam, 2 * (seam > 0).to(seam.dtype))
    per_surface = torch.zeros(len(family)).index_add_(0, family.component_of(1), seam)
    assert (per_surface == 0).tolist() == [ORIENTABLE[label] for label in family.whole.y.tolist()]


def test_members_of_a_pair_share_every_part_and_classes_are_even(family: Complex) -> None:
    split = family.whole.split.reshape(6, surfaces.OF_EACH, 10)
    assert (split == split[0]).all()
    assert ((split == 2).sum(dim=1) == 6).all()
    assert ((split == 2).sum(dim=2) == 1).all()


def test_walks_stay_surfaces_move_by_move() -> None:
    rng = np.random.default_rng(0)
    walks = tri.start(*tri.cross_caps(2), walks=4, room=12)
    for move in (tri.subdivide, tri.flip, tri.flip, tri.subdivide, *[tri.flip] * 30):
        move(walks, rng)
        for k, triangles in enumerate(tri.triangles_of(walks)):
            assert set(edges_of([tuple(map(int, row)) for row in triangles]).values()) == {2}
            around = [walks.crossing[k, triangles[:, i], triangles[:, j]] for i, j in ((0, 1), (1, 2), (0, 2))]
            assert not (around[0] ^ around[1] ^ around[2]).any()


@pytest.mark.parametrize(("count", "vertices", "euler"), [(1, 6, 1), (2, 9, 0), (3, 12, -1)])
def test_starts(count: int, vertices: int, euler: int) -> None:
    rows, crossing = tri.cross_caps(count)
    triangles = [tuple(map(int, row)) for row in rows]
    assert vertices - len(edges_of(triangles)) + len(triangles) == euler
    assert not is_orientable(triangles)
    for mask in range(1, 2**count):
        cover = tri.double_cover(rows[None], crossing[None], np.array([mask], dtype=np.uint8), vertices)[0]
        lifted = [tuple(sorted(map(int, row))) for row in cover]
        assert set(edges_of(lifted).values()) == {2}
        assert is_orientable(lifted) == (mask == 2**count - 1)


def test_sizes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="vertices should be even and at least 24, but is 25"):
        surfaces.generate(1, vertices=25)


def test_seeds_differ() -> None:
    one, other = (surfaces.generate(1, 24, seed)[0] for seed in (0, 1))
    assert one.shape == other.shape
    assert (one != other).any()
