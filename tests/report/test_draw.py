"""Pictures of complexes: what is drawn, where, and that it is the same every time."""

from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.report.draw import draw_complex
from cochain.report.layout import layout
from cochain.report.sketch import sketch

SVG = "{http://www.w3.org/2000/svg}"


def count(svg: str, class_: str) -> int:
    return sum(element.get("class") == class_ for element in ElementTree.fromstring(svg).iter())


def cycle(n: int) -> cc.Complex:
    return cc.Complex.graph([(i, (i + 1) % n) for i in range(n)])


def test_cells_are_counted() -> None:
    filled = cc.Complex.cell([(0, 1, 2, 3), (2, 3, 4)], edges=[(4, 5)])
    svg = draw_complex(filled)
    assert (count(svg, "node"), count(svg, "cell"), count(svg, "edges")) == (6, 2, 1)
    hyper = draw_complex(cc.Complex.hypergraph([[0, 1, 2], [2, 3], [4]], num_nodes=6))
    assert (count(hyper, "node"), count(hyper, "hull"), count(hyper, "edges")) == (6, 3, 0)


def test_walks_follow_the_boundary() -> None:
    part = sketch(cc.Complex.cell([(0, 3, 1, 4, 2)]), 0, 100)
    walk = part.polygons[0].tolist()
    sides = {frozenset(pair) for pair in zip(walk, walk[1:] + walk[:1], strict=True)}
    assert sides == {frozenset(pair) for pair in [(0, 3), (3, 1), (1, 4), (4, 2), (2, 0)]}


def test_distances_on_a_path_and_a_cycle() -> None:
    line = layout(sketch(cc.Complex.graph([(0, 1), (1, 2), (2, 3)]), 0, 100))
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.02)
    assert np.linalg.norm(line[3] - line[0]) == pytest.approx(steps.sum(), rel=0.02)
    ring = layout(sketch(cycle(8), 0, 100))
    radius = np.linalg.norm(ring - ring.mean(axis=0), axis=1)
    np.testing.assert_allclose(radius, radius.mean(), rtol=0.05)


def test_positions_of_the_complex_are_used() -> None:
    pos = torch.tensor([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]])
    places = layout(sketch(cc.Complex.points(pos), 0, 10))
    np.testing.assert_allclose(places, [[0, 0.25], [1, 0.25], [1, 0.75]], atol=1e-6)


def test_a_closed_surface_is_a_body() -> None:
    octahedron = [(a, b, c) for a in (0, 1) for b in (2, 3) for c in (4, 5)]
    sphere = cc.Complex.simplicial(octahedron)
    assert layout(sketch(sphere, 0, 100)).shape == (6, 3)
    svg = draw_complex(sphere)
    assert count(svg, "cell") == 8
    assert layout(sketch(cc.Complex.simplicial([(0, 1, 2), (1, 2, 3)]), 0, 100)).shape == (4, 2)


def test_labels_colour_nodes() -> None:
    labelled = cycle(4).with_cochain(0, "y", torch.tensor([0, 1, 0, -1]))
    fills = [e.get("fill") for e in ElementTree.fromstring(draw_complex(labelled)).iter() if e.get("class") == "node"]
    assert fills[0] == fills[2] != fills[1]
    assert len(set(fills)) == 3


def test_large_components_are_cut() -> None:
    star = cc.Complex.graph([(0, i) for i in range(1, 400)])
    svg = draw_complex(star, limit=50)
    assert 2 <= count(svg, "node") <= 50
    assert "a part of a larger one" in svg
    assert count(draw_complex(cc.Complex.points(torch.zeros(90, 2)), limit=40), "node") == 40


def test_one_component_of_a_union() -> None:
    both = cc.Complex.union([cycle(3), cycle(5)])
    assert count(draw_complex(both, component=1), "node") == 5


@pytest.mark.parametrize(
    ("component", "limit", "words"), [(2, 9, "one of 0 to 0, but is 2"), (0, 0, "at least 1 node")]
)
def test_messages(component: int, limit: int, words: str) -> None:
    with pytest.raises(cc.ComplexError, match=words):
        draw_complex(cycle(3), component, limit)


@given(
    st.integers(0, 9),
    st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda e: e[0] != e[1]), max_size=16),
)
def test_any_graph_is_drawn_within_the_frame(nodes: int, pairs: set[tuple[int, int]]) -> None:
    inside = [pair for pair in pairs if max(pair) < nodes]
    graph = cc.Complex.graph(inside, num_nodes=nodes)
    svg = draw_complex(graph)
    root = ElementTree.fromstring(svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    dots = list(root.iter(f"{SVG}circle"))
    assert len(dots) == nodes
    assert all(0 < float(e.attrib["cx"]) < width and 0 < float(e.attrib["cy"]) < height for e in dots)
    assert svg == draw_complex(graph)


def test_every_domain_is_drawn() -> None:
    cells = {0: 5, 1: [(0, 1), (1, 2)], 2: [(0, 1, 2, 3)]}
    combinatorial = draw_complex(cc.Complex.combinatorial(cells))
    assert (count(combinatorial, "hull"), count(combinatorial, "edges")) == (1, 1)
    assert count(draw_complex(cc.Complex.digraph([(1, 0), (1, 2)])), "node") == 3
    assert count(draw_complex(cc.Complex.points(torch.randn(7, 5))), "node") == 7
    assert count(draw_complex(cc.Complex.points(torch.randn(7, 1))), "node") == 7


def test_arrows_follow_their_edges() -> None:
    part = sketch(cc.Complex.digraph([(1, 0), (1, 2)]), 0, 10)
    assert sorted(map(tuple, part.edges.tolist())) == [(1, 0), (1, 2)]


def test_hyperedges_that_would_hide_one_another_are_left_out_and_it_is_said() -> None:
    crowded = cc.Complex.hypergraph([list(range(12))] * 20 + [[0, 1], [2, 3, 4]])
    svg = draw_complex(crowded)
    assert svg.count('class="hull"') == 8
    assert "the 8 smallest hyperedges with two nodes or more" in svg
    few = draw_complex(cc.Complex.hypergraph([list(range(12))] * 4))
    assert few.count('class="hull"') == 4
    assert "smallest" not in few
