"""Zigzag persistence: by hand, against ranks of the module itself, as laws, with gradients, and what is refused."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.errors import ComplexError, ShapeError
from cochain.persistence import Diagram, sublevel, zigzag
from filtered import bars, cell_values, lower_star, random_simplicial
from strategies import simplicial_complexes

LARGE_PRIME = 2**31 - 1
Times = dict[int, torch.Tensor]


def presence(c: cc.Complex, seed: int) -> tuple[Times, Times]:
    """Random comings and goings: cells after their faces, gone before them, with ties."""
    rng = np.random.default_rng(seed)
    starts = cell_values(c, rng)
    ends: Times = {}
    for rank in range(c.rank, -1, -1):
        ends[rank] = starts[rank] + torch.from_numpy(rng.integers(1, 5, c.sizes[rank]).astype(float))
        if rank < c.rank:
            inside = (c.faces(rank + 1, rank).to_dense() != 0).T
            last = torch.where(inside, ends[rank + 1], -math.inf)
            ends[rank] = torch.maximum(ends[rank], last.amax(dim=1)) if last.shape[1] else ends[rank]
    return starts, ends


# By hand


def test_an_edge_that_comes_and_goes() -> None:
    path = cc.Complex.graph([(0, 1)])
    starts = {0: torch.zeros(2), 1: torch.tensor([1.0])}
    d = zigzag(path, starts, {0: torch.full((2,), 5.0), 1: torch.tensor([3.0])})
    # Two components, one between 1 and 3, two again.
    assert bars(d, 0) == [(0, 1), (0, 5), (3, 5)]
    assert bars(d, 1) == []
    assert d[0].pairs.tolist() == [[1, 0], [0, 0], [0, 1]]


def test_a_loop_handed_from_one_edge_to_another() -> None:
    # A square whose last side is replaced by a detour: the loop lives on if the detour comes before the side goes.
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 3), (0, 3), (3, 4), (0, 4)])
    side, detour = int(c.find(1, [(0, 3)])[0]), c.find(1, [(3, 4), (0, 4)])

    def loops(swap: float) -> list[tuple[float, float]]:
        starts, ends = {0: torch.zeros(5), 1: torch.zeros(6)}, {0: torch.full((5,), 9.0), 1: torch.full((6,), 9.0)}
        starts[1][detour], ends[1][side] = swap, 4.0
        return bars(zigzag(c, starts, ends), 1)

    # Two loops from 3 to 4: the old one is carried no further than 4 and the new one no further back than 3.
    assert loops(3.0) == [(0, 4), (3, 9)]
    assert loops(5.0) == [(0, 4), (5, 9)]


def test_a_hole_between_going_and_coming() -> None:
    """A filled triangle whose inside is away from 2 to 3 cannot come back as the same cell, so another one does."""
    c = cc.Complex.cell([(0, 1, 2), (0, 1, 2)])
    starts = {0: torch.zeros(3), 1: torch.zeros(3), 2: torch.tensor([0.0, 3.0])}
    ends = {0: torch.full((3,), 9.0), 1: torch.full((3,), 9.0), 2: torch.tensor([2.0, 9.0])}
    d = zigzag(c, starts, ends)
    assert bars(d, 1) == [(2, 3)]
    assert d[1].pairs.tolist() == [[0, 1]]
    together = zigzag(c, {**starts, 2: torch.tensor([0.0, 1.0])}, ends)
    assert (bars(together, 1), bars(together, 2)) == ([], [(1, 2)])


def test_of_what_happens_at_once_comings_are_first() -> None:
    """A node hands over to another: the edge that is there for a moment carries the component."""
    path = cc.Complex.graph([(0, 1)])
    starts, ends = {0: torch.tensor([0.0, 2.0])}, {0: torch.tensor([2.0, 5.0])}
    moment = torch.tensor([2.0])
    assert bars(zigzag(path, {**starts, 1: moment}, {**ends, 1: moment}), 0) == [(0, 5)]
    apart = zigzag(cc.Complex.graph([], 2), starts[0], ends[0])
    assert bars(apart, 0) == [(0, 2), (2, 5)]


# Against the module itself, over the real numbers


def test_bars_are_the_ranks_of_the_module() -> None:
    compared = 0
    for seed in range(60):
        c, _ = random_simplicial(seed, most=5, top=2)
        starts, ends = presence(c, seed)
        d = zigzag(c, starts, ends, field=LARGE_PRIME)
        times = sorted({float(t) for rank in starts for t in (*starts[rank], *ends[rank])})
        for dim in range(c.rank + 1):
            spaces, maps = module(c, starts, ends, times, dim)
            for i in range(len(times)):
                for j in range(i, len(times)):
                    through = sum(b <= times[i] and death > times[j] for b, death in bars(d, dim))
                    assert rank_between(spaces, maps, 2 * i, 2 * j) == through, (seed, dim, i, j)
                    compared += 1
    assert compared > 1000


def module(c: cc.Complex, starts: Times, ends: Times, times: list[float], dim: int) -> tuple[list, list]:
    """Harmonic cycles of K_0, K_0 n K_1, K_1, ..., and the maps from every intersection to its two neighbours."""
    there = [{rank: (starts[rank] <= t) & (t < ends[rank]) for rank in starts} for t in times]
    stages = [there[0]]
    for one, two in pairwise(there):
        stages += [{rank: one[rank] & two[rank] for rank in one}, two]
    spaces = [harmonic(c, stage, dim) for stage in stages]
    # A class goes to the harmonic cycle of its homology class: the orthogonal projection.
    maps = [(k, k + step, spaces[k + step].T @ spaces[k]) for k in range(1, len(spaces), 2) for step in (-1, 1)]
    return spaces, maps


def harmonic(c: cc.Complex, stage: dict[int, torch.Tensor], dim: int) -> np.ndarray:
    """An orthonormal basis of the harmonic cycles, one column each, in the coordinates of all cells."""
    size = c.sizes[dim]
    laplacian = np.eye(size) * ~stage[dim].numpy()
    for rank in (dim, dim + 1):
        if 0 < rank <= c.rank:
            faces = c.faces(rank, rank - 1).to_dense().numpy() * stage[rank].numpy()[:, None]
            laplacian += (faces @ faces.T if rank == dim else faces.T @ faces) * 1.0
    values, vectors = np.linalg.eigh(laplacian) if size else (np.zeros(0), np.zeros((0, 0)))
    return vectors[:, values < 1e-9]


def rank_between(spaces: list, maps: list, first: int, last: int) -> int:
    """The rank of the map from the limit to the colimit of the module between two stages: the bars that span both."""
    sizes = [space.shape[1] if first <= k <= last else 0 for k, space in enumerate(spaces)]
    at = np.concatenate([[0], np.cumsum(sizes)])
    agree, same = [np.zeros((0, at[-1]))], [np.zeros((at[-1], 0))]
    for source, target, matrix in maps:
        if first <= min(source, target) and max(source, target) <= last:
            rows = np.zeros((matrix.shape[0], at[-1]))
            rows[:, at[source] : at[source + 1]], rows[:, at[target] : at[target + 1]] = matrix, -np.eye(len(matrix))
            columns = np.zeros((at[-1], matrix.shape[1]))
            columns[at[source] : at[source + 1]], columns[at[target] : at[target + 1]] = (
                np.eye(matrix.shape[1]),
                -matrix,
            )
            agree.append(rows)
            same.append(columns)
    if not sizes[first]:
        return 0
    constraints, relations = np.concatenate(agree), np.concatenate(same, axis=1)
    values, vectors = np.linalg.eigh(constraints.T @ constraints)
    limit = vectors[:, values < 1e-9]
    image = np.zeros_like(limit)
    image[: at[first + 1]] = limit[: at[first + 1]]
    return rank_of(np.concatenate([relations, image], axis=1)) - rank_of(relations)


def rank_of(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=1e-7)) if matrix.size else 0


# Laws


@given(simplicial_complexes(), st.integers(0, 2**20), st.sampled_from([2, 3]))
def test_bars_at_any_time_are_the_holes_of_that_time(c: cc.Complex, seed: int, p: int) -> None:
    starts, ends = presence(c, seed)
    d = zigzag(c, starts, ends, field=p)
    for t in range(0, 12, 2):
        there = {rank: (starts[rank] <= t) & (t < ends[rank]) for rank in starts}
        cells = [tuple(s) for rank in there for s in c.simplices(rank)[there[rank]].tolist()]
        names = {v: k for k, (v,) in enumerate(cell for cell in cells if len(cell) == 1)}
        stage = cc.Complex.simplicial([tuple(names[v] for v in cell) for cell in cells], len(names))
        alive = [sum(b <= t < death for b, death in bars(d, dim)) for dim in d.dimensions]
        assert alive[: stage.rank + 1] == list(stage.betti(p))
        assert not any(alive[stage.rank + 1 :])


@given(simplicial_complexes(), st.integers(0, 2**20))
def test_backwards_in_time_bars_are_mirrored(c: cc.Complex, seed: int) -> None:
    starts, ends = presence(c, seed)
    forth = zigzag(c, starts, ends)
    back = zigzag(c, {r: -x for r, x in ends.items()}, {r: -x for r, x in starts.items()})
    for dim in forth.dimensions:
        assert bars(forth, dim) == sorted((-death, -birth) for birth, death in bars(back, dim))


@given(simplicial_complexes(), st.integers(0, 2**20), st.sampled_from([2, 3]))
def test_if_nothing_goes_it_is_sublevel_sets(c: cc.Complex, seed: int, p: int) -> None:
    v = torch.from_numpy(np.random.default_rng(seed).integers(-3, 4, c.sizes[0]).astype(float))
    one, two = zigzag(c, v, torch.full_like(v, math.inf), field=p), sublevel(c, v, field=p)
    for dim in two.dimensions:
        assert bars(one, dim) == bars(two, dim)
        assert sorted(one.essential[dim].pairs.tolist()) == sorted(two.essential[dim].pairs.tolist())


def test_a_union_is_its_components() -> None:
    drawn = [c for c, _ in (random_simplicial(seed) for seed in range(40)) if c.rank == 2]
    times = [presence(c, k) for k, c in enumerate(drawn)]
    starts, ends = ({rank: torch.cat([t[side][rank] for t in times]) for rank in range(3)} for side in (0, 1))
    whole = zigzag(cc.Complex.union(drawn), starts, ends).to_lists()
    for mine, c, (one, two) in zip(whole, drawn, times, strict=True):
        d = zigzag(c, one, two)
        for dim in range(3):
            assert sorted(map(tuple, mine[dim].tolist())) == bars(d, dim)


def test_values_on_nodes() -> None:
    c, _ = random_simplicial(5)
    rng = np.random.default_rng(0)
    v, w = (torch.from_numpy(rng.integers(low, low + 4, c.sizes[0]).astype(float)) for low in (0, 5))
    gone = {rank: -x for rank, x in lower_star(c, -w).items()}
    for dim in range(c.rank + 1):
        assert bars(zigzag(c, v, w), dim) == bars(zigzag(c, lower_star(c, v), gone), dim)


# Gradients and refusals


def test_gradients_are_finite_differences() -> None:
    checked = 0
    for seed in range(12):
        c, _ = random_simplicial(seed, most=5, top=2)
        starts, ends = presence(c, seed)
        # Apart by rank, so that faces stay first, and all different, so that small steps change no order.
        count = sum(c.sizes)
        first = torch.cat([starts[r] + 0.01 * r for r in sorted(starts)]) + torch.linspace(0, 1e-3, count).double()
        last = torch.cat([ends[r] + 0.1 - 0.01 * r for r in sorted(ends)]) - torch.linspace(0, 1e-3, count).double()

        def read(x: torch.Tensor, y: torch.Tensor, c: cc.Complex = c) -> torch.Tensor:
            d = zigzag(c, *(dict(enumerate(part.split(list(c.sizes)))) for part in (x, y)))
            return torch.cat([d[dim].points.reshape(-1) for dim in d.dimensions])

        checked += len(read(first, last))
        assert torch.autograd.gradcheck(read, (first.requires_grad_(), last.requires_grad_()), eps=1e-7)
    assert checked > 60


def test_small_and_empty() -> None:
    d = zigzag(cc.Complex.graph([], [0, 1]), torch.tensor([2.0]), torch.tensor([3.0]))
    assert isinstance(d, Diagram)
    assert (len(d), bars(d, 0), d[0].component.tolist(), bars(d, 1)) == (2, [(2, 3)], [1], [])
    moment = zigzag(cc.Complex.points(torch.zeros(1, 2)), torch.ones(1), torch.ones(1))
    assert bars(moment, 0) == []
    kept = zigzag(cc.Complex.points(torch.zeros(1, 2)), torch.ones(1), torch.ones(1), keep_zero=True)
    assert bars(kept, 0) == [(1, 1)]


def test_refusals() -> None:
    path, zero, one = cc.Complex.graph([(0, 1), (1, 2)]), torch.zeros(3), torch.ones(3)
    with pytest.raises(ComplexError, match="cell 0 of rank 0 comes at 1 and goes at 0; leave out"):
        zigzag(path, one, zero)
    with pytest.raises(ComplexError, match=r"no later on the way down than its faces, but cell 0 of rank 1 has .* 5"):
        zigzag(path, zero, {0: one, 1: torch.tensor([5.0, 1.0])})
    with pytest.raises(ComplexError, match="no earlier than its faces"):
        zigzag(path, {0: one, 1: torch.zeros(2)}, {0: 2 * one})
    with pytest.raises(ShapeError, match="finite"):
        zigzag(path, torch.tensor([0.0, math.inf, 0.0]), one)
    with pytest.raises(ShapeError, match="finite"):
        zigzag(path, zero, torch.tensor([0.0, math.nan, 0.0]))
    with pytest.raises(ShapeError, match="p should be prime"):
        zigzag(path, zero, one, field=9)
