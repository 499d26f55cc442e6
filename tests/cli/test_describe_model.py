"""What `cochain describe MODEL` says: every model has all of it, and the numbers are those that were measured."""

import importlib.util
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cochain.catalog import CATALOG, Entry
from cochain.cli import app
from cochain.cli.model_facts import facts_of_model, meanings, nonzeros, scores, section, spell

ROOT = Path(__file__).parents[2]
each = pytest.mark.parametrize("row", CATALOG, ids=lambda row: row.name)


@each
def test_all_is_said_of_every_model(row: Entry) -> None:
    facts = facts_of_model(row.name)
    assert facts["cost"]
    assert facts["differs from the paper"]
    assert row.reference not in facts["source"]
    assert facts["equations"]
    assert facts["options"].keys() == facts["meanings"].keys()
    assert not set(facts["keeps"]) & set(row.breaks)
    assert json.loads(json.dumps(facts))["name"] == row.name


def test_on_the_screen() -> None:
    said = CliRunner().invoke(app, ["describe", "sccnn", "--on", "karate"]).stdout
    for text in (
        'Yang, Isufi, 2023, "Convolutional Learning on Simplicial Complexes"',
        "order = 2   Degree of the polynomials",
        "rank 2: odd features",
        "lift = clique:2",
        "34 of rank 0, 78 of rank 1, 45 of rank 2",
        "nonzeros of B₁ = 156",  # two for each of 78 edges
        "nonzeros of B₂ = 135",  # three for each of 45 triangles
        "karate: ",
    ):
        assert text in said


def test_sections_and_meanings_by_hand() -> None:
    doc = "It.\n\nCost:\n    two products,\n    each cheap.\nSource:\n    A paper."
    assert section(doc, "Cost") == "two products, each cheap."
    assert section(doc, "Shape") == ""
    from cochain.models.simplicial.sccnn import SCCNNConfig

    assert meanings(SCCNNConfig)["layers"] == "Number of layers."


def test_models_without_routes_count_incidences() -> None:
    import cochain as cc

    c = cc.Complex.graph([(0, 1), (1, 2)])
    assert nonzeros(cc.models.build("nsd", c, out=2, seed=0), c) == {"|B₁|": 4}


def test_a_score_in_a_line() -> None:
    score = {"dataset": "zoo", "lift": "", "metric": "accuracy", "mean": 0.94, "std": 0.085, "runs": 2}
    told = spell({**score, "protocol": "validation, 2 folds", "place": 2, "of": 9})
    assert told == "zoo: 94 ± 8.5 % accuracy, place 2 of 9 (validation, 2 folds)"
    single = {**score, "metric": "mae", "mean": 0.5, "std": None, "protocol": "validation", "place": 1, "of": 1}
    assert spell(single) == "zoo: 0.5 mae, place 1 of 1 (validation)"


def test_what_the_package_holds_is_what_the_rows_say() -> None:
    spec = importlib.util.spec_from_file_location("compare_models", ROOT / "benchmarks" / "compare_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.GATHERED.read_text("utf-8") == module.gather(), "run python -m benchmarks.compare_models DATASET"
    best = scores("gcn")
    assert [score["place"] / score["of"] for score in best] == sorted(score["place"] / score["of"] for score in best)
