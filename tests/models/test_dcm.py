"""DCM: its formula densely, the complex that it infers, and what it is without polygons."""

from itertools import combinations, permutations

import pytest
import torch
from torch.testing import assert_close

import cochain as cc
from cochain.nn.latent import distances, latent_graph, nearest_others, standardize
from dense_cells import embedded
from model_checks import F64, check_gradients, check_laws, check_relabelling, model

N = 12


def cloud(n=N, channels=3):
    return cc.Complex.points(torch.zeros(n, 1)).with_cochain(0, "x", torch.randn(n, channels, dtype=F64))


def entmax(scores):
    """alpha = 1.5 of one row by bisection."""
    z = scores / 2
    low, high = z.max() - 1, z.max()
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if (z - middle).clamp(min=0).square().sum() >= 1 else (low, middle)
    return (z - low).clamp(min=0).square()


def standardized(x):
    return (x - x.mean()) / (x.std(correction=0) + 1e-3 * x.mean().abs()) if len(x) > 1 else 0 * x


def shares_of_edges(network, h):
    z = torch.relu(h) @ network.node.weight.T
    p = torch.zeros(len(h), len(h), dtype=F64)
    for x in range(len(h)):
        others = [y for y in range(len(h)) if y != x]
        near = torch.stack([-(z[x] - z[y]).norm() for y in others])
        p[x, others] = entmax(network.sharpness[0] * standardized(near))
    return (p + p.T) / 2


def induced_cycles(w, length):
    """Every cycle without a chord, as the tuple of its nodes in order, from its smallest one."""
    found = []
    for size in range(3, length + 1):
        for nodes in combinations(range(len(w)), size):
            if sum(bool(w[u, v] > 0) for u, v in combinations(nodes, 2)) != size:
                continue
            for order in permutations(nodes[1:]):
                walk = (nodes[0], *order)
                if order[0] < order[-1] and all(w[walk[k - 1], walk[k]] > 0 for k in range(size)):
                    found.append(walk)
    return found


def oracle(network, c, length):
    h = embedded(network, c)[0]
    w = shares_of_edges(network, h)
    edges = [(u, v) for u, v in combinations(range(len(h)), 2) if w[u, v] > 0]
    rings = [[tuple(sorted((walk[k - 1], walk[k]))) for k in range(len(walk))] for walk in induced_cycles(w, length)]
    p = []
    if rings:
        z = {e: network.edge.weight @ torch.relu((h[e[0]] + h[e[1]]) / 2) for e in edges}
        apart = [sum((z[e] - z[f]).square().sum() for e in r for f in r) / (2 * len(r) ** 2) for r in rings]
        p = entmax(network.sharpness[1] * standardized(-torch.stack(apart)))
    for layer in network.layers[1:]:
        new = h @ layer.own.weight.T + layer.own.bias + w @ h @ layer.heard.weight.T
        if rings:
            new = new + told(layer.polygons, h, w, edges, rings, p)
        h = torch.relu(new)
    return h, w, p


def told(messages, h, w, edges, rings, p):
    up = {(u, v): torch.relu(w[u, v] * messages.up.weight @ (h[u] + h[v])) for u, v in edges}
    a, b = messages.score.weight
    m = {}
    for e in edges:
        near = [(f, c) for c, ring in enumerate(rings) if p[c] > 0 and e in ring for f in ring if f != e]
        m[e] = torch.zeros_like(h[0])
        if near:
            raw = torch.stack([a @ up[e] + b @ up[f] for f, _ in near])
            share = torch.where(raw > 0, raw, 0.2 * raw).softmax(dim=0)
            m[e] = sum(s * p[c] * (messages.value.weight @ up[f]) for s, (f, c) in zip(share, near, strict=True))
    mine = [[m[e] for e in edges if x in e] for x in range(len(h))]
    return torch.stack([torch.stack(each).mean(dim=0) for each in mine])


@pytest.mark.parametrize("length", [0, 3, 5])
def test_formula(length) -> None:
    c = cloud()
    network = model("dcm", c, 0, length=length, sharpness=1.0, candidates=N)
    h, w, p = oracle(network, c, length)
    assert length == 0 or sum(bool(share > 0) for share in p) > 1
    assert 0 < (w > 0).sum() < N * (N - 1)
    assert_close(network(c), network.readout.map(h))


def test_the_inferred_complex_is_one() -> None:
    """Rows of the entmax sum to 1 with exact zeros, and B1 B2 = 0."""
    c = cc.Complex.union([cloud(), cloud(7)])
    network = model("dcm", c, 0, sharpness=1.0)
    inferred = network.infer(c, embedded(network, c)[0])
    assert inferred.domain == "cell"
    assert inferred.sizes[2] > 1
    assert not (inferred.boundary(1).to_dense() @ inferred.boundary(2).to_dense()).any()
    assert_close(inferred[1].weight.sum(), torch.tensor(19 / 2, dtype=F64))  # half of what 19 rows of 1 sum to
    for each in range(2):
        assert_close(inferred.select(each)[2].weight.sum(), torch.tensor(1.0, dtype=F64))
    assert bool((inferred[2].weight > 0).all())
    assert inferred.component_of(1).bincount().min() > 0


def test_no_polygons_is_the_network_on_the_inferred_graph() -> None:
    """The row's check: where there are no cycles nothing is heard but the graph's neighbours, and so with length 0."""
    c = cloud()
    whole, bare = model("dcm", c, 0, candidates=N), model("dcm", c, 0, length=0, candidates=N)
    with torch.no_grad():
        whole.sharpness.fill_(1.0)
    state = {k: v for k, v in whole.state_dict().items() if "polygons" not in k and not k.startswith("edge")}
    bare.load_state_dict(state | {"sharpness": state["sharpness"][:1]})
    assert (whole(c) - bare(c)).abs().max() > 1e-6
    h = embedded(bare, c)[0]
    w = shares_of_edges(bare, h)
    for layer in bare.layers[1:]:
        h = torch.relu(h @ layer.own.weight.T + layer.own.bias + w @ h @ layer.heard.weight.T)
    assert_close(bare(c), bare.readout.map(h))
    pairs = cc.Complex.union([cloud(2)] * 3)  # two nodes make no cycle
    assert whole.infer(pairs, embedded(whole, pairs)[0]).sizes == (6, 3, 0)
    assert_close(whole(pairs), bare(pairs))


def test_laws() -> None:
    c = cloud()
    check_laws("dcm", c, targets=(0, "whole"), gradients=(), sharpness=1.0)
    check_gradients(model("dcm", c, 0, sharpness=1.0), c.without_cochain(0, "pos"))
    given = cc.Complex.graph([(0, 1), (1, 2), (0, 2), (2, 5)], N).with_cochain(0, "x", c[0].x)
    check_relabelling(model("dcm", given, 1), given, 1)
    network = model("dcm", given, 0)
    assert_close(network(given), network(c))  # given edges are not read


def test_the_complex_learns() -> None:
    """Gradients through the shares: nodes of one class, told by one feature of many, come to be neighbours."""
    y = torch.arange(16) % 2
    x = torch.randn(16, 6, dtype=F64)
    x[:, 0] += 3 * y
    c = cc.Complex.points(torch.zeros(16, 1)).with_cochain(0, "x", x)
    network = model("dcm", c, 0, length=0, sharpness=1.0)
    optimizer, inside = torch.optim.Adam(network.parameters(), lr=0.02), []
    for _ in range(30):
        optimizer.zero_grad()
        inferred = network.infer(c, network.layers[0](c, {0: x})[0])
        u, v = inferred.simplices(1).T
        loss = -inferred[1].weight[y[u] == y[v]].sum() / 8
        loss.backward()
        optimizer.step()
        inside.append(-loss.item())
    assert inside[0] < 0.8
    assert inside[-1] > 0.9


def test_nearest_by_hand() -> None:
    c = cc.Complex.points(torch.zeros(5, 1), [3, 2])
    z = torch.tensor([[0.0], [1.0], [3.0], [3.0], [4.0]])
    near = nearest_others(c, z, 1)
    assert near.indices.tolist() == [1, 0, 1, 4, 3]
    assert distances(near, z).tolist() == [1.0, 1.0, 2.0, 1.0, 1.0]
    assert nearest_others(c, z, 9).degrees.tolist() == [2, 2, 2, 1, 1]
    everyone = nearest_others(c, z, 2)
    assert_close(standardize(everyone, distances(everyone, z))[:2].sum(), torch.tensor(0.0))


def test_equal_points_have_finite_gradients() -> None:
    c = cc.Complex.points(torch.zeros(6, 1))
    z = torch.zeros(6, 2, requires_grad=True)
    latent_graph(c, z, 3, torch.tensor(1.0))[1].weight.square().sum().backward()
    assert bool(z.grad.isfinite().all())
    assert cc.models.build("dcm", c, out=2, seed=0)(c).isfinite().all()
