"""The laws of every lift: a union is lifted component by component, and numbers of cells carry no meaning."""

import inspect
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical import canonical, identical
from cochain import Complex, lift
from small_graphs import complex_of, shuffled, unions

Lift = Callable[[Complex], Complex]

# Of graphs with x on the nodes and a weight on the edges; what hypergraphs take is given balls.
OF_GRAPHS: dict[str, Lift] = {
    "clique": lambda c: lift.clique(c, 3),
    "closure": lambda c: lift.closure(lift.khop(c), 3),
    "contract": lambda c: lift.contract(c, "below", "weight", 0.5),
    "contract, simplicial": lambda c: lift.contract(lift.clique(c), "below", "weight", 0.5),
    "curvature": lambda c: lift.curvature(c, into="x"),
    "curvature, augmented": lambda c: lift.curvature(c, "augmented"),
    "curvature, weighted": lambda c: lift.curvature(c, weighted=True),
    "curvature, simplicial": lambda c: lift.curvature(lift.clique(c, 3), rank=2),
    "curvature, polygons": lambda c: lift.curvature(lift.cycles(c, 5)),
    "cycles": lambda c: lift.cycles(c, 5),
    "dowker": lambda c: lift.dowker(lift.khop(c), 2),
    "dowker, cells": lambda c: lift.dowker(c.with_cochain(1, "x", c[1].weight[:, None]), 2, "cells"),
    "dual": lambda c: lift.dual(c.with_cochain(1, "x", c[1].weight[:, None])),
    "expand": lambda c: lift.expand(lift.khop(c)),
    "forget": lambda c: lift.forget(lift.clique(c)),
    "forget, polygons": lambda c: lift.forget(lift.cycles(c), 2),
    "keep": lambda c: lift.keep(lift.clique(c), "weight", low=0.4),
    "keep, hypergraph": lambda c: lift.keep(lift.curvature(lift.khop(c)), low=-5),
    "khop": lambda c: lift.khop(c, 2),
    "line": lambda c: lift.line(c),
    "line, triangles": lambda c: lift.line(lift.clique(c), 2, 1),
    "neighborhood": lambda c: lift.neighborhood(c),
    "neighborhood, open": lambda c: lift.neighborhood(c, "open"),
    "neighborhood, complex": lambda c: lift.neighborhood(c, "complex", 3),
    "paths": lambda c: lift.paths(c, 3),
    "paths, complex": lambda c: lift.paths(c, 3, "complex"),
    "star": lambda c: lift.star(c),
    "star, simplicial": lambda c: lift.star(lift.clique(c)),
    "star, combinatorial": lambda c: lift.star(lift.paths(c, 2, "complex")),
}
OF_POINTS: dict[str, Lift] = {
    "alpha": lambda c: lift.alpha(c, 0.5),
    "alpha, weighted": lambda c: lift.alpha(c.with_cochain(0, "weight", 0.1 + 0.001 * c[0].pos[:, 0]), weighted=True),
    "knn": lambda c: lift.knn(c, 3),
    "rips": lambda c: lift.rips(c, 0.5),
    "witness": lambda c: lift.witness(c, 6, 0.01),
}


def weighted(graph: nx.Graph) -> Complex:
    """The graph with x on nodes and edges' weights, no two alike."""
    c = complex_of(graph).without_cochain(1, "flow")
    weight = np.random.default_rng(7 * len(graph) + graph.number_of_edges()).uniform(0.1, 1, c.sizes[1])
    return c.with_cochain(1, "weight", torch.from_numpy(weight))


def clouds(sizes: list[int]) -> Complex:
    pos = torch.from_numpy(np.random.default_rng(sum(sizes)).random((sum(sizes), 2)))
    return Complex.points(pos, sizes).with_cochain(0, "x", pos**2)


def test_every_lift_is_held_to_the_laws() -> None:
    # probes are random by number, and contraction is what contract is made of
    apart = {"MAX_CELLS", "Quotient", "contraction", "probes"}
    assert {name.split(",")[0] for name in (*OF_GRAPHS, *OF_POINTS)} == set(lift.__all__) - apart


def test_every_lift_has_sections_in_its_docstring() -> None:
    for name in set(lift.__all__) - {"MAX_CELLS", "Quotient"}:
        doc = inspect.getdoc(getattr(lift, name)) or ""
        assert "Source:" in doc, name
        assert "Args:" in doc, name


@pytest.mark.parametrize("name", OF_GRAPHS)
@settings(max_examples=6)
@given(unions())
def test_a_union_is_lifted_component_by_component(name: str, parts: list[nx.Graph]) -> None:
    members = [weighted(part) for part in parts]
    lifted = OF_GRAPHS[name](Complex.union(members)).validate()
    identical(lifted, Complex.union([OF_GRAPHS[name](member) for member in members]))
    assert torch.equal(lifted.whole.y, torch.cat([member.whole.y for member in members]))


@pytest.mark.parametrize("name", OF_GRAPHS)
@settings(max_examples=6)
@given(unions(), st.randoms(use_true_random=False))
def test_numbers_carry_no_meaning(name: str, parts: list[nx.Graph], random) -> None:
    c = Complex.union([weighted(part) for part in parts])
    moved, _ = shuffled(c, random)
    assert canonical(OF_GRAPHS[name](moved)) == canonical(OF_GRAPHS[name](c))


@pytest.mark.parametrize("name", OF_POINTS)
@pytest.mark.parametrize("sizes", [[12], [9, 1, 7], [3, 0, 8]])
def test_clouds(name: str, sizes: list[int]) -> None:
    c = clouds(sizes)
    lifted = OF_POINTS[name](c).validate()
    identical(lifted, Complex.union([OF_POINTS[name](part) for part in c.components()]))
    order = torch.cat([begin + torch.randperm(size) for begin, size in zip(c.offsets(0)[:-1], sizes, strict=True)])
    assert canonical(OF_POINTS[name](c.relabel({0: order}))) == canonical(lifted)


@pytest.mark.parametrize("name", OF_GRAPHS)
def test_empty_components_and_no_nodes(name: str) -> None:
    triangle, nothing = weighted(nx.complete_graph(3)), weighted(nx.empty_graph(0))
    identical(
        OF_GRAPHS[name](Complex.union([nothing, triangle, nothing])).validate(),
        Complex.union([OF_GRAPHS[name](part) for part in (nothing, triangle, nothing)]),
    )


@pytest.mark.parametrize("name", OF_GRAPHS)
def test_features_can_be_left_out(name: str) -> None:
    first = name.split(",")[0]
    if "features" not in inspect.signature(getattr(lift, first)).parameters or name == "dowker, cells":
        return  # the last has x on the edges
    c = weighted(nx.path_graph(3)).without_cochain(0, "x")
    assert "x" not in OF_GRAPHS[name](c)[1].keys() or first == "curvature"  # noqa: SIM118
