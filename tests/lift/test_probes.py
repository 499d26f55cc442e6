import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain import Complex, ComplexError
from cochain.lift import clique, probes
from small_graphs import complex_of, unions


def grid(side: int) -> Complex:
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side))
    return Complex.graph(list(graph.edges))


def test_they_are_odd_and_standard_normal() -> None:
    c = probes(grid(100), 1, 5)
    x = c[1].x.double()
    assert c.is_odd(1, "x")
    assert x.shape == (19800, 5)
    assert c[1].x.dtype == torch.get_default_dtype()
    assert_close(x.mean(0), torch.zeros(5).double(), atol=0.03, rtol=0)
    assert_close(x.T @ x / len(x), torch.eye(5).double(), atol=0.03, rtol=0)
    assert_close((x**4).mean(0), torch.full((5,), 3.0).double(), atol=0.25, rtol=0)
    # reversing an orientation changes the sign of the numbers
    signs = torch.ones(19800, dtype=torch.long)
    signs[7] = -1
    assert_close(c.reorient({1: signs})[1].x[7], -c[1].x[7])


def test_neighbouring_components_cells_and_seeds_are_independent() -> None:
    path = Complex.graph([(k, k + 1) for k in range(10)])
    x = probes(Complex.union([path] * 2000), 1, 2)[1].x.reshape(2000, 20)
    assert_close(torch.corrcoef(x.T), torch.eye(20), atol=0.1, rtol=0)
    once = [probes(grid(50), 1, 1, seed)[1].x[:, 0] for seed in (0, 1, -1)]
    assert_close(torch.corrcoef(torch.stack(once)), torch.eye(3), atol=0.1, rtol=0)


def test_they_estimate_a_trace() -> None:
    c = probes(grid(20), 1, 512)
    boundary = c.boundary(1).to_dense()
    laplacian = boundary.T @ boundary
    estimate = torch.einsum("ic,ij,jc->c", c[1].x, laplacian, c[1].x).mean()
    assert abs(estimate / laplacian.trace() - 1) < 0.05


@given(unions(), st.integers(1, 5), st.integers(0, 2))
def test_a_component_does_not_see_those_behind_it(parts: list[nx.Graph], channels: int, rank: int) -> None:
    c = clique(Complex.union([complex_of(part) for part in parts]), features=None)
    whole = probes(c, rank, channels, name="noise")
    assert torch.isfinite(whole[rank].noise).all()
    for count in range(1, len(c) + 1):
        some = probes(c.select(range(count)), rank, channels, name="noise")
        assert_close(some[rank].noise, whole.select(range(count))[rank].noise)
    assert_close(probes(c, rank, channels + 3)[rank].x[:, :channels], whole[rank].noise)


def test_ranks_differ() -> None:
    c = clique(Complex.graph([(0, 1), (1, 2), (0, 2)]), features=None)
    assert not torch.equal(probes(c, 0)[0].x, probes(c, 1)[1].x)


def test_messages() -> None:
    with pytest.raises(ComplexError, match="probes change sign with orientations, but a hypergraph has none"):
        probes(Complex.hypergraph([[0, 1]]), 1)
    with pytest.raises(ComplexError, match="channels should be at least 1, but are 0"):
        probes(grid(2), 1, 0)
