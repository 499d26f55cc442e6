"""`cochain persist`: what it prints, what it writes, how it ends."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import cochain as cc
from cochain import cli, persistence
from cochain.errors import DataError, SpecError
from cochain.experiments import persisting


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["persist", *arguments], catch_exceptions=False)


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    angle = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    path = tmp_path / "circle.csv"
    np.savetxt(path, np.stack([np.cos(angle), np.sin(angle)], axis=1), delimiter=",", header="x,y", comments="")
    return path


def test_a_file_of_points_writes_bars_diagram_and_page(cloud: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "shape"
    found = run(str(cloud), "--out", str(out))
    assert found.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["bars.csv", "diagram.safetensors", "persistence.html"]
    with (out / "bars.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["dimension"] for row in rows].count("1") == 1
    assert len(rows) == 31
    d = persistence.load(out / "diagram.safetensors")
    assert float(d[1].births[0]) == pytest.approx(2 * np.sin(np.pi / 30), rel=1e-5)
    assert cc.persistence.storage.notes_of(out / "diagram.safetensors")["filtration"] == "rips:inf"
    assert "a loop of 30 edges" in (out / "persistence.html").read_text()


def test_json_of_a_data_set() -> None:
    facts = json.loads(run("karate", "--filtration", "degree", "--json").stdout)
    c = cc.datasets.load("karate")
    assert facts["coefficients"] == "Z/2"
    assert facts["dimensions"]["H0"]["never ending"] == c.betti()[0]
    assert facts["dimensions"]["H1"]["never ending"] == c.betti()[1]
    longest = facts["dimensions"]["H0"]["longest"]
    assert longest == sorted(longest, key=lambda bar: bar["birth"] - bar["death"])


def test_the_table_tells_the_same(cloud: Path) -> None:
    text = run(str(cloud)).stdout
    assert "rips:inf" in text
    assert "H1" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("karate", "--filtration", "rips"), "should be filtered by one of degree"),
        (("karate", "--field", "4"), "prime"),
        (("karate", "--filtration", "values:y:7"), "channel should be one of"),
    ],
)
def test_messages(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises((SpecError, cc.errors.CochainError), match=message):
        run(*arguments)


def test_a_folder_that_cannot_be_written_is_refused_first(cloud: Path, tmp_path: Path, monkeypatch) -> None:
    def never(*arguments: object) -> None:
        raise AssertionError("nothing may be computed")

    monkeypatch.setattr(persisting, "persist", never)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="should be a folder that can be written"):
        run(str(cloud), "--out", str(tmp_path / "file" / "deep"))


def test_stopped_halfway_it_writes_what_was_done(tmp_path: Path, monkeypatch) -> None:
    c = cc.Complex.union([cc.Complex.graph([(0, 1), (1, 2), (2, 0)])] * 12)
    c.save(tmp_path / "rings.safetensors")
    real = persisting._one
    calls = []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(persisting, "_one", interrupted)
    found = run(str(tmp_path / "rings.safetensors"), "--out", str(tmp_path / "out"))
    assert found.exit_code == 130
    assert "interrupted: 8 of 12 components were done" in found.stderr
    assert len(persistence.load(tmp_path / "out" / "diagram.safetensors")) == 8
    assert "Stopped early: 8 of 12 components were done" in (tmp_path / "out" / "persistence.html").read_text()


def test_reproduce_lists_its_tables() -> None:
    text = CliRunner().invoke(cli.app, ["reproduce", "--list"], catch_exceptions=False).stdout
    assert all(name in text for name in ("nsd", "tu", "allset", "expressivity"))


def test_reproduce_expressivity(tmp_path: Path) -> None:
    arguments = ["reproduce", "expressivity", "--only", "gin,cin,hexagons", "--out", str(tmp_path / "rows.jsonl")]
    found = CliRunner().invoke(cli.app, arguments, catch_exceptions=False)
    lines = {
        line.split("│")[1].strip(): line.split("│")[2].strip() for line in found.stdout.splitlines() if "│" in line
    }
    assert lines == {"gin": "0 / 1", "cin": "1 / 1"}
    assert "0 graphs told apart from relabelled copies" in found.stderr
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [(row["model"], row["separated"]) for row in rows] == [("gin", 0), ("cin", 1)]
