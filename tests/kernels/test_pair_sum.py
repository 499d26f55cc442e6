"""Rectified sums over pairs: by hand, against the reference, with gradients."""

import pytest
import torch
from torch.testing import assert_close

from cochain.errors import ShapeError
from cochain.kernels import Pattern, backend
from cochain.kernels.pair_sum import rectified_sum

F64 = torch.float64


def given(threefold: bool, dtype: torch.dtype = F64) -> tuple[Pattern, tuple[torch.Tensor, ...]]:
    """13 rows, some empty, 9 columns, some places held twice."""
    draw = torch.Generator().manual_seed(0)
    pattern, _ = Pattern.from_coo(
        torch.randint(1, 13, (60,), generator=draw), torch.randint(0, 8, (60,), generator=draw), (13, 9)
    )
    numbers = [torch.randn(n, 5, dtype=dtype, generator=draw).requires_grad_() for n in (13, 9, 4)]
    place = torch.randint(0, 4, (60,), generator=draw)
    return pattern, (*numbers, place) if threefold else tuple(numbers[:2])


def test_by_hand() -> None:
    pattern, _ = Pattern.from_coo(torch.tensor([0, 0, 2]), torch.tensor([0, 1, 1]), (3, 2))
    left, right = torch.tensor([[1.0], [9.0], [-3.0]]), torch.tensor([[2.0], [-4.0]])
    assert_close(rectified_sum(pattern, left, right), torch.tensor([[3.0], [0.0], [0.0]]))
    shared, place = torch.tensor([[4.0], [0.5]]), torch.tensor([1, 0, 0])
    assert_close(rectified_sum(pattern, left, right, shared, place), torch.tensor([[4.5], [0.0], [0.0]]))


@pytest.mark.parametrize("threefold", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, F64])
def test_reference(threefold: bool, dtype: torch.dtype) -> None:
    pattern, arguments = given(threefold, dtype)
    numbers = arguments[: 2 + threefold]
    found = rectified_sum(pattern, *arguments)
    weights = torch.randn(found.shape, dtype=dtype, generator=torch.Generator().manual_seed(1))
    grads = torch.autograd.grad(found, numbers, weights)
    with backend("reference"):
        wanted = rectified_sum(pattern, *arguments)
        wanted_grads = torch.autograd.grad(wanted, numbers, weights)
    assert found.dtype == dtype
    assert_close(found, wanted)
    assert_close(grads, wanted_grads)


@pytest.mark.parametrize("threefold", [True, False])
def test_gradients(threefold: bool) -> None:
    pattern, arguments = given(threefold)
    numbers, rest = arguments[: 2 + threefold], arguments[2 + threefold :]
    assert torch.autograd.gradcheck(lambda *x: rectified_sum(pattern, *x, *rest), numbers)


def test_nan_passes_the_rectifier_as_in_torch() -> None:
    pattern, _ = Pattern.from_coo(torch.tensor([0]), torch.tensor([0]), (1, 1))
    assert rectified_sum(pattern, torch.tensor([[float("nan")]]), torch.ones(1, 1)).isnan().all()


def test_messages() -> None:
    pattern, (left, right, shared, place) = given(True)
    with pytest.raises(ShapeError, match=r"left should have 13 rows \(one per row of the pattern\)"):
        rectified_sum(pattern, right, right)
    with pytest.raises(ShapeError, match=r"right should have 9 rows \(one per column of the pattern\)"):
        rectified_sum(pattern, left, left)
    with pytest.raises(ShapeError, match=r"place should have 60 rows \(one per nonzero of the pattern\)"):
        rectified_sum(pattern, left, right, shared, place[1:])
