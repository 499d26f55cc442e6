r"""One training over several processes, each with a share of the components of every step.

The processes are those that `torchrun` starts; they speak gloo, on the CPU. Every step is cut from the same order of
components, so with the sum of the shares' gradients all processes take the step that a single one would take:

$$\nabla L = \sum_r \nabla \frac{n_r}{n} L_r$$

with $n_r$ labels in the share of process r. Batch normalisation takes its statistics over all shares. The results
agree with those of a single process up to the order of floating sums. Dropout is drawn anew in every process, so with
dropout they agree in distribution alone.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from cochain.errors import SpecError
from cochain.nn.mlp import STILL


@dataclass(frozen=True)
class Share:
    """The part of one process in a training."""

    rank: int
    """Its number; 0 writes and speaks."""
    world: int
    """How many processes there are."""

    def of(self, items: Tensor) -> Tensor:
        """Give every world-th item: this process's share."""
        return items[self.rank :: self.world]

    def total(self, tensor: Tensor) -> Tensor:
        """Add up a tensor over the processes; all get the same bits."""
        summed = tensor.detach().clone()
        dist.all_reduce(summed)
        return summed

    def from_first(self, data: bytes) -> bytes:
        """Give everyone the bytes of process 0."""
        length = torch.tensor([len(data)])
        dist.broadcast(length, 0)
        content = torch.zeros(int(length), dtype=torch.uint8)
        if self.rank == 0:
            content = torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else content
        if len(content):
            dist.broadcast(content, 0)
        return content.numpy().tobytes()

    def add_gradients(self, model: nn.Module) -> None:
        """Add up the gradients over the processes; a weight that none of them used keeps none."""
        weights = [each for each in model.parameters() if each.requires_grad]
        used = torch.tensor([each.grad is not None for each in weights], dtype=weights[0].dtype)
        parts = [torch.zeros_like(each) if each.grad is None else each.grad for each in weights]
        summed = self.total(torch.cat([each.reshape(-1) for each in parts] + [used]))
        begin = 0
        for weight, users in zip(weights, summed[-len(weights) :].tolist(), strict=True):
            gradient = summed[begin : begin + weight.numel()].reshape(weight.shape)
            weight.grad = gradient.clone() if users else None
            begin += weight.numel()


def is_shared() -> bool:
    """Whether this process is one of several that train together."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


@contextmanager
def joined() -> Iterator[Share | None]:
    """Meet the other processes that `torchrun` started; None where there are none. Once met, they stay so within."""
    if not is_shared():
        yield None
        return
    if dist.is_initialized():
        yield Share(dist.get_rank(), dist.get_world_size())
        return
    dist.init_process_group("gloo")
    try:
        yield Share(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


def check_shareable(components: int, kind: str, device: str, batch_size: int, share: Share) -> None:
    """Check that a training can be cut into shares.

    Raises:
        SpecError: for a single component (its cells all hear from one another, so that there are no shares to be cut),
            for links, and for a GPU.
    """
    remedy = "start one process, without torchrun"
    if kind == "link" or components == 1:
        what = "links of one graph" if kind == "link" else "a single component"
        raise SpecError(
            f"training in {share.world} processes should share out components, but the data is {what}; {remedy}"
        )
    if device != "cpu":
        raise SpecError(f"training in {share.world} processes should run on the CPU, but device is {device}; {remedy}")
    if batch_size < share.world:
        raise SpecError(
            f"batches should hold a component for each of {share.world} processes, but batch_size is {batch_size}; "
            "take larger batches or fewer processes"
        )


class _Total(torch.autograd.Function):
    """The sum over the processes. Every process's loss reads it, so its gradient is a sum over them too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        summed = x.clone()
        dist.all_reduce(summed)
        return summed

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        summed = gradient.contiguous().clone()
        dist.all_reduce(summed)
        return summed


class SharedBatchNorm(nn.BatchNorm1d):
    """The batch normalisation of `cochain.nn`, with statistics over the shares of all processes."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel over the cells of all shares."""
        if not self.training:
            return self._by_running(x)
        packed = torch.cat([x.sum(dim=0), x.new_tensor([x.shape[0]])])
        sums: Tensor = _Total.apply(packed)  # type: ignore[no-untyped-call]
        count = float(sums[-1].detach())
        mean = sums[:-1] / max(count, 1.0)
        spread: Tensor = _Total.apply((x - mean).square().sum(dim=0))  # type: ignore[no-untyped-call]
        if count <= 1:
            return self._by_running(x)
        variance = spread / count
        self._remember(mean.detach(), spread.detach() / (count - 1))
        y = (x - mean) * torch.rsqrt(variance + self.eps)
        return y * self.weight + self.bias if self.affine else y

    def _by_running(self, x: Tensor) -> Tensor:
        return nn.functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        still = variance <= STILL**2 * mean.square()
        self.running_mean.data.copy_(torch.where(still, mean, self.running_mean))
        self.running_var.data.masked_fill_(still, 1.0)
        self.num_batches_tracked.add_(1)
        momentum = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.data.lerp_(mean, momentum)
        self.running_var.data.lerp_(variance, momentum)


def share_statistics(model: nn.Module) -> None:
    """Put `SharedBatchNorm` in place of every batch normalisation, with its weights and names."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm1d):
                fresh = SharedBatchNorm(child.num_features, child.eps, child.momentum, child.affine)
                fresh.weight, fresh.bias = child.weight, child.bias
                fresh.running_mean, fresh.running_var = child.running_mean, child.running_var
                fresh.num_batches_tracked = child.num_batches_tracked
                setattr(parent, name, fresh)
