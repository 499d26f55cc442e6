"""The benchmarks' own machinery, and that every case names functions that are there."""

import importlib
import inspect
import math
from dataclasses import replace

import pytest
from benchmarks.__main__ import TOPICS, show
from benchmarks.harness import cases, peer_folder, rows, run

SPECIMEN = "tests.meta.bench_specimen"


@pytest.fixture(scope="module")
def results():
    case = replace(cases(SPECIMEN)[0], timeout=5.0)
    return {result.contestant: result for result in run(SPECIMEN, case)}


def test_times_and_order(results):
    assert 0.01 <= results["cochain"].median < 0.05 <= results["slower"].median
    assert len(results["cochain"].seconds) == 3
    assert results["talkative"].seconds


@pytest.mark.parametrize(
    ("who", "why"),
    [("absent", "not installed: No module"), ("broken", "ValueError: a peer may fail"), ("endless", "over 5 s"),
     ("hungry", "out of memory"), ("wrong", "answers otherwise")],
)  # fmt: skip
def test_failures_are_named(results, who, why):
    assert why in results[who].failure


def test_a_missed_goal_is_told(results, capsys):
    case = cases(SPECIMEN)[0]
    assert not show(case, list(results.values()))
    out = capsys.readouterr().out
    assert "MISSED" in out.split("wrong")[-1]
    assert "MISSED" not in next(line for line in out.splitlines() if "slower" in line)


def test_rows_hold_ratio_goal_and_machine(results):
    table = {row["contestant"]: row for row in rows(SPECIMEN, cases(SPECIMEN)[0], list(results.values()))}
    assert table["slower"]["ratio"] > 2
    assert table["slower"]["goal"] == {"ratio": 2.0, "memory": None}
    assert table["endless"]["median_s"] is None
    assert {"machine", "threads", "torch"} <= set(table["cochain"])
    assert not math.isnan(table["cochain"]["peak_mb"])


@pytest.mark.parametrize("topic", TOPICS)
def test_every_case_names_functions_with_its_arguments(topic):
    module = importlib.import_module(f"benchmarks.{topic}")
    names = set()
    for case in cases(topic):
        assert case.name not in names
        names.add(case.name)
        for function in (case.ours, *case.peers.values()):
            assert set(case.arguments) <= set(inspect.signature(getattr(module, function)).parameters), function
        assert set(case.goals) <= set(case.peers)


def test_a_missing_checkout_is_an_import_error(monkeypatch, tmp_path):
    monkeypatch.setenv("COCHAIN_PEERS", str(tmp_path))
    with pytest.raises(ImportError, match="no checkout of cwn"):
        peer_folder("cwn")
