"""A run is finished or not there, whatever happens while it is written."""

import errno
import json
import multiprocessing
import os
import threading
import time
from pathlib import Path

import pytest
import torch
from made import spec

from cochain.errors import DataError, SpecError
from cochain.experiments import store as module
from cochain.experiments.comparison import Curve
from cochain.experiments.store import CURVE, RESULT, SPEC, WEIGHTS, Result, Store, StoreWarning, write_atomically

CURVES = Curve((1, 2), (0.5, 0.1), (None, 0.7), ())
WEIGHT = {"w": torch.arange(6.0).reshape(2, 3).T}


def result(**changes: object) -> Result:
    fields: dict[str, object] = {
        "hash": spec().hash, "test_score": 0.1 + 0.2, "validation_score": None, "best_epoch": 2, "seconds": 1.5,
        "seconds_per_epoch": 0.75, "parameters": 9, "peak_memory_mb": 3.0, "warnings": [], "equations": ["h' = h"],
        "diagram": "<svg/>", "environment": {"threads": 1},
    }  # fmt: skip
    return Result.model_validate({**fields, **changes})


def test_round_trip(tmp_path: Path) -> None:
    runs = Store(tmp_path / "a" / "runs")
    assert runs.find(spec()) is None
    runs.save(spec(), result(), CURVES, WEIGHT)
    found = runs.find(spec())
    assert found is not None
    assert found.result == result()
    assert found.curve == CURVES
    assert sorted(path.name for path in runs.folder(spec()).iterdir()) == sorted([SPEC, RESULT, CURVE, WEIGHTS])


def test_weights_are_safetensors(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    runs = Store(tmp_path)
    runs.save(spec(), result(), CURVES, WEIGHT)
    torch.testing.assert_close(load_file(runs.folder(spec()) / WEIGHTS)["w"], WEIGHT["w"])


def test_other_specs_are_not_found(tmp_path: Path) -> None:
    runs = Store(tmp_path)
    runs.save(spec(), result(), CURVES, WEIGHT)
    assert runs.find(spec(seed=1)) is None


@pytest.mark.parametrize("missing", [SPEC, CURVE])
def test_a_folder_that_lost_a_file_is_named(tmp_path: Path, missing: str) -> None:
    runs = Store(tmp_path)
    runs.save(spec(), result(), CURVES, WEIGHT)
    (runs.folder(spec()) / missing).unlink()
    with pytest.warns(StoreWarning, match=f"should hold a finished run, but cannot be read .*{missing}"):
        assert runs.find(spec()) is None


@pytest.mark.parametrize("damaged", [SPEC, CURVE, RESULT])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"hash": 3}', "\0"])
def test_damaged_files_are_named(tmp_path: Path, damaged: str, content: str) -> None:
    runs = Store(tmp_path)
    runs.save(spec(), result(), CURVES, WEIGHT)
    (runs.folder(spec()) / damaged).write_text(content)
    with pytest.warns(StoreWarning, match="cannot be read"):
        assert runs.find(spec()) is None


def test_half_written_is_not_finished(tmp_path: Path) -> None:
    runs = Store(tmp_path)
    runs.save(spec(), result(), CURVES, WEIGHT)
    (runs.folder(spec()) / RESULT).unlink()
    assert runs.find(spec()) is None
    runs.save(spec(), result(), CURVES, WEIGHT)
    assert runs.find(spec()) is not None


def test_a_folder_of_another_run(tmp_path: Path) -> None:
    runs = Store(tmp_path)
    runs.save(spec(), result(hash="0" * 64), CURVES, WEIGHT)
    with pytest.warns(StoreWarning, match="holds another"):
        assert runs.find(spec()) is None


@pytest.mark.parametrize("at", range(4))
def test_ended_between_any_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    runs, written = Store(tmp_path), []
    original = module.write_atomically

    def ended(path: Path, data: bytes) -> None:
        if len(written) == at:
            raise KeyboardInterrupt
        written.append(path)
        original(path, data)

    monkeypatch.setattr(module, "write_atomically", ended)
    with pytest.raises(KeyboardInterrupt):
        runs.save(spec(), result(), CURVES, WEIGHT)
    monkeypatch.undo()
    assert runs.find(spec()) is None
    runs.save(spec(), result(), CURVES, WEIGHT)
    assert runs.find(spec()) is not None


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    runs = Store(tmp_path)
    runs.folder(spec()).mkdir()
    (runs.folder(spec()) / ".result.json.x7").write_text("half")
    assert runs.find(spec()) is None
    runs.save(spec(), result(), CURVES, WEIGHT)
    assert not list(runs.folder(spec()).glob(".*"))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    runs = Store(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match=r"should be written, but cannot be \(No space left on device\)"):
        runs.save(spec(), result(), CURVES, WEIGHT)
    monkeypatch.undo()
    assert list(runs.folder(spec()).iterdir()) == []


def test_replacing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def refuse(source: str, target: Path) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="input/output error"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(SpecError, match=r"runs should name a folder to write to, but .*runs is none"):
        Store(tmp_path / "runs")


def test_a_second_holder_waits(tmp_path: Path) -> None:
    runs, order = Store(tmp_path), []
    entered = threading.Event()

    def other() -> None:
        entered.wait()
        with Store(tmp_path).locked(spec()):
            order.append("other")

    thread = threading.Thread(target=other)
    thread.start()
    with runs.locked(spec()):
        entered.set()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def _write_many(root: str, count: int) -> None:
    for _ in range(count):
        with Store(root).locked(spec()):
            Store(root).save(spec(), result(), CURVES, WEIGHT)


def test_two_processes_leave_a_whole_run(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=_write_many, args=(str(tmp_path), 5))
    other.start()
    _write_many(str(tmp_path), 20)
    other.join()
    assert other.exitcode == 0
    assert Store(tmp_path).find(spec()) is not None
    assert json.loads((tmp_path / spec().folder / SPEC).read_text())["model"] == "gcn"
