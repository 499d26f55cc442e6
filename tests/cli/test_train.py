"""`cochain train`, `predict` and `export`: a network from data to a folder to answers."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from typer.testing import CliRunner, Result

import cochain as cc
from cochain import cli
from cochain.errors import DataError, SpecError
from cochain.experiments.trained import read_trained

FILES = {"README.md", "curve.json", "result.json", "schema.json", "spec.json", "weights.safetensors"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], catch_exceptions=False)


def people(folder: Path, kinds: str = "ab", column: str = "age", count: int = 24) -> Path:
    """A graph of two rings of people with an age, a kind and a label."""
    folder.mkdir(exist_ok=True)
    lines = [f"id,{column},kind,label"]
    lines += [f"p{k},{20 + 30 * (k % 2) + k % 5}.5,{kinds[k % len(kinds)]},{'xy'[k % 2]}" for k in range(count)]
    (folder / "nodes.csv").write_text("\n".join(lines) + "\n")
    edges = [f"p{k},p{(k + 2) % count}" for k in range(count)]
    (folder / "edges.csv").write_text("\n".join(["source,target", *edges]) + "\n")
    return folder


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network trained on people."""
    folder = tmp_path_factory.mktemp("trained")
    run("train", people(folder / "people"), "--model", "gcn", "--epochs", 60, "--out", folder / "net")
    return folder / "net"


def test_the_folder_holds_everything(net: Path) -> None:
    assert {path.name for path in net.iterdir()} == FILES
    schema = json.loads((net / "schema.json").read_text())
    assert schema["features"] == {"0": ["age", "kind=a", "kind=b"]}
    assert schema["classes"] == {"0": ["x", "y"]}
    assert (schema["domain"], schema["target"], schema["widths"]) == ("graph", 0, {"0": 3})
    assert json.loads((net / "result.json").read_text())["test_score"] > 0.9


def test_the_model_card(net: Path) -> None:
    card = (net / "README.md").read_text()
    for words in (
        "# gcn on people", "h₀' = relu(sym[(A↑₀ + I)] h₀ W + b)", "Kipf, Welling, 2017", "test accuracy | 1.0000",
        "licence of the data | not known here", "classification on nodes: x, y", "age, kind=a, kind=b", "epochs = 60",
        "cochain train ", "--model gcn --epochs 60", "cochain 0.", "torch 2.",
    ):  # fmt: skip
        assert words in card
    club = net.parent / "club"
    run("train", "karate", "--model", "sgc", "--epochs", 2, "--out", club)
    assert "facts, no licence needed" in (club / "README.md").read_text()


def test_predictions_bear_the_users_names(net: Path, tmp_path: Path) -> None:
    data = people(tmp_path / "new", count=10)
    found = run("predict", net, data, "--out", tmp_path / "p.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "p.csv").read_text())))
    assert [row["node"] for row in rows] == [f"p{k}" for k in range(10)]
    assert [row["prediction"] for row in rows] == ["x", "y"] * 5
    assert all(abs(float(row["p(x)"]) + float(row["p(y)"]) - 1) < 1e-5 for row in rows)
    assert "accuracy on the 10 rows that have a label: 1.0000" in found.stderr
    assert run("predict", net, data).stdout == (tmp_path / "p.csv").read_text()
    asked = json.loads(run("predict", net, data, "--json").stdout)
    assert asked["score"] == 1.0
    assert asked["rows"][1]["prediction"] == "y"


def test_predictions_need_no_labels_and_no_column_order(net: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "nodes.csv").write_text("kind,id,age\nb,bob,51\na,ann,20\n")
    (folder / "edges.csv").write_text("source,target\nann,bob\n")
    rows = list(csv.DictReader(io.StringIO(run("predict", net, folder).stdout)))
    assert [row["node"] for row in rows] == ["bob", "ann"]


def test_a_category_of_one_letter_less_is_zero(net: Path, tmp_path: Path) -> None:
    assert run("predict", net, people(tmp_path / "new", kinds="a")).exit_code == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kinds": "abc"}, "has 'kind=c', of which training knew 'kind=a', 'kind=b'"),
        ({"column": "years"}, "'age', 'kind=a', 'kind=b', as in training, but has 'years'"),
    ],
)
def test_other_columns_are_refused_by_name(net: Path, tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        run("predict", net, people(tmp_path / "new", **changes))


def test_missing_columns_and_other_domains_are_refused_by_name(net: Path, tmp_path: Path) -> None:
    folder = people(tmp_path / "new")
    (folder / "nodes.csv").write_text("id,kind\np0,a\np1,b\n")
    (folder / "edges.csv").write_text("source,target\np0,p1\n")
    with pytest.raises(DataError, match="should have the feature 'age', as in training, but has 'kind=a', 'kind=b'"):
        run("predict", net, folder)
    (folder / "edges.csv").unlink()
    (folder / "hyperedges.csv").write_text("edge,node\ne,p0\ne,p1\n")
    with pytest.raises(DataError, match="the data should be a graph, as in training, but is a hypergraph"):
        run("predict", net, folder)


def test_labels_never_seen_are_not_scored(net: Path, tmp_path: Path) -> None:
    folder = people(tmp_path / "new")
    text = (folder / "nodes.csv").read_text().replace(",y\n", ",z\n")
    (folder / "nodes.csv").write_text(text)
    found = run("predict", net, folder)
    assert found.exit_code == 0
    assert "warning: the labels are not scored: the classes on rank 0 should be among 'x', 'y'" in found.stderr


def test_a_finished_training_is_not_made_again(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cochain.experiments.execute.train", None)
    again = ("train", net.parent / "people", "--model", "gcn", "--epochs", 60, "--out", net, "--json")
    assert json.loads(run(*again).stdout)["test accuracy"] > 0.9


def test_other_things_are_not_overwritten(net: Path, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="should be empty or hold this training, but holds gcn trained on people"):
        run("train", "karate", "--model", "sgc", "--out", net)
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(SpecError, match="but holds something else"):
        run("train", "karate", "--model", "sgc", "--out", tmp_path)
    with pytest.raises(SpecError, match="should be a folder, but is a file"):
        run("train", "karate", "--model", "sgc", "--out", tmp_path / "README.md")
    with pytest.raises(SpecError, match="fold should be from 0 to 9"):
        run("train", "karate", "--model", "sgc", "--fold", 10, "--out", tmp_path / "net")


def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cochain.experiments import checkpoint, training

    monkeypatch.setattr(checkpoint, "SHARE", float("inf"))
    command = ("train", "karate", "--model", "gcn", "--epochs", 6, "--option", "dropout=0.5", "--out")
    run(*command, tmp_path / "whole")
    original, seen = training.train_one, []

    def cut(spec, data, store, on_epoch):
        def stop(epoch, seconds, score):
            seen.append(epoch)
            if epoch == 3 and len(seen) == 3:
                raise KeyboardInterrupt

        return original(spec, data, store, stop)

    monkeypatch.setattr(training, "train_one", cut)
    stopped = run(*command, tmp_path / "cut")
    assert (stopped.exit_code, stopped.stderr) == (130, "interrupted: the same command goes on from here\n")
    assert [path.name for path in (tmp_path / "cut").iterdir()] == [".training"]
    assert run(*command, tmp_path / "cut").exit_code == 0
    assert seen == [1, 2, 3, 4, 5, 6]
    assert (tmp_path / "cut" / "weights.safetensors").read_bytes() == (
        tmp_path / "whole" / "weights.safetensors"
    ).read_bytes()


def test_export_of_weights(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "gcn.safetensors"
    assert "weights, spec, schema and card" in run("export", net, "--out", out).stderr
    with safe_open(out, framework="pt") as file:
        assert file.metadata()["card"].startswith("# gcn on people")
    data = people(tmp_path / "new")
    assert run("predict", out, data).stdout == run("predict", net, data).stdout


def test_export_of_a_program(net: Path, tmp_path: Path) -> None:
    data, out = people(tmp_path / "new"), tmp_path / "gcn.pt2"
    asked = json.loads(run("export", net, "--out", out, "--data", data, "--json").stdout)
    assert asked["arguments"] == ["x on rank 0"]
    program = torch.export.load(out).module()
    trained = read_trained(net)
    ready = trained.prepare(cc.io.read(data, expect=trained.reads.named))
    torch.testing.assert_close(program(ready[0].x), trained.model(ready))
    torch.testing.assert_close(program(0 * ready[0].x), trained.model(ready.with_cochain(0, "x", 0 * ready[0].x)))


def test_export_says_what_is_missing(net: Path, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="add --data DATA"):
        run("export", net, "--out", tmp_path / "gcn.pt2")
    with pytest.raises(SpecError, match=r"should end in \.safetensors"):
        run("export", net, "--out", tmp_path / "gcn.onnx")


def test_describe_a_network(net: Path) -> None:
    facts = json.loads(run("describe", net, "--json").stdout)
    assert facts["reads"] == {"rank 0": "age, kind=a, kind=b"}
    assert facts["answers"] == "classification on nodes: x, y"


def test_damaged_folders_are_named(net: Path, tmp_path: Path) -> None:
    broken = tmp_path / "net"
    broken.mkdir()
    for name in FILES:
        (broken / name).write_bytes((net / name).read_bytes())
    (broken / "weights.safetensors").write_bytes(b"1234")
    with pytest.raises(DataError, match="a file in it is damaged"):
        run("predict", broken, "karate")
    (broken / "weights.safetensors").write_bytes((net / "weights.safetensors").read_bytes())
    text = (broken / "schema.json").read_text()
    (broken / "schema.json").write_text(text.replace('"0": 3', '"0": 1000000000000'))
    with pytest.raises(DataError, match=r"should fit gcn as spec\.json and schema\.json describe it"):
        run("predict", broken, people(tmp_path / "new"))
    (broken / "schema.json").write_text(text.replace('"outputs"', '"output"'))
    with pytest.raises(SpecError, match="of the schema"):
        run("predict", broken, "karate")


def test_predictions_on_edges_and_of_numbers(tmp_path: Path) -> None:
    from made import ring_of_nodes

    c = ring_of_nodes()
    y = c[0].x[c.simplices(1)].sum(dim=(1, 2))
    c.without_cochain(0, "y").without_cochain(0, "split").with_cochain(1, "y", y).save(tmp_path / "c.safetensors")
    run("train", tmp_path / "c.safetensors", "--model", "gcn", "--epochs", 5, "--out", tmp_path / "net")
    rows = list(csv.DictReader(io.StringIO(run("predict", tmp_path / "net", tmp_path / "c.safetensors").stdout)))
    assert rows[0].keys() == {"nodes", "prediction_0"}
    assert rows[0]["nodes"] == "0 1"
    assert len(rows) == 24


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="torchrun's gloo is tested on POSIX systems")
def test_torchrun_gives_the_network_of_one_process(tmp_path: Path) -> None:
    from made import cycles_and_paths

    cycles_and_paths(40).save(tmp_path / "c.safetensors")
    words = ["-m", "cochain", "train", str(tmp_path / "c.safetensors"), "--model", "gin", "--epochs", "4"]
    words += ["--option", "dropout=0.0"]
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launch, *words, "--out", str(tmp_path / "two")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("test accuracy") == 1
    run(*words[2:], "--out", tmp_path / "one")
    # Losses, not weights: a bias before a batch normalisation has a gradient of rounding alone, which Adam scales up.
    one, two = (json.loads((tmp_path / name / "curve.json").read_text()) for name in ("one", "two"))
    assert two["train_loss"] == pytest.approx(one["train_loss"], rel=1e-3)
    scores = [json.loads((tmp_path / name / "result.json").read_text())["test_score"] for name in ("one", "two")]
    assert scores[0] == pytest.approx(scores[1])
