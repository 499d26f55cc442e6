"""Plausible mistakes get our own message, and ordinary Python habits (copying, iterating, inference mode) work."""

import copy
import gc
import pickle
import weakref
from collections.abc import Callable
from typing import Any

import jaxtyping
import numpy as np
import pytest
import torch

import cochain as cc
from cochain.complexes import hodge, incident, self_, upper

C = cc.Complex


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off the annotations' checks of the tests, which users do not have."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


def three() -> cc.Complex:
    """Components of 3, 2 and 0 nodes."""
    c = C.graph([(0, 1), (1, 2), (3, 4)], [3, 2, 0])
    return c.with_cochain(0, "x", torch.arange(10.0).reshape(5, 2)).with_cochain(1, "flow", torch.ones(3, 1), odd=True)


MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: C.graph([(0, 2**40)]), "number them with numpy.unique"),
    (lambda: C.graph([(0, 1)], 2**40), "num_nodes should be at most 3037000499"),
    (lambda: C.graph([(0, 1)], [2**62, 2**62]), "num_nodes should be at most"),
    (lambda: C.simplicial([(0, 2**40)]), "number them with numpy.unique"),
    (lambda: C.graph(None), "array of integers below 2"),
    (lambda: C.hypergraph(None), "list of lists of nodes, but is None"),
    (lambda: C.hypergraph([0, 1]), "list of lists of nodes"),
    (lambda: C.hypergraph([[[0, 1]]]), "nested 2 lists deeper"),
    (lambda: C.hypergraph(torch.tensor([[0, 1], [0, 2**40]])), "number 1 has no node and number 1099511627776 has"),
    (lambda: C.simplicial(None), "list of tuples of nodes, but are None"),
    (lambda: C.simplicial([0, 1]), "list of lists of nodes"),
    (lambda: C.cell([[0, 1, 2]], edges=[(2, 3)], num_nodes=[3, 1]), r"edge \(2, 3\) joins two"),
    (lambda: C.combinatorial(3), "dictionary"),
    (lambda: C.combinatorial({"0": 3}), "a rank should be an integer, but is '0'"),
    (lambda: C.combinatorial({0: 3, 1: [[0, 1]]}, [2, 2]), r"add up to cells\[0\] = 3"),
    (lambda: C.points(None), "'pos' should be a tensor or array of numbers"),
    (lambda: C.mesh(torch.rand(4, 3), [[0, 1, 2, 3]]), "should be triangles"),
    (lambda: three()[1.0], "a rank should be an integer, but is 1.0"),
    (lambda: three()["whole"], "a rank should be an integer, but is 'whole'"),
    (lambda: three().boundary(None), "a rank should be an integer, but is None"),
    (lambda: list(three()), r"c.components\(\) or c\[rank\]"),
    (lambda: three().with_cochain(0, "x", None), "cannot be made one"),
    (lambda: three().with_cochain(0, "x", torch.eye(5).to_sparse()), "to_dense"),
    (lambda: three().with_cochain(0, 3, torch.zeros(5)), "Python name"),
    (lambda: three().without_cochain(0, "y"), "is called 'y'"),
    (lambda: three().select("a"), "'components' should be a tensor or array of numbers"),
    (lambda: three().select([0] * 10 + [99]), "below 3, but one is 99"),
    (lambda: C.union([three(), 1]), "number 1 is a int"),
    (lambda: C.union(three()), "a list of complexes, but is given one Complex"),
    (lambda: three().relabel({0: [0.5, 1, 2, 3, 4]}), "should be integers, but has type float64"),
    (lambda: three().reorient({1: [True, False, True]}), r"numbers \+1 or -1"),
    (lambda: three().resolve("upper"), "should be a symbol such as"),
    (lambda: three().resolve(upper(0), "float32"), "should be a torch.dtype"),
    (lambda: three().resolve(upper(0).normalized(), torch.int64), "floating type, since it is scaled"),
    (lambda: three().laplacian(0) @ np.ones(5), "x should be a tensor, but is a ndarray"),
    (lambda: three().resolve(self_(0)) @ torch.ones(9, 2), "x should have 5 rows"),
    (lambda: upper(0).normalized("symmetric"), "no scaling of a neighbourhood is called 'symmetric'"),
    (lambda: upper(0).directed("inward"), "no direction of edges is called 'inward'"),
    (lambda: upper(0).directed("in").signed, "neither directed, nor a shell, nor listed"),
    (lambda: upper(0).triples.signed, "neither directed, nor a shell, nor listed"),
    (lambda: upper(0).power(2.5), "power should be >= 1"),
    (lambda: upper(0).with_self(float("nan")), "finite number, but is nan"),
    (lambda: hodge(-1), "ranks should be integers >= 0"),
    (lambda: upper("0"), "a rank should be an integer >= 0, but is '0'"),
    (lambda: cc.from_networkx(None), "one of networkx, but is a NoneType"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
@pytest.mark.filterwarnings("ignore")
def test_mistakes_get_our_message(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(cc.CochainError, match=message):
        mistake()


def test_any_iterable_of_pairs_makes_a_graph() -> None:
    for edges in ({(0, 1), (1, 2)}, zip([0, 1], [1, 2], strict=True), ((u, u + 1) for u in range(2))):
        assert C.graph(edges).simplices(1).tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize("ids", [slice(2, 1), slice(5, 2), range(0), []])
def test_select_nothing(ids: Any) -> None:
    assert len(three().select(ids).validate()) == 0


def test_find_nothing_and_what_cannot_be_there() -> None:
    assert three().find(1, []).tolist() == []
    assert three().find(1, [(-1, 0), (9, 2**62), (2, 1)]).tolist() == [-1, -1, 1]


def test_copies_of_cells_and_complexes() -> None:
    c = three().select([1, 0])
    assert copy.copy(c[0]).x.shape == pickle.loads(pickle.dumps(c[0])).x.shape == (5, 2)  # noqa: S301
    for twin in (copy.copy(c), copy.deepcopy(c), pickle.loads(pickle.dumps(c))):  # noqa: S301
        torch.testing.assert_close(twin[0].x, c[0].x)
        assert twin.is_odd(1, "flow")
        torch.testing.assert_close(twin.laplacian(1).to_dense(), c.laplacian(1).to_dense())


def test_a_pickled_selection_leaves_its_source_behind() -> None:
    many = C.union([three()] * 200)
    assert len(pickle.dumps(many.select(0))) < len(pickle.dumps(many)) / 5


def test_what_is_derived_in_inference_mode_serves_training() -> None:
    c = three()
    with torch.inference_mode():
        part = c.select([1, 0])
        for each in (c, part):
            each.resolve(upper(0).normalized())
            each.resolve(incident(1, 0).signed)
            assert each[0].x.shape == (5, 2)
    layer = torch.nn.Linear(2, 2)
    for each in (c, part):
        h = layer(each[0].x)
        y = (each.resolve(upper(0).normalized()) @ h).sum() + (each.resolve(incident(1, 0).signed) @ h).square().sum()
        y.backward()
    assert layer.weight.grad is not None


def test_gradients_reach_the_source_every_time() -> None:
    x = torch.ones(5, 2, requires_grad=True)
    part = three().with_cochain(0, "x", x).select([1])
    with torch.no_grad():
        assert not part[0].x.requires_grad
    for _ in range(2):
        part[0].x.sum().backward()
    torch.testing.assert_close(x.grad, 2.0 * torch.tensor([[0.0], [0], [0], [1], [1]]).expand(5, 2))


def test_a_selection_is_freed_without_the_cycle_collector() -> None:
    c = three()
    gc.disable()
    try:
        part = c.select([0])
        operator = part.resolve(upper(0)).matrix
        _ = operator.T, operator.pattern.transposed
        alive = weakref.ref(operator.pattern.indices)
        del part, operator
        assert alive() is None
    finally:
        gc.enable()


def test_integers_are_not_truncated_by_an_operator() -> None:
    ones = torch.ones(5, 1, dtype=torch.int64)
    operator = three().resolve(upper(0).normalized("row"))
    torch.testing.assert_close(operator @ ones, operator @ ones.float())


def test_odd_tensors_leave_for_networkx_and_pyg_with_their_sign() -> None:
    c = three().without_cochain(1, "flow").with_cochain(1, "x", torch.tensor([[1.0], [2], [3]]), odd=True)
    turned = c.reorient({1: [-1, 1, 1]})
    assert dict(cc.to_networkx(turned).edges) == dict(cc.to_networkx(c).edges)
    data = cc.to_pyg(turned.select(0))
    value = {tuple(edge): float(x) for edge, x in zip(data.edge_index.T.tolist(), data.edge_attr, strict=True)}
    assert value == {(0, 1): 1.0, (1, 0): -1.0, (1, 2): 2.0, (2, 1): -2.0}


def test_pyg_edges_that_disagree_are_refused() -> None:
    from torch_geometric.data import Data

    edges = torch.tensor([[0, 0, 1], [1, 1, 0]])
    data = Data(edge_index=edges, edge_attr=torch.tensor([[1.0], [2], [1]]), num_nodes=2)
    with pytest.raises(cc.ComplexError, match="coalesce"):
        cc.from_pyg(data)
    with pytest.raises(cc.ComplexError, match="has none"):
        cc.to_pyg(three().select([]))
