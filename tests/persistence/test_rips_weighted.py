"""Weighted filtrations: by hand, against GUDHI, against the definition."""

import math

import gudhi.point_cloud.dtm
import numpy as np
import pytest
import torch
from gudhi.weighted_rips_complex import WeightedRipsComplex
from scipy.spatial.distance import cdist

from cochain.persistence import distance_to_measure, rips
from cochain.persistence.weighted import meeting


def test_by_hand() -> None:
    points = torch.tensor([[0.0], [2.0]])
    d = rips(points, weights=torch.tensor([0.25, 0.5]))
    assert d[0].points.tolist() == [[1.0, 2.75]]  # born at twice 0.5, dies at 2 + 0.25 + 0.5
    assert d[0].pairs.tolist() == [[1, 1, 0, 1]]
    assert d.essential[0].points.tolist() == [[0.5, math.inf]]
    near = rips(points, weights=torch.tensor([0.25, 5.0]))  # the ball of the first covers the second before it is born
    assert (len(near[0]), near.essential[0].births.tolist()) == (0, [0.5])


@pytest.mark.parametrize("power", [1, 1.5, 2, 3, math.inf])
def test_edges_are_born_when_their_balls_meet(power: float, rng: np.random.Generator) -> None:
    apart, f, g = (torch.tensor(rng.random(200)) for _ in range(3))
    t = meeting(apart, f, g, power)

    def reach(s: torch.Tensor) -> torch.Tensor:
        if power == math.inf:
            return torch.where(s >= f, s, 0) + torch.where(s >= g, s, 0)
        radii = [(s**power - each**power).clamp(min=0) ** (1 / power) for each in (f, g)]
        return radii[0] + radii[1]

    later = torch.maximum(f, g)
    waits = t / 2 <= later * (1 + 1e-12)
    assert bool((t / 2 >= later * (1 - 1e-12)).all())
    assert bool((reach(t / 2 * (1 + 1e-9)) >= apart * (1 - 1e-6)).all())  # they meet at that time
    early = t / 2 * (1 - 1e-6)
    assert bool((reach(early) < apart)[~waits].all())  # and not before
    torch.testing.assert_close(meeting(apart, f * 0, g * 0, power), apart)


@pytest.mark.parametrize("power", [1, 1.7, 2, math.inf])
def test_gradients_are_finite_differences(power: float) -> None:
    points = torch.randn(10, 2, dtype=torch.float64, requires_grad=True)
    weights = torch.rand(10, dtype=torch.float64, requires_grad=True)

    def total(x: torch.Tensor, f: torch.Tensor) -> torch.Tensor:
        d = rips(x, weights=f, power=power)
        return (d[0].deaths ** 2 + d[0].births).sum() + d[1].lifetimes.sum() + d.essential[0].births.sum()

    assert torch.autograd.gradcheck(total, (points, weights))


def test_agrees_with_gudhi(rng: np.random.Generator) -> None:
    for _ in range(60):
        n = int(rng.integers(2, 20))
        points, weights = rng.random((n, 2)), rng.random(n) / 2
        tree = WeightedRipsComplex(distance_matrix=cdist(points, points), weights=weights).create_simplex_tree(2)
        tree.compute_persistence(homology_coeff_field=2)
        d = rips(torch.tensor(points), weights=torch.tensor(weights))
        for dim in (0, 1):
            expected = tree.persistence_intervals_in_dimension(dim).reshape(-1, 2)
            ours = np.concatenate([d[dim].as_array(), d.essential[dim].as_array()])
            np.testing.assert_allclose(ours[np.lexsort(ours.T)], expected[np.lexsort(expected.T)], rtol=1e-9)
        zero = rips(torch.tensor(points), 0, weights=torch.tensor(weights))
        np.testing.assert_allclose(zero[0].points, d[0].points, rtol=1e-12)


def test_no_weight_is_no_change() -> None:
    batch = torch.randn(3, 20, 2, dtype=torch.float64)
    for power in (1, 2, 2.5, math.inf):
        d, plain = rips(batch, weights=torch.zeros(3, 20), power=power), rips(batch)
        for dim in (0, 1):
            torch.testing.assert_close(d[dim].points, plain[dim].points)
            torch.testing.assert_close(d[dim].pairs, plain[dim].pairs)


def test_matrices_take_weights_too() -> None:
    points, weights = torch.rand(15, 2, dtype=torch.float64), torch.rand(15, dtype=torch.float64)
    matrix = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
    one, two = rips(points, weights=weights), rips(matrix, weights=weights, distances=True)
    torch.testing.assert_close(one[1].points, two[1].points)


def test_distance_to_measure_is_gudhis(rng: np.random.Generator) -> None:
    points = rng.random((40, 3))
    for power in (1.0, 2.0, 3.0):
        expected = gudhi.point_cloud.dtm.DistanceToMeasure(k=6, q=power, dim=3).fit_transform(points)
        np.testing.assert_allclose(distance_to_measure(torch.tensor(points), 6, power), expected, rtol=1e-9)


def test_distance_to_measure_by_hand_and_its_gradient() -> None:
    points = torch.tensor([[0.0], [3.0], [7.0]], dtype=torch.float64, requires_grad=True)
    found = distance_to_measure(points, 2)
    torch.testing.assert_close(found.detach() ** 2, torch.tensor([4.5, 4.5, 8.0], dtype=torch.float64))
    assert torch.autograd.gradcheck(lambda x: distance_to_measure(x, 2), (points,))
    assert distance_to_measure(torch.zeros(1, 3, 2), 9).tolist() == [0.0, 0.0, 0.0]
    clouds = [torch.randn(3, 2), torch.zeros(0, 2), torch.randn(1, 2)]
    assert distance_to_measure(clouds, 2).shape == (4,)
