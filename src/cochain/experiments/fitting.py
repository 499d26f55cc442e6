"""Train one network on rows that the caller chooses, all of them, without a test part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Int, Shaped
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.errors import SpecError
from cochain.experiments.comparison import Curve, Task
from cochain.experiments.estimate import check_step, within_memory
from cochain.experiments.execute import DTYPES, threads, threads_for
from cochain.experiments.fingerprint import fingerprint
from cochain.experiments.plan import Request, plan
from cochain.experiments.predictions import Answers
from cochain.experiments.prepare import Workshop
from cochain.experiments.problems import LabelledProblem
from cochain.experiments.sound import check_features
from cochain.experiments.spec import RunSpec
from cochain.experiments.tasks import TEST, TRAIN, VALIDATION, Labels
from cochain.experiments.train import device_of, seeds_of, train
from cochain.experiments.trained import Trained, make_trained
from cochain.models import build, choose

UNUSED = -1


@dataclass(frozen=True)
class How:
    """How a network is chosen and trained."""

    model: str | None = None
    """Name in the catalog; None for the first of those that `compare` tries on such data and that reads its cells."""
    lift: str | None = None
    """How the data is lifted; None for what the model needs."""
    options: Mapping[str, Any] | None = None
    """Fields of the model's config and of `Training`; what is None keeps the recipe's value."""
    validation: float = 0.1
    """Share of the rows that tells when to stop; 0 for none: then the epoch of the smallest training loss counts."""
    seed: int = 0
    """Seed of the validation part, initial weights, dropout and batches."""
    device: str = "cpu"
    """cpu or cuda."""
    precision: str = "32-true"
    """Floating type."""


@dataclass(frozen=True)
class Fitted:
    """What a training on chosen rows gave."""

    trained: Trained
    """The network."""
    curve: Curve
    """Learning curves."""
    best_epoch: int
    """The epoch whose weights were kept."""
    score: float
    """Score on the validation part; without one, on the training part."""


class _Untested:
    """A problem without a test part: what tells the best epoch stands in for it.

    Args:
        problem: the rows.
        watched: the part that is watched: validation, or training where there is no validation part.
    """

    def __init__(self, problem: LabelledProblem, watched: int) -> None:
        self.problem, self.watched = problem, watched
        self.complex_, self.outputs = problem.complex_, problem.outputs

    def losses(self, model: nn.Module, generator: torch.Generator) -> Iterator[tuple[Tensor, int]]:
        """Give the losses of an epoch; see `Problem`."""
        return self.problem.losses(model, generator)

    def evaluate(self, model: nn.Module, part: int) -> tuple[float | None, float]:
        """Score the watched part; see `Problem`."""
        value, loss = self.problem.evaluate(model, self.watched)
        # A single class, or equal ranks, leave some scores undefined: the loss then speaks alone.
        return (-loss if value is None and part == TEST else value), loss

    def answers(self, model: nn.Module, part: int) -> Answers:
        """Condense nothing; see `Problem`."""
        return Answers(0)


def fit_rows(
    complex_: Complex, task: Task, rows: Int[Tensor, "chosen"], labels: Shaped[Tensor, "chosen *outputs"], how: How
) -> Fitted:
    """Train on some rows of the target; the others have no label, but their cells are there to be heard.

    Args:
        complex_: the data, before any lift.
        task: where the rows are, and what is asked of them.
        rows: positions of the rows.
        labels: their classes, or numbers.
        how: the network and its training.

    Raises:
        SpecError: for no rows, features that are no finite numbers, options that do not fit, a model that does not run
            on the data, or a step that does not fit the memory.
        UnknownNameError: for a model, lift, option or metric that is not there.
        TrainingError: when the loss is no finite number.
    """
    if not len(rows):
        raise SpecError("the training rows should be at least one, but are none")
    check_features(complex_)
    labels_ = _labels(complex_, task, rows, labels, how)
    watched = VALIDATION if bool((labels_.split == VALIDATION).any()) else TRAIN
    spec = _spec(complex_, task, how, watched)
    prepared = Workshop(complex_, DTYPES.get(spec.precision, torch.float32)).prepare(spec.model, spec.lift, spec.target)
    check_step(spec, prepared.complex_)
    problem = LabelledProblem(prepared.complex_.to(device_of(spec.device)), task, labels_, 0, spec.training)
    with threads(threads_for(complex_, spec)), within_memory(spec, prepared.complex_):
        weights_seed = seeds_of(spec.seed, spec.fold)[0]
        model = build(
            spec.model, problem.complex_, out=task.outputs, target=spec.target, seed=weights_seed, options=spec.options
        )
        outcome = train(spec, model, _Untested(problem, watched))
    trained = make_trained(complex_, spec, prepared, problem, outcome.weights)
    return Fitted(trained, outcome.curve, outcome.best_epoch, outcome.test_score)


def default_model(complex_: Complex, task: Task) -> str:
    """Give the first model that `compare` tries on such data and that reads more than its points."""
    floor, *reading = choose(complex_, task.target, links=task.kind == "link").names
    return floor if complex_.domain == "points" else reading[0]


def _labels(complex_: Complex, task: Task, rows: Tensor, labels: Tensor, how: How) -> Labels:
    """Spread labels over all rows of the target, and carve the validation part from the chosen ones."""
    from cochain.datasets.splits import carve_validation

    count = len(complex_) if task.target == "whole" else complex_.sizes[int(task.target)]
    y = labels.new_full((count, *labels.shape[1:]), -1 if labels.ndim == 1 else torch.nan)
    y[rows] = labels
    split = np.full((count, 1), UNUSED, dtype=np.int8)
    split[rows.numpy()] = TRAIN
    if how.validation:
        strata = y.numpy() if task.kind == "classification" else np.zeros(count, dtype=np.int64)
        carved = carve_validation(split, strata, how.validation, how.seed)
        if (carved == TRAIN).any():
            split = carved
    known = torch.zeros(count, dtype=torch.bool)
    known[rows] = True
    return Labels(y, known, torch.from_numpy(split))


def _spec(complex_: Complex, task: Task, how: How, watched: int) -> RunSpec:
    """Describe the training as a run, with the recipe of the model for such data."""
    request = Request(
        "complex", fingerprint(complex_), task, (0,), (how.seed,), "validation", None, how.device, how.precision
    )
    name = how.model or default_model(complex_, task)
    given = {key: value for key, value in (how.options or {}).items() if value is not None}
    if watched == TRAIN:
        given = {"select_by": "loss", **given}
    planned, failures = plan(request, complex_, [name], how.lift, {name: given})
    if failures:
        raise SpecError(failures[0].message)
    return planned[0].specs[0]
