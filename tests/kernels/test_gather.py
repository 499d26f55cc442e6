"""Gathered and added rows: by hand, against torch, gradients, messages."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain.errors import ShapeError
from cochain.kernels import backend
from cochain.kernels.gather import gather_sum

BOTH = pytest.mark.parametrize("name", ["reference", "numba"])


@BOTH
def test_by_hand(name: str) -> None:
    x, z = torch.tensor([[1.0, 2.0], [10.0, 20.0]]).requires_grad_(), torch.tensor([[100.0, 200.0]]).requires_grad_()
    with backend(name):
        y = gather_sum((x, torch.tensor([1, 0, 1])), (z, torch.tensor([0, 0, 0])))
        (y * torch.tensor([[1.0], [2.0], [4.0]])).sum().backward()
    assert y.tolist() == [[110, 220], [101, 202], [110, 220]]
    assert x.grad is not None
    assert z.grad is not None
    assert x.grad.tolist() == [[2, 2], [5, 5]]
    assert z.grad.tolist() == [[7, 7]]


@given(rows=st.lists(st.integers(1, 6), min_size=1, max_size=3), pairs=st.integers(0, 9), seed=st.integers(0, 99))
def test_both_ways_agree(rows: list[int], pairs: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    drawn = [
        (torch.randn(n, 3, generator=generator).double(), torch.randint(n, (pairs,), generator=generator).int())
        for n in rows
    ]
    grad, sides = torch.randn(pairs, 3, generator=generator).double(), []
    for name in ("reference", "numba"):
        parts = [(x.clone().requires_grad_(), places) for x, places in drawn]
        with backend(name):
            y = gather_sum(*parts)
            y.backward(grad)
        sides.append([y.detach(), *(x.grad for x, _ in parts)])
    for one, other in zip(*sides, strict=True):
        assert_close(one, other)


def test_gradients() -> None:
    x, z = (torch.randn(n, 2).double().requires_grad_() for n in (3, 4))
    i, j = torch.tensor([2, 0, 0]), torch.tensor([1, 1, 3])
    assert torch.autograd.gradcheck(lambda x, z: gather_sum((x, i), (z, j)), (x, z))
    frozen = gather_sum((x, i), (z.detach(), j))
    frozen.sum().backward()
    assert x.grad is not None


def test_widths_and_lengths_are_checked() -> None:
    x = torch.ones(3, 2)
    with pytest.raises(ShapeError, match=r"have widths \[2, 4\] and \[1\] numbers"):
        gather_sum((x, torch.tensor([0])), (torch.ones(3, 4), torch.tensor([0])))
    with pytest.raises(ShapeError, match=r"\[2\] and \[1, 2\] numbers"):
        gather_sum((x, torch.tensor([0])), (x, torch.tensor([0, 1])))
