"""Several processes that train together give what one gives; what cannot be shared out is refused."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from made import spec

from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished, Store

SCRIPT = Path(__file__).with_name("share.py")


def graphs(**changes: Any) -> RunSpec:
    training = {"epochs": 5, "batch_size": 8, **changes.pop("training", {})}
    options = {"hidden": 8, "layers": 2, "dropout": 0.0}
    return spec(**{"model": "gin", "options": options, "target": "whole", "training": training, **changes})


# Before a batch normalisation, the gradient of a bias is zero but for rounding, and Adam makes steps of full length of
# what is left of it. In double precision that is below Adam's epsilon, so there the two agree in everything.
DOUBLE = {"precision": "64-true"}
RUNS: dict[str, dict[str, Any]] = {
    "gin": {"spec": graphs()},
    "double": {"spec": graphs(**DOUBLE)},
    "rings": {"spec": graphs(model="cin", lift="cycles:6:induced", **DOUBLE)},
    "cells": {"spec": graphs(model="sccnn", lift="clique:2", options={"hidden": 8})},
    # The last batch of an epoch is smaller than the number of processes could be, and clipped.
    "clipped": {"spec": graphs(training={"batch_size": 3, "clip": 0.1, "weight_decay": 0.01}, **DOUBLE)},
    "numbers": {"spec": graphs(kind="regression", metric="mae", **DOUBLE), "labels": "numbers"},
    "xu": {"spec": graphs(protocol="xu", **DOUBLE)},
}
REFUSED = {
    "single": ({"spec": spec(), "single": True}, "should share out components, but the data is a single component"),
    "small": ({"spec": graphs(training={"batch_size": 1})}, "but batch_size is 1; take larger batches or fewer"),
}


def start(orders: dict[str, dict[str, Any]], folder: Path, processes: int) -> "subprocess.CompletedProcess[str]":
    """Run the script in as many processes as torchrun would start, with the environment that it would give them."""
    plain = [
        {**each, "spec": json.loads(each["spec"].to_json()), "out": str(folder / f"{name}.{processes}")}
        for name, each in orders.items()
    ]
    order = folder / f"order{processes}"
    order.write_text(json.dumps(plain))
    launch = [sys.executable, "-W", "ignore"]
    if processes > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        launch += ["-m", "torch.distributed.run", "--nproc-per-node", str(processes), "--master-port", str(port)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*launch, str(SCRIPT), str(order)], capture_output=True, text=True, env=environment, timeout=300
    )


def found(folder: Path, name: str, processes: int, rank: int) -> Any:
    return json.loads((folder / f"{name}.{processes}.{rank}").read_text())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every run by one process and by two."""
    folder = tmp_path_factory.mktemp("share")
    refused = {name: order for name, (order, _) in REFUSED.items()}
    stored = {name: {**each, "runs": str(folder / "runs")} for name, each in RUNS.items()}
    for processes, orders in ((1, RUNS), (2, {**stored, **refused})):
        done = start(orders, folder, processes)
        assert done.returncode == 0, done.stderr[:6000]
    return folder


@pytest.mark.parametrize("name", RUNS)
def test_two_processes_give_what_one_gives(both: Path, name: str) -> None:
    one, first, second = (Finished.model_validate(found(both, name, *at)) for at in ((1, 0), (2, 0), (2, 1)))
    assert first.curve == second.curve
    assert first.result.test_score == second.result.test_score
    tolerance = 1e-5 if RUNS[name]["spec"].precision == "64-true" else 1e-3
    assert first.curve.train_loss == pytest.approx(one.curve.train_loss, rel=tolerance)
    for curve in ("validation_score", "test_score"):
        known = [value for value in getattr(one.curve, curve) if value is not None]
        assert [value for value in getattr(first.curve, curve) if value is not None] == pytest.approx(known, rel=1e-3)
    assert first.result.test_score == pytest.approx(one.result.test_score, rel=1e-3)
    assert first.result.best_epoch == one.result.best_epoch


def test_the_first_process_alone_writes(both: Path) -> None:
    store = Store(both / "runs")
    runs = {each["spec"].hash: name for name, each in RUNS.items()}
    kept = list(store.finished())
    assert {spec.hash for spec, _ in kept} == set(runs)
    for each, finished in kept:
        assert finished == Finished.model_validate(found(both, runs[each.hash], 2, 0))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shared_is_refused(both: Path, name: str) -> None:
    for rank in (0, 1):
        assert REFUSED[name][1] in found(both, name, 2, rank)["error"]
