"""Lifts as texts: one spelling each, refused where they do not fit, chosen where a model needs one."""

import pytest

import cochain as cc
from cochain.catalog import entry
from cochain.errors import SpecError, UnknownNameError
from cochain.experiments.lifting import GRAMMAR, apply_lift, canonical_lift, choose_lift, parse_lift

TRIANGLES = [(0, 1), (1, 2), (0, 2), (2, 3), (1, 3)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("clique", "clique:2"),
        ("clique:3", "clique:3"),
        ("cycles", "cycles:6:induced"),
        ("cycles:4:simple", "cycles:4:simple"),
        ("knn + clique:2", "knn:8+clique:2"),
        ("rips:0.50", "rips:0.5:2"),
        ("dual", "dual"),
    ],
)
def test_one_spelling(text: str, canonical: str) -> None:
    assert canonical_lift(text) == canonical
    assert canonical_lift(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("clik:2", UnknownNameError, "no lift is called 'clik'; did you mean 'clique'"),
        ("clique:two", SpecError, "max_rank of the lift clique should be a whole number, but is 'two'"),
        ("rips", SpecError, "radius of the lift rips should be a number, but is missing"),
        ("khop:1:2", SpecError, "a lift should be written khop:k, but is 'khop:1:2'"),
        ("clique:2+", UnknownNameError, "no lift is called ''"),
    ],
)
def test_refused(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        parse_lift(text)


def test_the_grammar_names_arguments_of_the_lifts() -> None:
    import inspect

    for name, arguments in GRAMMAR.items():
        parameters = inspect.signature(getattr(cc.lift, name)).parameters
        assert {argument for argument, _, _ in arguments} <= parameters.keys()


def test_apply() -> None:
    c = cc.Complex.graph(TRIANGLES)
    assert apply_lift(c, "clique:2").sizes == (4, 5, 2)
    assert apply_lift(c, "") is c


def test_a_chain() -> None:
    c = cc.Complex.points([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert apply_lift(c, "knn:2+clique:2").sizes == (3, 3, 1)


@pytest.mark.parametrize(
    ("c", "model", "top", "lift"),
    [
        (cc.Complex.graph(TRIANGLES), "gcn", 0, ""),
        (cc.Complex.graph(TRIANGLES), "cin", 2, "cycles:6:induced"),
        (cc.Complex.graph(TRIANGLES), "sccnn", 2, "clique:2"),
        (cc.Complex.simplicial([(0, 1, 2)]), "sccnn", 2, ""),
        (cc.Complex.simplicial([(0, 1)]), "sccnn", 2, "clique:2"),
        (cc.Complex.points([[0.0], [1.0]]), "gcn", 0, "knn:8"),
        (cc.Complex.points([[0.0], [1.0]]), "sccnn", 2, "knn:8+clique:2"),
        (cc.Complex.points([[0.0], [1.0]]), "deep_sets", 0, ""),
    ],
)
def test_chosen(c: cc.Complex, model: str, top: int, lift: str) -> None:
    assert choose_lift(c, entry(model), top) == lift


def test_no_way() -> None:
    c = cc.Complex.hypergraph([[0, 1, 2]])
    with pytest.raises(
        SpecError, match="sccnn should get a simplicial or cell complex of rank 2 or more, but the data is a hyper"
    ):
        choose_lift(c, entry("sccnn"), 2)
