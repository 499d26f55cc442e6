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
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.closure, lift.dowker)),
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.expand, lift.forget)),
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.line, lift.star, lift.paths)),
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.keep, lift.curvature)),
    *((lambda f=f: f("x"), "should read a Complex, but is given a str") for f in (lift.neighborhood, lift.contract)),
    (lambda: lift.contraction("x", torch.ones(1)), "should read a Complex, but is given a str"),
    (lambda: lift.clique(SQUARE, max_cells=1.5), "max_cells should be an integer, but is 1.5"),
    (lambda: lift.clique(SQUARE, max_cells=-1), "max_cells should be at least 0, but is -1"),
    (lambda: lift.closure(SQUARE, "2"), "max_rank should be an integer, but is '2'"),
    (lambda: lift.dowker(SQUARE, rank=1.0), "a rank should be an integer, but is 1.0"),
    (lambda: lift.neighborhood(SQUARE, None), "no kind of neighbourhood is called 'None'"),
    (lambda: lift.neighborhood(SQUARE, features=3), "is called '3'"),
    (lambda: lift.line(SQUARE, via="0"), "a rank should be an integer, but is '0'"),
    (lambda: lift.paths(SQUARE, 2.0), "max_edges should be an integer, but is 2.0"),
    (lambda: lift.star(SQUARE, features="men"), "did you mean 'mean'"),
    (lambda: lift.alpha(POINTS, "a"), "max_alpha should be a number >= 0, a squared length, but is 'a'"),
    (lambda: lift.alpha(POINTS, max_rank=None), "max_rank should be an integer, but is None"),
    (lambda: lift.witness(POINTS, 2.5), "landmarks should be an integer, but is 2.5"),
    (lambda: lift.witness(POINTS, 2, True), "max_alpha should be a number >= 0"),
    (lambda: lift.curvature(SQUARE, None), "no kind of curvature is called 'None'"),
    (lambda: lift.keep(lift.curvature(SQUARE), low="a"), "low and high should be numbers, but one is 'a'"),
    (lambda: lift.keep(SQUARE, 3), "rank 1 has no tensor '3', nor any other"),
    (lambda: lift.contract(SQUARE, "below", "curvature", "a"), "bound should be a number, but is 'a'"),
    (lambda: lift.contraction(SQUARE, [0, 1]), "edges should be 4 truth values, one for each edge, but have shape"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_mistakes_get_our_message(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(cc.CochainError, match=message):
        mistake()


@pytest.mark.parametrize("pos", [torch.full((3, 2), float("nan")), torch.zeros(3), torch.zeros(3, 0)])
def test_positions_that_are_none(pos: torch.Tensor) -> None:
    c = cc.Complex.points(torch.zeros(3, 2)).with_cochain(0, "pos", pos)
    for make in (lambda: lift.knn(c, 1), lambda: lift.rips(c, 1.0), lambda: lift.alpha(c), lambda: lift.witness(c, 2)):
        with pytest.raises(cc.CochainError, match=r"should be finite|should be \(points, dimensions\)"):
            make()


def test_a_radius_beyond_the_graph_ends_at_once() -> None:
    assert lift.khop(SQUARE, 10**12).cells(1).to_dense().sum() == 16
