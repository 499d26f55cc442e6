"""All primitives at once: numba against the reference, gradients against differences, repeats against themselves."""

import pytest
import torch
from hypothesis import given, settings

from cochain.kernels import _numba_compile, backend
from kernels.cases import CASES, patterns, random_pattern, run

EXACT = {torch.float64: {"rtol": 1e-10, "atol": 1e-10}, torch.float32: {"rtol": 2e-4, "atol": 2e-5}}
# The transpose of a matrix whose values learn gathers the values, (nnz, d, e), and no more.
WITHOUT_GATHERS = [
    n for n in CASES if n.startswith(("spmm", "sddmm", "aggregate")) or "attention" in n if "transposed" not in n
]
SIZES = {"mixed": (9, 7, 30), "no nonzeros": (3, 2, 0), "no rows": (0, 3, 0), "no columns": (3, 0, 0)}


@pytest.mark.parametrize(
    ("floats", "integers"),
    [(torch.float32, torch.int32), (torch.float64, torch.int32), (torch.float64, torch.int64)],  # each pair is compiled
    ids=["float32-int32", "float64-int32", "float64-int64"],
)
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_agree_with_the_reference(name, floats, integers):
    for size in SIZES.values():
        pattern = random_pattern(*size, integers)
        ours, reference = (run(CASES[name], pattern, floats, b) for b in ("numba", "reference"))
        assert len(ours) == len(reference) == 1 + len(CASES[name].shapes)
        for one, other in zip(ours, reference, strict=True):
            torch.testing.assert_close(one, other, **EXACT[floats])


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=10)
@given(pattern=patterns())
def test_random_patterns_agree_with_the_reference(name, pattern):
    ours, reference = (run(CASES[name], pattern, torch.float64, b, seed=pattern.nnz) for b in ("numba", "reference"))
    for one, other in zip(ours, reference, strict=True):
        torch.testing.assert_close(one, other, **EXACT[torch.float64])


@pytest.mark.parametrize("side", ["numba", "reference"])
@pytest.mark.parametrize("name", CASES)
def test_gradients_agree_with_differences(name, side):
    pattern = random_pattern(4, 5, 9, seed=1)
    with backend(side):
        finite = [*CASES[name].arguments(pattern, torch.float64)]

        def function(*arguments):
            out = CASES[name].function(pattern, *arguments)
            return torch.where(out.isinf(), 0, out)

        assert torch.autograd.gradcheck(function, finite)


@pytest.mark.parametrize("name", CASES)
def test_parallel_kernels_agree_and_repeat_bit_for_bit(name, monkeypatch):
    pattern = random_pattern(40, 30, 200)
    serial = run(CASES[name], pattern, torch.float64, "numba")
    monkeypatch.setattr(_numba_compile, "PARALLEL_WORK", 0)
    monkeypatch.setattr(_numba_compile, "MOST_THREADS", 2)
    first, second = (run(CASES[name], pattern, torch.float64, "numba") for _ in range(2))
    for one, two, other in zip(first, second, serial, strict=True):
        assert one.equal(two)
        torch.testing.assert_close(one, other, **EXACT[torch.float64])


@pytest.mark.parametrize("name", CASES)
def test_serial_kernels_repeat_bit_for_bit(name):
    pattern = random_pattern(9, 7, 30)
    first, second = (run(CASES[name], pattern, torch.float32) for _ in range(2))
    assert all(one.equal(two) for one, two in zip(first, second, strict=True))


@pytest.mark.parametrize("name", WITHOUT_GATHERS)
def test_nothing_of_nonzeros_times_channels_is_saved_for_the_backward(name):
    pattern = random_pattern(9, 7, 30)
    case = CASES[name]
    arguments = case.arguments(pattern, torch.float64)
    own = {a.data_ptr() for a in arguments}
    sizes: list[int] = []

    def record(tensor):
        if tensor.data_ptr() not in own:
            sizes.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(record, lambda tensor: tensor), backend("numba"):
        case.function(pattern, *arguments)
    assert max(sizes, default=0) <= 9 * 2 * 4  # rows x heads x width, less than the 30 x 3 of nonzeros x channels
