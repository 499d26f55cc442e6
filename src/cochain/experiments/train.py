"""The training loop: epochs, early stopping, the best weights, learning curves."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from cochain.errors import CochainError, SpecError
from cochain.experiments.answers import Answers
from cochain.experiments.checkpoint import (
    Checkpoint,
    Snapshot,
    check_fits,
    pack_list,
    pack_optimizer,
    pack_random,
    prefixed,
    unpack_list,
    unpack_optimizer,
    unpack_random,
    without_prefix,
)
from cochain.experiments.comparison import Curve
from cochain.experiments.memory import peak_memory_mb, watch_memory
from cochain.experiments.optimizers import make_optimizer as make_optimizer
from cochain.experiments.parallel import Share, share_statistics
from cochain.experiments.problems import Problem
from cochain.experiments.randomness import deterministic as deterministic
from cochain.experiments.randomness import seeds_of as seeds_of
from cochain.experiments.spec import RunSpec
from cochain.experiments.tasks import TEST, VALIDATION

OnEpoch = Callable[[int, float, float | None], None]
"""Told after every epoch: its number, its seconds, the validation score."""


class TrainingError(CochainError):
    """A training that went wrong: a loss that is no number."""


@dataclass(frozen=True)
class Outcome:
    """What a training gave."""

    test_score: float
    """Score on the test part with the kept weights."""
    validation_score: float | None
    """Score on the validation part at the best epoch."""
    best_epoch: int
    """The epoch whose weights were kept, from 1."""
    curve: Curve
    """Learning curves."""
    seconds: float
    """Time of all epochs and the test."""
    seconds_per_epoch: float
    """Median of the epochs."""
    peak_memory_mb: float
    """See `memory.py`."""
    weights: dict[str, Tensor]
    """The kept weights, on the CPU."""
    answers: Answers
    """The answers on the test part with the kept weights, condensed."""


def train(
    spec: RunSpec,
    model: nn.Module,
    problem: Problem,
    on_epoch: OnEpoch | None = None,
    checkpoint: Checkpoint | None = None,
    share: Share | None = None,
) -> Outcome:
    """Train a model and test it.

    Args:
        spec: how.
        model: the model, with its initial weights.
        problem: the fold, on the device of the spec.
        on_epoch: told after every epoch.
        checkpoint: where the state is kept; a training that was ended goes on from there, with the same bits.
        share: of several processes that train together, the part of this one; the first alone has a checkpoint.

    Raises:
        TrainingError: when the loss is no finite number.
        SpecError: when the device is not there.
    """
    device = device_of(spec.device)
    _, noise, order = seeds_of(spec.seed, spec.fold)
    watch_memory(device)
    with deterministic(noise):
        loop = _Loop(spec, model, problem, torch.Generator().manual_seed(order), share)
        loop.resume(checkpoint)
        while not loop.finished:
            loop.run_epoch()
            if checkpoint is not None and checkpoint.is_due(loop.curve.seconds[-1]):
                checkpoint.save(loop.capture())
            if on_epoch is not None:
                on_epoch(loop.epoch, loop.curve.seconds[-1], loop.curve.validation[-1])
        test = loop.test()
        answers = problem.answers(loop.model, TEST)
    if test is None:
        raise SpecError(
            f"the {spec.metric} of the test part of fold {spec.fold} should be defined, but its labels are all alike"
        )
    return Outcome(
        test_score=test,
        validation_score=loop.best.score,
        best_epoch=loop.best.epoch,
        curve=loop.curve.freeze(),
        seconds=loop.seconds,
        seconds_per_epoch=statistics.median(loop.curve.seconds),
        peak_memory_mb=max(loop.peak_before, peak_memory_mb(device)),
        weights={name: value.cpu() for name, value in loop.best.weights.items()},
        answers=answers,
    )


def device_of(name: str) -> torch.device:
    """Give a device that is there.

    Raises:
        SpecError: when it is not.
    """
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SpecError(f"device should be cpu or cuda, but is {name!r}") from error
    if device.type not in ("cpu", "cuda"):
        raise SpecError(f"device should be cpu or cuda, but is {name!r}")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SpecError("device should be one that this machine has, but torch finds no CUDA; use device cpu")
    return device


@dataclass
class _Curves:
    """Learning curves while they grow."""

    train_loss: list[float] = field(default_factory=list)
    validation: list[float | None] = field(default_factory=list)
    test: list[float | None] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def freeze(self) -> Curve:
        epochs = tuple(range(1, len(self.train_loss) + 1))
        return Curve(epochs, tuple(self.train_loss), tuple(self.validation), tuple(self.test))


_CURVES = tuple(each.name for each in fields(_Curves))


@dataclass
class _Best:
    """The best epoch so far."""

    epoch: int = 0
    score: float | None = None
    rank: tuple[float, float] = (-math.inf, -math.inf)
    weights: dict[str, Tensor] = field(default_factory=dict)


class _Loop:
    """The state of one training: everything that a checkpoint holds."""

    def __init__(
        self,
        spec: RunSpec,
        model: nn.Module,
        problem: Problem,
        generator: torch.Generator,
        share: Share | None = None,
    ) -> None:
        training = spec.training
        self.share = share
        if share is not None:
            share_statistics(model)
        device = self.device = device_of(spec.device)
        devices: Any = 1 if device.index is None else [device.index]
        self.fabric = Fabric(accelerator=device.type, devices=devices, precision=spec.precision)
        self.plain, self.plain_optimizer = model, make_optimizer(model, training)
        self.model, self.optimizer = self.fabric.setup(model, self.plain_optimizer)
        self.schedule = None
        if training.halve_every:
            self.schedule = torch.optim.lr_scheduler.StepLR(self.plain_optimizer, training.halve_every, gamma=0.5)
        self.spec, self.problem, self.generator = spec, problem, generator
        self.noise = seeds_of(spec.seed, spec.fold)[1]
        self.curve, self.best = _Curves(), _Best()
        self.begin, self.seconds_before, self.peak_before = time.perf_counter(), 0.0, 0.0

    @property
    def seconds(self) -> float:
        """Time of the training so far, that before an interruption included."""
        return self.seconds_before + time.perf_counter() - self.begin

    def capture(self) -> Snapshot:
        """Give everything that the epochs to come depend on, and the curves of those that were."""
        moments, optimizer = pack_optimizer(self.plain_optimizer)
        curves = {name: pack_list(getattr(self.curve, name)) for name in _CURVES}
        tensors = {
            **prefixed("model", self.plain.state_dict()),
            **prefixed("best", self.best.weights),
            **prefixed("optimizer", moments),
            **prefixed("random", pack_random(self.generator, self.device)),
            **prefixed("curve", {name: values for name, (values, _) in curves.items()}),
            **prefixed("known", {name: known for name, (_, known) in curves.items()}),
        }
        values = {
            "optimizer": optimizer,
            "schedule": self.schedule.state_dict() if self.schedule is not None else None,
            "scaler": self.fabric.strategy.precision.state_dict(),
            "best": [self.best.epoch, self.best.score, *self.best.rank],
            "seconds": self.seconds,
            "peak_memory_mb": max(self.peak_before, peak_memory_mb(self.device)),
        }
        return Snapshot(tensors, values)

    def resume(self, checkpoint: Checkpoint | None) -> None:
        """Go on from a checkpoint, if there is one that fits."""
        snapshot = None
        if checkpoint is not None:
            snapshot = checkpoint.load(lambda found: check_fits(self.plain, without_prefix("model", found.tensors)))
        if self.share is not None:
            data = self.share.from_first(snapshot.to_bytes(self.spec.hash) if snapshot else b"")
            snapshot = Snapshot.parse(data, self.spec.hash) if data else None
        if snapshot is not None:
            self._restore(snapshot)

    def _restore(self, snapshot: Snapshot) -> None:
        tensors, values = snapshot.tensors, snapshot.values
        self.plain.load_state_dict(without_prefix("model", tensors))
        unpack_optimizer(self.plain_optimizer, without_prefix("optimizer", tensors), values["optimizer"])
        unpack_random(self.generator, self.device, without_prefix("random", tensors))
        if self.schedule is not None:
            self.schedule.load_state_dict(values["schedule"])
        self.fabric.strategy.precision.load_state_dict(values["scaler"])
        curve, known = without_prefix("curve", tensors), without_prefix("known", tensors)
        self.curve = _Curves(**{name: unpack_list(curve[name], known[name]) for name in _CURVES})  # type: ignore[arg-type]
        epoch, score, by_score, by_loss = values["best"]
        weights = {name: value.to(self.device) for name, value in without_prefix("best", tensors).items()}
        self.best = _Best(epoch, score, (by_score, by_loss), weights)
        self.seconds_before, self.peak_before = values["seconds"], values["peak_memory_mb"]

    @property
    def epoch(self) -> int:
        return len(self.curve.train_loss)

    @property
    def finished(self) -> bool:
        training = self.spec.training
        stopped = self.spec.protocol == "validation" and self.epoch - self.best.epoch >= training.patience
        return self.epoch >= training.epochs or (self.epoch > 0 and stopped)

    def run_epoch(self) -> None:
        """Train once through the data, score, keep the weights when they are the best."""
        begin = time.perf_counter()
        loss = self._descend()
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss should stay finite, but is {loss} in epoch {self.epoch + 1}; lower the learning rate "
                f"({self.spec.training.learning_rate}) with --option {self.spec.model}.learning_rate=..."
            )
        self.curve.train_loss.append(loss)
        self.model.eval()
        if self.spec.protocol == "xu":
            self.curve.validation.append(None)
            self.curve.test.append(self.problem.evaluate(self.model, TEST)[0])
            self.best.epoch = self.epoch
        else:
            self._validate()
        self.curve.seconds.append(time.perf_counter() - begin)

    def _descend(self) -> float:
        self.model.train()
        if self.share is not None:  # dropout is another in every share and epoch
            torch.manual_seed(
                int(np.random.SeedSequence([self.noise, self.epoch, self.share.rank]).generate_state(1)[0])
            )
        total, rows = torch.zeros((), dtype=torch.float64), 0
        clip = self.spec.training.clip
        for loss, count in self.problem.losses(self.model, self.generator):
            self.optimizer.zero_grad()
            self.fabric.backward(loss)
            loss = loss.detach().double().cpu()
            if self.share is not None:
                self.share.add_gradients(self.plain)
                loss = self.share.total(loss)
            if clip:
                self.fabric.clip_gradients(self.model, self.optimizer, max_norm=clip)
            self.optimizer.step()
            total = total + loss * count
            rows += count
        if self.schedule is not None:
            self.schedule.step()
        return float(total) / max(rows, 1)

    def _validate(self) -> None:
        value, loss = self.problem.evaluate(self.model, VALIDATION)
        self.curve.validation.append(value)
        sign = 1.0 if _higher(self.spec.metric) else -1.0
        by_score = sign * value if value is not None and self.spec.training.select_by == "score" else 0.0
        rank = (by_score, -loss if math.isfinite(loss) else -math.inf)
        if rank > self.best.rank:
            weights = {name: each.detach().clone() for name, each in self.plain.state_dict().items()}
            self.best = _Best(self.epoch, value, rank, weights)

    def test(self) -> float | None:
        """Score the test part, with the best weights, which stay in the model."""
        if self.best.weights:
            self.plain.load_state_dict(self.best.weights)
        else:
            self.best.weights = {name: each.detach().clone() for name, each in self.plain.state_dict().items()}
        self.model.eval()
        return self.problem.evaluate(self.model, TEST)[0]


def _higher(metric: str) -> bool:
    from cochain.experiments.metrics import METRICS

    return METRICS[metric].higher_is_better
