"""The training loop: epochs, early stopping, the best weights, learning curves."""

import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from cochain.errors import CochainError, SpecError
from cochain.experiments.comparison import Curve
from cochain.experiments.memory import peak_memory_mb, watch_memory
from cochain.experiments.problems import Problem
from cochain.experiments.spec import RunSpec, Training
from cochain.experiments.tasks import TEST, VALIDATION

OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
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


def seeds_of(seed: int, fold: int) -> tuple[int, int, int]:
    """Give independent seeds for weights, dropout and batches."""
    weights, noise, order = np.random.SeedSequence([seed, fold]).generate_state(3)
    return int(weights), int(noise), int(order)


@contextmanager
def deterministic(seed: int) -> Iterator[None]:
    """Seed torch and forbid operations that give other bits each time; afterwards all is as it was before."""
    before = torch.are_deterministic_algorithms_enabled()
    warn_before = torch.is_deterministic_algorithms_warn_only_enabled()
    fill = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=bool(devices))
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before, warn_only=warn_before)
            torch.utils.deterministic.fill_uninitialized_memory = fill  # type: ignore[attr-defined]


def train(spec: RunSpec, model: nn.Module, problem: Problem, on_epoch: OnEpoch | None = None) -> Outcome:
    """Train a model and test it.

    Args:
        spec: how.
        model: the model, with its initial weights.
        problem: the fold, on the device of the spec.
        on_epoch: told after every epoch.

    Raises:
        TrainingError: when the loss is no finite number.
        SpecError: when the device is not there.
    """
    device = device_of(spec.device)
    _, noise, order = seeds_of(spec.seed, spec.fold)
    begin = time.perf_counter()
    watch_memory(device)
    with deterministic(noise):
        loop = _Loop(spec, model, problem, torch.Generator().manual_seed(order))
        while not loop.finished:
            loop.run_epoch(on_epoch)
        test = loop.test()
    if test is None:
        raise SpecError(
            f"the {spec.metric} of the test part of fold {spec.fold} should be defined, but its labels are all alike"
        )
    return Outcome(
        test_score=test,
        validation_score=loop.best.score,
        best_epoch=loop.best.epoch,
        curve=loop.curve.freeze(),
        seconds=time.perf_counter() - begin,
        seconds_per_epoch=statistics.median(loop.curve.seconds),
        peak_memory_mb=peak_memory_mb(device),
        weights={name: value.cpu() for name, value in loop.best.weights.items()},
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


@dataclass
class _Best:
    """The best epoch so far."""

    epoch: int = 0
    score: float | None = None
    rank: tuple[float, float] = (-math.inf, -math.inf)
    weights: dict[str, Tensor] = field(default_factory=dict)


class _Loop:
    """The state of one training: everything that a later checkpoint would hold."""

    def __init__(self, spec: RunSpec, model: nn.Module, problem: Problem, generator: torch.Generator) -> None:
        training = spec.training
        device = device_of(spec.device)
        devices: Any = 1 if device.index is None else [device.index]
        self.fabric = Fabric(accelerator=device.type, devices=devices, precision=spec.precision)
        optimizer = make_optimizer(model, training)
        self.plain = model
        self.model, self.optimizer = self.fabric.setup(model, optimizer)
        self.schedule = None
        if training.halve_every:
            self.schedule = torch.optim.lr_scheduler.StepLR(optimizer, training.halve_every, gamma=0.5)
        self.spec, self.problem, self.generator = spec, problem, generator
        self.curve, self.best = _Curves(), _Best()

    @property
    def epoch(self) -> int:
        return len(self.curve.train_loss)

    @property
    def finished(self) -> bool:
        training = self.spec.training
        stopped = self.spec.protocol == "validation" and self.epoch - self.best.epoch >= training.patience
        return self.epoch >= training.epochs or (self.epoch > 0 and stopped)

    def run_epoch(self, on_epoch: OnEpoch | None) -> None:
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
        if on_epoch is not None:
            on_epoch(self.epoch, self.curve.seconds[-1], self.curve.validation[-1])

    def _descend(self) -> float:
        self.model.train()
        total, rows = torch.zeros((), dtype=torch.float64), 0
        clip = self.spec.training.clip
        for loss, count in self.problem.losses(self.model, self.generator):
            self.optimizer.zero_grad()
            self.fabric.backward(loss)
            if clip:
                self.fabric.clip_gradients(self.model, self.optimizer, max_norm=clip)
            self.optimizer.step()
            total = total + loss.detach().double().cpu() * count
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


def make_optimizer(model: nn.Module, training: Training) -> torch.optim.Optimizer:
    """Make the optimiser; the weight decay holds for all weights, or for those of the first layer."""
    kind: Callable[..., torch.optim.Optimizer] = OPTIMIZERS[training.optimizer]
    everything = [p for p in model.parameters() if p.requires_grad]
    if training.decays == "all":
        return kind(everything, lr=training.learning_rate, weight_decay=training.weight_decay)
    layers = getattr(model, "layers", None) or list(model.children())
    first = {id(p) for p in layers[0].parameters()}
    groups = [
        {"params": [p for p in everything if id(p) in first], "weight_decay": training.weight_decay},
        {"params": [p for p in everything if id(p) not in first], "weight_decay": 0.0},
    ]
    return kind([group for group in groups if group["params"]], lr=training.learning_rate)
