"""PersLay, RipsNet and ATOL: by formula, permutation invariant, and able to learn."""

import numpy as np
import pytest
import torch

import diagrams as made
from cochain.complexes import Complex
from cochain.errors import ShapeError, UnknownNameError
from cochain.persistence import Atol, PersLay, RipsNet, from_points, landscape

PHI = ("triangle", "gaussian", "line")


def dense_perslay(layer, part):
    """The definition, point by point."""
    rows = []
    for b, d in part:
        point = torch.tensor([b, d])
        t = layer.transformation
        if hasattr(t, "values"):
            phi = ((d - b) / 2 - (t.values - (b + d) / 2).abs()).clamp(min=0)
        elif hasattr(t, "centres"):
            phi = (-((point - t.centres) ** 2 / (2 * t.log_widths.exp() ** 2)).sum(dim=1)).exp()
        else:
            phi = t.linear.weight @ point + t.linear.bias
        rows.append(abs(d - b) ** layer.exponent * phi)
    return torch.stack(rows)


@pytest.mark.parametrize("phi", PHI)
@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "top"])
def test_perslay_is_its_definition(rng, phi, reduce):
    layer = PersLay(0, 4, phi, reduce, span=(0.0, 2.0), top=2).double()
    parts = [made.random_points(rng, n) for n in (5, 2, 3)]
    found = layer(made.diagram_of(parts))
    for row, part in zip(found, parts, strict=True):
        values = dense_perslay(layer, part)
        expected = {
            "sum": lambda v: v.sum(0), "mean": lambda v: v.mean(0), "max": lambda v: v.amax(0),
            "top": lambda v: v.sort(dim=0, descending=True).values[:2].T.flatten(),
        }[reduce](values)  # fmt: skip
        torch.testing.assert_close(row, expected)
    assert found.shape == (3, layer.out_channels)


@pytest.mark.parametrize("weight", ["constant", "power", "grid"])
@pytest.mark.parametrize("phi", PHI)
def test_perslay_knows_no_order_and_learns_everything(rng, phi, weight):
    layer = PersLay(0, 3, phi, "sum", weight, (0.0, 1.5), cells=2).double()
    part = made.random_points(rng, 9)
    part[0] = [0.7, 0.8]  # under no tent and in no corner: every parameter needs several bars
    shuffled = part[rng.permutation(9)]
    torch.testing.assert_close(layer(made.diagram_of([part])), layer(made.diagram_of([shuffled])))
    layer(
        made.diagram_of([part, np.array([[0.1, 0.2], [1.3, 1.4], [0.1, 1.4], [1.4, 1.5], [0.0, 1.5]])])
    ).sum().backward()
    gradients = {name: parameter.grad for name, parameter in layer.named_parameters()}
    assert all(g is not None and g.isfinite().all() and g.abs().sum() > 0 for g in gradients.values()), gradients


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "top"])
def test_perslay_of_nothing_is_zero(reduce):
    found = PersLay(0, 3, reduce=reduce)(from_points([[], []]))
    assert found.abs().sum() == 0


def test_perslay_has_gradients_in_the_diagram(rng):
    parts = [torch.tensor(made.random_points(rng, n), requires_grad=True) for n in (3, 2)]
    for phi in PHI:
        layer = PersLay(0, 3, phi).double()
        assert torch.autograd.gradcheck(lambda *p, net=layer: net(from_points(p)), parts, fast_mode=True)


def circles_and_blobs(rng, clouds, points=40):
    """Clouds of two kinds, with the dimension-1 landscapes that they have in the large: one long bar or none."""
    kind = np.arange(clouds) % 2
    parts, bars = [], []
    for each in kind:
        angle = rng.uniform(0, 2 * np.pi, points)
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        blob = rng.normal(size=(points, 2)) * 0.5
        parts.append((circle if each else blob) + 0.05 * rng.normal(size=(points, 2)))
        bars.append(np.array([[0.4, 1.7]]) if each else np.zeros((0, 2)))
    pos = torch.tensor(np.concatenate(parts), dtype=torch.float32)
    return Complex.points(pos, counts=[points] * clouds), made.diagram_of(bars), kind


def test_ripsnet_learns_landscapes(rng):
    clouds, diagrams, _ = circles_and_blobs(rng, 24)
    target = landscape(diagrams, 0, torch.linspace(0, 2, 8), 1).flatten(1).float()
    net = RipsNet(2, 8)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        loss = (net(clouds) - target).square().mean()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.1 * float(target.var())
    guess = net(circles_and_blobs(rng, 20)[0]).amax(dim=1) > 0.3
    assert (guess.numpy() == (np.arange(20) % 2)).mean() >= 0.9


def test_ripsnet_is_a_mean_over_points(rng):
    clouds, _, _ = circles_and_blobs(rng, 3)
    net = RipsNet(2, 4, positive=True)
    found = net(clouds)
    hidden = net.points(clouds[0].pos).reshape(3, 40, -1).mean(dim=1)
    torch.testing.assert_close(found, net.clouds(hidden))
    torch.testing.assert_close(net(clouds.select([1])), found[1:2])
    assert ((found > 0) & (found < 1)).all()
    with pytest.raises(ShapeError, match="should have 3 coordinates per point, but have 2 coordinates"):
        RipsNet(3, 4)(clouds)
    with pytest.raises(ShapeError, match="at least one width"):
        RipsNet(3, 4, point_widths=())


@pytest.mark.parametrize("contrast", ["gaussian", "laplacian", "indicator"])
def test_atol_finds_centres_and_counts_around_them(rng, contrast):
    places = np.array([[0.0, 1.0], [1.0, 3.0], [4.0, 5.0]])
    parts = [
        np.repeat(places, times, axis=0) + 0.01 * rng.normal(size=(sum(times), 2)) for times in ([4, 2, 1], [1, 1, 7])
    ]
    d = made.diagram_of(parts)
    net = Atol(0, 3, contrast).fit(d)
    np.testing.assert_allclose(net.centres, places, atol=0.03)
    np.testing.assert_allclose(net.widths, [5**0.5 / 2, 5**0.5 / 2, 13**0.5 / 2], atol=0.05)
    psi = {"gaussian": lambda r: np.exp(-(r**2)), "laplacian": lambda r: np.exp(-r)}.get(
        contrast, lambda r: np.clip(2 - r, 0, 1)
    )
    for row, part in zip(net(d), parts, strict=True):
        radius = np.linalg.norm(part[:, None] - net.centres.numpy(), axis=2) / net.widths.numpy()
        np.testing.assert_allclose(row, psi(radius).sum(axis=0))
    again = Atol(0, 3, contrast)
    again.load_state_dict(net.state_dict())
    torch.testing.assert_close(again(d), net(d))


def test_atol_with_one_centre_and_messages(rng):
    d = made.diagram_of(made.random_union(rng, 2, 5))
    assert Atol(0, 1).fit(d)(d).shape == (2, 1)
    with pytest.raises(ShapeError, match="fitted before it is called"):
        Atol(0, 2)(d)
    with pytest.raises(ShapeError, match="at least as many distinct points as its 20 centres, but has 10"):
        Atol(0, 20).fit(d)
    with pytest.raises(UnknownNameError, match="no contrast is called 'gauss'"):
        Atol(0, 2, "gauss")
    with pytest.raises(ShapeError, match="centres should be at least 1"):
        Atol(0, 0)


def test_messages_of_perslay():
    with pytest.raises(UnknownNameError, match="no point transformation is called 'tent'"):
        PersLay(0, 3, "tent")
    with pytest.raises(UnknownNameError, match="no reduction of PersLay is called 'median'"):
        PersLay(0, 3, reduce="median")
    with pytest.raises(UnknownNameError, match="no weight of PersLay is called 'powers'; did you mean 'power'"):
        PersLay(0, 3, weight="powers")
    with pytest.raises(ShapeError, match="span should be a range"):
        PersLay(0, 3, span=(1.0, 0.0))
