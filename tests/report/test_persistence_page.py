"""The page of persistence in headless Chromium, and that its loops and pieces are where the data has them."""

from pathlib import Path

import numpy as np
import pytest
import torch

import cochain as cc
from cochain.experiments.persisting import persist
from cochain.persistence import betti_curve, from_points, landscape
from cochain.report import representatives
from cochain.report.barcode import longest, span
from cochain.report.persistence_page import render
from cochain.report.representatives import Skeleton, piece, png, way_around
from report.browser import Browser
from report.test_page import OUTSIDE


def circle(count=24):
    angle = torch.linspace(0, 2 * torch.pi, count + 1, dtype=torch.float64)[:-1]
    return cc.Complex.points(torch.stack([angle.cos(), angle.sin()], dim=1))


def two_rings():
    ring = [(k, (k + 1) % 5) for k in range(5)]
    edges = torch.tensor([*ring, *((u + 5, v + 5) for u, v in ring)]).T
    return cc.Complex.graph(edges, [5, 5]).with_cochain(0, "x", torch.arange(10.0)[:, None])


def grey():
    image = np.zeros((6, 6, 1))
    image[1:5, 1:5] = 1
    image[2:4, 2:4] = 0.2
    return cc.Complex.cubical([image])


def weighted():
    """A square whose diagonal comes last."""
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)])
    order = {(0, 1): 1.0, (1, 2): 2.0, (2, 3): 3.0, (0, 3): 4.0, (0, 2): 5.0}
    weights = [order[tuple(edge)] for edge in c.cells(1).pattern.indices.reshape(-1, 2).tolist()]
    return c.with_cochain(1, "weight", torch.tensor(weights))


MAKERS = {
    "points": lambda: persist(circle()),
    "graphs": lambda: persist(two_rings(), "values"),
    "down": lambda: persist(two_rings(), "values", superlevel=True),
    "image": lambda: persist(grey(), superlevel=True),
    "alpha": lambda: persist(circle(), "alpha"),
    "dtm": lambda: persist(circle(), "dtm:3"),
    "weights": lambda: persist(weighted(), "values:weight:rank=1"),
    "empty": lambda: persist(cc.Complex.points(torch.zeros(1, 2))),
    "hostile": lambda: persist(two_rings().with_cochain(0, "x", torch.zeros(10, 1)), "values"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("persistence")
    found = {}
    for name, make in MAKERS.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(render(make(), "cochain persist '<script>alert(1)</script>'"), encoding="utf-8")
    return found


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("name", MAKERS)
def test_chromium_finds_nothing_wrong(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    browser.open(pages[name], width=width, theme="dark" if width == 400 else "light")
    assert browser.complaints == []
    assert browser.run("document.documentElement.dataset.ready") == "true"
    assert browser.run("document.documentElement.scrollWidth") == width
    assert browser.run(OUTSIDE) == []
    assert "<script>alert" not in pages[name].read_text()


def test_the_circle_is_found_and_drawn(pages: dict[str, Path]) -> None:
    text = pages["points"].read_text()
    assert "<b>24 pieces</b> (1 never ends), <b>1 loop</b>" in text
    assert "a loop of 24 edges" in text


def test_pieces_and_loops_are_those_of_the_filtration(pages: dict[str, Path]) -> None:
    text = pages["weights"].read_text()
    assert "H1, 4 to ∞: a loop of 4 edges" in text  # the diagonal is not there yet
    assert "H1, 5 to ∞: a loop of 3 edges" in text
    points = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.1, 0.0], [3.0, 0.0], [3.2, 0.0], [3.3, 0.0]])
    pieces = render(persist(cc.Complex.points(points)))
    assert "H0, 0 to 1.9: a piece of 3 nodes" in pieces  # float32 rounds lengths; the edge that kills is known by name
    assert "H0, 0 to 0.1: a piece of 1 node," in pieces
    assert "0 edges" not in pages["alpha"].read_text() + pages["dtm"].read_text()


def test_every_bar_is_a_mark(pages: dict[str, Path]) -> None:
    bars = pages["graphs"].read_text().count('class="mark bar whole"')
    assert bars == 2  # of the component whose loop lives longest: one piece, one loop
    assert pages["graphs"].read_text().count("small-one") - 1 == 4  # all components; once in the style


def test_curves_by_hand() -> None:
    points = np.array([[0.0, 2.0], [1.0, np.inf], [1.5, 1.75]])
    alive = betti_curve(from_points([{0: points}]), 0, [-1, 0, 1, 1.6, 2, 9])[0]
    np.testing.assert_array_equal(alive, [0, 1, 2, 3, 1, 1])
    down = np.array([[2.0, 0.0], [1.0, -np.inf]])
    falling = betti_curve(from_points([{0: down}]), 0, [-5, 0, 1, 2, 3])[0]
    np.testing.assert_array_equal(falling, [1, 1, 2, 1, 0])
    levels = landscape(from_points([{0: points[[0, 2]]}]), 0, [0.0, 1.0, 1.6], 2)[0]
    np.testing.assert_allclose(levels, [[0, 1, 0.4], [0, 0, 0.1]], atol=1e-6)
    assert span({0: points}) == (0.0, 2.0)
    np.testing.assert_array_equal(longest(points, 2), points[:2])


def test_ways_and_pieces_by_hand() -> None:
    square = Skeleton(np.array([[0, 1], [1, 2], [2, 3], [0, 3], [0, 2]]), np.array([1.0, 1.0, 1.0, 2.0, 2.0]), 5)
    before = representatives._before
    assert sorted(way_around(before(square, (0, 3)), 5, (0, 3))) == [0, 1, 2, 3]
    assert sorted(way_around(before(square, (4,)), 5, (0, 2)))[:1] == [0]
    assert len(before(square, (0, 3))) == 3  # of equal values the first in the list comes first
    assert len(before(square, (4,))) == 4
    assert way_around(before(square, (0, 1)), 5, (0, 1)) == []
    assert piece(before(square, (3,)), 5, 0).tolist() == [0, 1, 2, 3]
    assert piece(before(square, (1,)), 5, 2).tolist() == [2]
    assert piece(before(square, ()), 5, 4).tolist() == [4]


def test_pictures_are_png() -> None:
    import base64
    import io

    from PIL import Image

    data = base64.b64decode(png(np.array([[0.0, 1.0, 0.5], [0.25, 0.0, 1.0]])).partition(",")[2])
    image = np.asarray(Image.open(io.BytesIO(data)))
    assert image.tolist() == [[0, 255, 128], [64, 0, 255]]


def test_what_cannot_be_drawn_is_left_out(monkeypatch) -> None:
    monkeypatch.setattr(representatives, "MOST_NODES", 3)
    assert 'class="way"' not in render(MAKERS["points"]())
