"""Batch normalisation: by hand, against torch's own, gradients, and the rectifier taken along."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from cochain.errors import ShapeError
from cochain.kernels import backend
from cochain.kernels.norm import batch_normalize, track_statistics
from cochain.nn.mlp import BatchNorm, mlp

BOTH = pytest.mark.parametrize("name", ["reference", "numba"])


@BOTH
def test_by_hand(name: str) -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 2.0]], dtype=torch.float64)
    with backend(name):
        y, mean, variance = batch_normalize(
            x, torch.tensor([2.0, 1.0]).double(), torch.tensor([1.0, -4.0]).double(), 0.25
        )
    assert mean.tolist() == [2, 2]
    assert variance.tolist() == [1, 0]
    assert_close(y, torch.tensor([[1 - 2 / 1.25**0.5, -4.0], [1 + 2 / 1.25**0.5, -4.0]], dtype=torch.float64))


@BOTH
@pytest.mark.parametrize("rectified", [False, True])
@given(rows=st.integers(2, 1300), channels=st.integers(1, 6), seed=st.integers(0, 99))
def test_torch_agrees_in_values_and_gradients(name: str, rectified: bool, rows: int, channels: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    drawn = [
        torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((rows, channels), channels, channels)
    ]
    drawn[0] = 3 * drawn[0] + 5
    grad = torch.randn(rows, channels, generator=generator, dtype=torch.float64)
    sides = []
    for ours in (True, False):
        x, weight, bias = (each.clone().requires_grad_() for each in drawn)
        if ours:
            with backend(name):
                y = batch_normalize(x, weight, bias, 1e-5, rectified)[0]
                y.backward(grad)
        else:
            y = nn.functional.batch_norm(x, None, None, weight, bias, training=True)
            y = torch.relu(y) if rectified else y
            y.backward(grad)
        sides.append([y.detach(), x.grad, weight.grad, bias.grad])
    for one, other in zip(*sides, strict=True):
        assert_close(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rectified", [False, True])
def test_gradients(rectified: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(s, generator=generator).double().requires_grad_() for s in ((7, 3), 3, 3))
    assert torch.autograd.gradcheck(lambda *a: batch_normalize(*a, 1e-3, rectified)[0], (x, weight, bias))


def test_statistics_far_from_zero_keep_their_digits() -> None:
    x = 1000 + torch.linspace(-1, 1, 100_000)[:, None].repeat(1, 3)
    _, mean, variance = batch_normalize(x, torch.ones(3), torch.zeros(3))
    assert_close(mean, torch.full((3,), 1000.0))
    assert_close(variance.double(), x.double().var(dim=0, correction=0), rtol=1e-3, atol=0)


def test_threads_do_not_change_a_bit() -> None:
    x = torch.randn(20_000, 33, generator=torch.Generator().manual_seed(0))
    threads = torch.get_num_threads()
    results = []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            results.append(batch_normalize(x, torch.ones(33), torch.zeros(33))[0])
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*results)


@BOTH
def test_statistics_are_tracked_by_hand(name: str) -> None:
    running = torch.tensor([0.0, 0.0]), torch.tensor([1.0, 1.0])
    with backend(name):  # the second channel does not vary: its mean is taken at once, its variance begins at 1
        track_statistics(torch.tensor([2.0, 5.0]), torch.tensor([3.0, 0.0]), 4, 0.5, 1e-4, *running)
    assert running[0].tolist() == [1, 5]
    assert running[1].tolist() == [2.5, 0.5]


def test_shapes_are_checked() -> None:
    with pytest.raises(ShapeError, match="at least two rows, and weight and bias"):
        batch_normalize(torch.ones(1, 3), torch.ones(3), torch.ones(3))
    with pytest.raises(ShapeError, match=r"have shapes \(4, 3\), \(2,\) and \(3,\)"):
        batch_normalize(torch.ones(4, 3), torch.ones(2), torch.ones(3))


def test_a_module_follows_torch_in_training_and_evaluation() -> None:
    generator = torch.Generator().manual_seed(0)
    ours, theirs = BatchNorm(3), nn.BatchNorm1d(3)
    cumulative = BatchNorm(3, momentum=None), nn.BatchNorm1d(3, momentum=None)
    for _ in range(5):
        x = 2 * torch.randn(40, 3, generator=generator) + 1
        assert_close(ours.train()(x), theirs.train()(x))
        assert_close(cumulative[0](x), cumulative[1](x))
    for one, other in ((ours, theirs), cumulative):
        assert_close(one.running_mean, other.running_mean)
        assert_close(one.running_var, other.running_var)
        assert int(one.num_batches_tracked) == 5
    assert_close(ours.eval()(x), theirs.eval()(x))
    assert_close(BatchNorm(3, affine=False)(x), nn.BatchNorm1d(3, affine=False)(x))


def test_an_mlp_gives_what_its_parts_give_one_by_one() -> None:
    network = mlp(4, 6, 6, norm="batch", last=True)
    x = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    y = x
    for part in network:
        y = part(y)
    assert_close(network(x), y)
    assert [type(part).__name__ for part in network] == ["Linear", "BatchNorm", "ReLU"] * 2


def test_hooks_of_the_parts_are_heard() -> None:
    network, heard = mlp(4, 6, 6, norm="batch", last=True), []
    for part in network:
        part.register_forward_hook(lambda part, _, y: heard.append(type(part).__name__))
    network(torch.randn(30, 4))
    assert heard == ["Linear", "BatchNorm", "ReLU"] * 2
