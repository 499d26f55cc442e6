"""Which models are chosen for a complex: by hand for each kind of data, and that each of them runs on it."""

import sys
from pathlib import Path

import pytest
import torch

import cochain as cc
from cochain import catalog
from cochain.models import choose
from cochain.models.choose import HEAVY, REASONS, USUAL


def graph(y: list[int]) -> cc.Complex:
    """A ring whose labels are given."""
    n = len(y)
    c = cc.Complex.graph([(k, (k + 1) % n) for k in range(n)], n)
    return c.with_cochain(0, "x", torch.randn(n, 2)).with_cochain(0, "y", torch.tensor(y))


def test_tables_name_models() -> None:
    named = {model for models in USUAL.values() for model in models} | set(HEAVY)
    assert named <= set(catalog.names())
    assert {model for models in USUAL.values() for model in models} <= REASONS.keys()


def test_a_graph_that_agrees_and_one_that_does_not() -> None:
    agreeing, alternating = graph([0] * 10 + [1] * 10), graph([0, 1] * 10)
    assert choose(agreeing).names == ("mlp", "gcn", "gat", "sgc", "can")
    assert choose(alternating).names == ("mlp", "gcn", "gat", "sgc", "can", "nsd")
    assert "neighbours agree in 0% of the edges (50% by chance)" in str(choose(alternating))


def test_whole_graphs_links_and_hypergraphs() -> None:
    whole = cc.Complex.union([graph([0, 1, 0]), graph([1, 1, 0])]).with_cochain("whole", "y", torch.tensor([0, 1]))
    assert choose(whole).names == ("deep_sets", "gin", "gcn", "cin", "mpsn")
    assert choose(graph([0, 1, 0]), links=True).names == ("mlp", "gcn", "gat", "sgc")
    sets = cc.Complex.hypergraph([(0, 1, 2), (2, 3)]).with_cochain(0, "y", torch.tensor([0, 0, 1, 1]))
    assert choose(sets).names == ("mlp", "hgnn", "unigin", "allset_transformer", "ed_hnn", "gcn")


def test_positions_and_flows() -> None:
    c = cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)])
    placed = c.with_cochain(0, "pos", torch.rand(4, 3))
    assert "etnn" in choose(placed, "whole").names
    assert "etnn" not in choose(c, "whole").names
    flowing = c.with_cochain(1, "x", torch.randn(5, 1), odd=True)
    assert {"scone", "sccnn"} <= set(choose(flowing, 0).names)
    assert "sees orientation: the edges carry flows" in str(choose(flowing, 0))
    assert len(set(choose(flowing, 0).names)) == len(choose(flowing, 0).names)
    assert "scone" not in choose(c, 0).names


def test_large_data_is_spared_heavy_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cochain.models.choose"], "LARGE", 30)
    choice = choose(graph([0, 1] * 10))
    assert choice.names == ("mlp", "gcn", "gat", "sgc")
    assert [pick.model for pick in choice.left_out] == ["can", "nsd"]
    assert "not can: a component has 40 cells, too many to try it unasked" in str(choice)


def test_many_placed_cells_are_spared_slow_models(monkeypatch: pytest.MonkeyPatch) -> None:
    c = cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)]).with_cochain(0, "pos", torch.rand(4, 3))
    monkeypatch.setitem(sys.modules["cochain.models.choose"].SLOW, "etnn", 10)
    choice = choose(c, "whole")
    assert [pick.model for pick in choice.left_out] == ["etnn"]
    assert "the data has 11 cells, at which an epoch takes seconds" in str(choice)


@pytest.mark.parametrize("name", ["mutag", "texas", "zoo", "house"])
def test_data_of_the_mirror(name: str, mirror: Path) -> None:
    choice = choose(cc.datasets.load(name, root=mirror))
    expected = {
        "mutag": ("deep_sets", "gin", "gcn", "cin", "mpsn"),
        "texas": ("mlp", "gcn", "gat", "sgc", "can", "nsd"),
        "zoo": ("mlp", "hgnn", "unigin", "allset_transformer", "ed_hnn", "gcn"),
        "house": ("mlp", "hgnn", "unigin", "allset_transformer", "ed_hnn", "gcn"),
    }
    assert choice.names == expected[name]


def test_what_fills_a_complex_is_called_by_its_name() -> None:
    triangles = cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)])
    rings = cc.Complex.cell([(0, 1, 2, 3), (2, 3, 4)])
    assert "cin: lets triangles speak" in str(choose(triangles, "whole"))
    assert "cin: lets rings speak" in str(choose(rings, "whole"))


def test_surfaces() -> None:
    assert {"deep_sets", "gin", "sccnn"} <= set(choose(cc.datasets.load("surfaces")).names)
