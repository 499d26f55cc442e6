"""Laplacians by their factors: the same products as written out, where and only where they are shorter."""

import networkx as nx
import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.complexes import factors
from cochain.complexes.neighborhood import Neighborhood, laplacian, lower

F64 = torch.float64


@pytest.fixture(scope="module")
def hubs() -> cc.Complex:
    """Two components, each a graph with hubs and its triangles."""
    graph = nx.disjoint_union(nx.barabasi_albert_graph(30, 4, seed=0), nx.barabasi_albert_graph(20, 3, seed=1))
    return cc.lift.clique(cc.Complex.graph(torch.tensor(list(graph.edges())).T, [30, 20]), 2, features=None)


def refinements(symbol: Neighborhood) -> list[Neighborhood]:
    scales = [symbol.normalized(each) for each in ("spectral", "sym", "row", "column")]
    return [symbol, *scales, symbol.with_self(2.0), symbol.with_self(2.0).normalized("sym")]


@pytest.mark.parametrize("part", ["hodge", "down", "up"])
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_products_and_their_gradients(hubs: cc.Complex, monkeypatch: pytest.MonkeyPatch, rank: int, part: str) -> None:
    monkeypatch.setattr(factors, "WORTH", 0)
    fresh = cc.Complex.union([hubs.select([0]), hubs.select([1])])  # no operator is cached
    used = []
    for symbol in refinements(laplacian(rank, part)):  # type: ignore[arg-type]
        operator = fresh.resolve(symbol, F64)
        used.append(operator.factors is not None)
        x = torch.randn(fresh.sizes[rank], 3, dtype=F64, requires_grad=True)
        weights = torch.randn(fresh.sizes[rank], 3, dtype=F64)
        for ours, written in ((operator, operator.matrix), (operator.T, operator.matrix.T)):
            assert_close(ours @ x, written @ x)
            (grad,) = torch.autograd.grad(ours @ x, x, weights)
            assert_close(grad, written.T @ weights)
        assert_close(operator @ x[:, 0], operator.matrix @ x[:, 0])
        assert_close(operator @ x.float(), (operator.matrix @ x).float(), rtol=1e-4, atol=1e-4)
    if (rank, part) == (1, "down"):
        assert all(used)
    if rank == 0:
        assert not any(used)


def test_small_or_sparse_matrices_stay_written_out(hubs: cc.Complex) -> None:
    assert hubs.resolve(laplacian(1, "down"), F64).factors is None
    assert hubs.resolve(lower(1), F64).factors is None


def test_a_selection_is_multiplied_as_it_stands(hubs: cc.Complex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors, "WORTH", 0)
    fresh = cc.Complex.union([hubs.select([0]), hubs.select([1])])
    symbol = laplacian(1, "down").normalized("spectral")
    whole, part = fresh.resolve(symbol, F64), fresh.select([1]).resolve(symbol, F64)
    assert whole.factors is not None
    assert part.factors is None
    x = torch.randn(fresh.sizes[1], 2, dtype=F64)
    begin = fresh.sizes[1] - part.shape[0]
    assert_close((whole @ x)[begin:], part @ x[begin:])
    assert whole.to("cpu").factors is not None
