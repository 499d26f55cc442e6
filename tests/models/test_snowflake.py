"""Neural snowflake: its formula densely, its metric, the draw of its edges."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import softplus
from torch.testing import assert_close

import cochain as cc
from cochain.kernels import Pattern
from cochain.models import build
from cochain.nn.latent import strongest_per_row
from cochain.nn.learned_metric import LearnedMetric
from dense_cells import embedded
from model_checks import F64, check_gradients, check_laws, model

N = 12


def cloud(n=N, channels=3):
    return cc.Complex.points(torch.zeros(n, 1)).with_cochain(0, "x", torch.randn(n, channels, dtype=F64))


def bent(metric, t):
    """f(t) of one number, number by number."""
    if t == 0:
        return torch.zeros((), dtype=F64)
    s = [t]
    for a, b, mix, bend in zip(metric.inner, metric.outer, metric.mix, metric.bend, strict=True):
        rate, power, other = softplus(bend[0]), torch.sigmoid(bend[1]), torch.sigmoid(bend[2])
        middle = [sum(softplus(w) * x for w, x in zip(row, s, strict=True)) for row in a]
        c = softplus(mix)
        psi = [c[0] * (1 - torch.exp(-rate * x)) + c[1] * x**power + c[2] * torch.log(1 + x) ** other for x in middle]
        s = [sum(softplus(w) * x for w, x in zip(row, psi, strict=True)) for row in b]
    assert len(s) == 1
    return s[0] if metric.power is None else s[0] ** (1 + softplus(metric.power))


def metric_of(seed=0, quasi=False, depth=2):
    torch.manual_seed(seed)
    made = LearnedMetric(4, depth, quasi).double()
    with torch.no_grad():
        for p in made.parameters():
            p += torch.randn_like(p)
    return made


@pytest.mark.parametrize("quasi", [False, True])
@pytest.mark.parametrize("depth", [1, 3])
def test_metric_is_its_formula(quasi, depth) -> None:
    metric, t = metric_of(1, quasi, depth), torch.tensor([0.0, 0.01, 0.5, 2.0, 30.0], dtype=F64)
    assert_close(metric(t), torch.stack([bent(metric, each) for each in t]))


@given(st.integers(0, 100), st.floats(0, 50), st.floats(0, 50))
def test_it_is_zero_at_zero_never_falls_and_is_subadditive(seed: int, s: float, t: float) -> None:
    metric = metric_of(seed)
    f_s, f_t, f_both, f_zero = metric(torch.tensor([s, t, s + t, 0.0], dtype=F64)).tolist()
    assert f_zero == 0.0
    assert f_both >= max(f_s, f_t) - 1e-9
    assert f_both <= f_s + f_t + 1e-9
    assert s == 0 or f_s > 0


def test_triangle_inequality_on_random_triples() -> None:
    points = torch.randn(3, 500, 4, dtype=F64)
    for seed in range(5):
        metric = metric_of(seed)
        ab, bc, ac = (metric((points[i] - points[j]).norm(dim=1)) for i, j in ((0, 1), (1, 2), (0, 2)))
        assert bool((ac <= ab + bc + 1e-9).all())
        assert_close(metric((points[1] - points[0]).norm(dim=1)), ab)


def test_gradient_of_the_metric() -> None:
    t = (torch.rand(6, dtype=F64) + 0.1).requires_grad_()
    metric = metric_of(2, quasi=True)
    assert torch.autograd.gradcheck(metric, (t,))
    zero = torch.zeros(2, dtype=F64, requires_grad=True)
    metric(zero).sum().backward()
    assert not zero.grad.any()


def error_of_a_fit(metric: torch.nn.Module | None, steps: int = 400) -> float:
    """Fit the distances of a star of 12 leaves in the plane; give the mean relative error."""
    torch.manual_seed(0)
    i, j = torch.triu_indices(13, 13, 1)
    wanted = torch.where(i == 0, 1.0, 2.0)
    z = torch.nn.Parameter(torch.randn(13, 2))
    parameters = [z, *(metric.parameters() if metric else [])]
    optimizer = torch.optim.Adam(parameters, lr=0.03)
    for _ in range(steps):
        far = (z[i] - z[j]).norm(dim=1)
        error = (((far if metric is None else metric(far)) - wanted) / wanted).abs().mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    return float(error.detach())


def test_it_fits_a_tree_better_than_the_plane() -> None:
    """The row's check: leaves of a star are all 2 apart, which no dozen points of a plane are."""
    plain, learned = error_of_a_fit(None), error_of_a_fit(LearnedMetric(8, 2, quasi=True))
    assert learned < 0.7 * plain


def test_formula() -> None:
    c = cloud()
    network = model("snowflake", c, 0, neighbors=3, temperature=0.7)
    h = embedded(network, c)[0]
    z = torch.relu(h) @ network.place.weight.T
    shares = torch.zeros(N, N, dtype=F64)
    for x in range(N):
        others = [y for y in range(N) if y != x]
        d = torch.stack([bent(network.metric, (z[x] - z[y]).norm()) for y in others])
        near = d.argsort()[:3]
        shares[x, torch.tensor(others)[near]] = (-d[near] / 0.7).softmax(dim=0)
    for layer in network.layers[1:]:
        h = torch.relu(h @ layer.own.weight.T + layer.own.bias + shares @ h @ layer.heard.weight.T)
    assert_close(network(c), network.readout.map(h))


def test_laws() -> None:
    c = cloud()
    check_laws("snowflake", c, targets=(0, "whole"), gradients=())
    check_gradients(model("snowflake", c, 0), c.without_cochain(0, "pos"))


def test_edges_are_drawn_while_training_with_the_chances_of_their_shares() -> None:
    """One neighbour of a node, drawn again and again: Gumbel noise makes it a draw from the softmax of -d / T."""
    c = cc.Complex.union([cloud(5)] * 400)
    network = model("snowflake", c, 0, neighbors=1, candidates=4)
    h = embedded(network, c)[0]
    drawn = network.train().infer(c, h)
    assert drawn.nnz == 2000
    counts = torch.zeros(5, 5, dtype=F64).index_put(
        (drawn.pattern.rows.long() % 5, drawn.pattern.indices.long() % 5), torch.ones(2000, dtype=F64), accumulate=True
    )
    z = torch.relu(h[:5]) @ network.place.weight.T
    d = network.metric((z[:, None] - z).norm(dim=2))
    chance = (-d).masked_fill(torch.eye(5, dtype=torch.bool), -torch.inf).softmax(dim=1)
    assert (counts / 400 - chance).abs().max() < 0.09


def test_strongest_by_hand() -> None:
    pattern = Pattern(torch.tensor([0, 3, 3, 5]), torch.tensor([0, 1, 2, 0, 1]), (3, 3))
    kept, which = strongest_per_row(pattern, torch.tensor([1.0, 3.0, 2.0, 5.0, 5.0]), 1)
    assert which.tolist() == [1, 3]
    assert kept.indptr.tolist() == [0, 1, 1, 2]
    assert strongest_per_row(pattern, torch.zeros(5), 2)[1].tolist() == [0, 1, 3, 4]


def test_messages() -> None:
    with pytest.raises(cc.SpecError, match="at most the candidates, but are 5 of 4"):
        build("snowflake", cloud(), out=2, options={"neighbors": 5, "candidates": 4})
