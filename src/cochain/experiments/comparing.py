"""`compare`: which network should learn on this data, and does higher-order structure help?"""

import platform
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from typing import Any

from cochain.catalog import entry
from cochain.complexes import Complex
from cochain.errors import SpecError
from cochain.experiments.board import TEST_SHARE_OF_LINKS, make_rows
from cochain.experiments.comparison import Comparison, Failure, ModelCard, Portrait, Task
from cochain.experiments.execute import Bench, Data, versions
from cochain.experiments.fingerprint import fingerprint
from cochain.experiments.memory import memory_meaning
from cochain.experiments.plan import Options, Planned, Request, plan
from cochain.experiments.pool import run_here, run_in_processes
from cochain.experiments.portrait import portray
from cochain.experiments.progress import Event, Progress, planned
from cochain.experiments.sound import check_features
from cochain.experiments.source import Source, open_source
from cochain.experiments.spec import Protocol, RunSpec
from cochain.experiments.store import Finished, Store
from cochain.experiments.tasks import Labels, infer_task, parse_target
from cochain.experiments.train import device_of
from cochain.models import choose

LINK_FOLDS = 5
USUAL = {"seeds": 1, "device": "cpu", "protocol": "validation", "precision": "32-true"}


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a comparison; `comparison` holds what was finished until then."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__("interrupted; what is finished is kept, the same call goes on from there")
        self.comparison = comparison


# The arguments are those of the command, flat on purpose: a call reads like the command line.
def compare(
    dataset: Complex | str | PathLike[str],
    models: str | Sequence[str] | None = None,
    lift: str | None = None,
    target: str | int | None = None,
    folds: int | None = None,
    seeds: int = 1,
    epochs: int | None = None,
    device: str = "cpu",
    jobs: int = 1,
    runs: str | PathLike[str] | None = "runs",
    *,
    protocol: str = "validation",
    options: Options | None = None,
    metric: str | None = None,
    precision: str = "32-true",
    progress: Progress | None = None,
) -> Comparison:
    """Train some models on one data set, fold by fold and seed by seed, and rank them by their test scores.

    Each model gets the lift that it needs, unless one is given; trains on the training part until its validation score
    stops getting better; and is scored once on the test part, with the weights of its best epoch.

    Args:
        dataset: name of a data set, path of a file that `Complex.save` wrote, or a complex with labels.
        models: names of the catalog, as a list or with commas between; by default some that suit the data.
        lift: such as "clique:2", "cycles:6", "khop:2" or "knn:8+clique:2", in place of the model's own.
        target: node, edge, face, whole, link or a rank; by default where the labels are.
        folds: use only so many of the splits.
        seeds: runs for each split, with seeds 0, 1, ...
        epochs: most epochs, in place of what the recipes say.
        device: cpu or cuda.
        jobs: processes; on a system that starts them afresh the calling script needs `if __name__ == "__main__":`.
        runs: folder where runs are kept; what is there already is not trained again. None keeps nothing.
        protocol: "validation", or "xu": train on training and validation part, and report the epoch whose test
            accuracy, averaged over the folds, is best. That selects on the test parts: to compare with papers only.
        options: for each model, or "*" for all, fields of its config and of `Training`.
        metric: the score, in place of the usual one.
        precision: 32-true, 64-true, bf16-mixed or 16-mixed.
        progress: told of every event.

    Raises:
        UnknownNameError: for a data set, model, lift, option or metric that is not there, with the nearest one that is.
        SpecError: for requests that contradict each other, labels that are missing or all alike, a device that is not
            there.
        DataError: for a data set that cannot be found or is damaged.
        Interrupted: on Ctrl-C, with the comparison so far.

    Example:
        >>> import cochain as cc
        >>> found = cc.compare("karate", models=["gcn"], folds=2, epochs=5, runs=None)
        >>> [row.model for row in found.rows], found.task.metric
        (['gcn'], 'accuracy')
    """
    started = _now()
    check_device(device, precision)
    source = open_source(dataset)
    task = task_of(source, parse_target(source.asks if target is None else target, source.complex_), metric)
    check_features(source.complex_)
    chosen_protocol = _read_protocol(protocol, task)
    _check_counts(seeds, jobs, folds)
    bench = Bench(Data(source.complex_, task), None if runs is None else Store(runs))
    labels = bench.labels if task.kind != "link" else None
    request = Request(
        dataset=source.name,
        fingerprint=fingerprint(source.complex_),
        task=task,
        folds=_folds(folds, labels),
        seeds=tuple(range(seeds)),
        protocol=chosen_protocol,
        epochs=epochs,
        device=device,
        precision=precision,
    )
    models = _names(models)
    choice = None if models else choose(source.complex_, task.target, links=task.kind == "link")
    names = models or (choice.names if choice else ())
    state = State(source, request, portray(source.complex_, task, labels))
    state.chosen = tuple(str(choice).splitlines()) if choice else ()
    state.planned, state.failures = plan(request, source.complex_, names, lift, options or {})
    complete = _run_all(bench, state, progress or _ignore, jobs)
    given = {
        "models": ",".join(models) if models else None, "lift": lift, "target": target, "folds": folds, "seeds": seeds,
        "epochs": epochs, "device": device, "protocol": protocol, "metric": metric, "precision": precision,
    }  # fmt: skip
    found = state.conclude(_command(source, given, options or {}), started, complete)
    if not complete:
        raise Interrupted(found)
    return found


class State:
    """What has been planned and finished so far."""

    def __init__(self, source: Source, request: Request, portrait: Portrait) -> None:
        self.source, self.request, self.portrait = source, request, portrait
        self.chosen: tuple[str, ...] = ()
        self.planned: list[Planned] = []
        self.failures: list[Failure] = []
        self.finished: list[tuple[RunSpec, Finished]] = []

    def specs(self) -> list[RunSpec]:
        """Give all runs, such that after any number of them the models have about as many each."""
        return [spec for row in zip(*(each.specs for each in self.planned), strict=True) for spec in row]

    def add(self, spec: RunSpec, outcome: Finished | str) -> None:
        """Take note of a result."""
        if isinstance(outcome, str):
            self.failures.append(Failure(spec.model, outcome, spec.fold, spec.seed))
        else:
            self.finished.append((spec, outcome))

    def conclude(self, command: str, started: str, complete: bool) -> Comparison:
        """Put together what was found."""
        request = self.request
        rows, runs = make_rows(self.finished, request.task, request.protocol, _test_share(self.portrait, request))
        return Comparison(
            dataset=self.source.name,
            title=self.source.title,
            task=request.task,
            protocol=request.protocol,
            portrait=self.portrait,
            rows=rows,
            runs=runs,
            models=tuple(self._card(row.model) for row in rows),
            failures=tuple(self._failures()),
            command=command,
            versions={**versions(), "platform": platform.platform()},
            memory=memory_meaning(device_of(request.device)),
            started=started,
            finished=_now(),
            complete=complete,
            chosen=self.chosen,
        )

    def _failures(self) -> list[Failure]:
        """Give the failures; where all runs of a model failed alike, one for all of them."""
        alike = Counter((failure.model, failure.message) for failure in self.failures)
        planned = {each.model: len(each.specs) for each in self.planned}
        whole = {(model, message) for (model, message), count in alike.items() if count == planned.get(model)}
        kept = [each for each in self.failures if (each.model, each.message) not in whole]
        return [Failure(model, message) for model, message in sorted(whole)] + kept

    def _card(self, model: str) -> ModelCard:
        """Describe a model that has a result."""
        each = next(each for each in self.planned if each.model == model)
        result = next(found.result for spec, found in self.finished if spec.model == model)
        training = each.specs[0].training.model_dump(exclude_defaults=True)
        return ModelCard(
            model=model,
            lift=each.lift,
            reference=entry(model).reference,
            equations=tuple(result.equations),
            diagram=result.diagram,
            options={**each.options, **training},
            source=each.recipe.source,
        )


def _run_all(bench: Bench, state: State, progress: Progress, jobs: int) -> bool:
    """Make all runs that are not there yet; False when Ctrl-C came between."""
    missing = []
    try:
        for spec in state.specs():
            found = bench.find(spec)
            if found is None:
                missing.append(spec)
            else:
                state.add(spec, found)
                progress(Event("found", spec.model, spec.fold, spec.seed, score=found.result.test_score))
        progress(planned(missing))
        several = jobs > 1 and len(missing) > 1
        results = (
            run_in_processes(bench, missing, progress, min(jobs, len(missing)))
            if several
            else run_here(bench, missing, progress)
        )
        _take(results, state)
    except KeyboardInterrupt:
        return False
    return True


def _take(results: Any, state: State) -> None:
    """Add results as they come; however it ends, the iteration is closed, and with it its processes."""
    try:
        spec: RunSpec
        outcome: Finished | str
        for spec, outcome in results:
            state.add(spec, outcome)
    finally:
        results.close()


def task_of(source: Source, where: int | str, metric: str | None) -> Task:
    """Tell what is asked, by the record of the data set where it is in the registry."""
    record = source.record
    if record is None or record.target != where:
        return infer_task(source.complex_, where, metric=metric)
    return infer_task(source.complex_, where, record.kind, metric or record.metric)


def _names(models: str | Sequence[str] | None) -> list[str]:
    names = models.split(",") if isinstance(models, str) else models or ()
    return [name.strip() for name in names if name.strip()]


def check_device(device: str, precision: str) -> None:
    """Refuse a precision that the device does not have."""
    if device_of(device).type == "cpu" and precision == "16-mixed":
        raise SpecError(
            "precision on the CPU should be 32-true, 64-true or bf16-mixed, but is 16-mixed, which needs a GPU"
        )


def _check_counts(seeds: int, jobs: int, folds: int | None) -> None:
    for name, value in (("seeds", seeds), ("jobs", jobs), ("folds", 1 if folds is None else folds)):
        if value < 1:
            raise SpecError(f"{name} should be at least 1, but is {value}")


def _read_protocol(text: str, task: Task) -> Protocol:
    if text == "validation":
        return "validation"
    if text != "xu":
        raise SpecError(f"protocol should be validation or xu, but is {text!r}")
    if task.target != "whole" or task.kind != "classification":
        raise SpecError(
            f"protocol xu should be used for classes of whole components, but the task is {task.kind} on {task.target}"
        )
    return "xu"


def _folds(asked: int | None, labels: Labels | None) -> tuple[int, ...]:
    if labels is None:
        return tuple(range(asked or LINK_FOLDS))
    have = labels.split.shape[1]
    if asked is not None and asked > have:
        raise SpecError(
            f"folds should be at most {have}, the splits of the data, but is {asked}; use --seeds for more runs"
        )
    return tuple(range(asked or have))


def _command(source: Source, given: Mapping[str, Any], options: Options) -> str:
    words = ["cochain", "compare", source.argument]
    for name, value in given.items():
        if value is not None and value != USUAL.get(name):
            words += [f"--{name}", str(value)]
    for model, values in options.items():
        for key, value in values.items():
            words += ["--option", f"{'' if model == '*' else model + '.'}{key}={value}"]
    return shlex.join(words)


def _test_share(portrait: Portrait, request: Request) -> float:
    """Give n_test / n_train, in the mean over the folds."""
    parts = [portrait.parts[fold] for fold in request.folds if fold < len(portrait.parts)]
    if not parts:
        return TEST_SHARE_OF_LINKS
    trained = [train + (validation if request.protocol == "xu" else 0) for train, validation, _ in parts]
    return sum(test for _, _, test in parts) / max(1, sum(trained))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _ignore(event: Event) -> None:
    pass
