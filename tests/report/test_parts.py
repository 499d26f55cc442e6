"""The small parts: numbers in words, ticks, escaping, diagrams, bands of curves."""

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from cochain.experiments.comparison import Curve, Histogram, Row, Run, Task
from cochain.report import words
from cochain.report.axes import Scale, linear_ticks, scale, tick_label
from cochain.report.bars import histogram
from cochain.report.curves import band, panels
from cochain.report.diagram import embed
from cochain.report.markup import Html, fill, join
from cochain.report.reference import paper

ACCURACY = Task(0, "classification", "accuracy", True, 2)
ERROR = Task(0, "regression", "mae", False, 1)


def test_filling_escapes_all_but_html() -> None:
    assert fill('<a title="{}">{}</a>', "\"'<", Html("<b>")) == '<a title="&quot;&#x27;&lt;"><b></a>'
    assert join(["<", Html("<br>")]) == "&lt;<br>"


def test_scores_in_words() -> None:
    assert words.score(0.8943, ACCURACY) == "89.4"
    assert words.score(0.01234, ERROR) == "0.0123"
    assert words.score(math.nan, ERROR) == words.score(None, ERROR) == words.NOTHING
    assert words.difference(-0.021, ACCURACY) == "2.1 points"
    assert words.metric_name(ACCURACY) == "accuracy (%)"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0032, "3.20 ms"), (1.45, "1.45 s"), (725, "12 min 5 s"), (7440, "2 h 4 min"), (59.96, "60.0 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_listing() -> None:
    assert [words.listing(list("abc"[:n])) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_ticks_are_round_and_inside() -> None:
    assert linear_ticks(0.63, 0.97, 4) == [0.7, 0.8, 0.9]
    assert linear_ticks(-3.0, 12.0, 3) == [0.0, 5.0, 10.0]
    assert Scale(90.0, 40_000.0, 0, 1, True).ticks(5) == [100.0, 1000.0, 10_000.0]
    assert Scale(140.0, 412.0, 0, 1, True).ticks(5) == [200.0, 300.0, 400.0]
    assert [tick_label(v) for v in (0.0, 0.0001, 1500.0, 2e6)] == ["0", "1e-4", "1.5k", "2M"]


def test_scales_hold_what_they_are_given() -> None:
    assert scale([3.0], 0, 100)(3.0) == 50
    assert scale([], 0, 100)(0.5) == 50
    x = scale([1.0, math.nan, 3.0, math.inf], 0, 100, pad=0.0)
    assert (x(1.0), x(2.0), x(3.0), x(9.0)) == (0, 50, 100, 100)
    logarithmic = Scale(1.0, 100.0, 0, 100, True)
    assert logarithmic(10.0) == pytest.approx(50)


def test_bins_of_whole_numbers_are_named_by_their_number() -> None:
    assert "<title>2: 5</title>" in histogram(Histogram((1.0, 2.0, 3.0), (4, 5)), "", "")
    assert "<title>2 to 4: 5</title>" in histogram(Histogram((0.0, 2.0, 4.0), (0, 5)), "", "")


def run(*scores: float | None) -> Run:
    curve = Curve(tuple(range(1, len(scores) + 1)), tuple(1.0 / (i + 1) for i in range(len(scores))), scores)
    return Run("gcn", 0, 0, {}, "0" * 64, 0.5, 0.5, 1, 1.0, curve)


def test_bands_by_hand() -> None:
    found = band("gcn", "graph", [run(0.2, 0.6, 0.7), run(0.4, None)], "validation_score")
    assert found is not None
    assert found.epoch == (1, 2, 3)
    assert found.mean == pytest.approx((0.3, 0.6, 0.7))
    assert found.deviation == pytest.approx((0.1, 0.0, 0.0))


def test_bands_end_where_half_of_the_runs_did() -> None:
    found = band("gcn", "graph", [run(0.1, 0.2), run(0.1, 0.2), run(0.1, 0.2, 0.3)], "validation_score")
    assert found is not None
    assert found.epoch == (1, 2)
    assert band("gcn", "graph", [run(None, None)], "validation_score") is None


def test_long_curves_are_thinned() -> None:
    found = band("gcn", "graph", [run(*[0.5] * 2000)], "train_loss")
    assert found is not None
    assert len(found.epoch) <= 140
    assert (found.epoch[0], found.epoch[-1]) == (1, 2000)
    assert panels([found], "loss", "loss", 1.0)[0].count('class="mark') == 1


def test_diagrams_keep_their_shapes_and_nothing_else() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" onload="a()" '
        'viewBox="0 0 9 9">'
        '<defs><marker id="m"><path d="M0,0 L8,4z" fill="#667"/></marker></defs>'
        '<a x:href="javascript:a()"><rect width="3"/></a>'
        '<path d="M0 0" marker-end="url(#m)" fill="url(http://x)" style="fill:url(http://x)" onclick="a()"/>'
        '<image href="http://x"/><foreignObject/><text transform="rotate(3 4 5)">a &lt; b</text></svg>'
    )
    found = ElementTree.fromstring(embed(svg, "d1", "of <gcn>"))
    assert {element.tag for element in found.iter()} == {"svg", "defs", "marker", "path", "text"}
    assert found.get("aria-label") == "of <gcn>"
    path = found.findall("path")[0]
    assert path.attrib == {"d": "M0 0", "marker-end": "url(#d1-m)"}
    assert found.findall("text")[0].attrib == {"transform": "rotate(3 4 5)"}
    assert found.findall("text")[0].text == "a < b"


@pytest.mark.parametrize("svg", ["", "no svg", "<html/>", "<svg>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'])
def test_what_is_no_diagram_is_left_out(svg: str) -> None:
    assert embed(svg, "d", "x") == ""


def test_papers() -> None:
    assert paper("velickovic2018gat") == "Graph Attention Networks, 2018"
    assert paper("nobody1900") == "nobody1900"


def test_test_curves_are_drawn_where_the_protocol_reads_them() -> None:
    read_on_test = run(None, None)
    read_on_test = replace(read_on_test, curve=replace(read_on_test.curve, test_score=(0.5, 0.75)))
    found = band("gcn", "graph", [read_on_test], "test_score")
    assert found is not None
    assert found.mean == (0.5, 0.75)
    assert band("gcn", "graph", [read_on_test], "validation_score") is None


def test_whole_axes_have_whole_ticks() -> None:
    svg = histogram(Histogram((7.0, 8.0), (1,)), "", "")
    assert re.findall(r'class="tick"[^>]*>([^<]*)<', svg) == ["6", "7", "8"]


def test_logarithmic_axes_of_a_narrow_range_have_ticks() -> None:
    assert len(Scale(0.22, 0.95, 0, 1, True).ticks(4)) > 1


@pytest.mark.parametrize(
    ("mean", "deviation", "text"),
    [
        (1.1534, 0.0846, "1.153 ± 0.085"),
        (1234.56, 56.7, "1,235 ± 57"),
        (0.5, 0.0, "0.500 ± 0"),
        (0.012345, None, "0.0123"),
        (math.nan, 0.1, words.NOTHING),
    ],
)
def test_errors_have_two_digits_of_their_deviation(mean: float, deviation: float | None, text: str) -> None:
    row = Row("gcn", "", mean, deviation, (), 1, 0.1, 1.0, 1.0, True, None)
    assert words.mean_and_deviation(row, ERROR) == text
