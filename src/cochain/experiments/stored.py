"""What lies in a folder of runs: a list of it, and a comparison without training."""

import json
import shlex
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from typing import Literal

from cochain.complexes import Complex
from cochain.errors import SpecError, unknown_name
from cochain.experiments.comparing import State, task_of
from cochain.experiments.comparison import Comparison, Failure
from cochain.experiments.fingerprint import fingerprint
from cochain.experiments.plan import Planned, Request
from cochain.experiments.portrait import portray
from cochain.experiments.recipes import Recipe
from cochain.experiments.source import open_source
from cochain.experiments.spec import RunSpec
from cochain.experiments.store import Finished, Store
from cochain.experiments.tasks import read_labels

Ended = tuple[RunSpec, Finished]


@dataclass(frozen=True)
class Entry:
    """One folder of a store."""

    folder: str
    """Its name: the first 16 digits of the run's hash."""
    state: Literal["finished", "unfinished", "broken"]
    """unfinished: a checkpoint, from which the same call goes on. broken: nothing that can be read."""
    spec: RunSpec | None = None
    """The run."""
    finished: Finished | None = None
    """Its result and curves."""


def entries(store: Store) -> list[Entry]:
    """List the runs of a store, by the names of their folders; why one is broken is said in a warning."""
    found = {spec.folder: Entry(spec.folder, "finished", spec, each) for spec, each in store.finished()}
    for spec in store.unfinished():
        found.setdefault(spec.folder, Entry(spec.folder, "unfinished", spec))
    return [found.get(name, Entry(name, "broken")) for name in store.folders()]


def find_entry(store: Store, name: str) -> Entry:
    """Give the run whose folder begins with some digits.

    Raises:
        UnknownNameError: when there is none.
        SpecError: when there are several.
    """
    every = entries(store)
    fitting = [each for each in every if each.folder.startswith(name)] if name else []
    if not fitting:
        raise unknown_name("run", name, [each.folder for each in every])
    if len(fitting) > 1:
        listed = ", ".join(each.folder for each in fitting[:5])
        raise SpecError(f"a run should be named by digits that it begins with alone, but {name} begins {listed}")
    return fitting[0]


def compare_stored(
    store: Store,
    dataset: Complex | str | PathLike[str],
    target: int | str | None = None,
    metric: str | None = None,
    protocol: str | None = None,
) -> Comparison:
    """Rank the models whose runs on some data are in a store, without training.

    Runs belong to the data when its fingerprint is theirs, whatever it was called then. Of the questions that were
    asked of it, the one with most runs is answered; of the settings of a model, that with most runs stands in the
    leaderboard, and how many others there are is said.

    Args:
        store: the runs.
        dataset: the data.
        target: of the runs; by default that of most.
        metric: of the runs; by default that of most.
        protocol: of the runs; by default that of most.

    Raises:
        SpecError: when there are no such runs.
    """
    source = open_source(dataset)
    content = fingerprint(source.complex_)
    wanted = {"target": target, "metric": metric, "protocol": protocol}
    about = [
        (spec, found)
        for spec, found in store.finished()
        if spec.fingerprint == content
        and all(value is None or str(getattr(spec, name)) == str(value) for name, value in wanted.items())
    ]
    if not about:
        asked = "".join(f" with {name} {value}" for name, value in wanted.items() if value is not None)
        raise SpecError(
            f"{store.root} should hold runs on {source.name}{asked}, but holds none; make some with "
            f"cochain compare {shlex.quote(source.argument)}"
        )
    group = _largest(about, lambda spec: (str(spec.target), spec.metric, spec.protocol))
    first = group[0][0]
    task = task_of(source, "link" if first.kind == "link" else first.target, first.metric)
    labels = None if task.kind == "link" else read_labels(source.complex_, task)
    folds = tuple(sorted({spec.fold for spec, _ in group}))
    seeds = tuple(sorted({spec.seed for spec, _ in group}))
    request = Request(source.name, content, task, folds, seeds, first.protocol, None, first.device, first.precision)
    state = State(source, request, portray(source.complex_, task, labels))
    for model in dict.fromkeys(spec.model for spec, _ in group):
        _add_model(state, model, [each for each in group if each[0].model == model])
    now = datetime.now(UTC).isoformat(timespec="seconds")
    command = shlex.join(["cochain", "runs", "compare", source.argument, "--runs", str(store.root)])
    return state.conclude(command, now, True)


def _add_model(state: State, model: str, runs: list[Ended]) -> None:
    chosen = _largest(runs, _settings)
    spec = chosen[0][0]
    recipe = Recipe("as stored", spec.training.model_dump(exclude_defaults=True), spec.options)
    state.planned.append(Planned(model, spec.lift, recipe, dict(spec.options), tuple(spec for spec, _ in chosen)))
    for each, found in chosen:
        state.add(each, found)
    if len(runs) > len(chosen):
        state.failures.append(
            Failure(model, f"{_runs(len(runs) - len(chosen))} left out, with other settings or made by other code")
        )


def _settings(spec: RunSpec) -> str:
    """Give everything but fold and seed."""
    return json.dumps(spec.model_dump(mode="json", exclude={"fold", "seed", "dataset"}), sort_keys=True)


def _largest(runs: list[Ended], key: Callable[[RunSpec], object]) -> list[Ended]:
    groups: dict[object, list[Ended]] = defaultdict(list)
    for each in runs:
        groups[key(each[0])].append(each)
    return max(groups.values(), key=len)


def _runs(count: int) -> str:
    return "1 run is" if count == 1 else f"{count} runs are"
