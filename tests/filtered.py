"""Random filtered complexes, and persistence by the textbook: slow, short, without any of the library's engines."""

import math

import numpy as np
import torch

import cochain as cc

Point = tuple[float, float]


def random_simplicial(seed: int, most: int = 9, ties: bool = True, top: int = 3) -> tuple[cc.Complex, torch.Tensor]:
    """A small simplicial complex with one value per node; isolated nodes and empty ranks occur."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(1, most + 1))
    cells = [
        tuple(rng.choice(nodes, size=min(nodes, int(rng.integers(1, top + 2))), replace=False).tolist())
        for _ in range(rng.integers(1, 2 * most))
    ]
    return cc.Complex.simplicial(cells, nodes), random_values(rng, nodes, ties)


def random_graph(seed: int, most: int = 10, ties: bool = True) -> tuple[cc.Complex, torch.Tensor]:
    """A small graph with one value per node, of any density from none to complete."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(1, most + 1))
    edges = np.stack(np.triu(rng.random((nodes, nodes)) < rng.random(), 1).nonzero())
    return cc.Complex.graph(edges, nodes), random_values(rng, nodes, ties)


def random_values(rng: np.random.Generator, nodes: int, ties: bool) -> torch.Tensor:
    return torch.from_numpy((rng.integers(0, 5, nodes) if ties else rng.permutation(nodes)).astype(float))


def cell_values(c: cc.Complex, rng: np.random.Generator) -> dict[int, torch.Tensor]:
    """Monotone values for every cell, not decided by nodes: the highest face plus something."""
    values = {0: torch.from_numpy(rng.integers(0, 4, c.sizes[0]).astype(float))}
    for rank in range(1, c.rank + 1):
        faces = c.faces(rank, rank - 1).to_dense() != 0
        values[rank] = highest(faces, values[rank - 1]) + torch.from_numpy(
            rng.integers(0, 3, c.sizes[rank]).astype(float)
        )
    return values


def lower_star(c: cc.Complex, values: torch.Tensor) -> dict[int, torch.Tensor]:
    """The value of every cell: its highest node."""
    out = {0: values}
    for rank in range(1, c.rank + 1):
        nodes = c.cells(rank).to_dense() != 0
        out[rank] = highest(nodes, values)
    return out


def highest(member: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """The highest value among the members of every row."""
    return torch.where(member, values, -math.inf).amax(dim=1) if len(values) else values.new_zeros(len(member))


def textbook(c: cc.Complex, values: dict[int, torch.Tensor], p: int) -> dict[int, tuple[list, list]]:
    """Per rank, (birth cell, killing cell) and essential birth cells: one dense boundary matrix, reduced column by
    column in the order of (value, rank, index), the lowest entry cancelled by the first column that shares it."""
    cells = sorted((float(v), rank, i) for rank in range(c.rank + 1) for i, v in enumerate(values[rank]))
    number = {(rank, i): k for k, (_, rank, i) in enumerate(cells)}
    matrix = np.zeros((len(cells), len(cells)), dtype=int)
    for rank in range(1, c.rank + 1):
        for i, j in np.argwhere(c.faces(rank, rank - 1).to_dense().numpy()):
            sign = int(c.faces(rank, rank - 1).to_dense()[i, j])
            matrix[number[rank - 1, j], number[rank, i]] = sign % p
    column_of: dict[int, int] = {}
    for k in range(len(cells)):
        while matrix[:, k].any():
            low = int(np.flatnonzero(matrix[:, k])[-1])
            if low not in column_of:
                column_of[low] = k
                break
            other = matrix[:, column_of[low]]
            matrix[:, k] = (matrix[:, k] - matrix[low, k] * pow(int(other[low]), -1, p) * other) % p
    found: dict[int, tuple[list, list]] = {rank: ([], []) for rank in range(c.rank + 1)}
    kills = set(column_of.values())
    for k, (_, rank, i) in enumerate(cells):
        if k in column_of:
            found[rank][0].append((i, cells[column_of[k]][2]))
        elif k not in kills:
            found[rank][1].append(i)
    return {rank: (sorted(pairs), sorted(forever)) for rank, (pairs, forever) in found.items()}


def gudhi_bars(c: cc.Complex, values: dict[int, torch.Tensor], p: int) -> list[list[Point]]:
    """The bars of GUDHI per dimension, sorted, those of length zero left out."""
    import gudhi

    tree = gudhi.SimplexTree()
    for rank in range(c.rank + 1):
        for simplex, value in zip(c.simplices(rank).tolist(), values[rank].tolist(), strict=True):
            tree.insert(simplex, filtration=value)
    tree.compute_persistence(homology_coeff_field=p, persistence_dim_max=True)
    return [sorted(map(tuple, tree.persistence_intervals_in_dimension(k).tolist())) for k in range(c.rank + 1)]


def bars(diagram: cc.persistence.Diagram, dim: int) -> list[Point]:
    """All bars of one dimension, sorted."""
    parts = (diagram[dim], diagram.essential[dim])
    return sorted(tuple(point) for part in parts for point in part.as_array().tolist())
