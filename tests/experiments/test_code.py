"""The digest of the code: it changes with what a run goes through, and with nothing else."""

import shutil
from pathlib import Path

import pytest
from made import ring_of_nodes

from cochain import compare
from cochain.experiments import code
from cochain.experiments.code import SOURCE, code_of


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "cochain"
    shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns("__pycache__", "data"))
    monkeypatch.setattr(code, "SOURCE", root)
    code._shared.cache_clear()
    yield root
    code._shared.cache_clear()


def changed(path: Path) -> None:
    path.write_text(path.read_text() + "\n# another line\n")
    code._shared.cache_clear()


def test_a_copy_has_the_same_digest(copied: Path) -> None:
    before = code_of("gcn")
    assert len(before) == 12
    changed(copied / "report" / "page.py")
    changed(copied / "models" / "graph" / "gin.py")
    changed(copied / "complexes" / "io" / "hif.py")
    assert code_of("gcn") == before


@pytest.mark.parametrize("name", ["models/graph/gcn.py", "kernels/spmm.py", "nn/layer.py", "experiments/train.py"])
def test_the_digest_changes_with_what_a_run_goes_through(copied: Path, name: str) -> None:
    before = code_of("gcn")
    changed(copied / name)
    assert code_of("gcn") != before


def test_a_run_is_made_again_when_its_model_has_changed(copied: Path, tmp_path: Path) -> None:
    def hash_of() -> str:
        return compare(ring_of_nodes(), ["gcn"], folds=1, epochs=1, runs=tmp_path / "runs").runs[0].hash

    first = hash_of()
    assert hash_of() == first
    changed(copied / "models" / "graph" / "gcn.py")
    assert hash_of() != first
