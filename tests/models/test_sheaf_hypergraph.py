"""Sheaf hypergraph network: its formula densely, and what identity maps make of it."""

import pytest
import torch
from torch.testing import assert_close

from cochain.errors import SpecError
from model_checks import F64, check_laws, hypergraph, members, model


def root(matrix):
    values, vectors = torch.linalg.eigh(matrix)
    inverse = torch.where(values > 1e-9, values.clamp(min=1e-12).rsqrt(), 0.0)
    return vectors @ torch.diag(inverse) @ vectors.T


def operator(c, maps, d, shift=1e-3):
    """I - Delta_F, (nodes d, nodes d), from maps in the order of the hyperedges' members."""
    n, sets = c.sizes[0], members(c)
    stacked = torch.zeros(len(sets) * d, n * d, dtype=F64)
    degrees = [shift * torch.eye(d, dtype=F64) for _ in range(n)]
    sizes = torch.tensor([len(e) for e in sets for _ in range(d)], dtype=F64)
    rows = iter(maps)
    for e, nodes in enumerate(sets):
        for v in nodes:
            f = next(rows)
            stacked[e * d : e * d + d, v * d : v * d + d] = f
            degrees[v] += f.T @ f
    scale = torch.block_diag(*(root(each) for each in degrees))
    return scale @ stacked.T @ torch.diag(1 / sizes) @ stacked @ scale


def maps_of(step, c, h, d):
    maps = []
    for nodes in members(c):
        edge = step.edge(h[nodes].mean(dim=0))
        for v in nodes:
            numbers = step.node(h[v]) + edge
            maps.append(torch.diag(torch.sigmoid(numbers)) if step.diagonal else numbers.view(d, d))
    return maps


@pytest.mark.parametrize("name", ["sheaf_hypergraph", "sheaf_hypergraph_general"])
@pytest.mark.parametrize("d", [1, 3])
def test_formula(name, d) -> None:
    c = hypergraph()
    network = model(name, c, 0, stalk=d, hidden=4)
    embed, *steps = network.layers
    h = c[0].x @ embed.maps["0"].weight.T + embed.maps["0"].bias
    for step in steps:
        mixed = torch.einsum("ij,njf,fg->nig", step.left, h.view(9, d, -1), step.right).reshape(9 * d, -1)
        h = torch.nn.functional.elu(operator(c, maps_of(step, c, h, d), d) @ mixed).view(9, -1)
    assert_close(network(c), network.readout.map(h))


@pytest.mark.parametrize("name", ["sheaf_hypergraph", "sheaf_hypergraph_general"])
def test_laws(name) -> None:
    check_laws(name, hypergraph(), targets=(0, 1, "whole"), gradients=("whole",), stalk=2, hidden=4)


def test_identity_maps_give_the_operator_of_hgnn() -> None:
    c = hypergraph()
    h = torch.zeros(9, len(members(c)), dtype=F64)
    for e, nodes in enumerate(members(c)):
        h[nodes, e] = 1.0
    v, e = h.sum(dim=1), h.sum(dim=0)
    v = torch.where(v > 0, v.clamp(min=1).rsqrt(), 0.0)
    hgnn = v[:, None] * (h / e @ h.T) * v
    same = operator(c, [torch.eye(2, dtype=F64)] * int(h.sum()), 2, shift=0.0)
    assert_close(same, torch.kron(hgnn, torch.eye(2, dtype=F64)))
    eigenvalues = torch.linalg.eigvalsh(same)
    assert eigenvalues.min() > -1e-9
    assert eigenvalues.max() < 1 + 1e-9


def test_a_change_of_basis_in_the_stalk_of_a_hyperedge_changes_nothing() -> None:
    c = hypergraph()
    maps = [torch.randn(2, 2, dtype=F64) for nodes in members(c) for _ in nodes]
    turned, rows = [], iter(maps)
    for nodes in members(c):
        q = torch.linalg.qr(torch.randn(2, 2, dtype=F64)).Q
        turned += [q @ next(rows) for _ in nodes]
    assert_close(operator(c, turned, 2), operator(c, maps, 2))


def test_unknown_maps_are_refused() -> None:
    with pytest.raises(SpecError, match="maps should be diagonal or general, but are 'orthogonal'"):
        model("sheaf_hypergraph", hypergraph(), 0, maps="orthogonal")
