"""What `build` refuses, and what it takes from the labels."""

from typing import Any

import jaxtyping
import pytest
import torch

import cochain as cc
from cochain.models import build


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off the annotations' checks of the tests, which users do not have."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture
def graph() -> cc.Complex:
    c = cc.Complex.graph([(0, 1), (1, 2)], [3, 1])
    return c.with_cochain(0, "x", torch.rand(4, 2)).with_cochain(0, "y", torch.tensor([0, 2, 1, -1]))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hidden": 0}, "hidden should be an integer >= 1, but is 0"),
        ({"hidden": 8.0}, "hidden should be an integer >= 1, but is 8.0"),
        ({"layers": -1}, "layers should be an integer >= 0"),
        ({"out": "2"}, "out should be an integer"),
        ({"target": True, "out": 2}, "target should be 'whole' or a rank"),
        ({"target": "whole"}, "out should be given"),
        ({"options": {"dropout": 2}}, "dropout should be a probability from 0 to 1, but is 2"),
        ({"options": {"width": 2}}, "no option of gcn is called 'width'"),
        ({"options": [1]}, "options should be a mapping"),
        ({"seed": 1.5}, "seed should be an integer"),
    ],
)
def test_wrong_arguments(graph: cc.Complex, given: dict[str, Any], message: str) -> None:
    with pytest.raises(cc.CochainError, match=message):
        build("gcn", graph, **given)


@pytest.mark.parametrize(
    ("y", "out"),
    [(torch.tensor([0, 2, 1, -1]), 3), (torch.rand(4, 5), 5), (torch.rand(4), 1), (torch.ones(4, 2).bool(), 2)],
)
def test_out_comes_from_the_labels(graph: cc.Complex, y: torch.Tensor, out: int) -> None:
    c = graph.with_cochain(0, "y", y)
    assert build("gcn", c)(c).shape == (4, out)


@pytest.mark.parametrize(
    ("y", "message"), [(torch.full((4,), -1), "none of the labels"), (torch.rand(4, 2, 3), "columns")]
)
def test_labels_that_tell_nothing(graph: cc.Complex, y: torch.Tensor, message: str) -> None:
    with pytest.raises(cc.ShapeError, match=message):
        build("gcn", graph.with_cochain(0, "y", y))
    with pytest.raises(cc.ShapeError, match="none of the labels"):
        build("gcn", graph.select([]))
