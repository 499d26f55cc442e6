"""Sliced and entropic distances, kernels and means: by hand, against dense formulas, and in the limit."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings

import diagrams as made
from cochain.errors import ShapeError
from cochain.persistence import (
    entropic_wasserstein,
    fisher_distance,
    frechet_mean,
    from_points,
    scale_space_kernel,
    sliced_wasserstein,
    wasserstein,
    weighted_gaussian_kernel,
)

INF = float("inf")


def dense_sliced(x, y, directions):
    angles = -np.pi / 2 + np.arange(directions) * np.pi / directions
    total = 0.0
    for angle in angles:
        line = np.array([np.cos(angle), np.sin(angle)])
        nearest = [np.repeat(each.mean(axis=1, keepdims=True), 2, axis=1) for each in (x, y)]
        left = np.sort(np.concatenate([x, nearest[1]]) @ line)
        right = np.sort(np.concatenate([y, nearest[0]]) @ line)
        total += np.abs(left - right).sum()
    return total / directions


@given(a=made.unions(), b=made.unions())
@settings(max_examples=12)
def test_sliced_is_the_mean_over_lines(a, b):
    found = sliced_wasserstein(made.diagram_of(a), made.diagram_of(b), 0, directions=7, pairs="all")
    np.testing.assert_allclose(found, [[dense_sliced(x, y, 7) for y in b] for x in a], atol=1e-9)


def test_sliced_by_hand():
    """One point against nothing, on the vertical line alone: it moves from -2 to -1."""
    a, b = from_points([[[0.0, 2.0]]]), from_points([[]])
    torch.testing.assert_close(sliced_wasserstein(a, b, 0, directions=1), torch.ones(1))
    essential = from_points([[[0.0, 2.0], [1.0, INF]]]), from_points([[[4.0, INF]]])
    torch.testing.assert_close(sliced_wasserstein(*essential, 0, directions=1), torch.full((1,), 4.0))
    assert sliced_wasserstein(essential[0], a, 0).tolist() == [INF]


def test_sliced_lies_below_the_euclidean_distance(rng):
    """A projection shortens every step of a matching, and points on the diagonal may help."""
    d = made.diagram_of(made.random_union(rng, 6, 8))
    sliced = sliced_wasserstein(d, d, 0, pairs="all")
    assert (sliced <= 2 * wasserstein(d, d, 0, 1.0, 2.0, pairs="all") + 1e-9).all()
    assert (sliced + torch.eye(6) > 0.01).all()
    assert torch.linalg.eigvalsh((-sliced).exp()).min() > 0  # negative definite, so this is a kernel


def test_entropic_falls_to_the_exact_distance(rng):
    a, b = made.diagram_of(made.random_union(rng, 3, 5)), made.diagram_of(made.random_union(rng, 3, 4))
    exact = wasserstein(a, b, 0, 2.0, 2.0, pairs="all").square()
    gaps = [
        entropic_wasserstein(a, b, 0, epsilon, pairs="all", iterations=600) - exact for epsilon in (0.3, 0.03, 0.003)
    ]
    assert all((gap > 0).all() for gap in gaps)
    assert (gaps[2] < gaps[1]).all()
    assert (gaps[1] < gaps[0]).all()
    assert gaps[2].max() < 0.05


def dense_entropic(x, y, epsilon):
    """The definition, minimised by plain scaling of a small matrix."""
    n, m = len(x), len(y)
    cost = np.zeros((n + 1, m + 1))
    cost[:n, :m] = ((x[:, None] - y[None]) ** 2).sum(axis=2)
    cost[:n, m], cost[n, :m] = (x[:, 1] - x[:, 0]) ** 2 / 2, (y[:, 1] - y[:, 0]) ** 2 / 2
    rows, columns = np.append(np.ones(n), m), np.append(np.ones(m), n)
    prior = np.outer(rows, columns) / (n + m)
    kernel = prior * np.exp(-cost / epsilon)
    v = np.ones(m + 1)
    for _ in range(3000):
        u = rows / (kernel @ v)
        v = columns / (kernel.T @ u)
    plan = u[:, None] * kernel * v
    return (plan * cost).sum() + epsilon * (plan * np.log(plan / prior)).sum()


def test_entropic_is_its_definition(rng):
    a, b = made.random_union(rng, 2, 4), [made.random_points(rng, 3), made.random_points(rng, 6)]
    found = entropic_wasserstein(made.diagram_of(a), made.diagram_of(b), 0, 0.1, iterations=3000, tolerance=1e-12)
    np.testing.assert_allclose(found, [dense_entropic(x, y, 0.1) for x, y in zip(a, b, strict=True)], rtol=1e-8)


def test_entropic_of_empty_and_essential():
    empty, one = from_points([[]]), from_points([[[0.0, 2.0]]])
    assert entropic_wasserstein(empty, empty, 0, 0.1).tolist() == [0.0]
    torch.testing.assert_close(entropic_wasserstein(one, empty, 0, 0.1), torch.tensor([2.0]), atol=1e-4, rtol=0)
    assert entropic_wasserstein(from_points([[[0.0, INF]]]), empty, 0, 0.1).tolist() == [INF]


def dense_scale_space(x, y, sigma):
    total = 0.0
    for p in x:
        for q in y:
            mirrored = np.exp(-((p - q[::-1]) ** 2).sum() / (8 * sigma))
            total += np.exp(-((p - q) ** 2).sum() / (8 * sigma)) - mirrored
    return total / (8 * np.pi * sigma)


def dense_weighted(x, y, sigma, scale, power):
    total = 0.0
    for p in x:
        for q in y:
            weight = np.arctan(scale * (p[1] - p[0]) ** power) * np.arctan(scale * (q[1] - q[0]) ** power)
            total += weight * np.exp(-((p - q) ** 2).sum() / (2 * sigma**2))
    return total


def dense_fisher(x, y, sigma):
    left = np.concatenate([x, np.repeat(y.mean(axis=1, keepdims=True), 2, axis=1)])
    right = np.concatenate([y, np.repeat(x.mean(axis=1, keepdims=True), 2, axis=1)])
    places = np.concatenate([left, right])
    densities = []
    for points in (left, right):
        rho = np.array([np.exp(-((u - points) ** 2).sum(axis=1) / (2 * sigma**2)).sum() for u in places])
        densities.append(rho / rho.sum())
    return np.arccos(np.minimum(np.sqrt(densities[0] * densities[1]).sum(), 1.0))


def test_kernels_are_their_formulas(rng):
    a = [made.random_points(rng, n) for n in (3, 1, 5)]
    b = [made.random_points(rng, n) for n in (2, 4)]
    one, other = made.diagram_of(a), made.diagram_of(b)
    found = scale_space_kernel(one, other, 0, 0.2)
    np.testing.assert_allclose(found, [[dense_scale_space(x, y, 0.2) for y in b] for x in a], rtol=1e-9)
    found = weighted_gaussian_kernel(one, other, 0, 0.4, 2.0, 1.5)
    np.testing.assert_allclose(found, [[dense_weighted(x, y, 0.4, 2.0, 1.5) for y in b] for x in a], rtol=1e-9)
    found = fisher_distance(one, other, 0, 0.3)
    np.testing.assert_allclose(found, [[dense_fisher(x, y, 0.3) for y in b] for x in a], rtol=1e-6)


def test_kernels_are_positive_definite_and_bear_empty_diagrams(rng):
    d = made.diagram_of([*made.random_union(rng, 5, 6), np.zeros((0, 2))])
    for gram in (scale_space_kernel(d, d, 0, 0.1), weighted_gaussian_kernel(d, d, 0, 0.3)):
        torch.testing.assert_close(gram, gram.T)
        assert torch.linalg.eigvalsh(gram[:5, :5]).min() > 1e-9
        assert (gram[5] == 0).all()
    fisher = fisher_distance(d, d, 0, 0.3)
    assert (fisher.diagonal() < 1e-15).all()
    assert fisher.isfinite().all()
    torch.testing.assert_close(fisher, fisher.T)
    assert (fisher <= torch.pi / 2).all()


@pytest.mark.parametrize(
    "measure",
    [
        lambda a, b: sliced_wasserstein(a, b, 0, directions=5),
        lambda a, b: entropic_wasserstein(a, b, 0, 0.2, iterations=5000, tolerance=1e-13),
        lambda a, b: scale_space_kernel(a, b, 0, 0.2),
        lambda a, b: weighted_gaussian_kernel(a, b, 0, 0.3),
        lambda a, b: fisher_distance(a, b, 0, 0.3),
    ],
)
def test_gradients_are_finite_differences(rng, measure):
    parts = [torch.tensor(made.random_points(rng, n), requires_grad=True) for n in (3, 2, 4, 1)]
    assert torch.autograd.gradcheck(
        lambda *p: measure(from_points(p[:2]), from_points(p[2:])), parts, atol=1e-5, fast_mode=True
    )


def test_mean_by_hand():
    """Two bars meet half-way; a bar that one of two diagrams lacks goes half-way to the diagonal."""
    d = from_points([[[0.0, 4.0]], [[2.0, 6.0], [10.0, 12.0]]])
    found = frechet_mean(d, 0)
    points = sorted(found.diagram[0].points.tolist())
    np.testing.assert_allclose(points, [[1, 5], [10.5, 11.5]], atol=1e-6)
    # Each is 2 from the first pair (squared, Euclidean); the third is 1/2 from either side.
    assert float(found.variance.detach()) == pytest.approx(2.0 + 0.5)
    assert found.settled


def test_mean_is_a_local_minimum_and_differentiable(rng):
    parts = [torch.tensor(made.random_points(rng, n), requires_grad=True) for n in (4, 5, 3, 5)]
    found = frechet_mean(from_points(parts), 0)
    variance = float(found.variance.detach())
    assert found.settled
    assert variance == pytest.approx(
        float(wasserstein(found.diagram, from_points(parts), 0, 2.0, 2.0).detach().square().mean())
    )
    for _ in range(20):
        moved = found.diagram[0].points.detach() + 1e-3 * torch.tensor(rng.normal(size=(len(found.diagram[0]), 2)))
        further = wasserstein(from_points([moved]), from_points(parts), 0, 2.0, 2.0).square().mean()
        assert float(further.detach()) > variance
    assert torch.autograd.gradcheck(
        lambda *p: frechet_mean(from_points(p), 0).diagram[0].points.sum(), parts, fast_mode=True
    )
    assert torch.autograd.gradcheck(lambda *p: frechet_mean(from_points(p), 0).variance, parts, fast_mode=True)


def test_mean_of_one_and_of_equals(rng):
    part = made.random_points(rng, 5)
    found = frechet_mean(made.diagram_of([part, part, part]), 0)
    np.testing.assert_allclose(sorted(found.diagram[0].points.tolist()), sorted(part.tolist()))
    assert float(found.variance.detach()) == pytest.approx(0.0, abs=1e-20)
    assert len(frechet_mean(from_points([[], []]), 0).diagram[0]) == 0


def test_messages():
    d = from_points([[[0.0, 1.0]]])
    with pytest.raises(ShapeError, match="directions should be at least 1, but is 0"):
        sliced_wasserstein(d, d, 0, directions=0)
    with pytest.raises(ShapeError, match=r"epsilon should be positive, but is 0.0; wasserstein is the limit"):
        entropic_wasserstein(d, d, 0, 0.0)
    with pytest.raises(ShapeError, match=r"sigma should be positive, but is -1.0"):
        scale_space_kernel(d, d, 0, -1.0)
    with pytest.raises(ShapeError, match="start should be a component of a union that is not empty, but is 3 of 1"):
        frechet_mean(d, 0, start=3)
