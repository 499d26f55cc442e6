"""Neural Sheaf Diffusion: its formula densely for each kind of maps, its laws, and the row of the table of systems."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import cochain as cc
from cochain.complexes.sheaf import Sheaf
from cochain.models import build
from model_checks import F64, adjacency, check_laws, graph, model, triangles

KINDS = ("nsd", "nsd_diagonal", "nsd_general")


def elu(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, x.clamp(max=0).exp() - 1)


def restriction(step: nn.Module, x: Tensor, v: int, u: int) -> Tensor:
    """F of node v into the edge {u, v}; x is (nodes, rows, f)."""
    sheaf = step.sheaf
    d = sheaf.stalk
    read = x.sum(dim=1) if sheaf.pooled else x.flatten(1)
    phi = torch.tanh(sheaf.maps.weight @ torch.cat([read[v], read[u]]))
    if sheaf.kind == "diagonal":
        return torch.diag(phi)
    if sheaf.kind == "general":
        return phi.view(d, d)
    product, free = torch.eye(d, dtype=F64), iter(phi)
    columns = {(i, k): None for i in range(d) for k in range(i)}  # row by row below the diagonal
    values = dict(zip(columns, free, strict=True))
    for k in range(d - 1):
        w = torch.stack([values[i, k] if i > k else torch.tensor(float(i == k), dtype=F64) for i in range(d)])
        product = product @ (torch.eye(d, dtype=F64) - 2 * torch.outer(w, w) / (w @ w))
    if sheaf.weights is None:
        return product
    flat = x.flatten(1)
    both = [sheaf.weights.weight @ torch.cat([flat[a], flat[b]]) for a, b in ((v, u), (u, v))]
    return product * torch.sigmoid(both[0]) * torch.sigmoid(both[1])


def dense_laplacian(step: nn.Module, c: cc.Complex, x: Tensor) -> Tensor:
    """(nodes, nodes, rows, rows): the learned sheaf on the stalks, beside it D + A (low) and D - A (high)."""
    n, rows, d = len(x), x.shape[1], step.sheaf.stalk
    laplacian, degree = torch.zeros(n, n, rows, rows, dtype=F64), torch.zeros(n, rows, rows, dtype=F64)
    for u, v in c.simplices(1).tolist():
        at = {v: torch.eye(rows, dtype=F64), u: torch.eye(rows, dtype=F64)}
        at[v][:d, :d], at[u][:d, :d] = restriction(step, x, v, u), restriction(step, x, u, v)
        for k, sign in enumerate(step.sheaf.fixed):
            at[u][d + k, d + k] = sign
        for a, b in ((u, v), (v, u)):
            laplacian[a, a] += at[a].T @ at[a]
            laplacian[a, b] -= at[a].T @ at[b]
            degree[a] += at[a].T @ at[a]
    root = []
    for block in degree:
        values, vectors = torch.linalg.eigh(block + torch.eye(rows, dtype=F64))
        root.append(vectors @ torch.diag(values**-0.5) @ vectors.T)
    return torch.stack([torch.stack([root[a] @ laplacian[a, b] @ root[b] for b in range(n)]) for a in range(n)])


def step_oracle(step: nn.Module, laplacian: Tensor, x: Tensor, linear: bool = False) -> Tensor:
    moved = torch.stack([step.left @ node @ step.right for node in x])
    flow = torch.zeros_like(moved)
    for a in range(len(x)):
        for b in range(len(x)):
            flow[a] += laplacian[a, b] @ moved[b]
    return (1 + torch.tanh(step.epsilon)) * x - (flow if linear else elu(flow))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("stalk", [2, 3])
@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("filters", [(False, False), (True, True), (True, False)])
def test_formula(name: str, stalk: int, pooled: bool, filters: tuple[bool, bool]) -> None:
    c = graph()
    low, high = filters
    network = model(name, c, 0, hidden=3, layers=2, stalk=stalk, pooled=pooled, low=low, high=high)
    encoder, *steps = network.layers
    h = elu(c[0].x @ encoder.map.weight.T + encoder.map.bias).view(9, stalk + low + high, 3)
    for step in steps:
        h = step_oracle(step, dense_laplacian(step, c, h), h)
    assert_close(network(c), h.flatten(1) @ network.readout.map.weight.T + network.readout.map.bias)


@pytest.mark.parametrize("name", KINDS)
def test_formula_of_the_linear_variant(name: str) -> None:
    """One sheaf for all steps, no activations: with that sheaf fixed, the answer is linear in what is encoded."""
    c = graph()
    network = model(name, c, 0, hidden=3, layers=3, stalk=2, linear=True, low=True)
    encoder, first, *others = network.layers
    assert first.sheaf is not None
    assert [step.sheaf for step in others] == [None, None]
    h = (c[0].x @ encoder.map.weight.T + encoder.map.bias).view(9, 3, 3)
    laplacian = dense_laplacian(first, c, h)
    for step in (first, *others):
        h = step_oracle(step, laplacian, h, linear=True)
    assert_close(network(c), h.flatten(1) @ network.readout.map.weight.T + network.readout.map.bias)


def test_fixed_rows_are_the_graph_laplacian_and_the_signless_one() -> None:
    """By hand on one edge: (D + I)^-1/2 (D +- A) (D + I)^-1/2 = (1 +-1; +-1 1) / 2."""
    c = cc.Complex.graph([(0, 1)]).with_cochain(0, "x", torch.randn(2, 3, dtype=F64))
    sheaf = model("nsd", c, 0, low=True, high=True, stalk=2, hidden=1, layers=1).layers[1].sheaf
    x = torch.zeros(2, 4, 1, dtype=F64)
    x[0, 2:] = 1.0
    moved = sheaf.laplacian(c, x) @ x
    assert_close(moved[:, 2, 0], torch.tensor([0.5, 0.5], dtype=F64))
    assert_close(moved[:, 3, 0], torch.tensor([0.5, -0.5], dtype=F64))
    assert not moved[:, :2].any()


@pytest.mark.parametrize("name", KINDS)
def test_laws(name: str) -> None:
    check_laws(name, graph(), targets=(0, "whole"), gradients=(0, "whole"), hidden=4)
    check_laws(name, triangles({0: 3}), targets=(1,), gradients=(1,), hidden=4, layers=2)


@pytest.mark.parametrize("name", KINDS)
def test_orientations_do_not_matter(name: str) -> None:
    c = graph()
    network = model(name, c, 0, hidden=4)
    signs = torch.tensor([1, -1, -1, 1, -1, 1, -1])
    assert_close(network(c.reorient({1: signs})), network(c))


def test_without_weights_and_without_edges() -> None:
    c = graph()
    assert model("nsd", c, 0, weights=False)(c).isfinite().all()
    bare = cc.Complex.graph([], 3).with_cochain(0, "x", torch.randn(3, 3, dtype=F64))
    for name in KINDS:
        assert model(name, bare, 0)(bare).shape == (3, 4)


def test_diffusion_of_a_learned_sheaf_ends_at_its_global_sections() -> None:
    """The row of the table: L is symmetric, positive semidefinite, its kernel is the sections, diffusion projects."""
    c = graph()
    step = model("nsd_general", c, 0, hidden=4, stalk=2, layers=1).layers[1]
    sheaf = Sheaf(c, step.sheaf.restrict(c, torch.randn(9, 2, 4, dtype=F64)).detach())
    laplacian = sheaf.laplacian().to_dense()
    assert_close(laplacian, laplacian.T)
    values = torch.linalg.eigvalsh(laplacian)
    assert values.min() > -1e-12
    dimensions, basis = sheaf.global_sections()
    assert (values < 1e-10).sum() == dimensions.sum() > 0
    x, flat = torch.randn(18, 3, dtype=F64), basis.flatten(0, 1)
    slowest = values[values > 1e-10][0]
    ended = (torch.eye(18, dtype=F64) - laplacian / values[-1]).matrix_power(int(40 * values[-1] / slowest)) @ x
    assert_close(ended, flat @ (flat.T @ x))


def test_identity_maps_give_the_graph_laplacian() -> None:
    """The row of the table: a step whose maps are the identity diffuses along (D + I)^-1/2 (D - A) (D + I)^-1/2 x I."""
    c = graph()
    network = model("nsd_general", c, 0, hidden=4, stalk=2, layers=1)
    step = network.layers[1]
    step.sheaf.restrict = lambda complex_, x: torch.eye(2, dtype=F64).expand(14, 2, 2)
    a = adjacency(c)
    scale = (a.sum(dim=1) + 1).rsqrt()
    laplacian = scale[:, None] * (torch.diag(a.sum(dim=1)) - a) * scale
    x = torch.randn(9, 2, 4, dtype=F64)
    assert_close(step.learn(c, x) @ x, torch.einsum("vu,udf->vdf", laplacian, x))


def test_training_lowers_the_loss_with_every_kind_of_maps() -> None:
    c = graph()
    y = torch.tensor([0, 1, 0, 1, 1, 0, 1, 0, 1])
    for name in KINDS:
        network = build(name, c, out=2, target=0, seed=0, options={"dropout": 0.0}).double()
        optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
        losses = []
        for _ in range(30):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(c), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert losses[-1] < 0.5 * losses[0]


def test_catalog_options_choose_the_maps_and_users_may_change_them() -> None:
    c = graph()
    kinds = [build(name, c, out=2).layers[1].sheaf.kind for name in KINDS]
    assert kinds == ["orthogonal", "diagonal", "general"]
    assert build("nsd_diagonal", c, out=2, options={"maps": "general"}).layers[1].sheaf.kind == "general"


def test_messages() -> None:
    c = graph()
    with pytest.raises(cc.SpecError, match="stalk >= 2, but they are 'orthogonal' and 1"):
        build("nsd", c, out=2, options={"stalk": 1})
    with pytest.raises(cc.SpecError, match=r"maps should be diagonal, .* but they are 'unitary'"):
        build("nsd", c, out=2, options={"maps": "unitary"})
    with pytest.raises(cc.ComplexError, match="needs orientations, but a hypergraph has none"):
        model("nsd", c, 0)(cc.Complex.hypergraph([[0, 1]]).with_cochain(0, "x", torch.ones(2, 3, dtype=F64)))


def test_it_prints_and_draws_its_equation() -> None:
    network = build("nsd_diagonal", graph(), out=2)
    assert "h₀' = (1 + tanh ε) h₀ - elu(Δ_F (I ⊗ W₁) h₀ W₂), F = diag(φ)" in repr(network)
    assert "Δ_F" in network.diagram()
