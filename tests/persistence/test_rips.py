"""Vietoris-Rips persistence: by hand, against GUDHI and scipy, its laws and gradients."""

import math

import gudhi
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from torch import Tensor

import cochain as cc
from cochain.persistence import Diagram, rips
from cochain.persistence.diagram import Bars


def peer(matrix: np.ndarray, max_dim: int, field: int = 2, threshold: float = math.inf) -> list[np.ndarray]:
    """The diagrams of GUDHI's simplex tree, bars of length 0 left out, sorted."""
    complex_ = gudhi.RipsComplex(distance_matrix=matrix, max_edge_length=threshold)
    tree = complex_.create_simplex_tree(max_dimension=max_dim + 1)
    tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=True)
    found = [tree.persistence_intervals_in_dimension(dim).reshape(-1, 2) for dim in range(max_dim + 1)]
    return [each[np.lexsort(each.T)] for each in found]


def sorted_bars(d: Diagram, dim: int) -> np.ndarray:
    points = np.concatenate([d[dim].as_array(), d.essential[dim].as_array()]).astype(np.float64)
    return points[np.lexsort(points.T)]


def same(d: Diagram, expected: list[np.ndarray], rtol: float = 1e-9) -> None:
    for dim, each in enumerate(expected):
        np.testing.assert_allclose(sorted_bars(d, dim), each, rtol=rtol, atol=1e-12, err_msg=f"dimension {dim}")


def test_the_square_by_hand() -> None:
    square = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], requires_grad=True)
    d = rips(square)
    torch.testing.assert_close(d[0].points.detach(), torch.tensor([[0.0, 1.0]] * 3))
    torch.testing.assert_close(d[1].points.detach(), torch.tensor([[1.0, math.sqrt(2)]]))
    # edges come as 01, 03, 12, 23 (all 1), then 02 and 13: the younger vertex dies, the last side closes the cycle
    assert d[0].pairs.tolist() == [[1, 1, 0, 1], [3, 3, 0, 3], [2, 2, 1, 2]]
    assert d[1].pairs.tolist() == [[2, 3, 0, 2]]
    assert d.essential[0].pairs.tolist() == [[0, 0, -1, -1]]
    assert d.essential[0].points.tolist() == [[0.0, math.inf]]
    d[1].deaths.sum().backward()
    half = math.sqrt(0.5)
    torch.testing.assert_close(square.grad, torch.tensor([[-half, -half], [0.0, 0.0], [half, half], [0.0, 0.0]]))


def test_a_threshold_leaves_essential_classes() -> None:
    square = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    d = rips(square, threshold=1.0)
    assert (len(d[0]), len(d.essential[0]), len(d[1]), d.essential[1].pairs.tolist()) == (3, 1, 0, [[2, 3, -1, -1]])
    for max_dim in (0, 1):
        d = rips(square, max_dim, threshold=0.99)
        assert (len(d[0]), len(d.essential[0])) == (0, 4)
    assert len(rips(square, threshold=math.sqrt(2))[1]) == 1  # a length equal to the threshold is looked at


@pytest.mark.parametrize("field", [2, 3, 11])
def test_agrees_with_gudhi_on_clouds_of_all_kinds(field: int, rng: np.random.Generator) -> None:
    for trial in range(150):
        n, d = int(rng.integers(1, 26)), int(rng.integers(1, 4))
        points = rng.normal(size=(n, d)) if trial % 2 else rng.integers(0, 4, (n, d)).astype(float)
        threshold = None if trial % 3 else float(rng.uniform(0.2, 2.0))
        matrix = cdist(points, points)
        expected = peer(matrix, 1, field, math.inf if threshold is None else threshold)
        same(rips(torch.tensor(points), 1, threshold, field), expected)
        same(rips(torch.tensor(matrix), 1, threshold, field, distances=True), expected)
        same(rips(torch.tensor(points), 0, threshold), expected[:1])
        same(rips(torch.tensor(matrix), 0, threshold, distances=True), expected[:1])


def test_agrees_with_gudhi_without_the_triangle_inequality(rng: np.random.Generator) -> None:
    for trial in range(150):
        n = int(rng.integers(1, 24))
        matrix = rng.random((n, n)) if trial % 2 else rng.integers(1, 7, (n, n)).astype(float)
        matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
        same(rips(torch.tensor(matrix), distances=True), peer(matrix, 1))


@given(st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=1, max_size=14), st.sampled_from([2, 5]))
def test_agrees_with_gudhi_on_grids(points: list[list[int]], field: int) -> None:
    table = np.array(points, float)
    same(rips(torch.tensor(table), field=field), peer(cdist(table, table), 1, field))


def test_torsion_is_seen_by_the_field() -> None:
    # the projective plane on six vertices, all its edges at 1, every missing triangle closed by no edge: distances
    # cannot make it (a flag complex would fill it), so its barycentric subdivision stands in
    faces = [
        (0, 1, 2),
        (0, 2, 3),
        (0, 3, 4),
        (0, 4, 5),
        (0, 1, 5),
        (1, 2, 4),
        (2, 3, 5),
        (1, 3, 4),
        (2, 4, 5),
        (1, 3, 5),
    ]
    cells = sorted(
        {s for f in faces for s in [*((v,) for v in f), *((f[i], f[j]) for i in range(3) for j in range(i))]}
    )
    cells = sorted({tuple(sorted(c)) for c in cells} | set(faces), key=lambda c: (len(c), c))
    matrix = np.full((len(cells), len(cells)), 2.0)
    for i, a in enumerate(cells):
        for j, b in enumerate(cells):
            if i == j or set(a) <= set(b) or set(b) <= set(a):
                matrix[i, j] = float(i != j)
    essential = {p: len(rips(torch.tensor(matrix), 1, 1.0, p, distances=True).essential[1]) for p in (2, 3)}
    assert essential == {2: 1, 3: 0}


def test_dimension_0_is_the_minimum_spanning_tree(rng: np.random.Generator) -> None:
    for d in (1, 2, 3, 8, 9, 40):
        points = rng.normal(size=(60, d))
        tree = np.sort(minimum_spanning_tree(cdist(points, points)).data)
        for max_dim in (0, 1):
            np.testing.assert_allclose(np.sort(rips(torch.tensor(points), max_dim)[0].deaths.numpy()), tree, rtol=1e-12)


def test_dimension_0_is_one_whichever_way_it_is_computed(rng: np.random.Generator) -> None:
    for trial in range(60):
        d = int(rng.integers(1, 12))
        points = torch.tensor(rng.integers(0, 3, (int(rng.integers(1, 30)), d)).astype(float))
        one, two = rips(points, 0), rips(points, 1)
        matrix = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
        three = rips(matrix, 0, distances=True)
        for other in (two, three):
            torch.testing.assert_close(one[0].points, other[0].points)
            torch.testing.assert_close(one[0].pairs, other[0].pairs, msg=f"trial {trial}")
            torch.testing.assert_close(one.essential[0].pairs, other.essential[0].pairs)


def bars_equal(a: Bars, b: Bars) -> None:
    torch.testing.assert_close(a.points, b.points, rtol=0, atol=0)
    assert torch.equal(a.pairs, b.pairs)


@pytest.mark.parametrize("max_dim", [0, 1])
@pytest.mark.parametrize("dimensions", [2, 20])
def test_a_batch_is_its_clouds_one_by_one(max_dim: int, dimensions: int) -> None:
    batch = torch.randn(7, 40, dimensions)
    d = rips(batch, max_dim)
    assert len(d) == 7
    for k, cloud in enumerate(batch):
        one, part = rips(cloud, max_dim), d.select(k)
        for dim in range(max_dim + 1):
            bars_equal(part[dim], one[dim])
            bars_equal(part.essential[dim], one.essential[dim])


def test_many_threads_give_what_one_gives() -> None:
    batch = torch.randn(40, 60, 2)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = rips(batch)
        torch.set_num_threads(3)
        together = rips(batch)
    finally:
        torch.set_num_threads(before)
    for dim in (0, 1):
        bars_equal(alone[dim], together[dim])
        assert torch.equal(alone[dim].component, together[dim].component)


def test_lists_and_complexes_hold_clouds_of_different_sizes() -> None:
    clouds = [torch.randn(n, 3) for n in (5, 1, 12, 2)]
    d = rips(clouds)
    c = cc.Complex.points(torch.cat(clouds), [5, 1, 12, 2])
    for k, cloud in enumerate(clouds):
        bars_equal(d.select(k)[1], rips(cloud)[1])
        bars_equal(d.select(k)[0], rips(c).select(k)[0])
    assert d.essential[0].component.tolist() == [0, 1, 2, 3]


def test_lists_of_matrices_are_taken_one_by_one() -> None:
    clouds = [torch.rand(n, 3) for n in (6, 1, 15)]
    matrices = [torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist") for x in clouds]
    d, expected = rips(matrices, distances=True), rips(clouds)
    for dim in (0, 1):
        torch.testing.assert_close(d[dim].points, expected[dim].points)
        assert torch.equal(d[dim].pairs, expected[dim].pairs)
    batch = torch.stack([matrices[0], matrices[0] * 2])
    torch.testing.assert_close(rips(batch, distances=True).select(1)[0].deaths, 2 * expected.select(0)[0].deaths)


@given(st.integers(0, 10_000), st.integers(2, 30))
def test_relabelling_moving_turning_and_scaling(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 3))
    d = rips(torch.tensor(points))
    turned = points[rng.permutation(n)] @ np.linalg.qr(rng.normal(size=(3, 3)))[0] + rng.normal(size=3)
    same(rips(torch.tensor(turned)), [sorted_bars(d, dim) for dim in (0, 1)], rtol=1e-6)
    same(rips(torch.tensor(4 * points)), [4 * sorted_bars(d, dim) for dim in (0, 1)], rtol=0)


def test_relabelling_changes_no_value_at_all(rng: np.random.Generator) -> None:
    points = rng.normal(size=(50, 20))
    moved = rips(torch.tensor(points[rng.permutation(50)]))
    same(moved, [sorted_bars(rips(torch.tensor(points)), dim) for dim in (0, 1)], rtol=0)


def total(d: Diagram) -> Tensor:
    """A smooth function of all bars."""
    sums = [(bars.deaths**2 + 0.5 * bars.births).sum() for bars in (d[dim] for dim in d.dimensions)]
    return torch.stack(sums).sum()


@pytest.mark.parametrize("shape", [(12, 2), (3, 9, 2), (10, 12)])
def test_gradients_are_finite_differences(shape: tuple[int, ...]) -> None:
    points = torch.randn(*shape, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: total(rips(x)), (points,))
    assert torch.autograd.gradcheck(lambda x: total(rips(x, 0)), (points,))


def test_second_derivatives_are_finite_differences() -> None:
    points = torch.randn(9, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(lambda x: total(rips(x)), (points,))


def test_gradients_of_matrices_stand_in_the_upper_triangle() -> None:
    points = torch.randn(9, 2, dtype=torch.float64)
    matrix = torch.cdist(points, points).requires_grad_()
    d = rips(matrix, distances=True)
    d[0].deaths.sum().backward()
    ends = d[0].pairs[:, 2:]
    expected = torch.zeros(9, 9, dtype=torch.float64)
    expected[ends.min(1).values, ends.max(1).values] = 1.0
    torch.testing.assert_close(matrix.grad, expected)


def test_points_that_coincide_pull_at_nothing() -> None:
    points = torch.tensor([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [3.0, 4.0]], requires_grad=True)
    d = rips(points)
    assert d[0].points.tolist() == [[0.0, 5.0]]  # bars of length 0 are left out
    total(d).backward()
    assert points.grad is not None
    assert bool(points.grad.isfinite().all())


def test_gradient_of_a_sum_over_a_batch_is_that_of_its_clouds() -> None:
    batch = torch.randn(4, 15, 2, requires_grad=True)
    total(rips(batch)).backward()
    for k in range(4):
        one = batch.detach()[k].clone().requires_grad_()
        total(rips(one)).backward()
        torch.testing.assert_close(batch.grad[k], one.grad)


def test_no_matrix_of_distances_keeps_a_gradient() -> None:
    points = torch.randn(300, 2, requires_grad=True)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        rips(points)[1].lifetimes.sum()
    assert max(kept) < 300 * 10


@pytest.mark.parametrize(("dtype", "result"), [(torch.float16, torch.float32), (torch.bfloat16, torch.float32)])
def test_half_precision_is_read_as_float32(dtype: torch.dtype, result: torch.dtype) -> None:
    points = torch.randn(12, 2).to(dtype).requires_grad_()
    d = rips(points)
    assert d[0].deaths.dtype == result
    bars_equal(d[0].detach(), rips(points.detach().float())[0])
    d[0].deaths.sum().backward()
    assert points.grad is not None
    assert points.grad.dtype == dtype


def test_whole_numbers_are_lengths_too() -> None:
    assert rips(torch.tensor([[0, 0], [3, 4]]))[0].points.tolist() == [[0.0, 5.0]]
    assert rips(torch.tensor([[0, 2], [2, 0]]), distances=True)[0].points.tolist() == [[0.0, 2.0]]


def test_infinite_distances_join_nothing() -> None:
    inf = math.inf
    matrix = torch.tensor([[0.0, 1.0, inf], [1.0, 0.0, inf], [inf, inf, 0.0]])
    for max_dim in (0, 1):
        d = rips(matrix, max_dim, distances=True)
        assert d[0].points.tolist() == [[0.0, 1.0]]
        assert d.essential[0].pairs[:, 0].tolist() == [0, 2]
    with_limit = rips(matrix, threshold=inf, distances=True)
    assert len(with_limit.essential[0]) == 2


def test_the_smallest_clouds() -> None:
    nothing = rips(torch.zeros(0, 2))
    assert (len(nothing), len(nothing[0]), len(nothing.essential[0]), len(nothing[1])) == (1, 0, 0, 0)
    one = rips(torch.zeros(1, 2))
    assert one.essential[0].points.tolist() == [[0.0, math.inf]]
    mixed = rips([torch.zeros(0, 2), torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.zeros(0, 2)])
    assert (mixed[0].component.tolist(), mixed.essential[0].component.tolist(), len(mixed)) == ([1], [1], 3)
    assert len(rips(torch.zeros(0, 5, 2))) == 0
    assert rips(torch.zeros(0, 0), distances=True).dimensions == (0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("field", [2, 3])
def test_agrees_with_gudhi_on_thousands(field: int) -> None:
    rng = np.random.default_rng(7)
    for trial in range(2000):
        n = int(rng.integers(1, 45))
        if trial % 2:
            points = rng.normal(size=(n, int(rng.integers(1, 6))))
            matrix = cdist(points, points)
        else:
            matrix = rng.integers(1, 1 + int(rng.integers(1, 30)), (n, n)).astype(float)
            matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
        same(rips(torch.tensor(matrix), field=field, distances=True), peer(matrix, 1, field))


@pytest.mark.parametrize("field", [2, 3])
def test_dimension_2_is_gudhis(field: int, rng: np.random.Generator) -> None:
    clouds = []
    for trial in range(12):
        points = rng.normal(size=(int(rng.integers(1, 22)), 3))
        if trial % 2:
            points /= np.linalg.norm(points, axis=1, keepdims=True)
        clouds.append(torch.tensor(points))
    d = rips(clouds, 2, field=field)
    for k, points in enumerate(clouds):
        same(d.select(k), peer(cdist(points, points), 2, field))
    limit = rips(clouds[-1], 2, 0.9, field)
    same(limit, peer(cdist(clouds[-1], clouds[-1]), 2, field, 0.9))


def test_gradients_of_a_void_are_finite_differences() -> None:
    octahedron = torch.tensor([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
    points = (octahedron.double() + 0.05 * torch.randn(6, 3, dtype=torch.float64)).requires_grad_()
    assert len(rips(points, 2)[2]) == 1
    assert torch.autograd.gradcheck(lambda x: total(rips(x, 2)), (points,))


def test_two_engines_give_the_same_pairs_to_the_last_edge(rng: np.random.Generator) -> None:
    from cochain.persistence.rips_engine import rips_cohomology

    for trial in range(40):
        n, field = int(rng.integers(2, 40)), (2, 3)[trial % 2]
        points = rng.normal(size=(n, 2)) if trial % 4 < 2 else rng.integers(0, 5, (n, 2)).astype(float)
        matrix = cdist(points, points)
        d, other = rips(torch.tensor(matrix), field=field, distances=True), rips_cohomology(matrix, 1, None, field)
        for dim in (0, 1):
            bars = other.finite[dim]
            pairs = np.column_stack([bars.birth_edges, bars.death_edges]).reshape(-1, 4)
            assert np.array_equal(d[dim].pairs.numpy(), pairs)
