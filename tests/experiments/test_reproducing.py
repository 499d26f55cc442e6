"""Published tables: literal data that fits the registry and the catalog, and ours beside them."""

import json
import math

import pytest

import cochain as cc
from cochain import catalog, datasets
from cochain.errors import DataError, SpecError, UnknownNameError
from cochain.experiments.plan import split_options
from cochain.experiments.published import TABLES, Figure, Table
from cochain.experiments.published.record import grid
from cochain.experiments.reproducing import Reproduced, differences, read_rows, reproduce, write_rows


def row(**changes):
    known = {
        "table": "nsd", "dataset": "texas", "model": "gcn", "published": 55.14, "published_deviation": 5.16,
        "published_runs": 10, "ours": 58.65, "deviation": 5.10, "runs": 10, "seconds": 1.0, "quick": False,
    }  # fmt: skip
    return Reproduced(**{**known, **changes})


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_figure_can_be_run(name):
    table = TABLES[name]
    assert len({(figure.dataset, figure.model) for figure in table.figures}) == len(table.figures)
    for figure in table.figures:
        assert figure.dataset in datasets.registry
        assert catalog.entry(figure.model)
        split_options(figure.model, {figure.model: table.options_of(figure)})
    assert set(table.quick) <= {figure.dataset for figure in table.figures}
    assert set(table.options) <= {"*", *(figure.model for figure in table.figures)}
    assert set(table.splits) <= {"*", *(figure.dataset for figure in table.figures)}


def test_standard_errors_by_hand():
    apart = (58.65 - 55.14) / math.sqrt((5.10**2 + 5.16**2) / 10)
    assert row().apart == pytest.approx(apart)
    assert row().within
    assert not row(ours=70.0).within
    assert row(deviation=None).apart is None
    assert row(published_deviation=None).within is None


def test_grid_reads_lines():
    figures = grid({"gcn": "81.5 - 70.3±0.5", "gat": "- 1 2"}, "a b c")
    assert figures[1] == Figure("c", "gcn", 70.3, 0.5)
    assert [(f.model, f.dataset) for f in figures] == [("gcn", "a"), ("gcn", "c"), ("gat", "b"), ("gat", "c")]
    with pytest.raises(ValueError, match="zip"):
        grid({"gcn": "1 2"}, "a b c")


def test_rows_replace_their_own_only(tmp_path):
    path = tmp_path / "deep" / "rows.jsonl"
    write_rows([row(), row(model="gat")], path)
    write_rows([row(ours=60.0), row(quick=True)], path)
    found = {(each.model, each.quick): each.ours for each in read_rows(path)}
    assert found == {("gcn", False): 60.0, ("gat", False): 58.65, ("gcn", True): 58.65}


def test_damaged_rows_are_named(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"table": "nsd"}) + "\n")
    with pytest.raises(DataError, match=r"line 1: should be a row of a reproduction"):
        read_rows(path)


def test_differences_are_named():
    assert differences([row()], [row()]) == []
    assert differences([row(ours=58.68)], [row()]) == []
    assert differences([row(ours=59.0)], [row()]) == ["nsd: gcn on texas is 59.0, but was 58.65"]
    assert differences([row(ours=None)], [row()]) == ["nsd: gcn on texas is None, but was 58.65"]
    assert differences([row()], []) == ["nsd: gcn on texas is not among the known rows"]


@pytest.fixture
def small_table(monkeypatch):
    figures = (Figure("karate", "gcn", 90.0, 5.0), Figure("karate", "mlp", 50.0, None), Figure("davis", "hgnn", 1.0))
    table = Table(
        "small", "a small one", "kipf2017gcn", "nowhere", 4, figures, splits={"karate": (0.5, 0.25)},
        options={"*": {"epochs": 3}}, quick=("karate",), quick_runs=2,
    )  # fmt: skip
    monkeypatch.setitem(TABLES, "small", table)
    return table


def test_a_table_runs_by_its_protocol(small_table, tmp_path):
    told = []
    rows = reproduce("small", quick=True, runs=tmp_path, found=told.append)
    assert told == rows
    assert [each.model for each in rows] == ["gcn", "mlp"]
    for each in rows:
        assert (each.runs, each.published_runs, each.quick) == (2, 4, True)
        assert 0 <= each.ours <= 100
        assert each.failure == ""
    again = reproduce("small", quick=True, runs=tmp_path)
    assert differences(again, rows, tolerance=0.0) == []


def test_shares_are_drawn_where_the_paper_draws(small_table, tmp_path):
    reproduce("small", quick=True, only=["gcn"], runs=tmp_path)
    spec = json.loads(next(tmp_path.glob("**/spec.json")).read_text())
    assert spec["dataset"] == "complex"
    karate = cc.datasets.load("karate")
    assert spec["fingerprint"] != cc.experiments.fingerprint.fingerprint(karate)
    assert spec["training"]["epochs"] == 3


def test_only_names_sets_or_models(small_table, tmp_path):
    found = reproduce("small", only=["davis"], runs=tmp_path)
    assert [(each.dataset, each.model) for each in found] == [("davis", "hgnn")]
    with pytest.raises(SpecError, match="has none of sage"):
        reproduce("small", only=["sage"], runs=tmp_path)
    with pytest.raises(UnknownNameError, match="no table is called 'nsdd'"):
        reproduce("nsdd", runs=tmp_path)
