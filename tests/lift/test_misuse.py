"""Plausible mistakes in the arguments of a lift get our own message."""

from collections.abc import Callable
from typing import Any

import jaxtyping
import pytest
import torch

import cochain as cc
from cochain import lift


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off the annotations' checks of the tests, which users do not have."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


SQUARE = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3)])
POINTS = torch.rand(4, 2)
MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: lift.clique(SQUARE, max_rank=2.0), "max_rank should be an integer, but is 2.0"),
    (lambda: lift.clique(SQUARE, features=3), "is called '3'"),
    (lambda: lift.cycles(SQUARE, max_length=3.5), "max_length should be an integer"),
    (lambda: lift.cycles(SQUARE, kind=None), "no kind of cycle is called 'None'"),
    (lambda: lift.khop(SQUARE, k="1"), "k should be an integer, but is '1'"),
    (lambda: lift.knn(POINTS, k=1.5), "k should be an integer, but is 1.5"),
    (lambda: lift.rips(POINTS, "a"), "radius should be a finite number"),
    (lambda: lift.rips(POINTS, 1.0, max_rank=None), "max_rank should be an integer, but is None"),
    (lambda: lift.probes(SQUARE, 1, channels=1.5), "channels should be an integer"),
    (lambda: lift.probes(SQUARE, 1, seed=None), "seed should be an integer, but is None"),
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.clique, lift.cycles)),
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.khop, lift.dual)),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_mistakes_get_our_message(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(cc.CochainError, match=message):
        mistake()


@pytest.mark.parametrize("pos", [torch.full((3, 2), float("nan")), torch.zeros(3), torch.zeros(3, 0)])
def test_positions_that_are_none(pos: torch.Tensor) -> None:
    c = cc.Complex.points(torch.zeros(3, 2)).with_cochain(0, "pos", pos)
    for make in (lambda: lift.knn(c, 1), lambda: lift.rips(c, 1.0)):
        with pytest.raises(cc.CochainError, match=r"should be finite|should be \(points, dimensions\)"):
            make()


def test_a_radius_beyond_the_graph_ends_at_once() -> None:
    assert lift.khop(SQUARE, 10**12).cells(1).to_dense().sum() == 16
