"""What is said about clouds and matrices that cannot be read."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import cochain as cc
from cochain.errors import ComplexError, ShapeError
from cochain.persistence import alpha, distance_to_measure, guard, landmarks, rips, witness

nan, inf = math.nan, math.inf


@pytest.mark.parametrize("wrong", [nan, inf, -inf, 1e200])
@pytest.mark.parametrize("read", [rips, alpha, lambda x: witness(x, 3), lambda x: landmarks(x, 2)])
def test_coordinates_are_finite(wrong: float, read: Callable[[Tensor], object]) -> None:
    points = torch.zeros(2, 4, 2, dtype=torch.float64)
    points[1, 2, 0] = wrong
    with pytest.raises(ShapeError, match=r"finite and below 1e\+150, but point 2 of cloud 1 is .*; remove or impute"):
        read(points)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (torch.zeros(3), r"points should be \(points, dimensions\), .* but have shape \(3,\); one cloud of one"),
        (torch.zeros(1, 2, 3, 4), r"but have shape \(1, 2, 3, 4\)"),
        (torch.zeros(3, 0), r"points should have a dimension at least, but have shape \(3, 0\)"),
        ([], "one cloud at least, but the list is empty"),
        (
            [torch.zeros(2, 2), torch.zeros(2)],
            r"cloud 1 should be a tensor \(points, dimensions\), but has shape \(2,\)",
        ),
        ([torch.zeros(2, 2), torch.zeros(2, 3)], r"one number of dimensions, but have \[2, 3\]"),
        (torch.zeros(3, 2, dtype=torch.bool), r"real numbers, but have type torch.bool"),
        (torch.zeros(3, 2, dtype=torch.complex64), r"real numbers, but have type torch.complex64"),
    ],
)
def test_shapes_of_clouds(points: Tensor | list[Tensor], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        rips(points)


def test_a_complex_has_positions() -> None:
    with pytest.raises(ComplexError, match=r"should have positions in c\[0\].pos, but has none"):
        rips(cc.Complex.graph([(0, 1)]))
    with pytest.raises(ShapeError, match="but are a complex; leave distances=True out"):
        rips(cc.Complex.points(torch.zeros(2, 2)), distances=True)


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ((0, 1), nan, r"at least 0, but entry \(0, 1\) of cloud 0 is nan"),
        ((2, 1), -1.0, r"at least 0, but entry \(2, 1\) of cloud 0 is -1"),
        ((0, 2), 3.0, r"symmetric, but entry \(0, 2\) of cloud 0 is 3 and entry \(2, 0\) is 1; torch.maximum"),
        ((0, 2), inf, r"symmetric, but entry \(0, 2\) of cloud 0 is inf"),
        (
            (1, 1),
            0.5,
            r"to itself should be 0, but is 0.5 for point 1 of cloud 0; births of points are given as weights",
        ),
    ],
)
def test_matrices_are_distances(entry: tuple[int, int], value: float, message: str) -> None:
    matrix = torch.ones(3, 3) - torch.eye(3)
    matrix[entry] = value
    with pytest.raises(ShapeError, match=message):
        rips(matrix, distances=True)


def test_matrices_are_square() -> None:
    with pytest.raises(ShapeError, match=r"a square matrix, but cloud 0 has shape \(3, 2\); leave distances=True out"):
        rips(torch.zeros(3, 2), distances=True)


def test_rounding_is_no_asymmetry() -> None:
    matrix = torch.tensor([[0.0, 1.0], [1.0 + 1e-7, 0.0]])
    assert rips(matrix, distances=True)[0].points.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_dim": -1}, "max_dim should be at least 0, but is -1"),
        ({"threshold": -0.1}, "threshold should be a length >= 0, or None for no threshold, but is -0.1"),
        ({"threshold": nan}, "threshold should be a length"),
        ({"threshold": True}, "threshold should be a length"),
        ({"field": 4}, "should be prime, but 4 is 2"),
        ({"weights": torch.ones(3)}, r"weights should be 4 numbers, one for each point .* but have shape \(3,\)"),
        ({"weights": torch.tensor([0.0, -1.0, 0.0, 0.0])}, "finite and at least 0, but weight 1 is -1"),
        ({"weights": torch.tensor([0.0, 0.0, nan, 0.0])}, "finite and at least 0, but weight 2 is nan"),
        ({"weights": torch.ones(4), "power": 0.5}, "power should be a number >= 1, but is 0.5"),
        ({"sparse": 0.0}, "sparse should be a number > 0, the error allowed, but is 0.0"),
        ({"sparse": 0.5, "weights": torch.ones(4)}, "sparse should be asked for with points alone"),
    ],
)
def test_arguments(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        rips(torch.eye(4), **arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: alpha(x, -1), "max_dim should be at least 0, but is -1"),
        (lambda x: witness(x, 0), "landmarks should be at least 1, but are 0"),
        (lambda x: witness(x, 2, -1), "max_dim should be at least 0, but is -1"),
        (lambda x: witness(x, 2, max_alpha=-1.0), "max_alpha should be a number >= 0, a squared length, but is -1.0"),
        (lambda x: landmarks(x, 0), "count should be at least 1, but is 0"),
        (lambda x: distance_to_measure(x, 0), "neighbors should be at least 1, the point itself, but are 0"),
        (lambda x: distance_to_measure(x, 2, inf), "power should be a number >= 1, but is inf"),
    ],
)
def test_arguments_of_the_others(call: Callable[[Tensor], object], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        call(torch.eye(4))


def test_what_would_not_fit_is_refused_with_what_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "free_memory", lambda: 100_000)
    points = torch.randn(200, 2)
    assert len(rips(points, 0)[0]) == 199  # no pairs are kept
    with pytest.raises(ComplexError, match=r"pairs of 200 points should fit the 100 KB .* take 480 KB; take max_dim=0"):
        rips(points)
    fits = 81
    with pytest.raises(ComplexError, match=rf"take {fits} of the points, points\[landmarks\(points, {fits}\)\]"):
        rips(points)
    assert len(rips(points[landmarks(points, fits)])[0]) == fits - 1
    monkeypatch.setattr(guard, "free_memory", lambda: None)
    assert len(rips(points)[0]) == 199


def test_simplices_are_counted_before_they_are_made(monkeypatch: pytest.MonkeyPatch, rng: object) -> None:
    monkeypatch.setattr(guard, "free_memory", lambda: 1_000_000)
    points = torch.rand(100, 2, dtype=torch.float64)
    matrix = torch.cdist(points, points).numpy()
    with pytest.raises(
        ComplexError, match=r"simplices of rank 2 on 100 points .* 1 MB .* about 1.6e.05 of them"
    ) as error:
        guard.check_simplices(matrix, 2, inf, 16)
    threshold = float(str(error.value).split("threshold of about ")[1].split(",")[0])
    triples = torch.combinations(torch.arange(100), 3)
    sides = [torch.from_numpy(matrix)[triples[:, i], triples[:, j]] for i, j in ((0, 1), (0, 2), (1, 2))]
    count = int((torch.stack(sides).amax(0) <= threshold).sum())
    assert 0.7e6 < 16 * count < 0.9e6  # four fifths of what is free
    guard.check_simplices(matrix, 2, threshold, 16)
    guard.check_simplices(matrix, 1, inf, 16)


def test_witnesses_are_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    from cochain.persistence import witnesses

    monkeypatch.setattr(witnesses, "free_memory", lambda: 10_000)
    with pytest.raises(
        ComplexError, match=r"simplices on 20 landmarks should fit the 10 KB .* take fewer landmarks or"
    ):
        witness(torch.randn(30, 2), 20)
    assert len(witness(torch.randn(30, 2), 20, max_alpha=0.0)) == 1
