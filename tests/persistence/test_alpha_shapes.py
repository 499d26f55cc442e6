"""Alpha persistence: by hand, against GUDHI, gradients, and its relation to the union of balls."""

import math
from itertools import combinations

import gudhi
import numpy as np
import pytest
import torch

from cochain.persistence import alpha, rips
from cochain.persistence.alpha_shapes import circumradii_squared
from cochain.persistence.diagram import Diagram


def sorted_bars(d: Diagram, dim: int) -> np.ndarray:
    points = np.concatenate([d[dim].as_array(), d.essential[dim].as_array()])
    return points[np.lexsort(points.T)]


def test_an_equilateral_triangle_by_hand() -> None:
    points = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, math.sqrt(3)]], dtype=torch.float64)
    d = alpha(points)
    torch.testing.assert_close(d[1].points, torch.tensor([[1.0, 4 / 3]], dtype=torch.float64))
    assert d[1].pairs.tolist() in ([[0, 1, 0, 1, 2]], [[0, 2, 0, 1, 2]], [[1, 2, 0, 1, 2]])
    torch.testing.assert_close(d[0].deaths, torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(alpha(points, squared=False)[1].points, d[1].points.sqrt())


def test_an_obtuse_triangle_has_no_cycle() -> None:
    d = alpha(torch.tensor([[0.0, 0.0], [4.0, 0.0], [2.0, 0.5]]))
    assert len(d[1]) == 0
    torch.testing.assert_close(d[0].deaths, torch.full((2,), 4.25 / 4))


def test_radii_by_the_law_of_sines(rng: np.random.Generator) -> None:
    for d in (2, 3, 5):
        corners = torch.tensor(rng.random((20, 3, d)))
        sides = [(corners[:, i] - corners[:, j]).norm(dim=1) for i, j in combinations(range(3), 2)]
        half = sum(sides) / 2
        area = (half * (half - sides[0]) * (half - sides[1]) * (half - sides[2])).sqrt()
        radius = sides[0] * sides[1] * sides[2] / (4 * area)
        torch.testing.assert_close(circumradii_squared(corners), radius**2)


@pytest.mark.parametrize("field", [2, 11])
def test_agrees_with_gudhi(field: int, rng: np.random.Generator) -> None:
    for trial in range(80):
        d = int(rng.integers(1, 4))
        n = int(rng.integers(1, 30))
        points = rng.random((n, d)) if trial % 2 else rng.integers(0, 4, (n, d)).astype(float)
        tree = gudhi.AlphaComplex(points=points, precision="exact").create_simplex_tree()
        tree.compute_persistence(homology_coeff_field=field, persistence_dim_max=True)
        ours = alpha(torch.tensor(points), field=field)
        for dim in ours.dimensions:
            expected = tree.persistence_intervals_in_dimension(dim).reshape(-1, 2)
            np.testing.assert_allclose(
                sorted_bars(ours, dim), expected[np.lexsort(expected.T)], rtol=1e-6, err_msg=f"trial {trial}, {dim}"
            )


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("squared", [True, False])
def test_gradients_are_finite_differences(d: int, squared: bool) -> None:
    points = torch.randn(12, d, dtype=torch.float64, requires_grad=True)

    def total(x: torch.Tensor) -> torch.Tensor:
        found = alpha(x, squared=squared)
        return torch.stack([(found[dim].deaths ** 2 + found[dim].births).sum() for dim in found.dimensions]).sum()

    assert torch.autograd.gradcheck(total, (points,))


def test_components_of_balls_are_those_of_rips() -> None:
    points = torch.randn(5, 30, 3, dtype=torch.float64)
    balls, edges = alpha(points, 0, squared=False), rips(points, 0)
    for k in range(5):
        mine, other = balls.select(k)[0].deaths.sort().values, edges.select(k)[0].deaths.sort().values
        torch.testing.assert_close(2 * mine, other)


def test_a_batch_is_its_clouds_and_points_may_coincide() -> None:
    clouds = [torch.rand(n, 2) for n in (12, 1, 0, 20)]
    d = alpha(clouds)
    for k, cloud in enumerate(clouds):
        torch.testing.assert_close(d.select(k)[1].points, alpha(cloud)[1].points)
        assert len(d.select(k).essential[0]) == (len(cloud) > 0)
    twice = torch.cat([clouds[0], clouds[0][:3]])
    torch.testing.assert_close(alpha(twice)[1].points, d.select(0)[1].points)
    assert (len(alpha(twice)[0]), len(alpha(twice).essential[0])) == (11, 1)
