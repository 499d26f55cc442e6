"""Conn-NSD: its formula densely, its connection, and what the paper proves of it."""

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.frames import local_frames
from cochain.complexes.sheaf import Sheaf
from cochain.errors import SpecError
from model_checks import F64, check_laws, graph, model, neighbours


def frames_of(c, x, d):
    """The leading directions around every node, with the documented preference and signs."""
    out = []
    for v, near in enumerate(neighbours(c)):
        spread = sum(
            (torch.outer(x[u] - x[v], x[u] - x[v]) for u in near), torch.zeros(x.shape[1], x.shape[1], dtype=F64)
        )
        seen = spread.diagonal().mean()
        spread = spread + 1e-3 * (seen if seen > 0 else 1.0) * torch.diag(torch.linspace(1, 2, x.shape[1], dtype=F64))
        columns = torch.linalg.eigh(spread).eigenvectors.flip(1)[:, :d].T.clone()
        for column in columns:
            last = (column.abs() > 0.5 * column.abs().max()).nonzero()[-1, 0]
            column *= column[last].sign()
        out.append(columns.T)
    return torch.stack(out)


def dense_laplacian(c, frames, shift=1.0):
    d = frames.shape[2]
    laplacian = torch.zeros(c.sizes[0] * d, c.sizes[0] * d, dtype=F64)
    for u, v in c.simplices(1).tolist():
        left, _, right = torch.linalg.svd(frames[v].T @ frames[u])
        f_u, f_v = left @ right, torch.eye(d, dtype=F64)
        at = {node: slice(node * d, node * d + d) for node in (u, v)}
        for (a, f_a), (b, f_b) in (((u, f_u), (u, f_u)), ((v, f_v), (v, f_v))):
            laplacian[at[a], at[b]] += f_a.T @ f_b
        laplacian[at[u], at[v]] -= f_u.T @ f_v
        laplacian[at[v], at[u]] -= f_v.T @ f_u
    scale = (laplacian.diagonal() + shift).rsqrt()
    return scale[:, None] * laplacian * scale


@pytest.mark.parametrize("stalk", [1, 3])
def test_formula(stalk) -> None:
    c = graph()
    network = model("conn_nsd", c, 0, stalk=stalk, ambient=5)
    d, x = stalk, c[0].x
    laplacian = dense_laplacian(c, frames_of(c, x @ network.projection, d))
    encoder, *steps = network.layers
    h = torch.nn.functional.elu(x @ encoder.weight.T + encoder.bias).view(9, d, -1)
    for step in steps:
        mixed = torch.einsum("ij,njf,fg->nig", step.left, h, step.right)
        flow = (laplacian @ mixed.reshape(9 * d, -1)).view(9, d, -1)
        h = (1 + torch.tanh(step.epsilon)) * h - torch.nn.functional.elu(flow)
    assert_close(network(c), network.readout.map(h.flatten(1)))


def test_laws() -> None:
    check_laws("conn_nsd", graph(), targets=(0, 1, "whole"), ambient=6)


def test_transports_are_orthogonal_and_inverse_both_ways() -> None:
    c = graph(5)
    sheaf = Sheaf.from_frames(c, local_frames(c, c[0].x, 2, tie=1e-3))
    maps = sheaf.maps
    assert_close(maps.mT @ maps, torch.eye(2, dtype=F64).expand(len(maps), 2, 2))
    there, back = maps[1::2].mT @ maps[0::2], maps[0::2].mT @ maps[1::2]
    assert_close(there, back.mT)
    laplacian = sheaf.laplacian().to_dense()
    assert_close(laplacian, laplacian.T)
    assert torch.linalg.eigvalsh(laplacian).min() > -1e-10


def test_points_of_a_plane_give_a_trivial_connection() -> None:
    """Tangent planes of flat data are one plane, so d sections are global: the kernel has dimension d."""
    plane = torch.linalg.qr(torch.randn(6, 2, dtype=F64)).Q
    points = torch.randn(40, 2, dtype=F64) @ plane.T
    c = cc.lift.knn(cc.Complex.points(points), 6)
    sheaf = Sheaf.from_frames(c, local_frames(c, points, 2, tie=1e-6))
    dimensions, _ = sheaf.global_sections()
    parts = c.betti()[0]
    assert dimensions.tolist() == [2 * parts]
    # gauge-equivalent to the constant sheaf: some basis at every node turns its Laplacian into that of the graph, twice
    bases = plane.T @ local_frames(c, points, 2, tie=1e-6)
    constant = Sheaf.constant(c, 2, dtype=F64).laplacian().to_dense()
    turn = torch.block_diag(*bases)
    assert_close(turn @ sheaf.laplacian().to_dense() @ turn.T, constant, atol=1e-9, rtol=0)


def test_a_frame_does_not_depend_on_the_order_of_the_neighbours() -> None:
    c = graph(4)
    order = torch.randperm(9)
    moved = c.relabel({0: order})
    before, after = (local_frames(each, each[0].x, 2, tie=1e-3) for each in (c, moved))
    assert_close(after, before[order])


def test_a_stalk_larger_than_the_ambient_space_is_refused() -> None:
    with pytest.raises(SpecError, match="stalk should be 1 to ambient = 4, but is 5"):
        model("conn_nsd", graph(), 0, stalk=5, ambient=4)
