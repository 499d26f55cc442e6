"""What is kept of a run's answers: by hand, against dense loops, through JSON, and through a whole run."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made import ring_of_nodes
from test_comparison import example

import cochain as cc
from cochain.experiments.comparison import Comparison
from cochain.experiments.predictions import BINS, CLASSES, SAMPLE, Answers, confusion, reliability, summarise


def test_classes_by_hand() -> None:
    probability = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.2, 0.2, 0.6]])
    found = summarise("classification", probability.log(), torch.tensor([0, 1, 1, -1]))
    assert found.count == 3
    assert found.confusion is not None
    assert found.confusion.classes == (0, 1, 2)
    assert found.confusion.counts == ((1, 0, 0), (1, 1, 0), (0, 0, 0))
    assert found.reliability is not None
    assert found.reliability.confidence == pytest.approx((0.6, 0.7, 0.8))
    assert found.reliability.frequency == (0.0, 1.0, 1.0)
    assert found.reliability.error == pytest.approx((0.6 + 0.3 + 0.2) / 3)


def test_of_many_classes_the_confused_are_told_apart() -> None:
    classes = CLASSES + 10
    truth = np.arange(classes).repeat(2)
    answer = truth.copy()
    answer[2 * 7] = 55  # classes 7 and 55 are confused; of the others the first ones are told apart
    found = confusion(answer, truth, classes)
    assert len(found.classes) == CLASSES
    assert {7, 55} <= set(found.classes)
    counts = np.array(found.counts)
    assert counts.shape == (CLASSES + 1, CLASSES + 1)
    assert counts.sum() == len(truth)
    assert counts[found.classes.index(7), found.classes.index(55)] == 1
    assert counts[-1, -1] == 2 * 10


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60),
)
def test_calibration_is_the_dense_formula(items: list[tuple[float, bool]]) -> None:
    sure, right = np.array([s for s, _ in items]), np.array([r for _, r in items])
    found = reliability(sure, right)
    total = 0.0
    for b in range(BINS):
        inside = [(s, r) for s, r in items if min(int(s * BINS), BINS - 1) == b]
        if inside:
            total += abs(sum(r for _, r in inside) - sum(s for s, _ in inside))
    assert found.error == pytest.approx(total / len(items))
    assert sum(found.counts) == len(items)
    assert all(0 <= s <= 1 for s in found.confidence)


def test_labels_by_hand() -> None:
    logits = torch.tensor([[2.0, -1.0], [2.0, 1.0], [-3.0, 900.0]])
    truth = torch.tensor([[1.0, 1.0], [0.0, math.nan], [1.0, 1.0]])
    found = summarise("multilabel", logits, truth)
    assert found.count == 5
    assert found.labels == ((1, 1, 1, 0), (1, 1, 0, 0))  # found, missed, wrongly found, rightly not found


def test_numbers_by_hand() -> None:
    found = summarise("regression", torch.tensor([[1.0], [3.0], [9.0]]), torch.tensor([[2.0], [1.0], [math.nan]]))
    assert found.count == 2
    assert found.numbers is not None
    (column,) = found.numbers
    assert column.truth == (1.0, 2.0)
    assert column.answer == (3.0, 1.0)
    assert column.quantiles == pytest.approx((-1.0, -0.85, -0.25, 0.5, 1.25, 1.85, 2.0))


def test_many_numbers_are_thinned_and_keep_their_ends() -> None:
    truth = torch.randn(5000, 1)
    found = summarise("regression", truth + 0.1, truth).numbers
    assert found is not None
    assert len(found[0].truth) == SAMPLE
    assert found[0].truth[0] == pytest.approx(float(truth.min()))
    assert found[0].truth[-1] == pytest.approx(float(truth.max()))
    assert found[0].quantiles == pytest.approx([0.1] * 7, abs=1e-5)


def test_links_by_hand() -> None:
    logits = torch.tensor([[40.0], [3.0], [0.1], [-40.0]])
    found = summarise("link", logits, torch.tensor([[1.0], [1.0], [0.0], [0.0]]))
    assert found.separation is not None
    assert (sum(found.separation.positive), sum(found.separation.negative)) == (2, 2)
    assert (found.separation.positive[-1], found.separation.negative[0], found.separation.negative[10]) == (2, 1, 1)


@pytest.mark.parametrize("kind", ["classification", "multilabel", "regression", "link"])
def test_answers_that_are_no_numbers_are_not_counted(kind: str) -> None:
    truth = torch.tensor([0, 1]) if kind == "classification" else torch.zeros(2, 1)
    found = summarise(kind, torch.full((2, 2 if kind == "classification" else 1), math.nan), truth)
    assert found.count == 0
    assert replace(found, numbers=None) == Answers(0)


@pytest.mark.parametrize("kind", ["classification", "multilabel", "regression", "link"])
def test_json_round_trip(kind: str) -> None:
    truth = torch.randint(2, (40,)) if kind == "classification" else torch.randint(2, (40, 1)).float()
    found = summarise(kind, torch.randn(40, 2 if kind == "classification" else 1), truth)
    comparison = example()
    comparison = replace(comparison, runs=(replace(comparison.runs[0], answers=found),))
    assert Comparison.from_json(comparison.to_json()) == comparison


def test_comparisons_without_answers_are_still_read() -> None:
    plain = example().to_dict()
    for run in plain["runs"]:
        del run["answers"]
    assert Comparison.from_dict(plain) == example()


def test_a_run_keeps_its_answers_and_the_store_gives_them_again(tmp_path) -> None:
    data = ring_of_nodes()
    first, again = (cc.compare(data, ["gcn"], folds=2, epochs=3, runs=tmp_path) for _ in range(2))
    for run, stored in zip(first.runs, again.runs, strict=True):
        assert run.answers is not None
        assert run.answers.confusion is not None
        counts = np.array(run.answers.confusion.counts)
        assert np.trace(counts) / counts.sum() == pytest.approx(run.test_score)
        assert stored.answers == run.answers


def test_stored_runs_without_answers_are_still_found(tmp_path) -> None:
    import json

    data = ring_of_nodes()
    cc.compare(data, ["gcn"], folds=1, epochs=2, runs=tmp_path)
    (place,) = tmp_path.glob("*/result.json")
    stored = json.loads(place.read_text())
    del stored["answers"]
    place.write_text(json.dumps(stored))
    assert cc.compare(data, ["gcn"], folds=1, epochs=2, runs=tmp_path).runs[0].answers is None
