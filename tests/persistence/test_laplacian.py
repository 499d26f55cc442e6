"""The persistent Laplacian: by hand, its kernel against the bars, the Hodge Laplacian at s = t, refusals."""

import numpy as np
import pytest
import torch

import cochain as cc
from cochain.errors import ComplexError, ShapeError
from cochain.persistence import laplacian, persistent_laplacian, sublevel
from filtered import cell_values, lower_star, random_simplicial

LARGE_PRIME = 2**31 - 1  # no torsion of small complexes, so the bars are those over the real numbers


def test_a_path_whose_middle_comes_late() -> None:
    """Two resistors in series: eliminating the middle node halves the conductance."""
    path = cc.Complex.graph([(0, 1), (1, 2)])
    found = persistent_laplacian(path, torch.tensor([0.0, 1.0, 0.0]), 0, 1, 0)
    torch.testing.assert_close(found.matrix, torch.tensor([[0.5, -0.5], [-0.5, 0.5]], dtype=torch.float64))
    assert found.cells.tolist() == [0, 2]


def test_a_square_filled_by_two_triangles_over_a_late_diagonal() -> None:
    c = cc.Complex.simplicial([(0, 1, 2), (0, 2, 3)])
    edges = torch.tensor([1.0, 2.0, 1.0, 1.0, 1.0])  # 01, 02, 03, 12, 23: the diagonal comes at 2
    found = persistent_laplacian(c, {0: torch.zeros(4), 1: edges, 2: torch.full((2,), 2.0)}, 1, 2, 1)
    assert found.cells.tolist() == [0, 2, 3, 4]
    # Boundaries of the triangles on 01, 03, 12, 23 and the diagonal: (1, 0, 1, 0; -1) and (0, -1, 0, 1; 1). Their sum
    # has no diagonal; the Schur complement is the projection onto it, (1, -1, 1, 1)^T (1, -1, 1, 1) / 2.
    loop = torch.tensor([1.0, -1.0, 1.0, 1.0], dtype=torch.float64)
    down = torch.tensor([[-1, 1, 0, 0], [-1, 0, 0, 1], [0, -1, 1, 0], [0, 0, -1, 1]], dtype=torch.float64)
    torch.testing.assert_close(found.matrix, torch.outer(loop, loop) / 2 + down @ down.T)


@pytest.mark.parametrize("own", [False, True])
def test_its_kernel_counts_the_bars(own: bool) -> None:
    rng, seen = np.random.default_rng(0), 0
    for seed in range(120):
        c, v = random_simplicial(seed)
        values = cell_values(c, rng) if own else v
        d = sublevel(c, values, field=LARGE_PRIME)
        s, t = sorted(rng.integers(0, 8, 2).tolist())
        for rank in range(c.rank + 1):
            spectrum = torch.linalg.eigvalsh(persistent_laplacian(c, values, s, t, rank).matrix)
            bars = torch.cat([d[rank].points, d.essential[rank].points])
            expected = int(((bars[:, 0] <= s) & (bars[:, 1] > t)).sum())
            assert int((spectrum < 1e-9).sum()) == expected
            assert not len(spectrum) or float(spectrum.min()) > -1e-9
            seen += expected if rank and s < t else 0
    assert seen > 5


def test_without_a_later_complex_it_is_the_hodge_laplacian() -> None:
    for seed in range(20):
        c, v = random_simplicial(seed)
        values = lower_star(c, v)
        for rank in range(c.rank + 1):
            found = persistent_laplacian(c, values, 9.0, 9.0, rank)
            torch.testing.assert_close(found.matrix, c.laplacian(rank).to_dense().double())


def test_a_union_is_block_diagonal() -> None:
    (one, v), (two, w) = random_simplicial(1), random_simplicial(4)
    assert one.rank == two.rank
    whole = cc.Complex.union([one, two])
    found = persistent_laplacian(whole, torch.cat([v, w]), 2, 4, 1)
    parts = [persistent_laplacian(c, f, 2, 4, 1).matrix for c, f in ((one, v), (two, w))]
    torch.testing.assert_close(found.matrix, torch.block_diag(*parts))


def test_nothing_early_is_an_empty_matrix() -> None:
    found = persistent_laplacian(cc.Complex.graph([(0, 1)]), torch.ones(2), 0.0, 2.0, 1)
    assert found.matrix.shape == (0, 0)


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    path, v = cc.Complex.graph([(0, 1), (1, 2)]), torch.zeros(3)
    with pytest.raises(ShapeError, match="s should not be above t, but s is 2 and t is 1"):
        persistent_laplacian(path, v, 2, 1, 0)
    with pytest.raises(ShapeError, match="s should not be above t, but s is nan"):
        persistent_laplacian(path, v, float("nan"), 1, 0)
    with pytest.raises(ShapeError, match="from 0 to 1, the top rank of this graph, but is 2"):
        persistent_laplacian(path, v, 0, 1, 2)
    monkeypatch.setattr(laplacian, "LARGEST", 2)
    with pytest.raises(ComplexError, match="at most 2 cells, but 3 cells of rank 0 are there"):
        persistent_laplacian(path, v, 0, 1, 0)
