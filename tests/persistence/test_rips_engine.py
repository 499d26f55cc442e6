"""The engine for one large cloud: by hand, against GUDHI to the last edge, spaces of known homology, ties, messages."""

import math
import signal
from itertools import combinations

import gudhi
import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochain.errors import ShapeError
from cochain.persistence import rips_engine
from cochain.persistence._numba_bits import pop, push, queue_of
from cochain.persistence._numba_rips_edges import rank_matrix, sorted_edges
from cochain.persistence.rips_engine import RipsPairs, estimate, rips_cohomology
from spaces import Space, klein_bottle, moore, octahedron, projective_plane, torus


@numba.njit
def push_one(tree, number):
    push(tree, number)


@numba.njit
def take_one(tree):
    return pop(tree)


def lengths(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def on_sphere(points: int, axes: int = 3, seed: int = 0) -> np.ndarray:
    x = np.random.default_rng(seed).standard_normal((points, axes))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def any_matrix(points: int, seed: int, levels: int | None = None) -> np.ndarray:
    """Lengths that keep no triangle inequality, of few different values where `levels` is given."""
    rng = np.random.default_rng(seed)
    drawn = rng.random((points, points)) if levels is None else rng.integers(0, levels, (points, points)).astype(float)
    return np.triu(drawn, 1) + np.triu(drawn, 1).T


def some_matrix(seed: int) -> np.ndarray:
    """A small input: points of a plane or space, a grid, points that coincide, or numbers at random."""
    rng = np.random.default_rng(seed)
    points, kind = int(rng.integers(2, 15)), seed % 4
    if kind == 0:
        return lengths(rng.standard_normal((points, int(rng.integers(1, 5)))))
    if kind == 1:
        return lengths(rng.integers(0, 3, (points, 2)).astype(float))
    return any_matrix(points, seed, levels=None if kind == 2 else 5)


def order_of(matrix: np.ndarray, threshold: float | None) -> list[tuple[int, int]]:
    limit = math.inf if threshold is None else threshold
    edges = [(matrix[e], *e) for e in combinations(range(len(matrix)), 2) if matrix[e] <= limit]
    return [(u, v) for _, u, v in sorted(edges)]


def peer(matrix: np.ndarray, max_dim: int, threshold: float | None, field: int) -> list[list[tuple[int, int]]]:
    """Bars of GUDHI's simplex tree over the edges numbered in their order: (birth, death), vertices come before 0."""
    tree = gudhi.SimplexTree()
    for v in range(len(matrix)):
        tree.insert([v], -1)
    for number, edge in enumerate(order_of(matrix, threshold)):
        tree.insert(edge, number)
    tree.expansion(max_dim + 1)
    tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=True)
    found = [tree.persistence_intervals_in_dimension(dim) for dim in range(max_dim + 1)]
    return [sorted((int(b), -1 if math.isinf(d) else int(d)) for b, d in bars) for bars in found]


def by_order(pairs: RipsPairs, matrix: np.ndarray, threshold: float | None) -> list[list[tuple[int, int]]]:
    """The same of ours, with lengths and the order of vertices checked on the way."""
    number = {edge: k for k, edge in enumerate(order_of(matrix, threshold))} | {(-1, -1): -1}
    number |= {(v, v): -1 for v in range(len(matrix))}
    found = []
    for ends, lasts in zip(pairs.finite, pairs.essential, strict=True):
        both = [np.concatenate(each) for each in zip(ends, lasts, strict=True)]
        for values, edges in ((both[0], both[2]), (both[1], both[3])):
            expected = np.where(edges[:, 0] < 0, np.inf, matrix[edges[:, 0], edges[:, 1]])
            assert np.array_equal(values, expected)
        found.append(
            sorted((number[tuple(b)], number[tuple(d)]) for b, d in zip(*map(np.ndarray.tolist, both[2:]), strict=True))
        )
    return found


def check(matrix: np.ndarray, max_dim: int, threshold: float | None, field: int) -> None:
    ours = rips_cohomology(matrix, max_dim, threshold, field, keep_zero=True)
    assert by_order(ours, matrix, threshold) == peer(matrix, max_dim, threshold, field)


def test_a_square_by_hand() -> None:
    found = rips_cohomology(lengths(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])), 1)
    merged, loops = found.finite
    # edges in order: 01, 03, 12, 23 of length 1, then 02, 13
    assert merged.birth_edges.tolist() == [[1, 1], [3, 3], [2, 2]]
    assert merged.death_edges.tolist() == [[0, 1], [0, 3], [1, 2]]
    assert merged.births.tolist() == [0, 0, 0]
    assert merged.deaths.tolist() == [1, 1, 1]
    assert loops.birth_edges.tolist() == [[2, 3]]
    assert loops.death_edges.tolist() == [[0, 2]]
    assert (loops.births.tolist(), loops.deaths.tolist()) == ([1.0], [math.sqrt(2)])
    assert found.essential[0].birth_edges.tolist() == [[0, 0]]
    assert found.essential[0].death_edges.tolist() == [[-1, -1]]
    assert found.essential[0].deaths.tolist() == [math.inf]
    assert len(found.essential[1].births) == 0


def test_an_octahedron_by_hand() -> None:
    corners = np.concatenate([np.eye(3), -np.eye(3)])
    found = rips_cohomology(lengths(corners), 2)
    assert [len(bars.births) for bars in found.finite] == [5, 0, 1]
    void = found.finite[2]
    # the last of the twelve sides closes the surface, the first diagonal fills it
    assert (void.birth_edges.tolist(), void.death_edges.tolist()) == ([[4, 5]], [[0, 3]])
    assert (void.births[0], void.deaths[0]) == (lengths(corners)[4, 5], 2.0)


@pytest.mark.parametrize("field", [2, 3, 11])
@pytest.mark.parametrize("part", range(4))
def test_every_edge_is_gudhis(part: int, field: int) -> None:
    for seed in range(60 * part, 60 * (part + 1)):
        matrix = some_matrix(seed)
        threshold = None if seed % 3 else float(np.quantile(matrix, 0.6))
        check(matrix, 2, threshold, field)


@given(st.integers(2, 9), st.integers(1, 4), st.integers(0, 10**6), st.sampled_from([2, 3, 11]), st.integers(0, 3))
def test_few_different_lengths(points: int, levels: int, seed: int, field: int, threshold: int) -> None:
    check(any_matrix(points, seed, levels), 2, float(threshold), field)


@pytest.mark.parametrize("top", [0, 1, 2])
def test_lower_dimensions_do_not_change_when_more_are_asked_for(top: int) -> None:
    matrix = any_matrix(30, 1)
    whole, part = rips_cohomology(matrix, 2, 0.7), rips_cohomology(matrix, top, 0.7)
    for a, b in zip(
        (*whole.finite[: top + 1], *whole.essential[: top + 1]), (*part.finite, *part.essential), strict=True
    ):
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("field", [2, 3])
@pytest.mark.parametrize(
    "matrix",
    [any_matrix(70, 2), any_matrix(60, 3, levels=4), lengths(on_sphere(120)), lengths(on_sphere(80, 4))],
    ids=["any", "ties", "sphere", "hypersphere"],
)
def test_both_routes_find_the_same_edges(matrix: np.ndarray, field: int) -> None:
    edges = sorted_edges(matrix, float(matrix.max(axis=1).min()))
    ranks = rank_matrix(edges, len(matrix))
    ours = rips_engine._swept(edges, ranks, 2, field, None)
    theirs = rips_engine._by_gudhi(ranks, len(edges.ends), 2, field)
    for a, b in zip(ours[1:], theirs, strict=True):
        assert np.array_equal(a.births, b.births)
        assert np.array_equal(a.deaths, b.deaths)
    assert sum(len(each.births) for each in ours[1:]) > 20


@pytest.mark.slow
def test_both_routes_find_the_same_edges_on_larger_clouds() -> None:
    for matrix in (lengths(on_sphere(250)), any_matrix(100, 5), lengths(np.random.default_rng(0).random((250, 5)))):
        test_both_routes_find_the_same_edges(matrix, 2)


def test_three_dimensions_are_gudhis() -> None:
    for seed in range(12):
        check(some_matrix(seed), 3, None if seed % 2 else 0.8, (2, 3)[seed % 2])
    corners = np.concatenate([np.eye(4), -np.eye(4)])
    found = rips_cohomology(lengths(corners), 3)
    assert [len(bars.births) for bars in found.finite] == [7, 0, 0, 1]
    assert found.finite[3].death_edges.tolist() == [[0, 4]]


@pytest.mark.parametrize("field", [2, 3])
@pytest.mark.parametrize("space", [octahedron(), torus(), projective_plane(), klein_bottle(), moore(3)], ids=str)
def test_spaces_of_known_homology(space: Space, field: int) -> None:
    # the subdivision of a triangulation has no cliques but its simplices: distance 1 along its edges
    faces = sorted({face for s in space.simplices for k in range(len(s)) for face in combinations(sorted(s), k + 1)})
    near = [[1.0 if {*a} <= {*b} or {*b} <= {*a} else math.inf for b in faces] for a in faces]
    found = rips_cohomology(np.array(near), 2, None, field)
    assert tuple(len(bars.births) for bars in found.essential) == space.betti(field)


def test_small_and_empty_clouds() -> None:
    for points in range(3):
        found = rips_cohomology(np.ones((points, points)), 3)
        assert [len(bars.births) for bars in found.finite] == [max(0, points - 1), 0, 0, 0]
        assert [len(bars.births) for bars in found.essential] == [min(points, 1), 0, 0, 0]
    apart = rips_cohomology(np.array([[0.0, math.inf], [math.inf, 0.0]]), 1)
    assert apart.essential[0].birth_edges.tolist() == [[0, 0], [1, 1]]


def test_points_that_coincide_make_bars_of_length_zero() -> None:
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    twice = lengths(np.repeat(square, 2, axis=0))
    left_out, kept = rips_cohomology(twice, 1), rips_cohomology(twice, 1, keep_zero=True)
    assert [len(bars.births) for bars in left_out.finite] == [3, 1]
    assert (kept.finite[0].deaths == 0).sum() == 4
    assert left_out.finite[1].deaths.tolist() == [math.sqrt(2)]
    # a zero with a sign is a zero
    signed = np.where(twice == 0, -0.0, twice)
    for a, b in zip(rips_cohomology(signed, 1, keep_zero=True).finite, kept.finite, strict=True):
        assert np.array_equal(a.death_edges, b.death_edges)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_are_those_given(dtype: type) -> None:
    matrix = lengths(on_sphere(60)).astype(dtype)
    found = rips_cohomology(matrix, 2)
    for bars in found.finite[1:]:
        assert bars.births.dtype == dtype
        assert np.array_equal(bars.births, matrix[tuple(bars.birth_edges.T)])
        assert np.array_equal(bars.deaths, matrix[tuple(bars.death_edges.T)])
        assert (bars.birth_edges[:, 0] < bars.birth_edges[:, 1]).all()
    # only what stands above the diagonal is read, in whatever order it is stored
    for other in (np.triu(matrix), np.asfortranarray(matrix)):
        again = rips_cohomology(other, 2)
        assert all(
            np.array_equal(a.death_edges, b.death_edges) for a, b in zip(found.finite, again.finite, strict=True)
        )


@pytest.mark.parametrize("points", [12, 60])
def test_lengths_that_float32_does_not_tell_apart(points: int) -> None:
    matrix = (1.0 + 1e-12 * any_matrix(points, 4)) * (1.0 - np.eye(points))
    edges = sorted_edges(matrix, 2.0)
    assert [tuple(each) for each in edges.ends.tolist()] == order_of(matrix, None)
    assert np.array_equal(edges.length, np.sort(matrix[np.triu_indices(points, 1)]))
    if points < 20:
        check(matrix, 2, None, 2)


@given(st.lists(st.integers(0, 5000), max_size=60))
def test_the_queue_gives_the_largest_first(numbers: list[int]) -> None:
    tree = queue_of(5001)
    for number in numbers:
        push_one(tree, number)
    taken = [take_one(tree) for _ in range(len(set(numbers)) + 1)]
    assert taken == [*sorted(set(numbers), reverse=True), -1]


def test_progress_and_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rips_engine, "STEPS", 1)
    seen: list[tuple[int, int]] = []
    matrix = lengths(on_sphere(40))
    slow = rips_cohomology(matrix, 2, progress=lambda done, total: seen.append((done, total)))
    done, totals = zip(*seen, strict=True)
    assert len(set(totals)) == 1
    assert done[-1] == totals[0]
    assert list(done) == sorted(done)
    assert len(done) > 100
    monkeypatch.undo()
    for a, b in zip(slow.finite, rips_cohomology(matrix, 2).finite, strict=True):
        assert np.array_equal(a.death_edges, b.death_edges)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rips_cohomology(matrix, 2, progress=stop)


def test_the_estimate_counts_simplices() -> None:
    whole = estimate(1.0 - np.eye(20), 2)
    assert whole.simplices == (20, 190, 1140, 4845)
    matrix = lengths(np.random.default_rng(0).random((40, 2)))
    found = estimate(matrix, 2, 0.4)
    exact = [
        sum(all(matrix[e] <= 0.4 for e in combinations(s, 2)) for s in combinations(range(40), k)) for k in (1, 2, 3, 4)
    ]
    assert list(found.simplices[:2]) == exact[:2]
    np.testing.assert_allclose(found.simplices[2:], exact[2:], rtol=0.3)
    assert estimate(matrix, 2, 0.0).simplices == (40, 0, 0, 0)
    assert estimate(matrix, 0).simplices[0] == 40
    large = np.ones((200, 200), np.float32)
    assert estimate(large, 2).bytes < 2_000_000
    assert estimate(large, 3).bytes > 100 * math.comb(200, 4)


@pytest.mark.parametrize(
    ("matrix", "arguments", "message"),
    [
        (np.zeros((2, 3)), (1,), r"square matrix of float32 or float64, but have shape \(2, 3\)"),
        (np.zeros((2, 2), int), (1,), "but have shape .* and type int64"),
        (np.array([[0, -1.0], [-1.0, 0]]), (1,), "should be at least 0, but some are negative or NaN"),
        (np.array([[0, math.nan], [math.nan, 0]]), (1,), "should be at least 0, but some are negative or NaN"),
        (np.ones((2, 2)), (-1,), "max_dim should be at least 0, but is -1"),
        (np.ones((2, 2)), (1, -0.5), "threshold should be a length of at least 0 or None, but is -0.5"),
        (np.ones((2, 2)), (1, math.nan), "threshold should be a length of at least 0 or None, but is nan"),
        (np.ones((2, 2)), (1, None, 4), r"p should be prime, but 4 is 2 \* 2"),
        (
            np.broadcast_to(np.float32(1), (70_000, 70_000)),
            (1,),
            "at most 65536 points, but has 70000; take a subsample",
        ),
    ],
)
def test_what_is_no_matrix_of_distances_is_refused(matrix: np.ndarray, arguments: tuple, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        rips_cohomology(matrix, *arguments)


def test_an_interrupt_waits_for_the_end_of_a_kernel() -> None:
    reached = []

    def kernel() -> None:
        with rips_engine._held_back():
            signal.raise_signal(signal.SIGINT)
            reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        kernel()
    assert reached == ["the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
