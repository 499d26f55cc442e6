"""What the ground floor costs: `python -m benchmarks.foundation` prints it and writes a row per figure.

Every figure is the median of several runs after a warm-up, in one process, with the peak of resident memory.
"""

import json
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

import cochain as cc
from cochain.complexes import cofaces, faces, hodge, upper

RESULTS = Path(__file__).parent / "results"


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Time `work` after one warm-up."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def path_graphs(count: int, nodes: int) -> tuple[np.ndarray, list[int]]:
    """Edges of many paths with a chord, numbered over the union."""
    one = np.array([[*range(nodes - 1), 0], [*range(1, nodes), nodes // 2]])
    starts = np.arange(count) * nodes
    return (one[:, None, :] + starts[None, :, None]).reshape(2, -1), [nodes] * count


def grid_triangles(side: int) -> np.ndarray:
    """The triangles of a square grid: 2 (side - 1)^2 of them."""
    grid = np.arange(side * side).reshape(side, side)
    a, b, c, d = grid[:-1, :-1].ravel(), grid[1:, :-1].ravel(), grid[:-1, 1:].ravel(), grid[1:, 1:].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([b, c, d], 1)])


def measure() -> list[tuple[str, float, str]]:
    """Measure every figure: name, median seconds, goal."""
    edges, counts = path_graphs(10_000, 25)
    members = [cc.Complex.graph(edges[:, k * 25 : (k + 1) * 25] - 25 * k, 25) for k in range(10_000)]
    rows = [
        (
            "union of 10,000 graphs of 25 nodes, from arrays",
            median_seconds(lambda: cc.Complex.graph(edges, counts)),
            "1 s",
        )
    ]
    rows.append(("union of 10,000 complexes already built", median_seconds(lambda: cc.Complex.union(members)), "1 s"))
    whole = cc.Complex.graph(edges, counts)
    whole = whole.with_cochain(0, "x", torch.randn(whole.sizes[0], 16)).with_cochain("whole", "y", torch.zeros(10_000))
    symbols = [upper(0), upper(0).with_self().normalized("sym"), faces(1).signed, cofaces(0).signed, hodge(0), hodge(1)]
    for symbol in symbols:
        whole.resolve(symbol)
    draws = iter(torch.randint(0, 10_000, (400, 128)))

    def select() -> None:
        batch = whole.select(next(draws))
        _ = batch[0].x, batch.whole.y, [batch.resolve(symbol) for symbol in symbols]

    rows.append(
        (f"select 128 of them with x, y and {len(symbols)} derived operators", median_seconds(select, 200), "1 ms")
    )
    triangles = grid_triangles(708)

    def million() -> None:
        c = cc.Complex.simplicial(triangles)
        _ = c.boundary(1), c.boundary(2), c.laplacian(1)

    rows.append((f"{len(triangles):,} triangles: complex, both boundaries, L_1", median_seconds(million, 3), "5 s"))
    return rows


def main() -> None:
    """Print the table and write the rows."""
    rows = measure()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    where = {"python": platform.python_version(), "torch": torch.__version__, "threads": torch.get_num_threads()}
    version = torch.__version__.split("+")[0]
    out = RESULTS / f"foundation_{platform.machine()}_{torch.get_num_threads()}threads_torch{version}.jsonl"
    RESULTS.mkdir(exist_ok=True)
    with out.open("w") as file:
        for name, seconds, goal in rows:
            sys.stdout.write(f"{seconds * 1e3:12.3f} ms   (goal {goal:>4})   {name}\n")
            file.write(json.dumps({"figure": name, "seconds": round(seconds, 6), "goal": goal, **where}) + "\n")
    sys.stdout.write(f"{peak:12.0f} MB   peak of resident memory over all of it\n")


if __name__ == "__main__":
    main()
