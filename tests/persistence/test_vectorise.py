"""Vectorisations: by hand, against dense transcriptions and GUDHI, and by their laws."""

import gudhi.representations as peer
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import diagrams as made
from cochain.errors import ShapeError, UnknownNameError
from cochain.persistence import (
    Landscape,
    PersistenceCurve,
    PersistenceImage,
    Silhouette,
    betti_curve,
    bottleneck,
    cap,
    complex_polynomial,
    entropy_curve,
    euler_curve,
    from_points,
    landscape,
    persistence_image,
    persistence_statistics,
    persistent_entropy,
    silhouette,
    topological_vector,
    tropical_coordinates,
    wasserstein,
)
from cochain.persistence.vectorise.statistics import NAMES

INF = float("inf")
GRID = torch.linspace(0.05, 2.0, 40, dtype=torch.float64)


def image(d):
    return persistence_image(d, 0, (0.0, 2.0), (0.0, 2.0), (5, 4), 0.2)


VECTORS = {
    "image": image,
    "image arctan": lambda d: persistence_image(d, 0, (0.0, 2.0), (0.0, 2.0), (3, 3), 0.2, "arctan"),
    "image constant": lambda d: persistence_image(d, 0, (0.0, 2.0), (0.0, 2.0), (3, 3), 0.2, "constant"),
    "landscape": lambda d: landscape(d, 0, GRID, 3).flatten(1),
    "silhouette": lambda d: silhouette(d, 0, GRID, 1.5),
    "betti": lambda d: betti_curve(d, 0, GRID, averaged=True),
    "euler": lambda d: euler_curve(d, GRID, averaged=True),
    "entropy curve": lambda d: entropy_curve(d, 0, GRID, averaged=True),
    "entropy": lambda d: persistent_entropy(d, 0),
    "normalised entropy": lambda d: persistent_entropy(d, 0, normalised=True),
    "tropical": lambda d: tropical_coordinates(d, 0, 2.0),
    "statistics": lambda d: persistence_statistics(d, 0),
    "plain": lambda d: complex_polynomial(d, 0, 4, "plain"),
    "spiral": lambda d: complex_polynomial(d, 0, 4, "spiral"),
    "turned": lambda d: complex_polynomial(d, 0, 4, "turned"),
    "topological vector": lambda d: topological_vector(d, 0, 4),
}


@pytest.mark.parametrize("name", VECTORS)
@given(parts=made.unions(components=3, essential=1), data=st.data())
@settings(max_examples=6)
def test_a_union_is_its_components_in_any_order_of_bars(name, parts, data):
    vector = VECTORS[name]
    whole = vector(made.diagram_of(parts))
    for k, part in enumerate(parts):
        order = data.draw(st.permutations(range(len(part))))
        alone = vector(made.diagram_of([part[list(order)] if len(part) else part]))
        torch.testing.assert_close(whole[k : k + 1], alone)
    assert whole.isfinite().all()


@pytest.mark.parametrize("name", VECTORS)
def test_gradients_are_finite_differences(rng, name):
    parts = [torch.tensor(made.random_points(rng, n), requires_grad=True) for n in (3, 1, 4)]
    assert torch.autograd.gradcheck(
        lambda *p: VECTORS[name](from_points(p)), parts, eps=1e-7, atol=1e-5, fast_mode=True
    )


@pytest.mark.parametrize("name", VECTORS)
def test_repeated_bars_and_single_ones_have_finite_gradients(name):
    parts = [torch.tensor([[0.5, 1.0]] * 3, requires_grad=True), torch.tensor([[0.0, 0.0]], requires_grad=True)]
    VECTORS[name](from_points(parts)).sum().backward()
    assert all(part.grad is not None and part.grad.isfinite().all() for part in parts)


def test_landscape_by_hand():
    d = from_points([[[0.0, 4.0], [1.0, 3.0], [2.0, 8.0]], []])
    found = landscape(d, 0, [0.0, 1.0, 2.0, 3.0, 5.0, 9.0], depth=3)
    expected = [[0, 1, 2, 1, 3, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]]
    torch.testing.assert_close(found, torch.tensor([expected, np.zeros((3, 6)).tolist()]))


@given(part=made.points(), depth=st.integers(1, 4))
def test_landscape_is_the_kth_largest(part, depth):
    grid = np.linspace(-0.5, 9.0, 30)
    tents = np.sort([np.maximum(np.minimum(grid - b, d - grid), 0) for b, d in part] + [0 * grid] * depth, axis=0)
    found = landscape(made.diagram_of([part]), 0, torch.tensor(grid), depth)[0]
    np.testing.assert_allclose(found, tents[::-1][:depth], atol=1e-12)


@given(a=made.points(), b=made.points())
def test_landscapes_move_less_than_the_bottleneck(a, b):
    one, other = made.diagram_of([a]), made.diagram_of([b])
    grid = torch.linspace(0, 8, 50, dtype=torch.float64)
    moved = (landscape(one, 0, grid, 6) - landscape(other, 0, grid, 6)).abs().amax()
    assert moved <= float(bottleneck(one, other, 0)) + 1e-9


@given(a=made.points(), b=made.points())
def test_images_are_lipschitz_in_the_wasserstein_distance(a, b):
    """In the L1 norm, for a weight of slope 1/L that is at most 1: by sqrt(5) / L + sqrt(10 / pi) / sigma."""
    one, other = made.diagram_of([a]), made.diagram_of([b])
    longest, sigma = 7.0, 0.5

    def draw(d):
        return persistence_image(d, 0, (-2.0, 9.0), (-2.0, longest), (12, 12), sigma)

    moved = (draw(one) - draw(other)).abs().sum()
    bound = (5**0.5 / longest + (10 / np.pi) ** 0.5 / sigma) * float(wasserstein(one, other, 0, 1.0, 2.0))
    assert moved <= bound + 1e-9


def test_image_by_hand():
    """One pixel that holds almost all of a Gaussian has the weight itself; halved in the middle, half of it."""
    d = from_points([torch.tensor([[1.0, 2.0]], dtype=torch.float64)])
    whole = persistence_image(d, 0, (0.0, 2.0), (0.0, 4.0), (1, 1), 0.01)
    np.testing.assert_allclose(whole, [[0.25]], atol=1e-12)
    halves = persistence_image(d, 0, (0.0, 2.0), (0.0, 4.0), (2, 1), 0.01)
    np.testing.assert_allclose(halves, [[0.125, 0.125]], atol=1e-12)


def test_image_is_close_to_values_at_pixels(rng):
    """GUDHI takes the Gaussian at the centres of pixels, we integrate it: alike where pixels are small."""
    parts = made.random_union(rng, 4, 9)
    size, high = 40, 2.0
    step = high / size
    theirs = peer.PersistenceImage(
        bandwidth=0.2, weight=lambda p: min(p[1] / high, 1.0), resolution=[size, size],
        im_range=[step / 2, high - step / 2, step / 2, high - step / 2],
    ).fit_transform(parts)  # fmt: skip
    ours = persistence_image(made.diagram_of(parts), 0, (0.0, high), (0.0, high), (size, size), 0.2)
    ours = ours.reshape(4, size, size).transpose(1, 2).flatten(1) / step**2
    np.testing.assert_allclose(ours, theirs, atol=0.01 * theirs.max())


def test_silhouette_by_hand():
    d = from_points([[[0.0, 4.0], [2.0, 4.0]]])
    found = silhouette(d, 0, [1.0, 2.0, 3.0], power=1.0)
    torch.testing.assert_close(found, torch.tensor([[4 / 6, 8 / 6, (4 * 1 + 2 * 1) / 6]]))


def test_betti_curve_by_hand():
    d = from_points([[[0.0, 2.0], [1.0, 3.0], [1.0, INF]], []])
    assert betti_curve(d, 0, [-1.0, 0.0, 1.0, 2.0, 3.0]).tolist() == [[0, 1, 3, 2, 1], [0] * 5]
    assert betti_curve(d, 0, [0.0, 1.0, 4.0], averaged=True).tolist() == [[1, 2.0], [0, 0]]
    down = from_points([[[2.0, 0.0], [3.0, 1.0], [3.0, -INF]]])
    assert betti_curve(down, 0, [0.0, 1.0, 2.0, 3.0, 3.5]).tolist() == [[1, 2, 3, 2, 0]]


@given(parts=made.unions(essential=2))
def test_betti_curve_is_the_count_of_the_diagram(parts):
    d = made.diagram_of(parts)
    grid = [0.0, 0.5, 1.0, 2.5, 4.0, 12.5]
    expected = torch.stack([d.betti_at(value)[:, 0] for value in grid], dim=1)
    torch.testing.assert_close(betti_curve(d, 0, grid), expected.double())


def test_euler_curve_by_hand():
    d = from_points([{0: [[0.0, 1.0], [0.0, INF]], 1: [[2.0, 3.0]]}])
    assert euler_curve(d, [0.0, 1.0, 2.0, 3.0]).tolist() == [[2, 1, 0, 1]]


def test_entropy_by_hand():
    d = from_points([[[0.0, 1.0], [0.0, 3.0]], [[0.0, 5.0]], []])
    expected = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    np.testing.assert_allclose(persistent_entropy(d, 0), [[expected], [0], [0]], rtol=1e-6)
    equal = from_points([[[0.0, 1.0], [2.0, 3.0], [3.0, 4.0]]])
    np.testing.assert_allclose(persistent_entropy(equal, 0, normalised=True), [[1.0]], rtol=1e-6)
    curve = entropy_curve(d, 0, [0.0, 1.0, 3.0])
    np.testing.assert_allclose(curve[0], [expected, -0.75 * np.log(0.75), 0], rtol=1e-6)
    assert curve[1:].abs().max() == 0


def test_entropy_agrees_with_gudhi(rng):
    parts = made.random_union(rng, 4, 9)
    theirs = peer.Entropy(mode="scalar").fit_transform(parts)
    np.testing.assert_allclose(persistent_entropy(made.diagram_of(parts), 0), theirs, rtol=1e-9)


def test_tropical_by_hand():
    d = from_points([[[1.0, 4.0], [0.0, 2.0], [5.0, 6.0]]])
    # Lifetimes 3, 2, 1; with r = 2 the minima with the births are 1, 0, 2, and reach to 4, 2, 3.
    assert tropical_coordinates(d, 0, scale=2.0).tolist() == [[3, 5, 6, 6, 6, 3, 0 + 2 + 1]]


def test_statistics_by_hand(rng):
    part = made.random_points(rng, 7)
    found = dict(zip(NAMES, persistence_statistics(made.diagram_of([part]), 0)[0].tolist(), strict=True))
    life = part[:, 1] - part[:, 0]
    assert found["birth mean"] == pytest.approx(part[:, 0].mean())
    assert found["death deviation"] == pytest.approx(part[:, 1].std())
    assert found["midpoint range"] == pytest.approx(np.ptp(part.mean(axis=1)))
    assert found["lifetime interquartile"] == pytest.approx(np.quantile(life, 0.75) - np.quantile(life, 0.25))
    for name, share in (("q10", 0.1), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q90", 0.9)):
        assert found[f"lifetime {name}"] == pytest.approx(np.quantile(life, share))
    assert found["bars"] == 7


@pytest.mark.parametrize("kind", ["plain", "spiral", "turned"])
def test_polynomial_is_that_of_its_roots(rng, kind):
    for count in (1, 2, 5, 8):
        part = made.random_points(rng, count)
        z = part[:, 0] + 1j * part[:, 1]
        size, gap = np.abs(z), part[:, 1] - part[:, 0]
        roots = {
            "plain": z,
            "spiral": gap / (2**0.5 * size) * z,
            "turned": gap / 2 * (np.cos(size) - np.sin(size) + 1j * (np.cos(size) + np.sin(size))),
        }[kind]
        expected = np.zeros(4, dtype=complex)
        expected[: min(count, 4)] = np.poly(roots)[1:5]
        found = complex_polynomial(made.diagram_of([part]), 0, 4, kind)[0]
        np.testing.assert_allclose(found, np.concatenate([expected.real, expected.imag]), atol=1e-9)


def dense_topological_vector(part, size):
    half = (part[:, 1] - part[:, 0]) / 2
    pairs = [(i, j) for i in range(len(part)) for j in range(i)]
    cut = sorted((min(np.abs(part[i] - part[j]).max(), half[i], half[j]) for i, j in pairs), reverse=True)
    return (cut + [0.0] * size)[:size]


def test_topological_vector_is_its_formula(rng):
    parts = [made.random_points(rng, n) for n in (7, 3, 1, 12)]
    found = topological_vector(made.diagram_of(parts), 0, 6)
    np.testing.assert_allclose(found, [dense_topological_vector(part, 6) for part in parts], rtol=1e-12)


def test_components_of_very_different_sizes(rng):
    """Tables are made for groups of similar size; one large component does not blow up many small ones."""
    parts = [made.random_points(rng, n) for n in (300, 1, 2, 0, 3, 40)]
    whole = image(made.diagram_of(parts))
    alone = torch.cat([image(made.diagram_of([part])) for part in parts])
    torch.testing.assert_close(whole, alone)


def test_capped_bars_are_seen():
    d = from_points([[[0.0, INF], [1.0, 2.0]], [[3.0, INF]], [[0.0, -INF]]])
    assert cap(d.select([0, 1]), 3.0)[0].points.tolist() == [[1, 2], [0, 3]]
    assert len(cap(d, 3.0).essential[0]) == 0
    assert cap(d.select(2), -2.0)[0].points.tolist() == [[0, -2]]


def test_modules_are_their_functions(rng):
    d = made.diagram_of(made.random_union(rng, 3, 5))
    torch.testing.assert_close(PersistenceImage(0, (0.0, 2.0), (0.0, 2.0), (5, 4), 0.2)(d), image(d))
    grid = torch.linspace(0, 2, 11, dtype=torch.float64)
    torch.testing.assert_close(Landscape(0, 0.0, 2.0, 11, 2)(d), landscape(d, 0, grid, 2).flatten(1))
    torch.testing.assert_close(Silhouette(0, 0.0, 2.0, 11, 2.0)(d), silhouette(d, 0, grid, 2.0))
    torch.testing.assert_close(PersistenceCurve("betti", 0.0, 2.0, 10)(d), betti_curve(d, 0, grid, averaged=True))
    torch.testing.assert_close(PersistenceCurve("euler", 0.0, 2.0, 10)(d), euler_curve(d, grid, averaged=True))
    torch.testing.assert_close(PersistenceCurve("entropy", 0.0, 2.0, 10)(d), entropy_curve(d, 0, grid, averaged=True))
    for module in (Landscape(0, 0.0, 2.0, 11, 2), PersistenceCurve("betti", 0.0, 2.0, 10)):
        assert module(d).shape == (3, module.out_channels)
        assert module.float()(d).dtype == torch.float64  # the type is that of the diagram


def test_messages():
    d = from_points([[[0.0, 1.0]]])
    with pytest.raises(ShapeError, match="depth should be at least 1, but is 0"):
        landscape(d, 0, [0.0, 1.0], 0)
    with pytest.raises(ShapeError, match="a grid should be finite and ascending"):
        silhouette(d, 0, [0.0, 0.0])
    with pytest.raises(ShapeError, match=r"one row of filtration values, but has shape \(1, 2\)"):
        betti_curve(d, 0, torch.zeros(1, 2))
    with pytest.raises(ShapeError, match=r"at least 1 step from low to a higher value, but has 5 from 1\.0 to 0\.0"):
        Landscape(0, 1.0, 0.0, 5)
    with pytest.raises(ShapeError, match=r"births should be a range \(low, high\), but is \(1.0, 1.0\)"):
        persistence_image(d, 0, (1.0, 1.0), (0.0, 1.0))
    with pytest.raises(ShapeError, match="at least 1 by 1 pixels"):
        persistence_image(d, 0, (0.0, 1.0), (0.0, 1.0), (0, 3))
    with pytest.raises(ShapeError, match=r"bandwidth should be positive, but is 0\.0"):
        persistence_image(d, 0, (0.0, 1.0), (0.0, 1.0), (3, 3), 0.0)
    with pytest.raises(UnknownNameError, match="called 'liner'; did you mean 'linear'"):
        persistence_image(d, 0, (0.0, 1.0), (0.0, 1.0), (3, 3), 0.1, "liner")
    with pytest.raises(ShapeError, match="scale should be positive"):
        tropical_coordinates(d, 0, 0.0)
    with pytest.raises(ShapeError, match="degree should be at least 1"):
        complex_polynomial(d, 0, 0)
    with pytest.raises(UnknownNameError, match="no choice of roots is called 'round'"):
        complex_polynomial(d, 0, 3, "round")
    with pytest.raises(ShapeError, match="size should be at least 1"):
        topological_vector(d, 0, 0)
    with pytest.raises(UnknownNameError, match="no persistence curve is called 'bety'; did you mean 'betti'"):
        PersistenceCurve("bety", 0.0, 1.0)
