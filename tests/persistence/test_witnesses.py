"""Witness persistence: against GUDHI, against the definition, and gradients."""

from itertools import combinations

import gudhi
import numpy as np
import pytest
import torch

import cochain as cc
from cochain.persistence import landmarks, witness


def definition(points: np.ndarray, chosen: np.ndarray, simplex: tuple[int, ...], strong: bool) -> float:
    """The value of a simplex on landmarks, as the docstring's formula has it."""
    square = ((points[:, None] - points[None]) ** 2).sum(-1)

    def excess(p: int, face: tuple[int, ...]) -> float:
        rest = chosen if strong else [q for q in chosen if q not in face]
        return max(0.0, max(square[p, q] for q in face) - min((square[p, q] for q in rest), default=np.inf))

    faces = [simplex] if strong else [f for k in range(len(simplex)) for f in combinations(simplex, k + 1)]
    return max(min(excess(p, face) for p in range(len(points))) for face in faces)


@pytest.mark.parametrize("strong", [False, True])
def test_values_are_those_of_the_definition_and_of_gudhi(strong: bool, rng: np.random.Generator) -> None:
    for _ in range(12):
        points = rng.random((30, 2))
        table = torch.tensor(points)
        d = witness(table, 8, strong=strong)
        chosen = np.sort(landmarks(table, 8).numpy())
        kind = gudhi.EuclideanStrongWitnessComplex if strong else gudhi.EuclideanWitnessComplex
        tree = kind(landmarks=points[chosen], witnesses=points).create_simplex_tree(np.inf, 2)
        tree.compute_persistence(homology_coeff_field=2)
        for dim in (0, 1):
            expected = tree.persistence_intervals_in_dimension(dim).reshape(-1, 2)
            expected = expected[np.isfinite(expected[:, 1])]
            ours = d[dim].as_array()
            np.testing.assert_allclose(
                ours[np.lexsort(ours.T)], expected[np.lexsort(expected.T)], rtol=1e-9, atol=1e-12
            )
            for (birth, death), pair in zip(ours, d[dim].pairs.tolist(), strict=True):
                one, two = tuple(pair[: dim + 1]), tuple(pair[dim + 1 :])
                assert birth == pytest.approx(definition(points, chosen, one, strong), abs=1e-12)
                assert death == pytest.approx(definition(points, chosen, two, strong), abs=1e-12)


@pytest.mark.parametrize("strong", [False, True])
def test_gradients_are_finite_differences(strong: bool) -> None:
    points = torch.randn(14, 2, dtype=torch.float64, requires_grad=True)

    def total(x: torch.Tensor) -> torch.Tensor:
        d = witness(x, 10, strong=strong)
        return torch.cat([d[dim].deaths ** 2 + 0.5 * d[dim].births for dim in (0, 1)]).sum()

    assert len(witness(points, 10, strong=strong)[1])
    assert torch.autograd.gradcheck(total, (points,))


def test_clouds_one_by_one() -> None:
    clouds = [torch.rand(n, 2) for n in (20, 3, 0, 25)]
    d = witness(clouds, 6)
    c = witness(cc.Complex.points(torch.cat(clouds), [20, 3, 0, 25]), 6)
    for k, cloud in enumerate(clouds):
        torch.testing.assert_close(d.select(k)[1].points, witness(cloud, 6)[1].points)
        torch.testing.assert_close(c.select(k)[0].points, d.select(k)[0].points)
    assert len(d) == 4


def test_landmarks_are_far_apart() -> None:
    line = torch.tensor([[0.0], [1.0], [2.0], [9.0], [10.0]])
    assert landmarks(line, 3).tolist() == [4, 0, 2]  # the centre is 4.4; 2 is two from 0, 9 is one from 10
    assert sorted(landmarks([line, line[:2]], 9).tolist()) == [0, 1, 2, 3, 4, 5, 6]
