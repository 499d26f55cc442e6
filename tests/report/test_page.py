"""The page in headless Chromium, and what its text must and must not hold."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cochain as cc
from cochain.experiments.comparison import Comparison, Failure, Task
from cochain.report import matrix, render, style, write
from report.browser import Browser, Document, read
from report.comparisons import (
    MODELS,
    hostile,
    links,
    make,
    many_classes,
    numbers,
    several_labels,
    thirty,
    undefined,
    with_answers,
)

MAKERS: dict[str, Callable[[], Comparison]] = {
    "plain": make,
    "hostile": hostile,
    "undefined": undefined,
    "thirty": thirty,
    "one": lambda: make(MODELS[:1], folds=1),
    "none": lambda: replace(make(), rows=(), runs=(), models=(), failures=(Failure("cin", "too large"),)),
    "stopped": lambda: replace(make(folds=2), complete=False),
    "many": lambda: with_answers(many_classes(), Task(0, "classification", "accuracy", True, 50)),
    "numbers": lambda: with_answers(numbers(), Task(1, "regression", "mae", False, 1)),
    "links": lambda: with_answers(links(), Task(0, "link", "roc_auc", True, 1)),
    "labels": lambda: with_answers(several_labels(), Task("whole", "multilabel", "roc_auc", True, 4)),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    graph = cc.Complex.graph([(0, 1), (1, 2), (2, 0), (2, 3)])
    return {name: write(maker(), folder / f"{name}.html", graph) for name, maker in MAKERS.items()}


def models(page: Document) -> list[str]:
    rows = page.by_id("board").all("tbody")[0].all("tr")
    return [row.all("th")[0].attributes["data-value"] or "" for row in rows]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("width", "theme"), [(400, "dark"), (1280, "light")])
def test_chromium_finds_nothing_wrong(
    browser: Browser, pages: dict[str, Path], name: str, width: int, theme: str
) -> None:
    browser.open(pages[name], width=width, theme=theme)
    assert browser.complaints == []
    assert browser.run("document.documentElement.dataset.ready") == "true"
    assert browser.run("document.documentElement.dataset.errors") is None
    assert browser.run("document.documentElement.scrollWidth") == width
    assert browser.run(OUTSIDE) == []


OUTSIDE = """[...document.querySelectorAll("header *, main *")].filter(one =>
    !one.parentElement.closest(".scroll, svg, pre, details:not([open])") && !one.closest(".hidden, [hidden]")
    && (one.getBoundingClientRect().right > innerWidth + 0.5 || one.getBoundingClientRect().left < -0.5)
).map(one => one.outerHTML.slice(0, 80))"""


def test_the_judge_hears_errors(browser: Browser, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(render(make()).replace('id="theme"', 'id="lost"'))
    browser.open(broken)
    assert "TypeError" in browser.complaints[0]
    assert browser.run("document.documentElement.dataset.errors")
    assert browser.run("document.documentElement.dataset.ready") is None


def test_the_judge_sees_what_overflows(browser: Browser, tmp_path: Path) -> None:
    broken = tmp_path / "wide.html"
    broken.write_text(render(make()).replace("<h2>", '<h2 style="width:2000px">'))
    browser.open(broken)
    assert browser.run("document.documentElement.scrollWidth") > 1280
    assert browser.run(OUTSIDE)


@pytest.mark.parametrize("name", MAKERS)
def test_every_plot_has_marks_and_a_name(pages: dict[str, Path], name: str) -> None:
    page = read(pages[name].read_text())
    plots = page.all("svg", "plot")
    assert len(plots) >= 2
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
def test_the_leaderboard_sorts(browser: Browser, pages: dict[str, Path], fragment: str, order: list[str]) -> None:
    browser.open(pages["plain"], fragment)
    page = browser.document()
    assert models(page) == order
    marked = [head for head in page.by_id("board").all("th") if head.attributes.get("aria-sort") not in (None, "none")]
    assert len(marked) == bool(fragment)


def test_tables_sort_by_click_and_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"])
    browser.point("th[data-key=parameters] button", click=True)
    assert models(browser.document()) == ["gcn", "gin", "sccnn", "cin"]
    browser.run("document.querySelector('th[data-key=memory] button').focus()")
    browser.press("Enter")
    browser.press("Enter")
    assert models(browser.document()) == ["cin", "sccnn", "gin", "gcn"]
    assert browser.run("document.querySelector('th[data-key=memory]').ariaSort") == "descending"
    assert browser.complaints == []


READ = "document.getElementById('tip').classList.contains('on') ? document.getElementById('tip').textContent : ''"


def test_charts_are_read_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"])
    best = make().rows[0]
    browser.run("document.querySelector('#scores svg').focus()")
    assert browser.run(READ) == ""
    browser.press("ArrowRight")
    assert browser.run(READ) == f"cin, fold 0, seed 0: {100 * best.scores[0].value:.1f}"
    assert browser.run("document.querySelectorAll('#scores .same').length") == 4  # one of each model
    browser.press("ArrowRight")
    assert browser.run(READ).startswith("cin, fold 1")
    browser.press("Escape")
    assert browser.run(READ) == ""
    browser.run("document.querySelector('#learning svg').focus()")
    browser.press("End")
    assert re.fullmatch(r"cin, epoch \d+: [\d.]+", browser.run(READ))
    assert browser.run("document.querySelectorAll('#learning .cursor.on').length") == 4  # in all panels of the group


def test_a_curve_is_read_as_it_was(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["one"])
    run = make(MODELS[:1], folds=1).runs[0]
    browser.run("document.querySelector('#learning svg').focus()")
    browser.press("Home")
    name, value = browser.run(READ).split(": ")
    assert name == "cin, epoch 1"
    first = run.curve.validation_score[0]
    assert first is not None
    assert float(value) == pytest.approx(100 * first, abs=0.2)


def test_charts_are_read_by_pointer(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"])
    browser.point("#cost .mark")
    assert browser.run(READ).startswith("cin: ")
    browser.point("#answers .mark.heat")
    assert browser.run(READ) == "true class 0, answered 0: 50 (83% of the row)"
    browser.point("h1")
    assert browser.run(READ) == ""


def test_models_can_be_hidden(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"])
    browser.point("[data-toggle=gin]", click=True)
    page = browser.document()
    off = page.all(class_="off")
    assert {e.attributes["data-model"] for e in off} == {"gin"}
    assert {e.name for e in off} == {"g", "text", "figure", "use", "details"}
    assert len(models(page)) == 4
    browser.point("#all", click=True)
    assert browser.document().all(class_="off") == []


def test_it_prints(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], theme="dark")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelectorAll('details.card:not([open])').length") == 1  # the long list of runs
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("document.querySelectorAll('details.card:not([open])').length") > 1
    browser.media("print", "dark")
    hidden = "['nav', '.toggles', '#theme', '.behind'].map(s => getComputedStyle(document.querySelector(s)).display)"
    assert browser.run(hidden) == ["none"] * 4
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page = browser.pdf()
    assert page.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", page)) <= 12


@pytest.mark.parametrize("name", MAKERS)
def test_every_chart_has_a_table(pages: dict[str, Path], name: str) -> None:
    """A chart in no table of its own stands with a table in its figure, card, or section."""
    page = read(pages[name].read_text())
    for section in page.all("section"):
        plots = [
            e for e in section.all("svg", "plot") if e not in [s for t in section.all("table") for s in t.all("svg")]
        ]
        tables = section.all("details", "behind")
        assert bool(tables) or not plots, section.attributes["id"]
        if section.attributes["id"] in ("data", "answers"):
            assert len(tables) == len(plots)
        assert all(len(table.all("tr")) > 1 for table in tables)


@pytest.mark.parametrize(("theme", "bright"), [("light", True), ("dark", False)])
def test_it_can_be_seen(browser: Browser, pages: dict[str, Path], tmp_path: Path, theme: str, bright: bool) -> None:
    from matplotlib.image import imread

    browser.open(pages["plain"], theme=theme, width=1200)
    picture = tmp_path / "page.png"
    picture.write_bytes(browser.picture())
    gray = np.asarray(imread(picture))[..., :3].mean(axis=2)
    assert gray.shape == (900, 1200)
    assert (np.median(gray) > 0.9) if bright else (np.median(gray) < 0.2)
    text = gray < 0.5 if bright else gray > 0.5
    assert 0.005 < text.mean() < 0.3
    assert text[:450].any()
    assert text[450:].any()


def test_the_theme_can_be_switched(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["plain"], theme="dark")
    dark = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.point("#theme", click=True)
    assert browser.run("getComputedStyle(document.body).backgroundColor") != dark
    browser.open(pages["plain"], "#theme=dark", theme="light")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == dark


def luminance(tone: str) -> float:
    parts = (int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["_LIGHT", "_DARK"])
def test_text_stands_out_from_its_ground(theme: str) -> None:
    """A ratio of 4.5 is what the Web Content Accessibility Guidelines 2.1 ask of text, 3 of marks."""
    tones = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", getattr(style, theme)))
    for ground in ("paper", "card", "tint"):
        for name, least in (
            ("ink", 7.0),
            ("soft", 4.5),
            ("graph", 3.0),
            ("higher", 3.0),
            ("other", 3.0),
            ("accent", 3.0),
        ):
            one, other = sorted((luminance(tones[name]), luminance(tones[ground])))
            assert (other + 0.05) / (one + 0.05) >= least, (name, ground)


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
    found = make()
    assert read(render(found)).all("svg", "complex") == []
    drawn = read(render(found, cc.Complex.graph([(0, 1), (1, 2), (2, 0)]))).all("svg", "complex")
    assert len(drawn) == 3  # as it is, with its cycle filled, with its clique filled
    assert [len(svg.all(class_="cell")) for svg in drawn] == [0, 1, 1]
    karate = read(render(replace(found, dataset="karate"))).all("svg", "complex")
    assert len(karate[0].all(class_="node")) == 34


def test_one_component_of_each_class_is_drawn() -> None:
    graphs = [cc.Complex.graph([(i, i + 1) for i in range(n)]) for n in (2, 3, 4)]
    graphs.append(cc.Complex.graph([(i, (i + 1) % 6) for i in range(6)]))
    union = cc.Complex.union(graphs).with_cochain("whole", "y", [0, 0, 0, 1])
    page = read(render(make(), union))
    captions = [figure.all("figcaption")[0].text for figure in page.all("figure", "picture")]
    assert captions == [
        "class 0 · as it is: 4 nodes and 3 edges",  # the lift fills nothing in
        "class 1 · cycles:6:induced: 6 nodes, 6 edges and 1 polygon",
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


@pytest.mark.parametrize("theme", ["_LIGHT", "_DARK"])
def test_numbers_stand_out_from_their_squares(theme: str) -> None:
    tones = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", getattr(style, theme)))
    for share in np.linspace(0, 1, 101):
        part = matrix.WEAKEST + (1 - matrix.WEAKEST) * share
        card, heat = (np.array([int(tones[name][i : i + 2], 16) for i in (1, 3, 5)]) for name in ("card", "heat"))
        ground = "#" + "".join(f"{round(c):02x}" for c in card + (heat - card) * part)
        name = "on-strong" if share > matrix.STRONG else "on-mid" if share > matrix.MID else "on-weak"
        one, other = sorted((luminance(tones[name]), luminance(ground)))
        assert (other + 0.05) / (one + 0.05) >= 4.35, (share, ground)


def test_data_of_ones_own_is_called_by_its_name() -> None:
    found = replace(make(), dataset="mine.csv", title="Complex(graph, 3 of rank 0)")
    page = read(render(found))
    assert page.all("h1")[0].text == "mine.csv"
    assert page.all("p", "holds")[0].text == "Complex(graph, 3 of rank 0)"


def test_one_model_alone_is_neither_ranked_nor_weighed() -> None:
    page = read(render(make(MODELS[:1])))
    assert page.all("span", "badge") == page.all("div", "toggles") == []
    sections = [section.attributes["id"] for section in page.all("section")]
    assert "cost" not in sections
    assert "learning" in sections
