"""Which implementation runs, and what it takes to load it."""

import os
import subprocess
import sys

import pytest
import torch

from cochain.errors import ShapeError, UnknownNameError
from cochain.kernels import Pattern, SparseMatrix, _numba_compile, aggregate, backend
from cochain.kernels.dispatch import raw_kernels
from kernels.cases import random_pattern


def test_numba_on_the_cpu_for_its_types_and_the_reference_elsewhere():
    assert raw_kernels("spmm", torch.ones(1)).__name__.endswith("_numba_spmm")
    assert raw_kernels("spmm", torch.ones(1), None) is not None
    for other in (torch.ones(1, dtype=torch.bfloat16), torch.ones(1, dtype=torch.int64), torch.ones(1, device="meta")):
        assert raw_kernels("spmm", torch.ones(1), other) is None
    with backend("reference"):
        assert raw_kernels("spmm", torch.ones(1)) is None
        with backend(None):
            assert raw_kernels("spmm", torch.ones(1)) is not None
    assert raw_kernels("spmm", torch.ones(1)) is not None


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.int64, torch.complex64])
def test_other_types_run_on_the_reference(dtype):
    matrix = SparseMatrix(random_pattern(5, 6, 12))
    x = torch.arange(12).reshape(6, 2).to(dtype)
    assert (matrix @ x).equal((matrix.to_dense().to(torch.int64) @ torch.arange(12).reshape(6, 2)).to(dtype))


def test_messages():
    with pytest.raises(UnknownNameError, match="no backend is called 'numbe'; did you mean 'numba'"), backend("numbe"):
        pass
    pattern = random_pattern(5, 6, 12)
    with (
        backend("numba"),
        pytest.raises(ShapeError, match=r"but aggregate got torch\.float16 on cpu; leave the choice"),
    ):
        aggregate(pattern, torch.ones(6, 1, dtype=torch.float16), "max")


def in_a_new_process(code: str) -> str:
    paths = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_importing_the_kernels_does_not_import_numba():
    assert in_a_new_process("import sys, cochain.kernels; print('numba' in sys.modules)") == "False"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
def test_a_forked_child_computes_without_threads():
    code = """
import os, torch
from cochain.kernels import Pattern, SparseMatrix, _numba_compile
_numba_compile.PARALLEL_WORK = 0
ring = torch.arange(1000)
matrix = SparseMatrix.from_coo(ring, (ring + 1) % 1000, None, (1000, 1000))
x = torch.randn(1000, 8, dtype=torch.float64)
expected = matrix @ x
pid = os.fork()
if pid == 0:
    os._exit(0 if (matrix @ x).equal(expected) else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
    assert in_a_new_process(code) == "0"


def test_parts_follow_the_work_and_the_threads(monkeypatch):
    monkeypatch.setattr(_numba_compile, "MOST_THREADS", 64)
    assert _numba_compile.parts_for(_numba_compile.PARALLEL_WORK - 1) == 1
    assert _numba_compile.parts_for(_numba_compile.PARALLEL_WORK) == torch.get_num_threads()


@pytest.mark.parametrize("degrees", [[5], [0, 0, 0], [100, 0, 0, 1], [1] * 50, []])
def test_parts_cover_every_row_once(degrees):
    indptr = Pattern(torch.tensor([0, *degrees]).cumsum(0), torch.zeros(sum(degrees)).long(), (len(degrees), 1)).arrays[
        0
    ]
    for parts in (1, 2, 3, 7):
        bounds = [_numba_compile.first_row(indptr, part, parts) for part in range(parts + 1)]
        assert bounds[0] == 0
        assert bounds[-1] == len(degrees)
        assert bounds == sorted(bounds)
