"""The primitives against the roofline: bytes that must move, over this machine's bandwidth, against the time taken.

`python -m benchmarks.roofline` prints a table and writes a row for each primitive and number of threads.

The graph is that of `benchmarks.training`, the large one with its nodes: 100,000 rows, 1,100,000 nonzeros, 64 channels
in single precision. Bytes that must move are, for each nonzero, the row of the dense matrix that it reads, its column
and its value; and every row that is written, once. A cache that holds the dense matrix (25.6 MB) moves less from memory
than this counts, so the bound is one of the memory system, not of the chips alone. Bandwidth is that of a triad
a = b + 3 c over arrays that no cache holds, counted as the 12 bytes of an entry.
"""

import json
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import torch

from benchmarks.foundation import median_seconds
from benchmarks.harness import RESULTS, environment
from cochain.kernels import Pattern, SparseMatrix, adjoint, aggregate, attention, sddmm, softmax, spmm

ROWS, NNZ, CHANNELS = 100_000, 1_100_000, 64
FLOAT = INDEX = 4


@numba.njit(parallel=True)
def triad(a: Any, b: Any, c: Any) -> None:
    """Add three times c to b."""
    for i in numba.prange(len(a)):
        a[i] = b[i] + np.float32(3) * c[i]


def bandwidth(threads: int) -> float:
    """Measure gigabytes per second."""
    a, b, c = (np.ones(1 << 25, np.float32) for _ in range(3))
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    return 3 * FLOAT * len(a) / median_seconds(lambda: triad(a, b, c), 9) / 1e9


def random_pattern(rows: int, nnz: int, columns: int) -> Pattern:
    """Draw a pattern with its transpose."""
    generator = np.random.default_rng(0)
    i, j = (torch.from_numpy(generator.integers(0, size, nnz)) for size in (rows, columns))
    pattern, _ = Pattern.from_coo(i, j, (rows, columns))
    _ = pattern.transposed
    return pattern


def primitives() -> dict[str, tuple[Callable[[], object], float]]:
    """Give each primitive on the large graph, and the bytes that it must move."""
    pattern = random_pattern(ROWS, NNZ, ROWS)
    generator = torch.Generator().manual_seed(0)
    x, grad = (torch.randn(ROWS, CHANNELS, generator=generator) for _ in range(2))
    values, read, written = torch.rand(NNZ), NNZ * CHANNELS * FLOAT, ROWS * CHANNELS * FLOAT
    found: dict[str, tuple[Callable[[], object], float]] = {}
    matrix = SparseMatrix(pattern, values)
    found["spmm"] = lambda: spmm(matrix, x), read + written + NNZ * (INDEX + FLOAT)
    found["sddmm"] = lambda: sddmm(pattern, x, grad), read + written + NNZ * (INDEX + FLOAT)
    found["aggregate max"] = lambda: aggregate(pattern, x, "max"), read + 2 * written + NNZ * INDEX
    for heads in (1, 8):
        scores = torch.randn(NNZ, heads, generator=generator)
        found[f"softmax, {heads} heads"] = _softmax(pattern, scores), 3 * NNZ * heads * FLOAT
        left, right = (torch.randn(ROWS, heads, generator=generator) for _ in range(2))
        value = x.view(ROWS, heads, -1)
        once = read + written + NNZ * (INDEX + heads * FLOAT)
        found[f"attention, {heads} heads"] = _attend(pattern, left, right, value), once
        back = once + 4 * written + NNZ * (INDEX + 3 * heads * FLOAT)
        found[f"attention backward, {heads} heads"] = _attend_back(pattern, left, right, value, grad), back
    return found | blocks()


def _softmax(pattern: Pattern, scores: torch.Tensor) -> Callable[[], object]:
    return lambda: softmax(pattern, scores)


def _attend(pattern: Pattern, *parts: torch.Tensor) -> Callable[[], object]:
    return lambda: attention(pattern, *parts)


def _attend_back(pattern: Pattern, *parts: torch.Tensor) -> Callable[[], object]:
    *inputs, grad = parts
    leaves = [each.clone().requires_grad_() for each in inputs]
    out = attention(pattern, *leaves)
    return lambda: torch.autograd.grad(out, leaves, grad.view(out.shape), retain_graph=True)


def blocks() -> dict[str, tuple[Callable[[], object], float]]:
    """Give the products with 3 x 3 blocks on a graph of Squirrel's size, 20 channels."""
    nodes, edges, stalk, channels = 5_201, 198_353, 3, 20
    generator = np.random.default_rng(0)
    ends = torch.from_numpy(np.sort(generator.integers(0, nodes, (edges, 2)), axis=1).astype(np.int32))
    pattern = Pattern(torch.arange(0, 2 * edges + 1, 2, dtype=torch.int32), ends.flatten(), (edges, nodes))
    _ = pattern.transposed
    matrix = SparseMatrix(pattern, torch.randn(2 * edges, stalk, stalk))
    x, y = torch.randn(nodes, stalk, channels), torch.randn(edges, stalk, channels)
    row, held = stalk * channels * FLOAT, 2 * edges * (stalk * stalk * FLOAT + INDEX)
    return {
        "blocks": (lambda: spmm(matrix, x), 2 * edges * row + edges * row + held),
        "blocks, adjoint": (lambda: adjoint(matrix, y), 2 * edges * row + nodes * row + held + 2 * edges * INDEX),
    }


def measure() -> list[dict[str, Any]]:
    """Measure everything at one and two threads, and print it."""
    found = primitives()
    rows = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        speed = bandwidth(threads)
        print(f"\n{threads} threads: {speed:.1f} GB/s")  # noqa: T201 - a table on the terminal is what it is for
        print(f"{'primitive':<30}{'MB':>8}{'bound':>10}{'taken':>10}{'part':>7}")  # noqa: T201
        for name, (work, moved) in found.items():
            taken, bound = median_seconds(work, 9), moved / speed / 1e9
            part = bound / taken
            print(f"{name:<30}{moved / 1e6:8.0f}{bound * 1e3:7.1f} ms{taken * 1e3:7.1f} ms{part:7.0%}")  # noqa: T201
            row = {"primitive": name, "bytes": moved, "bound_s": bound, "median_s": taken, "part": part}
            rows.append(row | {"bandwidth_gb": speed} | environment() | {"threads": threads})
    return rows


def main() -> None:
    """Measure, print and write the rows."""
    rows = measure()
    path = RESULTS / f"roofline_{rows[0]['machine']}_torch{rows[0]['torch']}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
