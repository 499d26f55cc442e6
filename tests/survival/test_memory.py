"""Memory that runs out, or would: named, with what would fit."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from made import cycles_and_paths, ring_of_nodes, spec

import cochain as cc
from cochain.errors import SpecError
from cochain.experiments import compare, estimate
from cochain.experiments import memory as module
from cochain.experiments.estimate import check_step, proposal, step_bytes, within_memory
from cochain.experiments.execute import Bench, Data
from cochain.experiments.tasks import infer_task
from cochain.lift.memory import left_in_groups

GRAPHS = {"model": "gin", "target": "whole", "options": {"hidden": 8, "layers": 2}}


def test_by_hand() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (3, 4)], num_nodes=[3, 2, 1])
    run = spec(**GRAPHS, training={"batch_size": 2})
    assert step_bytes(run, c) == 5 * 8 * 2 * 4
    assert step_bytes(spec(**GRAPHS, precision="64-true"), c) == 6 * 8 * 2 * 8
    assert step_bytes(spec(options={"hidden": 8, "layers": 3}), ring_of_nodes()) == 24 * 8 * 3 * 4
    assert step_bytes(spec(model="sccnn", options={"hidden": 8, "layers": 1}), ring_of_nodes()) == 48 * 8 * 4


@pytest.mark.parametrize("name", ["gcn", "gat", "gin", "cin", "sccnn", "unigin"])
def test_it_is_less_than_a_step_keeps(name: str) -> None:
    run = spec(
        **{**GRAPHS, "model": name, "options": {"hidden": 32}}, lift="clique:2" if name == "sccnn" else "",
        training={"batch_size": 30},
    )  # fmt: skip
    c = cycles_and_paths()
    if name == "cin":
        c = cc.lift.cycles(c)
    bench = Bench(Data(c, infer_task(c, "whole")))
    problem, _ = bench.problem(run)
    model = bench.model(run, problem).train()
    kept: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = model(problem.complex_).sum()
    loss.backward()
    used = sum(kept.values())
    least = step_bytes(run, problem.complex_)
    assert least <= used, f"estimated {least}, kept {used}"
    assert used < 100 * least


def test_what_would_not_fit_is_refused() -> None:
    run = spec(**GRAPHS, lift="cycles:6:induced", training={"batch_size": 30})
    c = cycles_and_paths()
    need = step_bytes(run, c)
    check_step(run, c, need)
    with pytest.raises(
        SpecError,
        match=r"a step of gin should fit the .* of memory that are to be had, but takes at least .*; take batches of "
        r"12 in place of 30 \(--option batch_size=\.\.\.\), or 3 channels in place of 8 \(--option hidden=\.\.\.\), or "
        r"a lift that makes fewer cells \(--lift cycles:max_length=5",
    ):
        check_step(run, c, need // 2)


def test_what_is_proposed_fits() -> None:
    c = cycles_and_paths()
    need = step_bytes(spec(**GRAPHS, training={"batch_size": 30}), c)
    check_step(spec(**GRAPHS, training={"batch_size": 12}), c, need // 2)


@pytest.mark.parametrize(
    ("lift", "lower"),
    [("cycles:4", ""), ("clique:3", "clique:max_rank=2"), ("knn:8+clique:2", "knn:k=7+clique:max_rank=2"), ("", "")],
)
def test_lower_lifts(lift: str, lower: str) -> None:
    assert estimate._lower(lift) == lower


def test_nothing_left_to_lower() -> None:
    run = spec(options={"hidden": 1})
    assert proposal(run, ring_of_nodes(), 0.1) == "take a machine with more memory, or leave this model out"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        MemoryError("Unable to allocate 8.00 TiB"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: ..."),
    ],
)
def test_running_out_is_named(error: Exception) -> None:
    def run_out() -> None:
        with within_memory(spec(), ring_of_nodes()):
            raise error

    with pytest.raises(SpecError, match=r"memory should hold a step of gcn, but ran out \(.*\); take 3 channels in"):
        run_out()


def test_other_errors_pass() -> None:
    def fail() -> None:
        with within_memory(spec()):
            raise RuntimeError("mat1 and mat2")

    with pytest.raises(RuntimeError, match="mat1"):
        fail()


def test_the_allocator_says_so_itself() -> None:
    """A process with little room: what torch raises there is what we read."""
    code = (
        "import torch\n"
        "from cochain.experiments.estimate import within_memory\n"
        "from made import spec\n"
        "with within_memory(spec()):\n"
        "    torch.empty(2**46)\n"
    )
    folder = Path(__file__).parents[1] / "experiments"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert "SpecError: memory should hold the data of gcn, but ran out" in done.stderr


def test_compare_goes_on_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "available_bytes", lambda device: 12 * 1024)
    found = compare(ring_of_nodes(), ["gcn", "sgc"], epochs=2, runs=None, options={"gcn": {"hidden": 512}})
    assert [row.model for row in found.rows] == ["sgc"]
    assert "a step of gcn should fit the 12.3 KB of memory" in found.failures[0].message
    assert "channels in place of 512" in found.failures[0].message


def test_limits_of_groups(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("9:name=systemd:/\n4:memory:/a/b\n0::/\n")
    inner = tmp_path / "memory" / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "memory.limit_in_bytes").write_text("1000")
    (inner / "memory.usage_in_bytes").write_text("700")
    (inner / "memory.stat").write_text("cache 9\ntotal_inactive_file 100\n")
    assert list(left_in_groups(tmp_path, own)) == [400]
    own.write_text("0::/c\n")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "memory.max").write_text("max\n")
    (tmp_path / "c" / "memory.current").write_text("5")
    assert list(left_in_groups(tmp_path, own)) == []
    (tmp_path / "c" / "memory.max").write_text("50\n")
    assert list(left_in_groups(tmp_path, own)) == [45]
    assert list(left_in_groups(tmp_path, tmp_path / "missing")) == []


def test_there_is_memory() -> None:
    available = module.available_bytes(torch.device("cpu"))
    assert available is None or available > 2**20
