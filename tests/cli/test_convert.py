"""`cochain convert`, `cochain lift`, and `cochain describe` on what they wrote."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cochain as cc
from cochain import cli
from cochain.errors import ComplexError, DataError


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], catch_exceptions=False)


def test_there_and_back(tmp_path: Path) -> None:
    assert run("convert", "karate", tmp_path / "club").stderr.startswith(f"{tmp_path / 'club'}: Complex(graph, 34")
    run("convert", tmp_path / "club", tmp_path / "club.safetensors")
    club, again = cc.datasets.load("karate"), cc.io.read(tmp_path / "club.safetensors")
    assert again.sizes == club.sizes
    assert again[0].y.tolist() == club[0].y.tolist()
    assert (again[0].x == club[0].x).all()


def test_a_lift_is_written(tmp_path: Path) -> None:
    found = run("lift", "karate", tmp_path / "triangles.safetensors", "--lift", "clique:2", "--json")
    assert json.loads(found.stdout) == {
        "written": str(tmp_path / "triangles.safetensors"), "lift": "clique:2", "domain": "simplicial",
        "components": 1, "cells": [34, 78, 45],
    }  # fmt: skip
    assert cc.io.read(tmp_path / "triangles.safetensors").sizes == (34, 78, 45)


def test_columns_are_described_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text(
        "id,age,kind,label\n" + "".join(f"n{k},{k}.5,{'ab'[k % 2]},{'xy'[k % 2]}\n" for k in range(6))
    )
    (tmp_path / "edges.csv").write_text("source,target\nn0,n1\nn2,n3\nn3,n3\n")
    found = run("describe", tmp_path)
    for word in ("age", "number", "category", "a, b", "x, y", "1 self loops", "because"):
        assert word in found.stdout
    facts = json.loads(run("describe", tmp_path, "--json").stdout)
    assert {each["column"]: each["role"] for each in facts["columns"]} == {
        "age": "number", "kind": "category", "label": "label",
    }  # fmt: skip
    assert facts["left out"]


def test_what_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises((ComplexError, DataError)):
        run("convert", "karate", tmp_path / "club.obj")
    with pytest.raises(DataError, match="directory that exists"):
        run("convert", "karate", tmp_path / "gone" / "club.safetensors")


def test_what_is_left_out_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("source,target\na,b\na,a\n")
    assert "warning: " in run("convert", tmp_path / "e.csv", tmp_path / "e.safetensors").stderr
