"""A comparison goes to JSON and back, needs no torch, and says where a broken one is broken."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import pytest

from cochain.errors import SpecError
from cochain.experiments.comparison import (
    Comparison,
    Curve,
    Failure,
    Histogram,
    ModelCard,
    Portrait,
    Row,
    Run,
    Score,
    Task,
)


def example() -> Comparison:
    histogram = Histogram((0.0, 1.0, 2.0), (3, 4))
    curve = Curve((1, 2), (0.5, 0.25), (None, 0.75), (0.5, 1.0))
    return Comparison(
        dataset="made",
        title="Made up",
        task=Task("whole", "classification", "accuracy", True, 2),
        protocol="validation",
        portrait=Portrait(
            "graph", 2, (7, 6), (3, 0), (False, False), (1, 1), None, 0, 0.5, histogram, (histogram,), ((1, 1, 1),)
        ),
        rows=(Row("gin", "cycles:6", 0.5, None, (Score(0, 1, 0.5),), 9, 0.1, 3.5, 4.0, True, None, ("a note",)),),
        runs=(Run("gin", 0, 1, {"a": {"b": 1}}, "ff", 0.5, None, 2, 1.5, curve),),
        models=(ModelCard("gin", "", "xu2019gin", ("h' = h",), "<svg/>", {"hidden": 8, "epsilon": False}, "a paper"),),
        failures=(Failure("cin", "too large"), Failure("gin", "diverged", 1, 0)),
        command="cochain compare made",
        versions={"torch": "2"},
        memory="what it is",
        started="2026-01-01T00:00:00+00:00",
        finished="2026-01-01T00:00:01+00:00",
        complete=False,
    )


def test_dictionary_round_trip() -> None:
    assert Comparison.from_dict(example().to_dict()) == example()


def test_json_round_trip() -> None:
    assert Comparison.from_json(example().to_json()) == example()
    assert Comparison.from_json(example().to_json(indent=2)) == example()


def test_numbers_keep_their_bits() -> None:
    value = 0.1 + 0.2
    run = replace(example().runs[0], test_score=value)
    assert Comparison.from_json(replace(example(), runs=(run,)).to_json()).runs[0].test_score == value


def test_targets_keep_their_type() -> None:
    for target in (0, 2, "whole"):
        task = replace(example().task, target=target)
        assert Comparison.from_json(replace(example(), task=task).to_json()).task.target == target


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        example().title = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"rows": 3}, "rows"),
        ({"task": {}}, r"task\.target: field required"),
        ({"versions": {"torch": 2}}, r"versions\.torch"),
    ],
)
def test_a_broken_one_says_where(change: dict[str, object], place: str) -> None:
    with pytest.raises(SpecError, match=f"a comparison should be what to_dict or to_json gave, but at {place}"):
        Comparison.from_dict(example().to_dict() | change)


def test_no_json() -> None:
    with pytest.raises(SpecError, match="at the text: invalid json"):
        Comparison.from_json("{")


def test_reading_needs_no_torch() -> None:
    code = "import sys, cochain.experiments.comparison, cochain.experiments.spec; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
