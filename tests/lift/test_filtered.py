"""Alpha and witness complexes against GUDHI and by brute force."""

import math
from itertools import combinations

import gudhi
import numpy as np
import pytest
import torch
from torch.testing import assert_close

from cochain import Complex, ComplexError, ShapeError
from cochain.lift import alpha, rips, witness


def test_an_alpha_complex_by_hand() -> None:
    # a right triangle of sides 3, 4, 5: every value is that of a half side, and the triangle's that of the longest
    c = Complex.points([[0.0, 0.0], [3, 0], [0, 4]]).with_cochain(0, "x", [[0.0], [3], [9]])
    lifted = alpha(c).validate()
    assert lifted.sizes == (3, 3, 1)
    assert_close(lifted[0].filtration, torch.zeros(3))
    assert_close(lifted[1].filtration, torch.tensor([2.25, 4.0, 6.25]))
    assert_close(lifted[2].filtration, torch.tensor([6.25]))
    assert_close(lifted[2].x, torch.tensor([[4.0]]))
    assert alpha(c, 5).sizes == (3, 2, 0)
    assert alpha(c, 2, 1).sizes == (3, 0)


def test_weights_by_hand() -> None:
    # balls of squared radius 1 and 0 at distance 2 meet where 1 + a = (1 + s)^2 and a = (1 - s)^2: s = 1/4, a = 9/16
    c = Complex.points([[0.0], [2.0]]).with_cochain(0, "weight", [1.0, 0.0])
    lifted = alpha(c, weighted=True)
    assert_close(lifted[0].filtration, torch.tensor([-1.0, 0.0]))
    assert_close(lifted[1].filtration, torch.tensor([9 / 16]))
    assert alpha(c, 0.5, weighted=True).sizes == (2, 0, 0)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_alpha_is_that_of_gudhi(dimension: int) -> None:
    pos = torch.rand(40, dimension, dtype=torch.float64)
    lifted = alpha(pos, 0.05, 3).validate()
    tree = gudhi.AlphaComplex(points=pos.numpy()).create_simplex_tree()
    found = sorted((tuple(simplex), value) for simplex, value in tree.get_simplices() if value <= 0.05)
    for rank in range(4):
        wanted = [(simplex, value) for simplex, value in found if len(simplex) == rank + 1]
        assert [tuple(row) for row in lifted.simplices(rank).tolist()] == [simplex for simplex, _ in wanted]
        assert_close(lifted[rank].filtration, torch.tensor([value for _, value in wanted], dtype=torch.float64))


def test_values_are_empty_spheres() -> None:
    pos = torch.rand(15, 2, dtype=torch.float64)
    lifted = alpha(pos)
    for triangle, value in zip(lifted.simplices(2), lifted[2].filtration, strict=True):
        a, b, c = pos[triangle]
        centre = torch.linalg.solve(2 * torch.stack((b - a, c - a)), torch.stack((b @ b - a @ a, c @ c - a @ a)))
        assert_close((centre - a).square().sum(), value)
        assert ((pos - centre).square().sum(dim=1) >= value - 1e-12).all()


def test_a_circle_has_the_homology_of_a_circle() -> None:
    angle = torch.linspace(0, 2 * math.pi, 41, dtype=torch.float64)[:40]
    circle = torch.stack((angle.cos(), angle.sin()), 1) * (1 + 0.01 * torch.rand(40, 1))
    assert alpha(circle, 0.05).betti() == rips(circle, 0.45).betti()[:3] == (1, 1, 0)
    assert witness(circle, 12).betti()[:2] == (1, 1)


def brute_witness(pos: np.ndarray, marks: np.ndarray, bound: float, top: int) -> dict[int, list[tuple[int, ...]]]:
    """The definition: a simplex and all its faces are witnessed by some point."""
    away = ((pos[:, None] - pos[marks][None]) ** 2).sum(axis=2)

    def witnessed(face: tuple[int, ...]) -> bool:
        others = [k for k in range(len(marks)) if k not in face]
        far = away[:, list(face)].max(axis=1)
        near = away[:, others].min(axis=1) if others else np.full(len(pos), np.inf)
        return bool((far <= near + bound).any())

    found: dict[int, list[tuple[int, ...]]] = {}
    for rank in range(top + 1):
        found[rank] = [
            cell
            for cell in combinations(range(len(marks)), rank + 1)
            if all(witnessed(face) for k in range(1, rank + 2) for face in combinations(cell, k))
        ]
    return found


@pytest.mark.parametrize("bound", [0.0, 0.02, 0.1])
def test_witnesses_by_definition(bound: float) -> None:
    pos = torch.rand(60, 2, dtype=torch.float64)
    lifted = witness(pos, 8, bound).validate()
    wanted = brute_witness(pos.numpy(), lifted[0].landmark.numpy(), bound, 2)
    for rank in range(3):
        assert [tuple(row) for row in lifted.simplices(rank).tolist()] == wanted[rank]
        assert (lifted[rank].filtration <= bound).all()


def test_landmarks_by_hand() -> None:
    c = Complex.points([[0.0], [1], [2], [3], [10]]).with_cochain(0, "x", torch.arange(5.0)[:, None])
    lifted = witness(c, 3).validate()  # the centre is 3.2: first 10, then 0, then 3
    assert lifted[0].landmark.tolist() == [0, 3, 4]
    assert lifted[0].x[:, 0].tolist() == [0, 3, 4]
    assert_close(lifted[0].pos, c[0].pos[[0, 3, 4]])
    assert lifted.simplices(1).tolist() == [[0, 1], [1, 2]]
    assert witness(c, 9).sizes[0] == 5


def test_messages() -> None:
    twins = Complex.points([[0.0, 0.0], [1, 1], [0, 0], [2, 0]])
    with pytest.raises(ComplexError, match="point 2 should have a cell of its own, but coincides with another"):
        alpha(twins)
    assert witness(twins, 4).validate().sizes[0] == 4
    with pytest.raises(ComplexError, match=r"weighted=True should read weights in c\[0\].weight, but there are none"):
        alpha(twins, weighted=True)
    with pytest.raises(ShapeError, match="weight should be one finite number for each of 4 points"):
        alpha(twins.with_cochain(0, "weight", torch.ones(4, 2)), weighted=True)
    hidden = Complex.points([[0.0, 0.0], [0.1, 0], [1, 1], [2, 0]]).with_cochain(0, "weight", [4.0, 0, 0, 0])
    with pytest.raises(ComplexError, match=r"point 1 should have a cell of its own, but .* hidden under heavier"):
        alpha(hidden, weighted=True)
    with pytest.raises(ComplexError, match="max_alpha should be a number >= 0, a squared length, but is -1"):
        alpha(twins, -1)
    with pytest.raises(ComplexError, match="max_rank should be at least 1"):
        alpha(twins, max_rank=0)
    with pytest.raises(ComplexError, match="landmarks should be at least 1, but are 0"):
        witness(twins, 0)
    with pytest.raises(ComplexError, match=r"alpha should read positions in c\[0\].pos, but there are none"):
        alpha(Complex.graph([(0, 1)]))
