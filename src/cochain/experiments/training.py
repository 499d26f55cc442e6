"""Train one network into a folder: what `cochain train` does."""

import json
import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from cochain.complexes import Complex
from cochain.errors import DataError, SpecError
from cochain.experiments.card import Provenance, write_card
from cochain.experiments.comparing import check_device, task_of
from cochain.experiments.execute import Bench, Data, train_one
from cochain.experiments.files import write_atomically
from cochain.experiments.fingerprint import fingerprint
from cochain.experiments.parallel import is_shared
from cochain.experiments.plan import Options, Request, plan
from cochain.experiments.source import Source, open_source
from cochain.experiments.spec import RunSpec, read_spec
from cochain.experiments.store import CURVE, RESULT, SPEC, Finished, Result, Store
from cochain.experiments.tasks import parse_target, read_labels
from cochain.experiments.train import OnEpoch
from cochain.experiments.trained import Trained, make_trained, read_trained

WORK = ".training"
"""Folder below the network's own that holds the checkpoint until the training is finished."""


@dataclass(frozen=True)
class Made:
    """What a training into a folder gave."""

    spec: RunSpec
    """The run."""
    finished: Finished
    """Its result and curves."""
    trained: Trained | None
    """The network; None in a process that is not the first of several."""


# The arguments are those of the command, flat on purpose: a call reads like the command line.
def train_into(
    folder: str | PathLike[str],
    dataset: Complex | str | PathLike[str],
    model: str,
    lift: str | None = None,
    target: str | int | None = None,
    fold: int = 0,
    seed: int = 0,
    epochs: int | None = None,
    *,
    device: str = "cpu",
    options: Options | None = None,
    metric: str | None = None,
    precision: str = "32-true",
    on_epoch: OnEpoch | None = None,
) -> Made:
    """Train a model on one fold of a data set, and keep it in a folder with everything that its use needs.

    The folder gets spec.json, schema.json, weights.safetensors, curve.json, README.md (the model card) and, last,
    result.json. A training that was ended goes on from its checkpoint when it is asked for again; one that is finished
    is not made again.

    Args:
        folder: where to; made when it is missing. It should be empty, or hold this very training.
        dataset: name of a data set, path of a file or folder, or a complex with labels.
        model: a name of the catalog.
        lift: in place of the model's own.
        target: node, edge, face, whole, link or a rank; by default where the labels are.
        fold: column of the split; its test part is scored once, at the end.
        seed: of everything that is random.
        epochs: most epochs, in place of what the recipe says.
        device: cpu or cuda.
        options: for the model, or "*", fields of its config and of `Training`.
        metric: the score, in place of the usual one.
        precision: 32-true, 64-true, bf16-mixed or 16-mixed.
        on_epoch: told after every epoch.

    Raises:
        SpecError: when the folder holds something else, or the request does not fit the data.
        CochainError: as `compare`.
    """
    check_device(device, precision)
    source = open_source(dataset)
    task = task_of(source, parse_target(source.asks if target is None else target, source.complex_), metric)
    data = Data(source.complex_, task)
    if task.kind != "link":
        _check_fold(fold, read_labels(source.complex_, task).split.shape[1])
    request = Request(
        source.name, fingerprint(source.complex_), task, (fold,), (seed,), "validation", epochs, device, precision
    )
    planned, failures = plan(request, source.complex_, [model], lift, options or {})
    if failures:
        raise SpecError(failures[0].message)
    spec, place = planned[0].specs[0], Path(folder)
    _check_place(place, spec)
    if (place / RESULT).is_file():
        return Made(spec, _finished(place), read_trained(place))
    store = Store(place / WORK)
    finished = train_one(spec, data, store, on_epoch)
    if is_shared() and os.environ.get("RANK", "0") != "0":
        return Made(spec, finished, None)
    given = {
        "lift": lift, "target": target, "fold": fold or None, "seed": seed or None, "epochs": epochs, "metric": metric,
        "device": None if device == "cpu" else device, "precision": None if precision == "32-true" else precision,
    }  # fmt: skip
    command = _command(source, spec.model, given, options or {}, place)
    return Made(
        spec, finished, _keep(place, spec, data, store, finished, Provenance(command, planned[0].recipe.source, source))
    )


def _command(source: Source, model: str, given: Mapping[str, Any], options: Options, place: Path) -> str:
    words = ["cochain", "train", source.argument, "--model", model]
    for name, value in given.items():
        words += [] if value is None else [f"--{name}", str(value)]
    for values in options.values():
        words += [word for key, value in values.items() for word in ("--option", f"{key}={value}")]
    return shlex.join([*words, "--out", str(place)])


def _finished(place: Path) -> Finished:
    try:
        result = Result.model_validate_json((place / RESULT).read_bytes())
        return Finished(result=result, curve=json.loads((place / CURVE).read_bytes()))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{place} should hold a finished training, but cannot be read ({error}); remove {place / RESULT}, and it "
            "is made again"
        ) from error


def _check_fold(fold: int, have: int) -> None:
    if not 0 <= fold < have:
        raise SpecError(f"fold should be from 0 to {have - 1}, one of the splits of the data, but is {fold}")


def _check_place(place: Path, spec: RunSpec) -> None:
    """Refuse a folder that holds something else, so that nothing of it is overwritten."""
    if place.is_file():
        raise SpecError(f"{place} should be a folder, but is a file; name another")
    if (place / SPEC).is_file():
        held = read_spec((place / SPEC).read_text("utf-8"))
        if held.hash != spec.hash:
            raise SpecError(
                f"{place} should be empty or hold this training, but holds {held.model} trained on {held.dataset} with "
                "other settings, data or versions; name another folder"
            )
    elif place.is_dir() and not (place / WORK).is_dir() and any(place.iterdir()):
        raise SpecError(f"{place} should be empty or hold this training, but holds something else; name another folder")


def _keep(place: Path, spec: RunSpec, data: Data, store: Store, finished: Finished, provenance: Provenance) -> Trained:
    """Move a finished run from the store below the folder into the folder itself, its result last."""
    problem, prepared = Bench(data).problem(spec)
    trained = make_trained(data.complex_, spec, prepared, problem, store.weights(spec))
    trained.write(place)
    try:
        write_atomically(place / CURVE, (store.folder(spec) / CURVE).read_bytes())
        write_card(place, trained, finished, provenance)
        write_atomically(place / RESULT, finished.result.model_dump_json(indent=1).encode())
    except OSError as error:
        raise DataError(
            f"{place} should be a folder that can be written, but is not ({error.strerror}); make room and ask again: "
            "nothing is trained twice"
        ) from error
    shutil.rmtree(place / WORK, ignore_errors=True)
    return trained
