"""What one fold asks of a model: losses to descend and parts to score, whole or in batches of components."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from cochain.complexes import Complex
from cochain.complexes.cells import Cells, Place
from cochain.experiments.comparison import Task
from cochain.experiments.metrics import score
from cochain.experiments.parallel import Share
from cochain.experiments.predictions import Answers, summarise
from cochain.experiments.spec import Training
from cochain.experiments.tasks import TEST, TRAIN, VALIDATION, Labels

SCORING_BATCHES = 4  # scoring keeps no gradients, so its batches may be larger than those of training by this factor


@runtime_checkable
class Problem(Protocol):
    """One fold, as the training loop sees it."""

    complex_: Complex
    """A complex like those that the model will read: its channels decide the widths."""
    outputs: int
    """Channels of the answer; 0 for as many as the model's hidden layers have."""

    def losses(self, model: nn.Module, generator: torch.Generator) -> Iterator[tuple[Tensor, int]]:
        """Give the loss of each step of an epoch, computed when it is asked for, and the number of its rows."""

    def evaluate(self, model: nn.Module, part: int) -> tuple[float | None, float]:
        """Give score and mean loss on a part: 1 validation, 2 test."""

    def answers(self, model: nn.Module, part: int) -> Answers:
        """Give what the model answers on a part, condensed."""


class LabelledProblem:
    """Cells or components with labels.

    A single component is one step and is scored in one pass. Several are trained on in batches of components, which
    take their operators from those of the whole complex, so that they are derived once and never again.

    Args:
        complex_: what the model reads.
        task: where the labels are and of which kind.
        labels: all labels and parts.
        fold: the column of the split.
        training: sizes of batches.
        merge_validation: train on the validation part too.
        share: of several processes that train together, the part of this one.
    """

    def __init__(
        self,
        complex_: Complex,
        task: Task,
        labels: Labels,
        fold: int,
        training: Training,
        merge_validation: bool = False,
        share: Share | None = None,
    ) -> None:
        part = labels.split[:, fold]
        if merge_validation:
            part = torch.where(part == VALIDATION, torch.tensor(TRAIN, dtype=part.dtype), part)
        place: Place = "whole" if task.target == "whole" else int(task.target)
        device = complex_.device
        self.complex_ = complex_.with_cochain(place, "y", labels.y.to(device))
        self.complex_ = self.complex_.with_cochain(place, "part", part.to(device))
        self.outputs = task.outputs
        self.task = task
        self.training = training
        self.share = share
        self.criterion = Criterion(task, labels.y[part == TRAIN]).to(device)
        self._components = {k: self._with_rows_in(part, k) for k in (TRAIN, VALIDATION, TEST)}
        self._batches: dict[int, list[Complex]] = {}

    def _with_rows_in(self, part: Tensor, k: int) -> Tensor:
        """Give the components that have a row in a part."""
        if self.task.target == "whole":
            return (part == k).nonzero()[:, 0]
        found: Tensor = torch.unique(self.complex_.component_of(int(self.task.target)).cpu()[part == k])
        return found

    def _place(self, batch: Complex) -> Cells:
        return batch.whole if self.task.target == "whole" else batch[int(self.task.target)]

    def losses(self, model: nn.Module, generator: torch.Generator) -> Iterator[tuple[Tensor, int]]:
        """Give the losses of an epoch; see `Problem`. In a share of a training, the losses of all shares add up."""
        for ids in self._steps(generator):
            if self.share is not None:
                yield self._share_of_loss(model, ids, self.share)
                continue
            batch = self.complex_ if ids is None else self.complex_.select(ids)
            loss, rows = self._loss(model, batch)
            yield loss, rows

    def _loss(self, model: nn.Module, batch: Complex) -> tuple[Tensor, int]:
        place = self._place(batch)
        rows = (place.part == TRAIN).nonzero()[:, 0]
        return self.criterion(model(batch)[rows], place.y[rows]), len(rows)

    def _share_of_loss(self, model: nn.Module, ids: Tensor | None, share: Share) -> tuple[Tensor, int]:
        """Give this share's part of the mean over all labels of a step."""
        assert ids is not None
        batch = self.complex_.select(share.of(ids))
        place = self._place(batch)
        rows = (place.part == TRAIN).nonzero()[:, 0]
        answers, labels = model(batch)[rows], place.y[rows]
        known, count = share.total(torch.tensor([self.criterion.known(labels), len(rows)])).tolist()
        here = self.criterion.known(labels)
        loss = self.criterion(answers, labels) * (here / known) if here else 0.0 * answers.sum()
        return loss, int(count)

    def _steps(self, generator: torch.Generator) -> Iterator[Tensor | None]:
        """Give the components of each step of an epoch, or None for the single one that there is."""
        if len(self.complex_) == 1:
            yield None
            return
        chosen = self._components[TRAIN]
        for ids in batches_of(len(chosen), self.training.batch_size, self.training.steps, generator):
            yield chosen[ids].to(self.complex_.device)

    def evaluate(self, model: nn.Module, part: int) -> tuple[float | None, float]:
        """Score a part; see `Problem`."""
        found = self._answer(model, part)
        if found is None:
            return None, float("nan")
        answer, label = found
        loss = float(self.criterion(answer, label))
        return score(self.task.metric, self.criterion.restore(answer), label), loss

    def answers(self, model: nn.Module, part: int) -> Answers:
        """Condense the answers on a part; see `Problem`."""
        found = self._answer(model, part)
        if found is None:
            return Answers(0)
        return summarise(self.task.kind, self.criterion.restore(found[0]), found[1])

    def _answer(self, model: nn.Module, part: int) -> tuple[Tensor, Tensor] | None:
        """Give answers and labels of the rows of a part; None where it has none."""
        answers, labels = [], []
        with torch.no_grad():
            for number, batch in enumerate(self._scoring_batches(part)):
                place = self._place(batch)
                rows = (place.part == part).nonzero()[:, 0]
                labels.append(place.y[rows])
                if self.share is None:
                    answers.append(model(batch)[rows])
                elif number % self.share.world == self.share.rank:
                    answers.append(model(batch)[rows].double())
                else:  # another process answers these; adding zeros changes no bit
                    answers.append(torch.zeros(len(rows), self.outputs, dtype=torch.float64))
        if not answers:
            return None
        answer = torch.cat(answers)
        return (answer if self.share is None else self.share.total(answer)), torch.cat(labels)

    def _scoring_batches(self, part: int) -> list[Complex]:
        """Give the batches of a part: made once, so that they keep their selected operators from epoch to epoch."""
        if len(self.complex_) == 1:
            return [self.complex_]
        if part not in self._batches:
            chunks = torch.split(self._components[part], SCORING_BATCHES * self.training.batch_size)
            self._batches[part] = [self.complex_.select(ids.to(self.complex_.device)) for ids in chunks if len(ids)]
        return self._batches[part]


def batches_of(count: int, size: int, steps: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Give positions below `count` in batches.

    Args:
        count: number of items.
        size: items in a batch.
        steps: number of batches, each drawn anew without repetition; 0 deals all items once in random order. A last
            batch of a single item goes to the one before it: a normalisation over one row is undefined.
        generator: of the order.
    """
    if steps:
        for _ in range(steps):
            yield torch.randperm(count, generator=generator)[:size]
        return
    order = torch.randperm(count, generator=generator)
    chunks = list(torch.split(order, size))
    if len(chunks) > 1 and len(chunks[-1]) == 1:
        last = chunks.pop()
        chunks[-1] = torch.cat([chunks[-1], last])
    yield from chunks


class Criterion(nn.Module):
    """The loss of a task, a mean over the known labels.

    Cross-entropy for classes, its two-class form for labels that hold or do not, and for numbers the absolute (metric
    mae) or squared error, after shifting and scaling each column to mean 0 and deviation 1 on the training part.

    Args:
        task: kind and metric.
        training_labels: the labels of the training part.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, task: Task, training_labels: Shaped[Tensor, "rows *outputs"]) -> None:
        super().__init__()
        self.kind = task.kind
        self.absolute = task.metric == "mae"
        shift, scale = torch.zeros(1), torch.ones(1)
        if self.kind == "regression":
            shift = training_labels.nanmean(dim=0)
            spread = (training_labels - shift).square().nanmean(dim=0).sqrt()
            shift, scale = shift.nan_to_num(0.0), torch.where(spread > 0, spread, 1.0)
        self.register_buffer("shift", shift)
        self.register_buffer("scale", scale)

    def forward(
        self, answers: Float[Tensor, "rows outputs"], labels: Shaped[Tensor, "rows *columns"]
    ) -> Float[Tensor, ""]:
        """Give the mean loss."""
        answers = answers if answers.dtype == torch.float64 else answers.float()
        if self.kind == "classification":
            return nn.functional.cross_entropy(answers, labels)
        known = ~labels.isnan()
        if self.kind == "multilabel":
            return nn.functional.binary_cross_entropy_with_logits(answers[known], labels[known].to(answers.dtype))
        wanted = ((labels - self.shift) / self.scale).to(answers.dtype)
        function = nn.functional.l1_loss if self.absolute else nn.functional.mse_loss
        return function(answers[known], wanted[known])

    def known(self, labels: Shaped[Tensor, "rows *columns"]) -> int:
        """Count the labels that the mean is over."""
        return len(labels) if self.kind == "classification" else int((~labels.isnan()).sum())

    def restore(self, answers: Float[Tensor, "rows outputs"]) -> Float[Tensor, "rows outputs"]:
        """Bring answers back to the scale of the labels."""
        return answers * self.scale + self.shift if self.kind == "regression" else answers
