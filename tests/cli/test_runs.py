"""`cochain runs`: list, show, compare, remove."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cochain import cli
from cochain.errors import DataError, SpecError, UnknownNameError
from cochain.experiments.comparison import Comparison


def run(*arguments: object, keys: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], catch_exceptions=False, input=keys)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of two models on three folds, and of one model with other settings."""
    folder = tmp_path_factory.mktemp("kept") / "runs"
    base = ("compare", "karate", "--epochs", 2, "--runs", folder)
    run(*base, "--models", "gcn,sgc", "--folds", 3)
    run(*base, "--models", "gcn", "--folds", 1, "--option", "hidden=4")
    (folder / "broken0000000000").mkdir()
    (folder / "broken0000000000" / "result.json").write_text("{")
    return folder


def test_list(kept: Path) -> None:
    found = run("runs", "list", "--runs", kept)
    assert found.exit_code == 0
    assert "broken0000000000" in found.stdout
    assert "warning: " in found.stderr
    rows = json.loads(run("runs", "list", "--runs", kept, "--json").stdout)
    assert [row["state"] for row in rows].count("finished") == 7
    assert [row["run"] for row in rows if row["state"] == "broken"] == ["broken0000000000"]
    few = json.loads(run("runs", "list", "--runs", kept, "--model", "sgc", "--dataset", "karate", "--json").stdout)
    assert [row["model"] for row in few] == ["sgc"] * 3


def test_show(kept: Path) -> None:
    rows = json.loads(run("runs", "list", "--runs", kept, "--model", "sgc", "--json").stdout)
    facts = json.loads(run("runs", "show", rows[0]["run"], "--runs", kept, "--json").stdout)
    assert facts["model"] == "sgc"
    assert facts["test_score"] == rows[0]["score"]
    assert "equations" in facts
    assert "broken" in run("runs", "show", "broken", "--runs", kept).stdout


def test_a_run_is_named_by_its_first_digits(kept: Path) -> None:
    with pytest.raises(UnknownNameError, match="no run is called 'zzz'"):
        run("runs", "show", "zzz", "--runs", kept)
    with pytest.raises(UnknownNameError, match="no run is called ''"):
        run("runs", "show", "", "--runs", kept)


def test_compare_without_training(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*parts: object) -> None:
        raise AssertionError("nothing should be trained")

    monkeypatch.setattr("cochain.experiments.execute.train", fail)
    found = run("runs", "compare", "karate", "--runs", kept, "--json")
    comparison = Comparison.from_json(found.stdout)
    assert {row.model: len(row.scores) for row in comparison.rows} == {"gcn": 3, "sgc": 3}
    assert [failure.message for failure in comparison.failures] == [
        "1 run is left out, with other settings or made by other code"
    ]
    assert comparison.portrait.cells == (34, 78)
    assert "not significantly worse" in run("runs", "compare", "karate", "--runs", kept).stdout


def test_compare_writes_the_page(kept: Path, tmp_path: Path) -> None:
    run("runs", "compare", "karate", "--runs", kept, "--report", tmp_path / "page.html")
    assert "<html" in (tmp_path / "page.html").read_text()


def test_compare_refuses_what_there_is_not(kept: Path) -> None:
    with pytest.raises(
        SpecError, match="should hold runs on davis, but holds none; make some with cochain compare davis"
    ):
        run("runs", "compare", "davis", "--runs", kept)
    with pytest.raises(SpecError, match="runs on karate with metric f1_macro"):
        run("runs", "compare", "karate", "--runs", kept, "--metric", "f1_macro")
    with pytest.raises(DataError, match="should be a folder of runs"):
        run("runs", "list", "--runs", kept / "gone")


def test_remove_asks(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    run("compare", "karate", "--models", "sgc", "--epochs", 2, "--folds", 2, "--runs", folder)
    (folder / "bad").mkdir()
    names = [row["run"] for row in json.loads(run("runs", "list", "--runs", folder, "--json").stdout)]
    refused = run("runs", "remove", names[0], "--runs", folder, keys="n\n")
    assert refused.exit_code == 1
    assert (folder / names[0]).is_dir()
    assert run("runs", "remove", names[0], "--runs", folder, keys="y\n").exit_code == 0
    assert not (folder / names[0]).exists()
    left = run("runs", "remove", "bad", *names[1:], "--runs", folder, "--yes", "--json")
    assert set(json.loads(left.stdout)["removed"]) == set(names[1:])
    assert json.loads(run("runs", "list", "--runs", folder, "--json").stdout) == []
