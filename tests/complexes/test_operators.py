"""Operators by hand on small complexes, against dense definitions, and their laws."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from cochain.complexes import Neighborhood, cofaces, faces, hodge, incident, lower, upper
from oracles import dense, symbols_of
from strategies import complexes

# Two triangles on the edge (1, 2); the edge (3, 4) hangs free.
# Edges: 0:(0,1) 1:(0,2) 2:(1,2) 3:(1,3) 4:(2,3) 5:(3,4). Triangles: 0:(0,1,2) 1:(1,2,3).
HAND = [(0, 1, 2), (1, 2, 3), (3, 4)]


@pytest.fixture
def hand() -> cc.Complex:
    return cc.Complex.simplicial(HAND)


def test_boundaries_by_hand(hand: cc.Complex) -> None:
    b1 = [
        [-1, -1, 0, 0, 0, 0],
        [1, 0, -1, -1, 0, 0],
        [0, 1, 1, 0, -1, 0],
        [0, 0, 0, 1, 1, -1],
        [0, 0, 0, 0, 0, 1],
    ]
    b2 = [[1, 0], [-1, 0], [1, 1], [0, -1], [0, 1], [0, 0]]
    assert_close(hand.boundary(1).to_dense(), torch.tensor(b1, dtype=torch.float32))
    assert_close(hand.boundary(2).to_dense(), torch.tensor(b2, dtype=torch.float32))
    assert_close(hand.coboundary(1).to_dense(), torch.tensor(b2, dtype=torch.float32).T)
    assert_close(hand.incidence(1, 2).to_dense(), torch.tensor(b2, dtype=torch.float32))


def test_laplacian_by_hand(hand: cc.Complex) -> None:
    l1 = [
        [3, 0, 0, -1, 0, 0],
        [0, 3, 0, 0, -1, 0],
        [0, 0, 4, 0, 0, 0],
        [-1, 0, 0, 3, 0, -1],
        [0, -1, 0, 0, 3, -1],
        [0, 0, 0, -1, -1, 2],
    ]
    assert_close(hand.laplacian(1).to_dense(), torch.tensor(l1, dtype=torch.float32))
    assert_close(hand.laplacian(0).to_dense().diagonal(), torch.tensor([2.0, 3, 3, 3, 1]))
    assert_close(hand.laplacian(2, "down").to_dense(), torch.tensor([[3.0, 1], [1, 3]]))
    assert hand.laplacian(2, "up").nnz == 0


def test_unsigned_adjacency_of_one_triangle_is_one_off_the_diagonal() -> None:
    # The absolute value of the signed product would give 0 for edges whose up and down parts cancel.
    c = cc.Complex.simplicial([(0, 1, 2)])
    assert_close(c.adjacency(1, via=2).to_dense(), 1 - torch.eye(3))
    assert_close(c.adjacency(1, via=0).to_dense(), 1 - torch.eye(3))
    assert_close(c.adjacency(0, via=1).to_dense(), 1 - torch.eye(3))


def test_containment_across_two_ranks(hand: cc.Complex) -> None:
    expected = torch.tensor([[1.0, 0], [1, 1], [1, 1], [0, 1], [0, 0]])
    assert_close(hand.incidence(0, 2).to_dense(), expected)
    assert_close(hand.resolve(incident(2, 0)).to_dense(), expected.T)


def test_triples_list_each_shared_cell(hand: cc.Complex) -> None:
    listed = hand.resolve(upper(1).triples)
    rows, columns = listed.matrix.pattern.rows.tolist(), listed.matrix.pattern.indices.tolist()
    assert listed.via is not None
    found = set(zip(rows, columns, listed.via.tolist(), strict=True))
    edges = {0: (0, 1, 2), 1: (2, 3, 4)}
    expected = {(x, y, t) for t, three in edges.items() for x in three for y in three if x != y}
    assert found == expected
    assert listed.via_rank == 2


def test_directions_of_a_digraph() -> None:
    c = cc.Complex.digraph([(2, 0), (0, 1)])
    into = c.resolve(upper(0).directed("in")).to_dense()
    assert_close(into, torch.tensor([[0.0, 0, 1], [1, 0, 0], [0, 0, 0]]))
    assert_close(c.resolve(upper(0).directed("out")).to_dense(), into.T)
    assert_close(c.boundary(1).to_dense(), torch.tensor([[-1.0, 1], [1, 0], [0, -1]]))
    assert_close(c.resolve(upper(0)).to_dense(), into + into.T)


@given(complexes(), st.data())
def test_every_symbol_is_its_dense_definition(c: cc.Complex, data: st.DataObject) -> None:
    if c.rank == 0:
        return
    symbol = data.draw(st.sampled_from(symbols_of(c)))
    found = c.resolve(symbol, torch.float64).to_dense()
    assert_close(found, dense(c, symbol), msg=lambda text: f"{symbol}: {text}")
    assert found.isfinite().all()


@given(complexes(oriented=True))
def test_boundary_of_a_boundary_is_zero(c: cc.Complex) -> None:
    for k in range(1, c.rank):
        assert not (c.boundary(k).to_dense() @ c.boundary(k + 1).to_dense()).any()


@given(complexes(oriented=True))
def test_dirac_squares_to_all_laplacians(c: cc.Complex) -> None:
    square = torch.linalg.matrix_power(c.dirac().to_dense().double(), 2)
    blocks = [c.laplacian(k).to_dense().double() for k in range(c.rank + 1)]
    assert_close(square, torch.block_diag(*blocks))


@given(complexes(oriented=True))
def test_harmonic_cochains_count_holes_over_a_large_field(c: cc.Complex) -> None:
    # Over the rationals dim ker L_k = beta_k; small complexes have no torsion at a large prime.
    for k, holes in enumerate(c.betti(p=2**31 - 1)):
        values = (
            np.linalg.eigvalsh(c.resolve(hodge(k), torch.float64).to_dense().numpy()) if c.sizes[k] else np.zeros(0)
        )
        assert int((np.abs(values) < 1e-9).sum()) == holes


def test_normalized_laplacian_keeps_its_kernel(hand: cc.Complex) -> None:
    plain, normed = hand.laplacian(1).to_dense(), hand.laplacian(1, normalized=True).to_dense()
    assert_close(normed.diagonal(), torch.ones(6))
    assert torch.linalg.matrix_rank(plain) == torch.linalg.matrix_rank(normed)


def test_operators_speak_the_usual_formats(hand: cc.Complex) -> None:
    b = hand.boundary(1)
    x = torch.randn(6, 2)
    assert_close(b @ x, b.to_dense() @ x)
    assert_close(torch.from_numpy(b.to_scipy().toarray()), b.to_dense())
    assert_close(b.to_torch().to_dense(), b.to_dense())
    assert_close(b.T.to_dense(), b.to_dense().T)
    assert (b.shape, b.nnz) == ((5, 6), 12)
    assert "5 cells of rank 0 x 6 of rank 1" in repr(b)


def test_an_operator_is_derived_once(hand: cc.Complex) -> None:
    assert hand.resolve(hodge(1)) is hand.resolve(hodge(1))
    assert hand.with_cochain(0, "x", torch.zeros(5, 1)).resolve(hodge(1)) is hand.resolve(hodge(1))


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        (upper(0), "A↑₀"),
        (lower(1), "A↓₁"),
        (hodge(1), "L₁"),
        (upper(1).signed, "L↑₁"),
        (faces(2).signed, "B₂ᵀ"),
        (cofaces(0), "|B₁|"),
        (incident(2, 0), "|B₀,₂|ᵀ"),
        (upper(0).with_self().normalized("sym"), "sym[(A↑₀ + I)]"),
        (upper(0).power(3), "A↑₀^3"),
    ],
)
def test_symbols_print_as_the_field_writes_them(symbol: Neighborhood, text: str) -> None:
    assert str(symbol) == text


def test_refusals(hand: cc.Complex) -> None:
    with pytest.raises(cc.ComplexError, match="rank 3 is above its top rank 2"):
        hand.resolve(cofaces(2))
    with pytest.raises(cc.ComplexError, match="passes cells of rank 3, but the top rank"):
        hand.resolve(upper(2))
    with pytest.raises(cc.ComplexError, match="a hypergraph has none"):
        cc.Complex.hypergraph([[0, 1]]).resolve(faces(1).signed)
    with pytest.raises(cc.ComplexError, match="needs directed edges"):
        cc.Complex.graph([(0, 1)]).resolve(upper(0).directed("in"))
    with pytest.raises(cc.ComplexError, match="should join neighbouring ranks"):
        _ = incident(0, 2).signed
    with pytest.raises(cc.ComplexError, match="self loops need a neighbourhood of one rank"):
        faces(1).with_self()
    with pytest.raises(cc.ComplexError, match="should be >= 1"):
        upper(0).power(0)
    with pytest.raises(cc.ComplexError, match="r < s"):
        hand.incidence(1, 0)
