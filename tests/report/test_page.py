"""The page in headless Chromium, and what its text must and must not hold."""

import re
from pathlib import Path

import numpy as np
import pytest

import cochain as cc
from cochain.experiments.comparison import Comparison
from cochain.report import render, write
from report.browser import Document, dump, read, screenshot
from report.comparisons import hostile, make, undefined

MAKERS = {"plain": make, "hostile": hostile, "undefined": undefined}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    graph = cc.Complex.graph([(0, 1), (1, 2), (2, 0), (2, 3)])
    return {name: write(maker(), folder / f"{name}.html", graph) for name, maker in MAKERS.items()}


def models(page: Document) -> list[str]:
    rows = page.by_id("board").all("tbody")[0].all("tr")
    return [row.all("th")[0].attributes["data-value"] or "" for row in rows]


@pytest.mark.parametrize("name", MAKERS)
def test_chromium_finds_nothing_wrong(pages: dict[str, Path], name: str) -> None:
    page, console = dump(pages[name])
    root = page.all("html")[0]
    assert console == []
    assert root.attributes.get("data-ready") == "true"
    assert "data-errors" not in root.attributes


def test_the_judge_hears_errors(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(render(make()).replace('id="copy"', 'id="lost"'))
    page, console = dump(broken)
    assert "Uncaught TypeError" in console[0]
    assert page.all("html")[0].attributes["data-errors"]
    assert "data-ready" not in page.all("html")[0].attributes


@pytest.mark.parametrize("name", MAKERS)
def test_every_plot_has_marks_and_a_name(pages: dict[str, Path], name: str) -> None:
    page = read(pages[name].read_text())
    plots = page.all("svg", "plot")
    assert len(plots) >= 5
    for plot in plots:
        assert plot.all(class_="mark"), plot.attributes["aria-label"]
        assert plot.attributes["role"] == "img"


def test_marks_are_as_many_as_the_data() -> None:
    found = make()
    page = read(render(found))
    assert len(page.by_id("scores").all(class_="dot")) == sum(len(row.scores) for row in found.rows)
    assert len(page.by_id("learning").all(class_="mark")) == 2 * len(found.rows)
    assert len(page.by_id("cost").all(class_="mark")) == 3 * len(found.rows)
    assert len(page.by_id("runs").all("tbody")[0].all("tr")) == len(found.runs)


@pytest.mark.parametrize(
    ("fragment", "order"),
    [
        ("", ["cin", "sccnn", "gin", "gcn"]),
        ("#sort=parameters", ["gcn", "gin", "sccnn", "cin"]),
        ("#sort=-epoch", ["cin", "sccnn", "gin", "gcn"]),
        ("#sort=model", ["cin", "gcn", "gin", "sccnn"]),
        ("#sort=p", ["gcn", "gin", "sccnn", "cin"]),
        ("#sort=-p", ["sccnn", "gin", "gcn", "cin"]),  # the best has no p-value: last both ways
    ],
)
def test_the_leaderboard_sorts(pages: dict[str, Path], fragment: str, order: list[str]) -> None:
    page, console = dump(pages["plain"], fragment)
    assert models(page) == order
    assert console == []
    marked = [head for head in page.by_id("board").all("th") if head.attributes.get("aria-sort") not in (None, "none")]
    assert len(marked) == bool(fragment)


@pytest.mark.parametrize(("theme", "bright"), [("light", True), ("dark", False)])
def test_it_can_be_seen(pages: dict[str, Path], tmp_path: Path, theme: str, bright: bool) -> None:
    from matplotlib.image import imread

    picture = tmp_path / "page.png"
    screenshot(pages["plain"], picture, f"#theme={theme}")
    gray = np.asarray(imread(picture))[..., :3].mean(axis=2)
    assert gray.shape == (1400, 1200)
    assert (np.median(gray) > 0.9) if bright else (np.median(gray) < 0.2)
    text = gray < 0.5 if bright else gray > 0.5
    assert 0.005 < text.mean() < 0.3
    assert text[:700].any()
    assert text[700:].any()


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = render(make())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src &#x27;none&#x27;;")
    page = read(text)
    assert [e for e in page.all() if e.name in ("img", "iframe", "object", "embed", "video")] == []
    links = [
        e.attributes.get(key)
        for e in page.all()
        for key in ("src", "href", "xlink:href", "action")
        if key in e.attributes
    ]
    assert all(link and (link.startswith("#") or link == "data:,") for link in links)
    assert re.findall(r"@import|url\((?!#)", text) == []


def test_hostile_names_stay_text() -> None:
    page = read(render(hostile()))
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert [key for e in page.all() for key in e.attributes if key.startswith("on")] == []
    assert "<script>alert(1)</script>" in page.all("h1")[0].text


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    page = read(render(make()))
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    targets = {str(e.attributes["href"])[1:] for e in page.all() if str(e.attributes.get("href")).startswith("#")}
    used = set(re.findall(r"url\(#([^)]*)\)", render(make())))
    assert targets | used <= set(ids)


def test_the_command_and_the_hashes_are_there() -> None:
    found = make()
    text = render(found)
    assert found.command in text
    assert all(run.hash in text for run in found.runs)
    assert "2.13.0" in text


def test_the_same_comparison_gives_the_same_page() -> None:
    found = make()
    assert render(found) == render(Comparison.from_json(found.to_json()))


def test_drawings_come_from_the_data_or_the_registry() -> None:
    from dataclasses import replace

    found = make()
    assert read(render(found)).all("svg", "complex") == []
    drawn = read(render(found, cc.Complex.graph([(0, 1), (1, 2), (2, 0)]))).all("svg", "complex")
    assert len(drawn) == 3  # as it is, with its cycle filled, with its clique filled
    assert [len(svg.all(class_="cell")) for svg in drawn] == [0, 1, 1]
    karate = read(render(replace(found, dataset="karate"))).all("svg", "complex")
    assert len(karate[0].all(class_="node")) == 34


def test_one_component_of_each_class_is_drawn() -> None:
    graphs = [cc.Complex.graph([(i, i + 1) for i in range(n)]) for n in (2, 3, 4, 5)]
    union = cc.Complex.union(graphs).with_cochain("whole", "y", [0, 0, 0, 1])
    page = read(render(make(), union))
    captions = [figure.all("figcaption")[0].text for figure in page.all("figure", "picture")]
    assert captions == [
        "class 0 · cycles:6:induced: 4 nodes and 3 edges",
        "class 1 · cycles:6:induced: 6 nodes and 5 edges",
    ]


def test_write_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "new" / "report.html"
    assert write(make(), place) == place
    before = place.read_bytes()

    def broken(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write(hostile(), place)
    assert place.read_bytes() == before
    assert [path.name for path in place.parent.iterdir()] == ["report.html"]
