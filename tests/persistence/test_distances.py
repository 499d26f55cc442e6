"""Exact distances between diagrams: by hand, against dense assignments and GUDHI, and as metrics."""

import gudhi
import gudhi.hera
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import diagrams as made
from cochain.errors import ShapeError, UnknownNameError
from cochain.kernels.assignment import match_points
from cochain.persistence import bottleneck, cap, from_points, wasserstein

INF = float("inf")
NORMS = [(1.0, "inf"), (2.0, 2.0), (1.0, 2.0), (2.0, "inf"), (3.0, 1.0), (1.5, 3.0)]


def of(points):
    return from_points([torch.tensor(points, dtype=torch.float64).reshape(-1, 2)])


def test_wasserstein_by_hand():
    a, b = of([[0, 4], [1, 2]]), of([[1, 5]])
    # (0, 4) goes to (1, 5), 1 away in the maximum norm; (1, 2) to the diagonal, half away.
    assert wasserstein(a, b, 0).tolist() == [1.5]
    torch.testing.assert_close(wasserstein(a, b, 0, order=2.0), torch.tensor([1.25**0.5], dtype=torch.float64))
    # In the Euclidean norm the steps are the square root of 2 and of 1/2.
    torch.testing.assert_close(wasserstein(a, b, 0, ground=2.0), torch.tensor([1.5 * 2**0.5], dtype=torch.float64))
    torch.testing.assert_close(
        wasserstein(a, b, 0, order=2.0, ground=2.0), torch.tensor([2.5**0.5], dtype=torch.float64)
    )
    assert wasserstein(a, b, 0, ground=1.0).tolist() == [3.0]


def test_bottleneck_by_hand():
    assert bottleneck(of([[0, 4], [1, 2]]), of([[1, 5]]), 0).tolist() == [1.0]
    assert bottleneck(of([[0, 4], [1, 5]]), of([[1, 5]]), 0).tolist() == [2.0]
    assert bottleneck(of([]), of([[1, 5]]), 0).tolist() == [2.0]
    assert bottleneck(of([]), of([]), 0).tolist() == [0.0]


def test_the_order_is_respected():
    """One long step and many short ones: the higher the order, the less the short ones count."""
    a, b = of([[0, 10], *[[k, k + 1.0] for k in range(9)]]), of([[0, 12]])
    found = [float(wasserstein(a, b, 0, order=float(p))) for p in (1, 2, 4, 50)]
    np.testing.assert_allclose(found, [(2**p + 9 * 0.5**p) ** (1 / p) for p in (1, 2, 4, 50)])
    assert float(bottleneck(a, b, 0)) == 2.0


def test_essential_classes_are_matched_by_births():
    a, b = of([[0, INF], [3, INF], [0, 2]]), of([[3.5, INF], [1, INF], [0, 2]])
    assert wasserstein(a, b, 0).tolist() == [1.5]
    assert bottleneck(a, b, 0).tolist() == [1.0]
    one = of([[0, INF]])
    assert wasserstein(a, one, 0).tolist() == bottleneck(a, one, 0).tolist() == [INF]
    up, down = of([[0, INF]]), of([[0, -INF]])
    assert wasserstein(up, down, 0).tolist() == bottleneck(up, down, 0).tolist() == [INF]
    assert wasserstein(cap(a, 4.0), cap(of([]), 4.0), 0).tolist() == [2 + 0.5 + 1]


def test_superlevel_bars_are_as_far_apart_as_their_negatives(rng):
    parts = made.random_union(rng, 2, 8)
    up, down = made.diagram_of(parts), made.diagram_of([-part for part in parts])
    for measure in (wasserstein, bottleneck):
        torch.testing.assert_close(measure(up, up, 0, pairs="all"), measure(down, down, 0, pairs="all"))


@pytest.mark.parametrize(("order", "ground"), NORMS)
@given(a=made.unions(essential=1), b=made.unions(essential=1))
@settings(max_examples=8)
def test_wasserstein_is_the_dense_assignment(order, ground, a, b):
    found = wasserstein(made.diagram_of(a), made.diagram_of(b), 0, order, ground, pairs="all")
    norm = INF if ground == "inf" else ground
    expected = [[made.dense_wasserstein(x, y, order, norm) for y in b] for x in a]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(a=made.unions(essential=1, most=8), b=made.unions(essential=1, most=8))
@settings(max_examples=25)
def test_bottleneck_is_the_smallest_threshold(a, b):
    found = bottleneck(made.diagram_of(a), made.diagram_of(b), 0, pairs="all")
    np.testing.assert_array_equal(found, [[made.dense_bottleneck(x, y) for y in b] for x in a])


@pytest.mark.parametrize("shift", [0.0, 0.01, 0.1, 1.0])
def test_agreement_with_gudhi_on_larger_diagrams(rng, shift):
    a = made.random_points(rng, 150)
    b = np.concatenate([a[20:], made.random_points(rng, 10)]) + shift * rng.random((140, 2)) * [0, 1]
    a, b = np.round(a, 3), np.round(b, 3)
    one, other = made.diagram_of([a]), made.diagram_of([b])
    assert float(bottleneck(one, other, 0)) == pytest.approx(gudhi.bottleneck_distance(a, b), abs=1e-12)
    for order, ground in ((1.0, np.inf), (2.0, 2.0)):
        theirs = gudhi.hera.wasserstein_distance(a, b, order=order, internal_p=ground, delta=0.001)
        ours = float(wasserstein(one, other, 0, order, "inf" if np.isinf(ground) else ground))
        assert ours <= theirs * (1 + 1e-9)
        assert theirs <= ours * 1.0011


def test_a_larger_assignment_is_exact(rng):
    a, b = made.random_points(rng, 120, 2.0), made.random_points(rng, 90, 2.0)
    for order, ground in ((1.0, INF), (2.0, 2.0)):
        found = float(wasserstein(made.diagram_of([a]), made.diagram_of([b]), 0, order, ground))
        assert found == pytest.approx(made.dense_wasserstein(a, b, order, ground), rel=1e-12)


@pytest.mark.parametrize("spread", [0, 1])
def test_bottleneck_searches_along_the_spread_coordinate(rng, spread):
    """All births 0 as of connected components, or all deaths alike: the answer is the same with the axes exchanged."""
    values = rng.gamma(3.0, size=(2, 60, 1))
    fixed = np.zeros((2, 60, 1)) if spread else np.full((2, 60, 1), 30.0)
    a, b = np.concatenate([fixed, values] if spread else [values, fixed], axis=2)
    found = bottleneck(made.diagram_of([a]), made.diagram_of([b]), 0)
    assert float(found) == made.dense_bottleneck(a, b)


@pytest.mark.parametrize("measure", [wasserstein, bottleneck])
@given(parts=made.unions(components=4, essential=1), data=st.data())
@settings(max_examples=8)
def test_metric_axioms(measure, parts, data):
    d = made.diagram_of(parts)
    between = measure(d, d.detach(), 0, pairs="all")  # another object: nothing is mirrored
    assert (between.diagonal() == 0).all()
    torch.testing.assert_close(between, between.T)
    assert (between[:, :, None] <= between[:, None] + between.T[None] + 1e-9).all()
    torch.testing.assert_close(measure(d, d, 0, pairs="all"), between)
    # Neither the order of bars nor padding by neighbours matters: a batch is its components.
    shuffled = made.diagram_of(
        [data.draw(st.permutations(list(part)).map(np.array)) if len(part) else part for part in parts]
    )
    torch.testing.assert_close(measure(shuffled, d, 0), torch.zeros(4, dtype=torch.float64))
    alone = torch.stack([measure(d.select(k), d.select((k + 1) % 4), 0)[0] for k in range(4)])
    torch.testing.assert_close(measure(d, d.select([1, 2, 3, 0]), 0), alone)


@given(parts=made.unions(components=3), seed=st.integers(0, 1000))
@settings(max_examples=12)
def test_a_small_move_is_a_small_distance(parts, seed):
    noise = np.random.default_rng(seed)
    moved = [part + noise.uniform(-1e-4, 1e-4, part.shape) for part in parts]
    far = torch.tensor([np.abs(m - p).max(initial=0) for m, p in zip(moved, parts, strict=True)])
    a, b = made.diagram_of(parts), made.diagram_of(moved)
    nearest = bottleneck(a, b, 0)
    assert (nearest <= far + 1e-12).all()
    for order in (1.0, 2.0, 7.0):  # between the bottleneck and its multiple by the number of steps
        found = wasserstein(a, b, 0, order)
        steps = torch.tensor([2.0 * max(len(part), 1) for part in parts])
        assert (nearest <= found + 1e-12).all()
        assert (found <= steps ** (1 / order) * nearest + 1e-12).all()


@pytest.mark.parametrize(("order", "ground"), [*NORMS, (0.0, None)])
def test_gradients_are_finite_differences(rng, order, ground):
    parts = [torch.tensor(part, requires_grad=True) for part in made.random_union(rng, 3, 4)]
    births = torch.tensor([0.3, 0.9], dtype=torch.float64, requires_grad=True)

    def distances(*given):
        bars = [torch.stack([torch.stack([b, torch.tensor(INF, dtype=b.dtype)])]) for b in given[3]]
        a = from_points([torch.cat([given[0], bars[0]]), torch.cat([given[1], bars[1]])])
        b = from_points([torch.cat([given[2], bars[1]])])
        if ground is None:
            return bottleneck(a, b, 0, pairs="all")
        return wasserstein(a, b, 0, order, ground, pairs="all")

    assert torch.autograd.gradcheck(distances, (*parts, births), fast_mode=True)


def test_gradients_are_finite_where_points_coincide():
    for order, ground in NORMS:
        points = torch.tensor([[0.0, 1.0], [0.5, 0.5]], dtype=torch.float64, requires_grad=True)
        d = from_points([points])
        (wasserstein(d, d.detach(), 0, order, ground).sum() + bottleneck(d, d.detach(), 0).sum()).backward()
        assert points.grad is not None
        assert points.grad.tolist() == [[0, 0], [0, 0]]


def test_one_component_is_compared_with_every_one(rng):
    parts = made.random_union(rng, 4, 5)
    d, first = made.diagram_of(parts), made.diagram_of(parts[:1])
    for measure in (wasserstein, bottleneck):
        torch.testing.assert_close(measure(first, d, 0), measure(first, d, 0, pairs="all")[0])
        torch.testing.assert_close(measure(d, first, 0), measure(first, d, 0))


def test_pairs_in_blocks_are_the_same(rng, monkeypatch):
    d = made.diagram_of(made.random_union(rng, 5, 6))
    whole = wasserstein(d, d, 0, 2.0, 2.0, pairs="all")
    monkeypatch.setattr("cochain.persistence.distances.wasserstein.MOST_PARTNERS", 20)
    torch.testing.assert_close(wasserstein(d, d, 0, 2.0, 2.0, pairs="all"), whole)


def test_float32_stays_float32(rng):
    d = from_points([torch.tensor(made.random_points(rng, 6), dtype=torch.float32)])
    assert wasserstein(d, d, 0).dtype == bottleneck(d, d, 0).dtype == torch.float32


def test_no_components_at_all():
    none = from_points([{0: []}]).select([])
    assert wasserstein(none, none, 0).shape == bottleneck(none, none, 0).shape == (0,)
    assert wasserstein(none, of([[0, 1]]), 0, pairs="all").shape == (0, 1)


def test_the_kernel_gives_places_within_the_sets():
    a = np.array([[0.0, 4.0], [1.0, 2.0], [0.0, 4.0]])
    bounds = np.array([0, 2, 3])
    found, starts = match_points(a, bounds, a, bounds, np.array([0, 1]), np.array([1, 0]))
    assert found.tolist() == [0, -1, 0]
    assert starts.tolist() == [0, 2, 3]


def test_messages():
    a, b = from_points([{0: [[0.0, 1.0]]}] * 2), from_points([{0: [[0.0, 1.0]]}] * 3)
    with pytest.raises(ShapeError, match="as many components, but have 2 and 3; pairs='all'"):
        wasserstein(a, b, 0)
    with pytest.raises(ShapeError, match=r"order should be from 1 to below infinity, but is 0.5"):
        wasserstein(a, a, 0, order=0.5)
    with pytest.raises(ShapeError, match=r"the bottleneck distance is the limit"):
        wasserstein(a, a, 0, order=INF)
    with pytest.raises(ShapeError, match=r'ground should be a number from 1, or "inf"'):
        wasserstein(a, a, 0, ground="max")
    with pytest.raises(UnknownNameError, match="did you mean 'aligned'"):
        bottleneck(a, a, 0, pairs="align")
    with pytest.raises(ShapeError, match=r"one of its dimensions \[0\], but was asked for 1"):
        bottleneck(a, a, 1)
    with pytest.raises(ShapeError, match=r"should be numbers, but bar 1 of dimension 0 of component 0 is \(0.0, nan\)"):
        from_points([[[0.0, 1.0], [0.0, float("nan")]]])
    with pytest.raises(ShapeError, match=r"should be \(bars, 2\), birth and death, but have shape \(3,\)"):
        from_points([[0.0, 1.0, 2.0]])
