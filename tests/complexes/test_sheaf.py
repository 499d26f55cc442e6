"""The sheaf: by hand, against a dense oracle, its laws, its messages."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import cochain as cc
from cochain.complexes.blocks import inverse_root
from cochain.complexes.frames import local_frames
from cochain.complexes.sections import DENSE
from cochain.complexes.sheaf import Sheaf
from strategies import complexes, shuffled

F64 = torch.float64
close = torch.testing.assert_close


def graph() -> cc.Complex:
    """A triangle with a tail, an isolated node first and last, and a second component with an edge."""
    return cc.Complex.graph([(1, 2), (2, 3), (1, 3), (3, 4), (6, 7)], [6, 2])


def random_sheaf(c: cc.Complex, d: int = 2, diagonal: bool = False, rank: int = 0) -> Sheaf:
    shape = (c.faces(rank + 1, rank).nnz, d) + (() if diagonal else (d,))
    return Sheaf(c, torch.randn(shape, dtype=F64), rank)


def dense_delta(sheaf: Sheaf) -> torch.Tensor:
    """The definition, loops and all."""
    faces, d = sheaf.complex.faces(sheaf.rank + 1, sheaf.rank), sheaf.d
    delta = torch.zeros(faces.shape[0] * d, faces.shape[1] * d, dtype=F64)
    for k, (e, v) in enumerate(zip(faces.pattern.rows.tolist(), faces.pattern.indices.tolist(), strict=True)):
        block = torch.diag(sheaf.maps[k]) if sheaf.diagonal else sheaf.maps[k]
        delta[e * d : e * d + d, v * d : v * d + d] = faces.values[k] * block
    return delta


def random_rotations(n: int, d: int) -> torch.Tensor:
    return torch.linalg.qr(torch.randn(n, d, d, dtype=F64))[0]


# By hand


def test_one_edge_by_hand() -> None:
    # delta = (-2  3), L = delta^T delta, D = diag(4, 9)
    sheaf = Sheaf(cc.Complex.graph([(0, 1)]), torch.tensor([[2.0], [3.0]], dtype=F64))
    close(sheaf.delta @ torch.tensor([[[1.0]], [[10.0]]], dtype=F64), torch.tensor([[[28.0]]], dtype=F64))
    close(sheaf.laplacian().to_dense(), torch.tensor([[4.0, -6.0], [-6.0, 9.0]], dtype=F64))
    close(sheaf.laplacian(True).to_dense(), torch.tensor([[1.0, -1.0], [-1.0, 1.0]], dtype=F64))
    dimensions, basis = sheaf.global_sections()
    assert dimensions.tolist() == [1]
    close(basis[:, 0, 0].abs(), torch.tensor([3.0, 2.0], dtype=F64) / 13**0.5)


def test_a_triangle_by_hand() -> None:
    # A quarter turn on the way from node 0 to node 1: going round the triangle turns, so nothing is consistent.
    turn, one = torch.tensor([[0.0, -1.0], [1.0, 0.0]]), torch.eye(2)
    triangle = cc.Complex.simplicial([(0, 1, 2)])
    sheaf = Sheaf(triangle, torch.stack([turn, one, one, one, one, one]))
    row = torch.tensor([[2.0, 0, 0, -1, -1, 0], [0, 2, 1, 0, 0, -1]])  # the off-diagonal block is -turn^T
    close(sheaf.laplacian().to_dense()[:2], row)
    assert sheaf.global_sections()[0].tolist() == [0]
    # On edges, into the triangle: the signs +, -, + of its faces 01, 02, 12.
    above = Sheaf(triangle, torch.tensor([[1.0], [2.0], [3.0]]), rank=1)
    close(above.delta @ torch.ones(3, 1, 1), torch.tensor([[[1.0 - 2.0 + 3.0]]]))


# The dense oracle


@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("normalized", [False, True, "scalar"])
@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_laplacian_is_its_formula(diagonal: bool, normalized: bool | str, shift: float) -> None:
    sheaf = random_sheaf(graph(), 3, diagonal)
    delta = dense_delta(sheaf)
    close(sheaf.delta @ torch.eye(24, dtype=F64).view(8, 3, 24), delta.view(5, 3, 24))
    want = delta.T @ delta
    if normalized:
        scale = torch.zeros_like(want)
        for v in range(8):
            own = slice(3 * v, 3 * v + 3)
            block = want[own, own]
            block = block.trace() / 3 * torch.eye(3, dtype=F64) if normalized == "scalar" else block
            values, vectors = np.linalg.eigh(block.numpy() + shift * np.eye(3))
            root = vectors @ np.diag([x**-0.5 if x > 1e-12 else 0.0 for x in values]) @ vectors.T
            scale[own, own] = torch.from_numpy(root)
        want = scale @ want @ scale
    found = sheaf.laplacian(normalized, shift)
    close(found.to_dense(), want)
    close(torch.from_numpy(found.to_scipy().toarray()), want)
    x = torch.randn(8, 3, 4, dtype=F64)
    close(found @ x, (want @ x.view(24, 4)).view(8, 3, 4))
    values = torch.linalg.eigvalsh(want)
    assert values.min() > -1e-10
    # Cauchy-Schwarz over the two ends of an edge; a trace in place of D bounds D by d times itself.
    assert not normalized or values.max() < 2 * (3 if normalized == "scalar" else 1) + 1e-10


@given(complexes(oriented=True), st.booleans(), st.data())
def test_laws_on_any_oriented_complex(c: cc.Complex, diagonal: bool, data: st.DataObject) -> None:
    """Orientations do not matter, gauges move through, and a union is its components."""
    if c.rank < 1:
        return
    rank = data.draw(st.integers(0, c.rank - 1))
    sheaf = random_sheaf(c, 2, diagonal, rank)
    x = torch.randn(c.sizes[rank], 2, 1, dtype=F64)
    want = sheaf.laplacian(True, shift=0.5) @ x
    signs = {rank + 1: data.draw(shuffled(c))[1][rank + 1]}
    close(Sheaf(c.reorient(signs), sheaf.maps, rank).laplacian(True, shift=0.5) @ x, want)
    parts = [sheaf.select(k).laplacian(True, shift=0.5) @ x[c.component_of(rank) == k] for k in range(len(c))]
    close(torch.cat(parts) if parts else x, want)
    faces = c.faces(rank + 1, rank).pattern
    low, high = random_rotations(c.sizes[rank], 2), random_rotations(c.sizes[rank + 1], 2)
    maps = torch.diag_embed(sheaf.maps) if diagonal else sheaf.maps
    turned = high[faces.rows.long()] @ maps @ low[faces.indices.long()].mT
    close(Sheaf(c, turned, rank).laplacian(True, shift=0.5) @ (low @ x), low @ want)


def test_select_reorders_and_repeats() -> None:
    sheaf = random_sheaf(graph())
    x = torch.randn(8, 2, 1, dtype=F64)
    whole = sheaf.laplacian() @ x
    close(sheaf.select([1, 0, 1]).laplacian() @ torch.cat([x[6:], x]), torch.cat([whole[6:], whole]))


# Known sheaves


@pytest.mark.parametrize("normalized", [False, True])
def test_constant_sheaf_is_the_graph_laplacian(normalized: bool) -> None:
    want = graph().laplacian(0, normalized=normalized).to_dense().to(F64)
    close(Sheaf.constant(graph(), 1, dtype=F64).laplacian(normalized).to_dense(), want, atol=1e-6, rtol=0)
    three = Sheaf.constant(graph(), 3, dtype=F64).laplacian(normalized).to_dense()
    close(three, torch.kron(want, torch.eye(3, dtype=F64)), atol=1e-6, rtol=0)
    torus = cc.Complex.simplicial([(i, (i + a) % 7, (i + 3) % 7) for i in range(7) for a in (1, 2)])
    close(Sheaf.constant(torus, 1, rank=1).laplacian().to_dense(), torus.laplacian(1, "up").to_dense())


@given(st.integers(1, 3), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_constant_sections_count_connected_parts(d: int, lengths: list[int]) -> None:
    """Paths of the given lengths, each a component, with one isolated node more."""
    starts = np.cumsum([0, *(n + 1 for n in lengths)])
    edges = [(int(s) + i, int(s) + i + 1) for s, n in zip(starts, lengths, strict=False) for i in range(n - 1)]
    dimensions, basis = Sheaf.constant(cc.Complex.graph(edges, [n + 1 for n in lengths]), d).global_sections()
    assert dimensions.tolist() == [2 * d] * len(lengths)
    assert basis.shape == (starts[-1], d, 2 * d * len(lengths))


def test_sections_are_an_orthonormal_kernel_in_the_order_of_components() -> None:
    sheaf = random_sheaf(graph())
    dimensions, basis = sheaf.global_sections()
    delta = dense_delta(sheaf)
    # 16 numbers less 10 equations, which are independent for random maps except around the triangle.
    assert dimensions.sum() == 16 - torch.linalg.matrix_rank(delta)
    close(sheaf.delta @ basis, torch.zeros(5, 2, basis.shape[2], dtype=F64), atol=1e-10, rtol=0)
    flat = basis.flatten(0, 1)
    close(flat.T @ flat, torch.eye(flat.shape[1], dtype=F64))
    first = int(dimensions[0])
    assert not basis[6:, :, :first].any()
    assert not basis[:6, :, first:].any()


def test_sections_of_large_parts_by_the_sparse_method() -> None:
    n = DENSE
    ring = cc.Complex.graph([(i, (i + 1) % n) for i in range(n)])
    frames = random_rotations(n, 3)[:, :, :2]
    angle = torch.rand(n, dtype=F64) * 6
    turns = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(n, 2, 2)
    trivial = Sheaf(ring, turns[ring.faces(1, 0).pattern.indices.long()])
    dimensions, basis = trivial.global_sections()
    assert dimensions.tolist() == [2]
    close(trivial.delta @ basis, torch.zeros(n, 2, 2, dtype=F64), atol=1e-7, rtol=0)
    assert Sheaf.from_frames(ring, frames).global_sections()[0].tolist() in ([0], [1])
    assert Sheaf.constant(cc.Complex.graph([(i, i + 1) for i in range(4 * n)]), 2).global_sections()[0].tolist() == [2]


def test_linear_diffusion_ends_at_the_harmonic_projection() -> None:
    sheaf = random_sheaf(cc.Complex.graph([(0, 1), (1, 2), (2, 3)], 5), 2)
    x = torch.randn(5, 2, 3, dtype=F64)
    basis = sheaf.global_sections()[1].flatten(0, 1)
    laplacian = sheaf.laplacian().to_dense()
    flow = torch.matrix_exp(-1e5 * laplacian) @ x.flatten(0, 1)
    close(flow, basis @ (basis.T @ x.flatten(0, 1)), atol=1e-8, rtol=1e-8)


# Frames


def test_a_flat_bundle_has_d_sections() -> None:
    """Frames of one plane, each turned at random: alignment undoes the turns, so every direction is a section."""
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 0), (2, 3), (4, 0)])
    plane = random_rotations(1, 4)[0, :, :2]
    sheaf = Sheaf.from_frames(c, plane @ random_rotations(5, 2))
    assert sheaf.global_sections()[0].tolist() == [2]
    close(sheaf.maps.mT @ sheaf.maps, torch.eye(2, dtype=F64).expand(10, 2, 2))
    close(sheaf.laplacian(True).to_dense(), sheaf.laplacian("scalar").to_dense())


def test_a_curved_bundle_has_none() -> None:
    """Tangent planes of the octahedron's corners: going round a face turns by a right angle."""
    c = cc.Complex.graph([(0, 1), (1, 2), (2, 0)])
    planes = torch.eye(3, dtype=F64)[torch.tensor([[1, 2], [2, 0], [0, 1]])].mT
    assert Sheaf.from_frames(c, planes).global_sections()[0].tolist() == [0]


def test_gauge_of_frames_moves_through() -> None:
    c = graph()
    frames, turn = random_rotations(8, 4)[:, :, :2], random_rotations(8, 2)
    x = torch.randn(8, 2, 1, dtype=F64)
    want = Sheaf.from_frames(c, frames).laplacian() @ x
    close(Sheaf.from_frames(c, frames @ turn).laplacian() @ (turn.mT @ x), turn.mT @ want)


def test_local_frames_find_the_plane_of_flat_data() -> None:
    side = 5
    edges = [
        (i, i + step)
        for i in range(side * side)
        for step in (1, side)
        if i + step < side * side and (step > 1 or (i + 1) % side)
    ]
    flat = torch.stack([torch.arange(side * side) % side, torch.arange(side * side) // side], 1).to(F64)
    plane = random_rotations(1, 3)[0, :, :2]
    c = cc.Complex.graph(edges)
    frames = local_frames(c, flat @ plane.T + 1, 2)
    close(frames @ frames.mT, (plane @ plane.T).expand(side * side, 3, 3))
    assert Sheaf.from_frames(c, frames).global_sections()[0].tolist() == [2]


# Gradients


@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("normalized", [False, True, "scalar"])
def test_gradients_reach_the_maps(diagonal: bool, normalized: bool | str) -> None:
    c = graph()
    maps = random_sheaf(c, 2, diagonal).maps.requires_grad_()
    x = torch.randn(8, 2, 2, dtype=F64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda m, x: Sheaf(c, m).laplacian(normalized, 1.0) @ x, (maps, x))


@pytest.mark.parametrize("values", [[1.0, 2.0, 5.0], [2.0, 2.0, 5.0], [3.0, 3.0, 3.0], [1.0, 1.0 + 1e-12, 1e-3]])
def test_gradient_of_the_inverse_root_at_equal_eigenvalues(values: list[float]) -> None:
    turn = random_rotations(1, 3)
    block = (turn * torch.tensor(values, dtype=F64)) @ turn.mT
    close(inverse_root(block) @ block @ inverse_root(block), torch.eye(3, dtype=F64)[None])
    assert torch.autograd.gradcheck(inverse_root, (block.requires_grad_(),))


def test_gradient_of_the_pseudo_inverse_at_constant_rank() -> None:
    """Along F^T F with F of two rows, rank 2 of 3 stays: there the gradient is finite and right."""
    maps = torch.randn(1, 2, 3, dtype=F64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda f: inverse_root(f.mT @ f), (maps,))
    zero = torch.zeros(1, 3, 3, dtype=F64, requires_grad=True)
    inverse_root(zero).sum().backward()
    assert not inverse_root(zero).any()
    assert not zero.grad.any()


@pytest.mark.parametrize("dtype", [torch.float32, F64])
def test_dtypes_pass_through(dtype: torch.dtype) -> None:
    sheaf = Sheaf(graph(), torch.randn(10, 2, 2, dtype=dtype))
    assert (sheaf.laplacian(True) @ torch.randn(8, 2, 1, dtype=dtype)).dtype == dtype
    assert sheaf.global_sections()[1].dtype == dtype


# Messages


def test_messages() -> None:
    c = graph()
    with pytest.raises(cc.ShapeError, match=r"maps should be \(10, d, d\), or \(10, d\) .* but have shape \(5, 2, 2\)"):
        Sheaf(c, torch.ones(5, 2, 2))
    with pytest.raises(cc.ShapeError, match=r"have shape \(10, 2, 3\)"):
        Sheaf(c, torch.ones(10, 2, 3))
    with pytest.raises(cc.ComplexError, match="needs orientations, but a hypergraph has none"):
        Sheaf.constant(cc.Complex.hypergraph([[0, 1]]), 1)
    with pytest.raises(cc.ComplexError, match="should map into rank 2, but the top rank of this graph is 1"):
        Sheaf.constant(c, 1, rank=1)
    sheaf = Sheaf.constant(c, 2)
    with pytest.raises(cc.ShapeError, match=r"x should be \(8, 2, channels\).* but has shape \(16, 3\)"):
        sheaf.laplacian() @ torch.ones(16, 3)
    with pytest.raises(
        cc.SpecError, match=r"should be True, False or 'scalar' and shift >= 0, but they are True and -1.0"
    ):
        sheaf.laplacian(True, shift=-1.0)
    with pytest.raises(cc.ShapeError, match=r"x should be \(8, at least d = 3\).* but has shape \(8, 2\)"):
        local_frames(c, torch.ones(8, 2), 3)
    with pytest.raises(cc.ShapeError, match="frames should have 8 rows"):
        Sheaf.from_frames(c, torch.ones(7, 3, 2))
