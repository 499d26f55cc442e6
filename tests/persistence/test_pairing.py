"""Every engine finds the same bars, over any prime field, on thousands of complexes and on known spaces."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.persistence import sublevel
from filtered import bars, cell_values, gudhi_bars, lower_star, random_graph, random_simplicial
from spaces import CELL_SPACES, SPACES, Space, projective_plane
from strategies import simplicial_complexes

ENGINES = ["cohomology", "homology", "gudhi"]


def points(diagram: cc.persistence.Diagram, component: int, dim: int) -> list[tuple[float, float]]:
    return sorted(tuple(p) for p in diagram.to_lists()[component][dim].tolist())


def test_a_thousand_complexes_in_one_call_are_those_of_gudhi() -> None:
    drawn = [random_simplicial(seed, most=7) for seed in range(1000)]
    top = max(c.rank for c, _ in drawn)
    for rank in range(1, top + 1):  # a union has one rank, so complexes are joined by it
        same = [(c, v) for c, v in drawn if c.rank == rank]
        whole = cc.Complex.union([c for c, _ in same])
        found = sublevel(whole, torch.cat([v for _, v in same]), field=2).to_lists()
        for (c, v), mine in zip(same, found, strict=True):
            theirs = gudhi_bars(c, lower_star(c, v), 2)
            assert [sorted(map(tuple, mine[dim].tolist())) for dim in range(c.rank + 1)] == theirs


def test_a_thousand_graphs_in_one_call_are_those_of_gudhi() -> None:
    drawn = [random_graph(seed) for seed in range(1000)]
    whole = cc.Complex.union([c for c, _ in drawn])
    found = sublevel(whole, torch.cat([v for _, v in drawn])).to_lists()
    for (c, v), mine in zip(drawn, found, strict=True):
        assert [sorted(map(tuple, mine[dim].tolist())) for dim in (0, 1)] == gudhi_bars(c, lower_star(c, v), 2)


@pytest.mark.parametrize("p", [2, 3, 7, 2**31 - 1])
def test_engines_agree_on_given_values(p: int) -> None:
    fields = (2, 3, 7) if p < 100 else (p,)  # GUDHI takes small primes
    for seed in range(60):
        c, _ = random_simplicial(seed)
        values = cell_values(c, np.random.default_rng(seed))
        first = sublevel(c, values, field=p, engine="cohomology")
        others = ["homology", "gudhi"] if p in fields and p < 100 else ["homology"]
        for engine in others:
            second = sublevel(c, values, field=p, engine=engine)
            for dim in first.dimensions:
                assert bars(first, dim) == bars(second, dim)


@given(simplicial_complexes(), st.integers(0, 2**20), st.sampled_from([2, 3, 11]))
def test_engines_agree(c: cc.Complex, seed: int, p: int) -> None:
    v = torch.from_numpy(np.random.default_rng(seed).integers(0, 4, c.sizes[0]).astype(float))
    found = [sublevel(c, v, field=p, engine=engine) for engine in ENGINES]
    for dim in found[0].dimensions:
        assert bars(found[0], dim) == bars(found[1], dim) == bars(found[2], dim)


@pytest.mark.parametrize("p", [2, 3, 5])
@pytest.mark.parametrize("space", SPACES, ids=str)
def test_known_spaces(space: Space, p: int) -> None:
    c = cc.Complex.simplicial(space.simplices)
    rng = np.random.default_rng(0)
    v = torch.from_numpy(rng.standard_normal(c.sizes[0]))
    for engine in ("cohomology", "homology"):
        d = sublevel(c, v, field=p, engine=engine)
        betti = tuple(len(d.essential[dim]) for dim in d.dimensions)
        assert betti[: len(space.free)] == space.betti(p)
        assert not any(betti[len(space.free) :])


@pytest.mark.parametrize("name", CELL_SPACES)
@pytest.mark.parametrize("p", [2, 3])
def test_known_cell_complexes(name: str, p: int) -> None:
    polygons, free, torsion = CELL_SPACES[name]
    c = cc.Complex.cell(polygons)
    v = torch.from_numpy(np.random.default_rng(1).standard_normal(c.sizes[0]))
    one, two = (sublevel(c, v, field=p, engine=engine) for engine in ("cohomology", "homology"))
    assert tuple(len(one.essential[dim]) for dim in range(3)) == Space(name, [(0,)], free, torsion).betti(p)
    assert all(bars(one, dim) == bars(two, dim) for dim in range(3))


def test_the_projective_plane_differs_between_fields_and_so_do_its_bars() -> None:
    c = cc.Complex.simplicial(projective_plane().simplices)
    values = {0: torch.zeros(6), 1: torch.ones(15), 2: torch.arange(2.0, 12.0)}
    two, three = sublevel(c, values, field=2), sublevel(c, values, field=3)
    assert (two.field, three.field) == (2, 3)
    # The last triangle closes a cycle over Z/2 and fills a loop of order two over Z/3.
    assert bars(two, 2) == [(11, math.inf)]
    assert bars(three, 2) == []
    assert (1, math.inf) in bars(two, 1)
    assert (1, math.inf) not in bars(three, 1)
    assert (1, 11) in bars(three, 1)


def test_pixels_as_a_cell_complex_are_those_of_gudhi() -> None:
    import gudhi

    rng = np.random.default_rng(0)
    for shape in ((7, 9), (4, 5, 6)):
        image = rng.integers(0, 9, shape).astype(float)
        c = cc.Complex.cubical(torch.from_numpy(image), pixels="cells", axes=len(shape))
        # Pixels are the top cells: every other cell comes with the first pixel around it.
        values = {c.rank: c[c.rank].x.reshape(-1)}
        for rank in range(c.rank - 1, -1, -1):
            inside = (c.faces(rank + 1, rank).to_dense() != 0).T
            values[rank] = torch.where(inside, values[rank + 1], math.inf).amin(dim=1)
        found = sublevel(c, values)
        theirs = gudhi.CubicalComplex(top_dimensional_cells=image)
        theirs.persistence(homology_coeff_field=2)
        for dim in range(len(shape)):
            assert bars(found, dim) == sorted(map(tuple, theirs.persistence_intervals_in_dimension(dim).tolist()))


@given(simplicial_complexes(), st.integers(0, 2**20), st.sampled_from([0.1, 1.0, 5.0]))
def test_diagrams_move_no_further_than_the_values(c: cc.Complex, seed: int, size: float) -> None:
    """Stability: bottleneck distance <= sup norm. Cohen-Steiner, Edelsbrunner, Harer, 2007."""
    import gudhi

    rng = np.random.default_rng(seed)
    f = rng.standard_normal(c.sizes[0])
    g = f + rng.uniform(-size, size, c.sizes[0])
    one, two = (sublevel(c, torch.from_numpy(x)) for x in (f, g))
    bound = float(np.abs(f - g).max()) if len(f) else 0.0
    for dim in one.dimensions:
        first = np.concatenate([one[dim].as_array(), one.essential[dim].as_array()])
        second = np.concatenate([two[dim].as_array(), two.essential[dim].as_array()])
        assert gudhi.bottleneck_distance(first, second) <= bound + 1e-9
