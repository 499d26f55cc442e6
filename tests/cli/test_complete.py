"""What the shell offers after Tab."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cochain import catalog, datasets
from cochain.cli.complete import complete_anything, complete_data, complete_models, complete_paths


def test_models_also_after_a_comma() -> None:
    assert complete_models("gc") == [name for name in catalog.names() if name.startswith("gc")]
    assert "gin,gcn" in complete_models("gin,gc")
    assert complete_models("nothing") == []


def test_data_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "karsten").mkdir()
    (tmp_path / "karl.csv").touch()
    (tmp_path / ".hidden").touch()
    assert complete_data("kar") == [n for n in datasets.names() if n.startswith("kar")] + ["karl.csv", "karsten/"]
    assert complete_paths("karsten/") == []
    assert complete_paths(f"{tmp_path}/karl") == [f"{tmp_path}/karl.csv"]
    assert complete_paths("") == ["karl.csv", "karsten/"]
    assert complete_paths("gone/x") == []
    assert "gcn" in complete_anything("gc")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("cochain compare kara", "karate"), ("cochain compare karate --models gi", "gin"), ("cochain tra", "train")],
)
def test_bash_gets_names_without_torch(words: str, wanted: str) -> None:
    program = (
        "import sys, atexit; from cochain import cli\n"
        "atexit.register(lambda: print('torch' in sys.modules, file=sys.stderr))\n"
        "cli.app(prog_name='cochain')"
    )
    settings = {"_COCHAIN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **settings}, check=False
    )
    assert wanted in done.stdout.split()
    assert done.stderr.split()[-1] == "False"
