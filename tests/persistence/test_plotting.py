"""Pictures of diagrams: what is drawn where."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from cochain.errors import ShapeError
from cochain.persistence import from_points, plot_barcode, plot_diagram

INF = float("inf")
D = from_points([{0: [[0.0, 1.0], [0.0, INF]], 1: [[1.0, 3.0], [1.0, 2.0]]}, {0: [], 1: []}])


def texts(figure):
    axes = figure.axes[0]
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_points_stand_at_birth_and_death():
    axes = plot_diagram(D, unit="mm").axes[0]
    first, second = (np.asarray(each.get_offsets()) for each in axes.collections)
    assert first[0].tolist() == [0, 1]
    assert first[1, 0] == 0
    assert first[1, 1] > 3  # on the line of what never dies, above everything
    assert second.tolist() == [[1, 3], [1, 2]]
    assert axes.get_xlabel() == "birth (mm)"
    assert axes.get_ylabel() == "death (mm)"
    assert [text.get_text() for text in axes.texts] == ["never dies"]
    assert texts(axes.figure) == ["dimension 0: 2 bars", "dimension 1: 2 bars"]
    assert axes.get_ylim()[1] > first[1, 1]


def test_bars_run_from_birth_to_death_the_longest_first():
    figure = plot_barcode(D)
    lines = figure.axes[0].collections
    assert [segment[:, 0].tolist() for segment in lines[1].get_segments()] == [[1, 3], [1, 2]]
    never = lines[0].get_segments()[0]
    assert never[0, 0] == 0
    assert never[1, 0] > 3
    assert figure.axes[0].get_xlabel() == "filtration value"


def test_superlevel_diagrams_lie_below_the_diagonal():
    down = from_points([[[3.0, 1.0], [2.0, -INF]]])
    (points,) = (np.asarray(each.get_offsets()) for each in plot_diagram(down).axes[0].collections)
    assert points[0].tolist() == [3, 1]
    assert points[1, 1] < 1
    never = plot_barcode(down).axes[0].collections[0].get_segments()[0]
    assert never[1, 0] < 1


def test_many_bars_show_the_longest():
    many = from_points([[[0.0, 1.0 + k] for k in range(300)]])
    assert texts(plot_barcode(many)) == ["dimension 0: 200 longest of 300"]


def test_axes_of_the_caller_are_used_and_empty_components_drawn(tmp_path):
    figure = Figure()
    axes = figure.add_subplot()
    assert plot_diagram(D, 1, axes=axes) is figure
    for draw in (plot_diagram, plot_barcode):
        draw(D, 1).savefig(tmp_path / "empty.png")
    assert (tmp_path / "empty.png").stat().st_size > 0
    assert D.plot().axes


def test_messages():
    with pytest.raises(ShapeError, match="component should be from 0 to 1, but is 2"):
        plot_diagram(D, 2)
