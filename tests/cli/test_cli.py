"""The command line: what it prints, what it exits with, and what it does not import."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner, Result

import cochain as cc
from cochain import catalog, cli, datasets
from cochain.cli import live as live_module
from cochain.cli.show import duration
from cochain.errors import CochainError, DataError
from cochain.experiments.comparison import Comparison
from cochain.experiments.progress import Event

QUICK = ("--epochs", "2", "--folds", "1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, arguments, catch_exceptions=False)


def command(*arguments: str) -> "subprocess.Popen[str]":
    # A shell that starts the tests in the background has Ctrl-C ignored, and a child inherits that.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import cochain.cli as c; c.main()"
    )
    words = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_version() -> None:
    assert run("--version").stdout == f"cochain {cc.__version__}\n"


def test_help_names_the_commands() -> None:
    text = run("--help").stdout
    commands = ("compare", "train", "predict", "export", "reproduce", "runs", "describe", "persist", "lift",
                "convert", "catalog", "datasets")  # fmt: skip
    assert all(f" {name} " in text for name in commands)
    assert "Exit codes: 0 done" in text


def test_catalog() -> None:
    text = run("catalog").stdout
    assert all(name in text for name in catalog.names())
    rows = json.loads(run("catalog", "--json").stdout)
    assert [row["name"] for row in rows] == catalog.names()


def test_datasets() -> None:
    text = run("datasets").stdout
    assert all(name in text for name in datasets.names())
    rows = json.loads(run("datasets", "--json").stdout)
    assert {row["name"]: row["where"] for row in rows}["karate"] == "embedded"


@pytest.mark.parametrize("arguments", [("catalog",), ("datasets",), ("--version",), ("--help",)])
def test_listing_is_light(arguments: tuple[str, ...]) -> None:
    probe = (
        "import sys, time; from cochain import cli\n"
        f"try: cli.app({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        "heavy = [m for m in ('torch', 'numba', 'scipy', 'sklearn', 'lightning_fabric') if m in sys.modules]\n"
        "print(time.process_time(), heavy, file=sys.stderr)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stderr
        for _ in range(3)
    ]
    seconds = [float(text.split(maxsplit=1)[0]) for text in runs]
    assert runs[0].split(maxsplit=1)[1].strip() == "[]"
    assert min(seconds) < 0.5  # of the processor, from the start of Python; about 0.2 where nothing else runs


def test_describe_a_model() -> None:
    text = run("describe", "gin").stdout
    assert "Graph Isomorphism Network" in text or "injective" in text
    assert "epsilon = False" in text
    assert json.loads(run("describe", "nsd_diagonal", "--json").stdout)["options"]["maps"] == "diagonal"


def test_describe_a_data_set() -> None:
    assert "Zachary" in run("describe", "karate").stdout
    assert json.loads(run("describe", "cora", "--json").stdout)["classes"] == 7


def test_describe_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    cc.Complex.graph([(0, 1), (1, 2)]).with_cochain(0, "x", torch.rand(3, 2)).save(path)
    facts = json.loads(run("describe", str(path), "--json").stdout)
    assert facts == {
        "format": "Cochain's own files", "domain": "graph", "components": 1, "cells": [3, 2],
        "tensors": {"[0].x": "(3, 2) float32"}, "columns": [], "notes": [], "left out": [],
    }  # fmt: skip


def test_compare(tmp_path: Path) -> None:
    found = run("compare", "karate", "--models", "gcn,can", *QUICK, "--runs", str(tmp_path / "runs"))
    assert found.exit_code == 0
    for word in ("gcn", "can", "clique:2", "accuracy %", "parameters", "s/epoch", "peak MB", "too few scores"):
        assert word in found.stdout
    assert "\x1b" not in found.stdout  # no colours where there is no terminal
    assert found.stderr == ""


def test_compare_as_json(tmp_path: Path) -> None:
    found = run(
        "compare", "karate", "--models", "gcn", *QUICK, "--runs", str(tmp_path), "--option", "gcn.hidden=4", "--json"
    )
    comparison = Comparison.from_json(found.stdout)
    assert comparison.rows[0].model == "gcn"
    assert comparison.models[0].options["hidden"] == 4


def test_the_significance_is_marked(tmp_path: Path) -> None:
    found = run("compare", "karate", "--models", "gcn,sgc", "--epochs", "2", "--folds", "2", "--runs", str(tmp_path))
    assert "│ * │" in found.stdout
    assert "not significantly worse" in found.stdout


def directed(folder: Path) -> str:
    """Write a circle with a direction, which no lift makes a simplicial complex of."""
    folder.mkdir()
    nodes, edges = (f"{k},{'ab'[k % 2]}" for k in range(20)), (f"{k},{(k + 1) % 20}" for k in range(20))
    (folder / "nodes.csv").write_text("\n".join(["id,label", *nodes]))
    (folder / "edges.csv").write_text("\n".join(["tail,head", *edges]))
    return str(folder)


def test_errors_of_a_model_stand_below(tmp_path: Path) -> None:
    data = directed(tmp_path / "d")
    found = run("compare", data, "--models", "sccnn,gcn", *QUICK, "--runs", str(tmp_path / "runs"))
    assert found.exit_code == 0
    assert "sccnn: sccnn should get a simplicial or cell complex" in found.stderr


def test_nothing_but_failures_is_an_error(tmp_path: Path) -> None:
    found = run("compare", directed(tmp_path / "d"), "--models", "sccnn", *QUICK, "--runs", str(tmp_path / "runs"))
    assert found.exit_code == 2


def test_a_page_that_cannot_be_written_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="should be the file of a page, but is a folder"):
        run("compare", "karate", "--models", "gcn", *QUICK, "--runs", str(tmp_path / "runs"), "--report", str(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"should be a file that can be written, but .*file is no folder"):
        run("compare", "karate", "--runs", str(tmp_path / "runs"), "--report", str(tmp_path / "file" / "r.html"))
    assert not (tmp_path / "runs").exists()


def test_a_report_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cochain import report

    asked: list[tuple[str, Path]] = []
    monkeypatch.setattr(report, "write", lambda found, path, complex_=None: asked.append((found.dataset, path)))
    run("compare", "karate", "--models", "gcn", *QUICK, "--runs", str(tmp_path), "--report", str(tmp_path / "r.html"))
    assert asked == [("karate", tmp_path / "r.html")]


def test_warnings_are_lines(tmp_path: Path) -> None:
    arguments = ("compare", "karate", "--models", "gcn", *QUICK, "--runs", str(tmp_path))
    run(*arguments)
    (next(tmp_path.glob("*/result.json"))).write_text("{")
    assert run(*arguments).stderr.startswith("warning: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "kora"), "UnknownNameError: no data set, file or folder is called 'kora'; did you mean 'cora'?"),
        (("compare", "karate", "--option", "hidden"), "SpecError: an option should be written model.field=value"),
        (("describe", "gim"), "UnknownNameError: no model, data set or file is called 'gim'; did you mean 'gin'?"),
        (("describe", "gone/x.csv"), "DataError: gone/x.csv should be a model, a data set, or a file or folder"),
        (
            ("train", "karate", "--model", "gim", "--out", "x"),
            "UnknownNameError: no model is called 'gim'; did you mean",
        ),
        (("predict", "gone", "karate"), "DataError: gone should be the folder of a trained network, but spec.json"),
        (("runs", "list", "--runs", "gone"), "DataError: gone should be a folder of runs, but is not there"),
        (
            ("lift", "karate", "x", "--lift", "cicles"),
            "UnknownNameError: no lift is called 'cicles'; did you mean 'cycles'?",
        ),
    ],
)
def test_our_errors_are_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["cochain", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    lines = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert len(lines) == 1
    assert lines[0].startswith(message)


def test_lines_in_messages_become_spaces(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise CochainError("one\n   two")

    monkeypatch.setattr("cochain.cli.program.app", fail)
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err == "CochainError: one two\n"


def test_a_mistyped_flag() -> None:
    found = run("compare", "karate", "--modells", "gcn")
    assert found.exit_code == 2
    assert "--models" in found.stderr


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal, which only POSIX systems have")
def test_interrupted(tmp_path: Path) -> None:
    options = ("--option", "gcn.epochs=2", "--option", "gat.epochs=100000000", "--option", "gat.patience=100000000")
    process = command("compare", "karate", "--models", "gcn,gat", "--folds", "1", *options, "--runs", str(tmp_path))
    try:
        until = time.monotonic() + 120
        while not list(tmp_path.glob("*/result.json")) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert "gcn" in out
    # On a machine without compiled kernels the interrupt may fall into a compilation, of which llvmlite tells first.
    assert error.splitlines()[-1] == "interrupted: the same command goes on from here"
    assert "KeyboardInterrupt" not in error


def test_live_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from rich.console import Console

    stream = io.StringIO()
    monkeypatch.setattr(
        live_module, "console", lambda stderr=False: Console(file=stream, force_terminal=True, width=120)
    )
    with live_module.Live(jobs=1) as live:
        live.tell(Event("plan", planned=(("gcn", 4), ("gcn", 4))))
        live.tell(Event("start", "gcn"))
        live.tell(Event("epoch", "gcn", epoch=1, seconds=60.0, score=0.25))
        assert live.bars is not None
        live.bars.refresh()
        live.tell(Event("done", "gcn", score=0.5))
    text = stream.getvalue()
    assert "gcn fold 0 seed 0 epoch 1 0.250" in text
    assert "7:00 min left" in text
    assert "0/2" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (59.4, "59 s"), (61, "1:01 min"), (3599, "59:59 min"), (7290, "2:01 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
