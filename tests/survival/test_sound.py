"""Data from which nothing can be learned, or not all of it: named on `compare`."""

from typing import Any

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes

import cochain as cc
from cochain.errors import SpecError
from cochain.experiments import compare
from cochain.experiments.sound import notes_on

QUICK: dict[str, Any] = {"epochs": 2, "runs": None}
NOTHING = torch.zeros(2, 0, dtype=torch.long)


def with_x(cell: int, channel: int, value: float, rank: int = 0) -> cc.Complex:
    c = ring_of_nodes()
    x = torch.ones(24, 4)
    x[cell, channel] = value
    return c.with_cochain(rank, "x", x)


def labelled(y: torch.Tensor) -> cc.Complex:
    return ring_of_nodes().with_cochain(0, "y", y)


REFUSED = {
    "nan": (
        with_x(3, 1, float("nan")),
        r"x of rank 0 should hold finite numbers, but channel 1 of cell 3 is nan; fill",
    ),
    "inf": (with_x(0, 2, float("-inf")), r"x of rank 0 should hold finite numbers, but channel 2 of cell 0 is -inf"),
    "edges": (with_x(5, 0, float("nan"), 1), r"x of rank 1 should hold finite numbers, but channel 0 of cell 5 is nan"),
    "many": (ring_of_nodes().with_cochain(0, "x", torch.full((24, 2), torch.nan)), r"of cell 0 is nan, and 47 more"),
    "no channels": (ring_of_nodes().with_cochain(0, "x", torch.zeros(24, 0)), "x of rank 0 should have channels, but"),
    "constant": (labelled(torch.zeros(24, dtype=torch.long)), r"should differ, but all 24 are \[0\]; there is nothing"),
    "constant numbers": (labelled(torch.full((24,), 2.5)), r"should differ, but all 24 are \[2\.5\]"),
    "unlabelled": (labelled(torch.full((24,), -1)), "should hold at least some that are known, but all are -1 or NaN"),
    "infinite labels": (
        labelled(torch.where(torch.arange(24) == 7, torch.inf, torch.arange(24.0))),
        r"the labels on 0 should be finite, or NaN where unknown, but labelled row 7 is \[inf\]",
    ),
    "identifiers": (
        labelled(torch.arange(24) % 2 * 10**9),
        "the classes on 0 should be numbered from 0, but the largest of 2 is 1000000000; number them anew",
    ),
    "one component": (
        cc.Complex.graph([(0, 1)], num_nodes=2).with_cochain("whole", "y", torch.tensor([1])),
        "the labels on whole should be known for several rows, but are for one only; there is nothing to test on",
    ),
    "one node": (
        cc.Complex.graph(NOTHING, num_nodes=1).with_cochain(0, "y", torch.tensor([0.5])),
        "the labels on 0 should be known for several rows, but are for one only",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    c, message = REFUSED[case]
    with pytest.raises(SpecError, match=message):
        compare(c, ["gcn"], **QUICK)


def test_two_samples_cannot_be_split() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (3, 4)], num_nodes=[3, 2]).with_cochain("whole", "y", torch.tensor([1, 0]))
    found = compare(c, ["gin"], **QUICK)
    assert found.rows == ()
    assert "part of fold 0 should hold at least 2 labelled components, but holds 0" in found.failures[0].message


def test_rows_without_labels_are_heard_but_not_asked() -> None:
    y = ring_of_nodes()[0].y.clone()
    y[::4] = -1
    found = compare(labelled(y), ["gcn"], **QUICK)
    assert found.portrait.unlabelled == 6
    assert all(sum(parts) == 18 for parts in found.portrait.parts)


def test_a_class_that_is_missing_in_a_part_is_noted() -> None:
    c = ring_of_nodes()
    y, split = torch.arange(24) // 8, c[0].split.clone()
    split[y == 2] = 2
    found = compare(c.with_cochain(0, "y", y).with_cochain(0, "split", split), ["gcn"], **QUICK)
    assert found.rows[0].warnings == (
        "class 2 is missing in the training part",
        "class 2 is missing in the validation part",
    )


def test_components_without_cells_are_noted() -> None:
    edges = [(0, 1), (1, 2)] + [(3 + i, 4 + i) for i in range(30)]
    c = cc.Complex.graph(edges, num_nodes=[3, 0, 31, 0] + [5] * 20).with_cochain("whole", "y", torch.arange(24) % 2)
    found = compare(c, ["gin", "cin"], folds=2, **QUICK)
    assert found.failures == ()
    note = "2 of 24 components have no cells, such as 1: the answer for them is a constant"
    assert all(note in row.warnings for row in found.rows)


def test_nodes_without_edges_are_noted() -> None:
    c = cc.Complex.graph(NOTHING, num_nodes=[4] * 24).with_cochain("whole", "y", torch.arange(24) % 2)
    found = compare(c, ["gin", "cin"], folds=2, **QUICK)
    assert found.failures == ()
    assert all("there are no edges: no model can hear anything from a neighbour" in row.warnings for row in found.rows)


def test_sound_data_has_no_notes() -> None:
    assert notes_on(ring_of_nodes()) == notes_on(cycles_and_paths()) == []
    assert notes_on(cc.Complex.points(torch.rand(4, 2))) == []
