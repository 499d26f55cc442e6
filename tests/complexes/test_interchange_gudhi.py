"""GUDHI's simplex trees: round trips against the real library, filtrations on every rank."""

import gudhi
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from strategies import graphs, point_clouds, simplicial_complexes, unions

COMPLEXES = st.one_of(simplicial_complexes(), graphs(), point_clouds(), unions("simplicial"))


@given(COMPLEXES, st.integers(0, 2**16))
def test_round_trip(c: cc.Complex, seed: int) -> None:
    rng = np.random.default_rng(seed)
    time = torch.zeros(c.sizes[0], dtype=torch.float64)
    for rank, size in enumerate(c.sizes):
        if rank:
            faces = c.faces(rank, rank - 1).pattern.indices.long().reshape(size, -1)
            time = time[faces].amax(1) if size else torch.zeros(0, dtype=torch.float64)
        time = time + torch.from_numpy(rng.random(size))
        c = c.with_cochain(rank, "filtration", time)
    back = cc.from_gudhi(cc.to_gudhi(c))
    assert back.sizes == c.sizes[: back.rank + 1]
    assert not any(c.sizes[back.rank + 1 :])
    for rank in range(back.rank + 1):
        if back.sizes[0]:
            assert_close(back.simplices(rank), c.simplices(rank))
            assert_close(back[rank].filtration, c[rank].filtration)


def test_a_tree_by_hand() -> None:
    tree = gudhi.SimplexTree()
    tree.insert([2, 7, 5], filtration=3.0)
    tree.assign_filtration([2, 7], 1.0)
    for node in ([2], [5], [7]):
        tree.assign_filtration(node, 0.5)
    c = cc.from_gudhi(tree)
    assert c.sizes == (3, 3, 1)
    assert c[0].vertex.tolist() == [2, 5, 7]
    assert c.simplices(1).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert c[1].filtration.tolist() == [3, 1, 3]
    assert c[2].filtration.tolist() == [3]


def test_persistence_there_sees_the_filtration() -> None:
    c = cc.Complex.graph([(0, 1), (1, 2), (0, 2)]).with_cochain(1, "length", torch.tensor([[1.0], [2.0], [4.0]]))
    pairs = cc.to_gudhi(c, "length").persistence(min_persistence=-1, persistence_dim_max=True)
    assert sorted(pairs) == [(0, (0.0, 1.0)), (0, (0.0, 2.0)), (0, (0.0, float("inf"))), (1, (4.0, float("inf")))]


def test_refusals() -> None:
    c = cc.Complex.graph([(0, 1)]).with_cochain(0, "filtration", [0.0, 2.0]).with_cochain(1, "filtration", [1.0])
    with pytest.raises(
        cc.ComplexError, match=r"cell 0 of rank 1 appears at 1.0 and one of its faces at 2.0; raise its"
    ):
        cc.to_gudhi(c)
    with pytest.raises(cc.ComplexError, match=r"'filtration' on rank 1 should be one number .* has shape \(1, 2\)"):
        cc.to_gudhi(c.with_cochain(1, "filtration", [[1.0, 2.0]]))
    with pytest.raises(cc.ComplexError, match="but this is a hypergraph; triangulate it"):
        cc.to_gudhi(cc.Complex.hypergraph([[0, 1]]))
    with pytest.raises(cc.ComplexError, match=r"should be a gudhi.SimplexTree, but is a list"):
        cc.from_gudhi([])
