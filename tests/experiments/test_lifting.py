"""Lifts as texts: one spelling each, refused where they do not fit, chosen where a model needs one."""

import pytest
import torch

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
        ("rips:max_rank=3:radius=1", "rips:1.0:3"),
        ("cycles:kind=minimum", "cycles:6:minimum"),
        ("cycles:8:kind = basis", "cycles:8:basis"),
        ("alpha", "alpha:inf:2:False"),
        ("alpha:weighted=True+forget:2", "alpha:inf:2:True+forget:2"),
        ("curvature:augmented+keep:high=-2", "curvature:augmented:1:False:curvature+keep:curvature:1:-inf:-2.0"),
        ("khop:2+closure", "khop:2+closure:2"),
        ("witness:50", "witness:50:0.0:2"),
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
        ("cycles:6:simpel", UnknownNameError, "no kind of cycle is called 'simpel'; did you mean 'simple'"),
        (
            "cycles:lenght=6",
            UnknownNameError,
            "no argument of the lift cycles is called 'lenght'; did you mean 'max_length'",
        ),
        ("cycles:6:max_length=7", SpecError, "max_length of the lift cycles should be given once, but is given twice"),
        ("alpha:weighted=maybe", SpecError, "weighted of the lift alpha should be true or false, but is 'maybe'"),
        ("witness", SpecError, "landmarks of the lift witness should be a whole number, but is missing"),
        ("neighbourhood", UnknownNameError, "no lift is called 'neighbourhood'; did you mean 'neighborhood'"),
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


def test_every_lift_is_reachable_with_the_defaults_of_its_function() -> None:
    import inspect

    assert set(GRAMMAR) == set(cc.lift.__all__) - {"MAX_CELLS", "Quotient", "contraction"}
    asked = {"knn": {"k": 8}, "probes": {"rank": 1}}  # the text has defaults where the function has none
    for name in GRAMMAR:
        parameters = inspect.signature(getattr(cc.lift, name)).parameters
        required = [key for key, each in parameters.items() if each.default is each.empty][1:]
        text = name + "".join(f":{key}=1" for key in required if key not in asked.get(name, {}))
        for argument, value in parse_lift(text)[0][1].items():
            if argument not in required:
                assert value == parameters[argument].default, (name, argument)
            elif name in asked:
                assert value == asked[name][argument]


@pytest.mark.parametrize("name", sorted(GRAMMAR))
def test_every_lift_applies(name: str) -> None:
    c = cc.Complex.graph(TRIANGLES).with_cochain(0, "x", torch.eye(4)).with_cochain(0, "pos", torch.rand(4, 2))
    if name in ("dual", "closure", "dowker", "expand"):
        c = cc.lift.khop(c)
    text = {"rips": "rips:0.5", "witness": "witness:3", "keep": "curvature+keep:low=-1"}.get(name, name)
    for features in ("mean", None):
        apply_lift(c, text, features).validate()


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
        (cc.Complex.hypergraph([[0, 1, 2]]), "hgnn", 1, ""),
        (cc.Complex.hypergraph([[0, 1, 2]]), "sccnn", 2, "closure:2"),
    ],
)
def test_chosen(c: cc.Complex, model: str, top: int, lift: str) -> None:
    assert choose_lift(c, entry(model), top) == lift


def test_no_way() -> None:
    c = cc.Complex.digraph([(0, 1)])
    with pytest.raises(
        SpecError, match="sccnn should get a simplicial or cell complex of rank 2 or more, but the data is a digraph"
    ):
        choose_lift(c, entry("sccnn"), 2)
