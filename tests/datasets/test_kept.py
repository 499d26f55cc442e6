"""Complexes that are kept once they were read: used again, and replaced where they are damaged or out of date."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from cochain.complexes import Complex
from cochain.datasets import info
from cochain.datasets.kept import fingerprint, load_or_read

RECORD = info("freesolv")


class Reader:
    """Counts how often it is asked."""

    calls = 0

    def __call__(self) -> Complex:
        self.calls += 1
        return Complex.graph([(0, 1), (1, 2)]).with_cochain(0, "x", torch.eye(3))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCHAIN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_second_call_reads_nothing(cache: Path) -> None:
    reader = Reader()
    first, second = (load_or_read(RECORD, reader) for _ in range(2))
    assert reader.calls == 1
    assert first.sizes == second.sizes
    torch.testing.assert_close(first[0].x, second[0].x)
    assert [path.name for path in (cache / "read").iterdir()] == [f"freesolv-{fingerprint(RECORD)}.safetensors"]


def test_a_damaged_file_is_replaced(cache: Path) -> None:
    reader = Reader()
    load_or_read(RECORD, reader)
    (kept,) = (cache / "read").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:50])
    assert load_or_read(RECORD, reader).sizes == (3, 2)
    assert reader.calls == 2
    assert len(kept.read_bytes()) == len(whole)


def test_another_record_is_another_file(cache: Path) -> None:
    reader = Reader()
    load_or_read(RECORD, reader)
    load_or_read(replace(RECORD, options=("expt", "scaffold")), reader)
    assert reader.calls == 2
    assert len(list((cache / "read").iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    monkeypatch.setenv("COCHAIN_CACHE", str(tmp_path / "blocked"))
    assert load_or_read(RECORD, Reader()).sizes == (3, 2)


def test_only_molecules_are_kept() -> None:
    assert RECORD.kept
    assert not info("karate").kept
