"""Answers of several runs taken together, and the charts of them: counted by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest

from cochain.experiments.answers import Answers, Confusion, Numbers, Reliability, Separation
from cochain.experiments.comparison import ModelCard, Task
from cochain.report import pooled
from cochain.report.calibration import calibration, labels, labels_table, separation, separation_table
from cochain.report.details import card
from cochain.report.matrix import matrix, matrix_table
from cochain.report.mistakes import mistakes
from cochain.report.residuals import against_truth, boxes, boxes_table, truth_table
from cochain.report.tables import behind
from report.browser import read
from report.comparisons import CALIBRATED, make, many_classes, numbers, with_answers


def titles(chart: str) -> list[str]:
    return re.findall(r"<title>(.*?)</title>", chart)


def cells(table: str) -> list[list[str]]:
    return [[cell.text for cell in row.children] for row in read(table).all("tbody")[0].all("tr")]


def test_confusion_adds_up() -> None:
    one = Answers(4, confusion=Confusion((0, 1), ((1, 1), (0, 2))))
    found = pooled.confusion([one, one, Answers(0)])
    assert found == Confusion((0, 1), ((2, 2), (0, 4)))
    assert pooled.confusion([Answers(0)]) is None


def test_classes_that_one_run_lacks_join_the_others() -> None:
    one = Answers(6, confusion=Confusion((0, 3), ((1, 0, 1), (0, 2, 0), (0, 0, 2))))
    two = Answers(6, confusion=Confusion((0, 5), ((3, 0, 0), (0, 2, 0), (1, 0, 0))))
    found = pooled.confusion([one, two])
    assert found == Confusion((0,), ((4, 1), (1, 6)))


def test_bins_add_up_and_errors_are_averaged() -> None:
    one = Answers(4, reliability=Reliability((0.52, 0.9), (0.5, 1.0), (2, 2), 0.1))
    two = Answers(2, reliability=Reliability((0.58,), (1.0,), (2,), 0.3))
    found = pooled.reliability([one, two])
    assert found is not None
    assert found.confidence == pytest.approx((0.55, 0.9))
    assert found.frequency == pytest.approx((0.75, 1.0))
    assert found.counts == (4, 2)
    assert found.error == pytest.approx(0.2)


def test_numbers_are_thinned_over_all_runs() -> None:
    truth = tuple(np.linspace(0, 1, 400).tolist())
    one = Answers(400, numbers=(Numbers(truth, truth, (0.0,) * 7, 400),))
    two = Answers(400, numbers=(Numbers(truth, truth, (1.0,) * 7, 400),))
    (found,) = pooled.numbers([one, two])
    assert len(found.truth) == pooled.POINTS
    assert found.quantiles == (0.5,) * 7
    assert found.count == 800
    assert pooled.numbers([]) == []


def test_links_and_labels_add_up() -> None:
    link = Answers(3, separation=Separation((0.0, 0.5, 1.0), (0, 1), (2, 0)))
    assert pooled.separation([link, link]) == Separation((0.0, 0.5, 1.0), (0, 2), (4, 0))
    label = Answers(4, labels=((1, 2, 3, 4),))
    assert pooled.labels([label, label]) == [(2, 4, 6, 8)]


def test_the_map_says_what_its_squares_are() -> None:
    found = Confusion((0, 1), ((3, 1), (0, 4)))
    said = titles(matrix(found, "gin"))
    assert said == [
        "true class 0, answered 0: 3 (75% of the row)",
        "true class 0, answered 1: 1 (25% of the row)",
        "true class 1, answered 1: 4 (100% of the row)",
    ]
    assert cells(matrix_table(found, "gin")) == [["true 0", "3", "1"], ["true 1", "0", "4"]]


def test_classes_have_their_own_names() -> None:
    found = Confusion((0, 1), ((3, 1), (0, 4)))
    called = ("cats & dogs", "everything that lives in the sea")
    assert titles(matrix(found, "gin", called))[1] == (
        "true class cats &amp; dogs, answered everything that lives in the sea: 1 (25% of the row)"
    )
    assert cells(matrix_table(found, "gin", called))[0] == ["true cats & dogs", "3", "1"]
    drawn = matrix(found, "gin", called)
    assert "everything that li…" in drawn  # beside a row
    assert ">everythin…<" in drawn  # above a column
    assert titles(labels([(3, 1, 2, 4)], "gin", ("bitter",)))[0].startswith("label bitter: 3 found")
    assert cells(labels_table([(3, 1, 2, 4)], "gin", ("bitter",)))[0][0] == "bitter"


def test_of_many_classes_the_table_lists_the_confusions() -> None:
    found = many_classes().confusion
    assert found is not None
    assert cells(matrix_table(found, "gin")) == [["3 taken for 4", "9"]]
    assert len(titles(matrix(found, "gin"))) == 52
    assert "other" in titles(matrix(found, "gin"))[-1]


def test_calibration_links_and_labels_say_their_numbers() -> None:
    assert titles(calibration(CALIBRATED, "gin", of_yes=False))[0] == "sure 55%, right 50% of 4"
    assert titles(calibration(CALIBRATED, "gin", of_yes=True))[0] == "sure 55%, true 50% of 4"
    apart = Separation((0.0, 0.5, 1.0), (0, 1), (2, 0))
    assert titles(separation(apart, "gin")) == [
        "probability 0.00 to 0.50: 2 other pairs",
        "probability 0.50 to 1.00: 1 links",
    ]
    assert cells(separation_table(apart, "gin")) == [["0.00 to 0.50", "0", "2"], ["0.50 to 1.00", "1", "0"]]
    assert titles(labels([(3, 1, 2, 4)], "gin")) == ["label 0: 3 found, 1 missed, 2 wrongly found"]
    assert cells(labels_table([(3, 1, 2, 4), (0, 0, 0, 9)], "gin"))[0][-2:] == ["60.0%", "75.0%"]


def test_numbers_say_what_was_answered() -> None:
    (column,) = numbers().numbers or ()
    assert len(titles(against_truth(column, "gin"))) == 60
    assert titles(against_truth(column, "gin"))[0].startswith("true -2.00, answered -1.78")
    assert len(cells(truth_table(column, "gin"))) == 20
    assert len(titles(boxes([("gin", "graph", column)]))) == 1
    assert cells(boxes_table([("gin", "graph", column)]))[0][-1] == "60"


def test_the_section_is_left_out_where_no_answers_were_kept() -> None:
    found = make()
    assert mistakes(replace(found, runs=tuple(replace(run, answers=None) for run in found.runs))) == ""
    assert len(read(mistakes(found)).all("details", "card")) == 4


def test_regression_is_looked_over_in_one_chart() -> None:
    page = read(mistakes(with_answers(numbers(), Task(1, "regression", "mae", False, 1))))
    first = page.all("svg", "plot")[0]
    assert first.attributes["aria-label"] == "residuals of 4 models"
    assert len(first.all(class_="mark")) == 4


def test_tables_escape_what_they_hold() -> None:
    found = behind("<b>", ["<i>"], [["<u>", 3]])
    assert read(found).all("b") == read(found).all("i") == read(found).all("u") == []
    assert cells(found) == [["<u>", "3"]]


def test_hyperparameters_keep_their_digits() -> None:
    options = {"learning_rate": 0.003, "hidden": 32, "weight_decay": 5e-4}
    shown = card(0, ModelCard("gcn", "", "kipf2017", (), "", options, ""))
    assert "<dd>0.003</dd>" in shown
    assert "<dd>32</dd>" in shown
    assert "<dd>0.0005</dd>" in shown
