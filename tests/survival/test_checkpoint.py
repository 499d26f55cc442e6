"""A training that was ended goes on from its checkpoint, bit for bit; a checkpoint that does not fit is named."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes, spec
from safetensors.torch import load_file, save_file

import cochain as cc
from cochain.errors import DataError
from cochain.experiments import checkpoint as module
from cochain.experiments import files
from cochain.experiments.checkpoint import Checkpoint, CheckpointWarning, Snapshot
from cochain.experiments.execute import Bench, Data
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import CHECKPOINT, CURVE, RESULT, WEIGHTS, Store
from cochain.experiments.tasks import infer_task, parse_target

EPOCHS = 6


class EndedError(Exception):
    """Stands for whatever ends a process."""


def bench(c: cc.Complex, folder: Path, target: Any = None) -> Bench:
    return Bench(Data(c, infer_task(c, parse_target(target, c))), Store(folder))


def end_at(epoch: int, seen: list[int]) -> Any:
    def tell(number: int, seconds: float, score: float | None) -> None:
        seen.append(number)
        if number == epoch:
            raise EndedError

    return tell


def files_of(folder: Path, run: RunSpec) -> tuple[bytes, bytes]:
    return (folder / run.folder / WEIGHTS).read_bytes(), (folder / run.folder / CURVE).read_bytes()


def graphs(**changes: Any) -> RunSpec:
    training = {"epochs": EPOCHS, "batch_size": 4, **changes.pop("training", {})}
    model = {"model": "gin", "options": {"hidden": 4, "layers": 2, "dropout": 0.5}, "target": "whole"}
    return spec(**{**model, "training": training, **changes})


NODES = {"options": {"hidden": 8, "dropout": 0.5}}
CASES = {
    "dropout": (ring_of_nodes, spec(**NODES, training={"epochs": EPOCHS}), None),
    "attention": (ring_of_nodes, spec(model="gat", training={"epochs": EPOCHS}), None),
    "odd": (ring_of_nodes, spec(model="sccnn", options={}, lift="clique:2", training={"epochs": EPOCHS}), None),
    "batches": (cycles_and_paths, graphs(), None),
    "steps": (cycles_and_paths, graphs(training={"steps": 3}), None),
    "halved": (cycles_and_paths, graphs(training={"halve_every": 2, "optimizer": "adamw", "clip": 0.1}), None),
    "xu": (cycles_and_paths, graphs(protocol="xu"), None),
    "double": (cycles_and_paths, graphs(precision="64-true"), None),
    "short": (cycles_and_paths, graphs(precision="bf16-mixed"), None),
    "patience": (ring_of_nodes, spec(training={"epochs": 30, "patience": 2, "learning_rate": 0.5}), None),
    "first decays": (ring_of_nodes, spec(training={"epochs": EPOCHS, "decays": "first", "weight_decay": 0.1}), None),
    "links": (ring_of_nodes, spec(**NODES, kind="link", metric="roc_auc", training={"epochs": EPOCHS}), "link"),
}


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("case", CASES)
def test_goes_on_bit_for_bit(case: str, tmp_path: Path) -> None:
    make, run, target = CASES[case]
    straight = bench(make(), tmp_path / "straight", target).run(run)
    total = len(straight.curve.epoch)
    for epoch in {1, 3, total}:
        folder, seen = tmp_path / str(epoch), []
        with pytest.raises(EndedError):
            bench(make(), folder, target).run(run, end_at(epoch, seen))
        assert (folder / run.folder / CHECKPOINT).exists()
        assert not (folder / run.folder / RESULT).exists()
        again = bench(make(), folder, target).run(run, end_at(-1, seen))
        assert seen == list(range(1, total + 1))
        assert again.curve == straight.curve
        assert again.result.test_score == straight.result.test_score
        assert again.result.best_epoch == straight.result.best_epoch
        assert again.result.answers == straight.result.answers
        assert files_of(folder, run) == files_of(tmp_path / "straight", run)
        assert not (folder / run.folder / CHECKPOINT).exists()


@pytest.mark.usefixtures("every_epoch")
def test_time_and_memory_go_on_too(tmp_path: Path) -> None:
    run = spec(training={"epochs": EPOCHS})
    with pytest.raises(EndedError):
        bench(ring_of_nodes(), tmp_path).run(run, end_at(3, []))
    path = tmp_path / run.folder / CHECKPOINT
    snapshot = Snapshot.read(path, run.hash)
    values = {**snapshot.values, "seconds": 100.0, "peak_memory_mb": 1e9}
    path.write_bytes(Snapshot(snapshot.tensors, values).to_bytes(run.hash))
    found = bench(ring_of_nodes(), tmp_path).run(run)
    assert found.result.seconds > 100
    assert found.result.peak_memory_mb == 1e9


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 64
    path.write_bytes(bytes(data))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 8)


def other_values(path: Path) -> None:
    data = path.read_bytes()
    assert b'\\"seconds\\"' in data
    path.write_bytes(data.replace(b'\\"seconds\\"', b'\\"sekunds\\"'))


def stranger(path: Path) -> None:
    save_file(load_file(path), path)


def other_run(path: Path) -> None:
    _rewrite(path, {"run": "f" * 64})


def other_format(path: Path) -> None:
    _rewrite(path, {"format": "99"})


def _rewrite(path: Path, changes: dict[str, str]) -> None:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        header = file.metadata()
    save_file(load_file(path), path, {**header, **changes})


DAMAGES = {
    truncate: "should be a checkpoint, but cannot be read",
    empty: "should be a checkpoint, but cannot be read",
    garbage: "should be a checkpoint, but cannot be read",
    flip: "should be a checkpoint, but its checksum does not fit: it is damaged",
    other_values: "should be a checkpoint, but its checksum does not fit: it is damaged",
    stranger: "should be a checkpoint of format 1, but has format None: another version of Cochain wrote it",
    other_run: "should belong to run .*, but belongs to ffffffffffffffff",
    other_format: "should be a checkpoint of format 1, but has format '99': another version of Cochain wrote it",
}


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_what_does_not_fit_is_named_and_made_anew(damage: Any, tmp_path: Path) -> None:
    run, seen = spec(training={"epochs": 3}), []
    straight = bench(ring_of_nodes(), tmp_path / "straight").run(run)
    with pytest.raises(EndedError):
        bench(ring_of_nodes(), tmp_path).run(run, end_at(2, seen))
    damage(tmp_path / run.folder / CHECKPOINT)
    with pytest.warns(CheckpointWarning, match=f"{DAMAGES[damage]}.*; the training begins anew"):
        again = bench(ring_of_nodes(), tmp_path).run(run, end_at(-1, seen))
    assert seen == [1, 2, 1, 2, 3]
    assert again.curve == straight.curve


@pytest.mark.usefixtures("every_epoch")
def test_a_model_of_other_shapes_is_named(tmp_path: Path) -> None:
    run = spec(training={"epochs": 3})
    with pytest.raises(EndedError):
        bench(ring_of_nodes(), tmp_path).run(run, end_at(2, []))
    path = tmp_path / run.folder / CHECKPOINT
    found = Snapshot.read(path, run.hash)
    name = next(name for name in sorted(found.tensors) if name.startswith("model/") and found.tensors[name].ndim == 2)
    changed = {**found.tensors, name: found.tensors[name][:, :-1]}
    path.write_bytes(Snapshot(changed, found.values).to_bytes(run.hash))
    with pytest.warns(CheckpointWarning, match=r"weight .* should have shape \(.*\), but has \(.*\); another version"):
        bench(ring_of_nodes(), tmp_path).run(run)


def test_a_header_of_millions_is_no_checkpoint(tmp_path: Path) -> None:
    header = json.dumps({"x": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}).encode()
    (tmp_path / "x").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(DataError, match="should be a checkpoint, but cannot be read"):
        Snapshot.read(tmp_path / "x", "")


@pytest.mark.usefixtures("every_epoch")
def test_a_full_disk_costs_the_checkpoint_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = spec(training={"epochs": 3})
    straight = bench(ring_of_nodes(), tmp_path / "straight").run(run)
    each = bench(ring_of_nodes(), tmp_path)
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def tell(number: int, seconds: float, score: float | None) -> None:
        monkeypatch.setattr(files.os, "fsync", full if number < 3 else real)

    with pytest.warns(
        CheckpointWarning, match=r"cannot be \(No space left on device\); the training goes on"
    ) as caught:
        found = each.run(run, tell)
    assert len(caught) == 1
    assert found.curve == straight.curve
    assert [path.name for path in (tmp_path / run.folder).iterdir() if path.name.startswith(".")] == []


def test_writing_costs_at_most_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])

    def write(path: Path, data: bytes) -> None:
        now[0] += 1.0

    monkeypatch.setattr(module, "write_atomically", write)
    kept = Checkpoint(tmp_path / "x", "0")
    state = Snapshot({"w": torch.zeros(2)}, {})
    written = []
    for epoch in range(1, 101):
        if kept.is_due(2.0):
            kept.save(state)
            written.append(epoch)
    assert written == [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]


def test_long_epochs_are_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "write_atomically", lambda path, data: None)
    kept = Checkpoint(tmp_path / "x", "0")
    assert all(kept.is_due(1000.0) for _ in range(10) if kept.save(Snapshot({}, {})) is None)


def test_tensors_of_all_types_come_back(tmp_path: Path) -> None:
    path = tmp_path / "x"
    shared = torch.arange(6.0).reshape(2, 3)
    tensors = {
        "transposed": shared.T, "shared": shared, "empty": torch.zeros(0, 3), "scalar": torch.tensor(2.5),
        "bool": torch.tensor([True, False]), "half": torch.ones(3, dtype=torch.bfloat16), "long": torch.arange(3),
    }  # fmt: skip
    path.write_bytes(Snapshot(tensors, {"a": [1.5, None, float("-inf")]}).to_bytes("7", "spec"))
    found = Snapshot.read(path, "7")
    assert found.values == {"a": [1.5, None, float("-inf")]}
    for name, value in tensors.items():
        assert torch.equal(found.tensors[name], value)
        assert found.tensors[name].dtype == value.dtype
