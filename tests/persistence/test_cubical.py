"""Persistence of images: by hand, against GUDHI in every construction, gradients, invariances, messages."""

import time

import gudhi
import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from cochain.errors import ShapeError
from cochain.persistence import cubical
from cochain.persistence.diagram import Bars, Diagram

Array = npt.NDArray[np.float64]
Bar = tuple[float, float]


def sorted_bars(points: Array) -> list[Bar]:
    return sorted((float(b), float(d)) for b, d in points)


def ours(image: Array, dimensions: range, **options: object) -> list[list[Bar]]:
    (one,) = cubical([image], dimensions=dimensions, **options).to_lists()  # type: ignore[arg-type]
    return [sorted_bars(one[dim]) for dim in dimensions]


def theirs(image: Array, dimensions: range, periodic: tuple[bool, ...], construction: str) -> list[list[Bar]]:
    """What GUDHI finds; classes of absent pixels, which it lets begin at infinity, are left out."""
    name = "vertices" if construction == "vertex" else "top_dimensional_cells"
    if any(periodic):
        grid = gudhi.PeriodicCubicalComplex(periodic_dimensions=list(periodic), **{name: image})
    else:
        grid = gudhi.CubicalComplex(**{name: image})
    grid.compute_persistence(homology_coeff_field=2, min_persistence=0)
    found = [grid.persistence_intervals_in_dimension(dim) for dim in dimensions]
    return [sorted_bars([bar for bar in bars if bar[0] < np.inf]) for bars in found]


def random_image(rng: np.random.Generator, axes: int, ties: bool, absent: bool) -> Array:
    shape = rng.integers(1, 8 if axes < 3 else 5, axes)
    image = rng.integers(0, 4, shape) if ties else rng.permutation(int(np.prod(shape))).reshape(shape)
    return np.where(rng.random(shape) < 0.2 * absent, np.inf, image.astype(float))


# By hand


def test_a_ring_has_a_hole_until_its_middle_comes() -> None:
    ring = torch.tensor([[1.0, 2.0, 1.0], [3.0, 9.0, 1.5], [1.0, 1.0, 1.0]])
    d = cubical(ring)
    assert d[1].points.tolist() == [[3.0, 9.0]]
    assert d[1].pairs.tolist() == [[3, 4]]
    assert d[0].points.tolist() == [[1.0, 1.5], [1.0, 2.0]]
    assert d[0].pairs.tolist() == [[6, 5], [2, 1]]
    assert d.essential[0].pairs.tolist() == [[0, -1]]


def test_diagonal_pixels_touch_as_squares_and_not_as_vertices() -> None:
    image = torch.tensor([[0.0, 5.0], [5.0, 1.0]])
    assert cubical(image)[0].points.tolist() == [[1.0, 5.0]]
    assert len(cubical(image, construction="top")[0]) == 0


def test_a_signal_is_a_road_through_valleys() -> None:
    d = cubical(torch.tensor([3.0, 1.0, 4.0, 0.0, 2.0]))
    assert d.dimensions == (0,)
    assert d[0].points.tolist() == [[1.0, 4.0]]
    assert d[0].pairs.tolist() == [[1, 2]]
    round_ = cubical(torch.tensor([3.0, 1.0, 4.0, 0.0, 2.0]), periodic=True)
    assert round_[0].points.tolist() == [[1.0, 3.0]]
    assert round_.essential[1].points.tolist() == [[4.0, torch.inf]]


@pytest.mark.parametrize("construction", ["vertex", "top"])
def test_a_shell_has_a_cavity(construction: str) -> None:
    shell = torch.zeros(5, 5, 5)
    shell[2, 2, 2] = 4.0
    d = cubical(shell[None], construction=construction)
    assert [len(d[dim]) for dim in d.dimensions] == [0, 0, 1]
    assert d[2].points.tolist() == [[0.0, 4.0]]
    assert d[2].pairs[0, 1] == 62


def test_a_constant_torus_has_the_homology_of_a_torus() -> None:
    for axes, betti in ((1, [1, 1]), (2, [1, 2, 1]), (3, [1, 3, 3, 1])):
        for size in (1, 2, 3):
            for construction in ("vertex", "top"):
                d = cubical([torch.ones((size,) * axes)], periodic=True, construction=construction)
                assert [len(d.essential[dim]) for dim in d.dimensions] == betti
                assert all(len(d[dim]) == 0 for dim in d.dimensions)


def test_an_absent_pixel_leaves_a_hole_for_ever() -> None:
    image = torch.tensor([[0.0, 0.0, 0.0], [0.0, torch.inf, 2.0], [0.0, 0.0, 0.0]])
    d = cubical(image)
    assert len(d[1]) == 0
    assert d.essential[1].points.tolist() == [[2.0, torch.inf]]
    assert d.essential[1].pairs.tolist() == [[5, -1]]
    nothing = cubical(torch.full((2, 3, 3), torch.inf))
    assert all(len(nothing[dim]) == len(nothing.essential[dim]) == 0 for dim in (0, 1))
    assert len(nothing) == 2


def test_bars_of_no_length_are_kept_where_they_are_asked_for() -> None:
    image = torch.tensor([[1.0, 1.0], [1.0, 0.0]])  # pixel 0 comes before pixel 1, which joins it to pixel 3
    assert len(cubical(image)[0]) == 0
    assert cubical(image, keep_zero=True)[0].pairs.tolist() == [[0, 1]]
    assert cubical(image[None, None], keep_zero=True)[0].pairs.tolist() == [[0, 1]]
    assert len(cubical(torch.zeros(1, 4), keep_zero=True, periodic=True)[0]) == 0


# Against GUDHI


@pytest.mark.parametrize("construction", ["vertex", "top"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_bars_are_gudhis(axes: int, construction: str) -> None:
    """Without ties a value names its pixel, so that equal bars are equal pairs of pixels."""
    rng = np.random.default_rng(axes)
    for trial in range(400):
        image = random_image(rng, axes, ties=trial % 4 == 0, absent=trial % 5 == 0)
        found = ours(image, range(4), construction=construction)
        assert found == theirs(image, range(4), (False,) * axes, construction), image


@pytest.mark.parametrize("construction", ["vertex", "top"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_bars_of_periodic_images_are_gudhis(axes: int, construction: str) -> None:
    rng = np.random.default_rng(10 + axes)
    for trial in range(300):
        periodic = tuple(bool(wrapped) for wrapped in rng.integers(0, 2, axes))
        image = random_image(rng, axes, ties=trial % 4 == 0, absent=trial % 5 == 0)
        if construction == "top" and any(w and n == 1 for w, n in zip(periodic, image.shape, strict=True)):
            continue  # GUDHI takes the vertices of such a grid apart
        found = ours(image, range(4), construction=construction, periodic=periodic)
        assert found == theirs(image, range(4), periodic, construction), (image, periodic)


@pytest.mark.parametrize("construction", ["vertex", "top"])
def test_large_rough_and_smooth_images_are_gudhis(construction: str) -> None:
    rng = np.random.default_rng(0)
    x, y = np.meshgrid(np.linspace(0, 9, 70), np.linspace(0, 7, 90))
    for image in (rng.random((90, 70)), np.sin(x) * np.cos(y) + 0.1 * np.sin(5 * x * y), np.sqrt(x) + y, -(x + y)):
        found = ours(image, range(3), construction=construction)
        assert found == theirs(image, range(3), (False, False), construction)
    volume = rng.random((12, 14, 13))
    for one in (volume, volume.cumsum(0), np.round(volume * 9), volume.cumsum(0).cumsum(1).cumsum(2) % 7):
        found = ours(one, range(3), construction=construction)
        assert found == theirs(one, range(3), (False,) * 3, construction)


def test_a_long_way_is_walked_once() -> None:
    """Every pixel of a corridor has a side door to be joined; walking from each anew takes twenty seconds."""
    corridor = np.full((41, 40001), 1e6)
    corridor[::2] = np.arange(40001)
    corridor[1::2, 5::7] = np.arange(40001)[5::7] + 0.5
    started = time.thread_time()
    assert len(ours(corridor, range(1))[0]) == 21
    assert time.thread_time() - started < 5


# Ties, values and their types


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 3]), st.booleans(), st.sampled_from(["vertex", "top"]))
@settings(max_examples=150, deadline=None)
def test_ties_are_broken_by_the_number_of_the_pixel(seed: int, axes: int, superlevel: bool, construction: str) -> None:
    image = random_image(np.random.default_rng(seed), axes, ties=True, absent=False)
    sign = -1.0 if superlevel else 1.0
    ranks = np.empty(image.size)
    ranks[np.argsort(sign * image.ravel(), kind="stable")] = np.arange(image.size)
    d = cubical([image], superlevel=superlevel, construction=construction, keep_zero=True)
    strict = cubical([ranks.reshape(image.shape)], construction=construction)
    for dim in d.dimensions:
        assert sorted(d[dim].pairs.tolist()) == sorted(strict[dim].pairs.tolist())
        assert d.essential[dim].pairs.tolist() == strict.essential[dim].pairs.tolist()


@pytest.mark.parametrize(
    ("dtype", "becomes"),
    [
        (torch.bool, torch.float32),
        (torch.uint8, torch.float32),
        (torch.float16, torch.float32),
        (torch.int64, torch.float64),
        (torch.float32, torch.float32),
        (torch.float64, torch.float64),
    ],
)
def test_the_type_of_pixels_does_not_change_the_pairs(dtype: torch.dtype, becomes: torch.dtype) -> None:
    image = torch.from_numpy(np.random.default_rng(4).integers(0, 2, (9, 9)))
    d, reference = cubical(image.to(dtype)), cubical(image.to(torch.float64))
    assert d[0].births.dtype == d.essential[0].deaths.dtype == becomes
    for dim in (0, 1):
        assert d[dim].pairs.tolist() == reference[dim].pairs.tolist()


def test_both_zeros_are_one_value() -> None:
    image = torch.tensor([[0.0, 1.0, -0.0], [2.0, -0.0, 1.0], [-0.0, 1.0, 0.0]], dtype=torch.float64)
    for construction in ("vertex", "top"):
        for periodic in (False, True):
            d = cubical(image, construction=construction, periodic=periodic)
            reference = cubical(image.abs(), construction=construction, periodic=periodic)
            assert [d[k].pairs.tolist() for k in (0, 1)] == [reference[k].pairs.tolist() for k in (0, 1)]


# Gradients


@pytest.mark.parametrize("shape", [(7,), (6, 7), (2, 5, 4), (2, 3, 4, 3)])
@pytest.mark.parametrize("construction", ["vertex", "top"])
def test_gradients_are_finite_differences(shape: tuple[int, ...], construction: str) -> None:
    pixels = torch.randperm(int(np.prod(shape)), generator=torch.Generator().manual_seed(1)).double().reshape(shape)
    pixels.requires_grad_()

    def loss(x: torch.Tensor) -> torch.Tensor:
        d = cubical(x, construction=construction)
        weights = [(dim + 1.0) * (d[dim].lifetimes ** 2).sum() + d.essential[dim].births.sum() for dim in d.dimensions]
        return torch.stack(weights).sum()

    assert torch.autograd.gradcheck(loss, (pixels,), eps=1e-4)
    (gradient,) = torch.autograd.grad(loss(pixels), pixels)
    assert gradient.abs().sum() > 0


def test_gradients_reach_the_two_pixels_of_a_bar_and_no_other() -> None:
    images = torch.rand(3, 8, 8, dtype=torch.float64, requires_grad=True)
    bars = cubical(images)[1]
    (gradient,) = torch.autograd.grad(bars.deaths[-1] - bars.births[-1], images)
    expected = torch.zeros(3, 64, dtype=torch.float64)
    image, (birth, death) = int(bars.component[-1]), bars.pairs[-1].tolist()
    expected[image, birth], expected[image, death] = -1, 1
    assert_close(gradient.reshape(3, 64), expected)


# Invariances


def assert_same(one: Bars, other: Bars) -> None:
    assert sorted(one.points.tolist()) == sorted(other.points.tolist())


@pytest.mark.parametrize("construction", ["vertex", "top"])
@pytest.mark.parametrize("periodic", [False, True])
def test_turned_mirrored_shifted_images_have_the_same_bars(construction: str, periodic: bool) -> None:
    image = torch.from_numpy(np.random.default_rng(5).random((9, 12)))
    volume = torch.from_numpy(np.random.default_rng(6).random((4, 5, 6)))
    flat = [image, image.flip(0), image.flip(1), image.T, image.rot90()]
    solid = [volume, volume.flip(0), volume.permute(2, 0, 1), volume.rot90(dims=(1, 2))]
    if periodic:
        flat.append(image.roll((3, 5), (0, 1)))
        solid.append(volume.roll((1, 2, 3), (0, 1, 2)))
    for turned in (flat, solid):
        reference = cubical([turned[0]], construction=construction, periodic=periodic)
        for other in turned[1:]:
            d = cubical([other], construction=construction, periodic=periodic)
            for dim in d.dimensions:
                assert_same(d[dim], reference[dim])
                assert_same(d.essential[dim], reference.essential[dim])
    shifted = cubical(image + 4.0, construction=construction, periodic=periodic)
    for dim in shifted.dimensions:
        reference = cubical(image, construction=construction, periodic=periodic)
        assert shifted[dim].pairs.tolist() == reference[dim].pairs.tolist()
        assert_close(shifted[dim].points, reference[dim].points + 4.0)


@pytest.mark.parametrize("shape", [(3, 7, 9), (2, 4, 3, 5)])
@pytest.mark.parametrize("periodic", [False, True])
def test_superlevel_is_sublevel_of_the_negative(shape: tuple[int, ...], periodic: bool) -> None:
    images = torch.from_numpy(np.random.default_rng(7).integers(0, 9, shape)).double()
    images.view(-1)[3] = -torch.inf  # absent from above
    up, down = cubical(-images, periodic=periodic), cubical(images, superlevel=True, periodic=periodic)
    for dim in up.dimensions:
        assert up[dim].pairs.tolist() == down[dim].pairs.tolist()
        assert_close(up[dim].points, -down[dim].points)
        assert_close(up.essential[dim].points, -down.essential[dim].points)


@pytest.mark.parametrize("axes", [2, 3])
def test_the_two_constructions_are_dual(axes: int) -> None:
    """On a torus, dimension k of pixels as squares is dimension n - 1 - k of the negative with pixels as vertices."""
    image = torch.from_numpy(np.random.default_rng(8).random((6,) * axes))
    top = cubical([image], construction="top", periodic=True)
    vertex = cubical([-image], periodic=True)
    for dim in range(axes):
        assert_same(
            Bars(-vertex[axes - 1 - dim].deaths, -vertex[axes - 1 - dim].births, *_places(vertex[axes - 1 - dim])),
            top[dim],
        )
    for dim in range(axes + 1):
        assert sorted((-vertex.essential[axes - dim].births).tolist()) == sorted(top.essential[dim].births.tolist())


def _places(bars: Bars) -> tuple[torch.Tensor, torch.Tensor]:
    return bars.component, bars.pairs


# Batches


def assert_equal(one: Diagram, other: Diagram) -> None:
    assert one.dimensions == other.dimensions
    assert len(one) == len(other)
    for dim in one.dimensions:
        for a, b in ((one[dim], other[dim]), (one.essential[dim], other.essential[dim])):
            assert a.component.tolist() == b.component.tolist()
            assert a.pairs.tolist() == b.pairs.tolist()
            assert a.points.tolist() == b.points.tolist()


@pytest.mark.parametrize("shape", [(5, 9, 7), (4, 3, 5, 4)])
@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("construction", ["vertex", "top"])
def test_a_batch_is_its_images_one_by_one(shape: tuple[int, ...], periodic: bool, construction: str) -> None:
    images = torch.from_numpy(np.random.default_rng(9).random(shape))
    whole = cubical(images, periodic=periodic, construction=construction)
    single = [cubical([image], periodic=periodic, construction=construction) for image in images]
    assert_equal(whole, Diagram.union(single))


def test_images_of_different_sizes_are_one_call() -> None:
    rng = np.random.default_rng(10)
    for axes in (1, 2, 3):
        images = [rng.random(rng.integers(1, 9, axes)) for _ in range(7)]
        assert_equal(cubical(images), Diagram.union([cubical([image]) for image in images]))


@pytest.mark.parametrize("shape", [(12, 40, 40), (4, 12, 12, 12)])
def test_threads_change_nothing(shape: tuple[int, ...]) -> None:
    images = torch.from_numpy(np.random.default_rng(11).random(shape))
    threads = torch.get_num_threads()
    results = []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            results.append(cubical(images))
    finally:
        torch.set_num_threads(threads)
    assert_equal(*results)


def test_an_empty_batch_has_an_empty_diagram() -> None:
    assert len(cubical(torch.zeros(0, 4, 4))) == 0
    assert cubical(torch.zeros(0, 4, 4, 4)).dimensions == (0, 1, 2)
    assert cubical([]).dimensions == (0, 1)


def test_dimensions_are_those_asked_for() -> None:
    image = torch.rand(6, 6)
    assert cubical(image, dimensions=[1]).dimensions == (1,)
    assert cubical(image, dimensions=[1])[1].pairs.tolist() == cubical(image)[1].pairs.tolist()
    assert len(cubical(image, dimensions=(0, 5))[5]) == 0
    assert cubical(image, field=11).field == 11


# Messages


@pytest.mark.parametrize(
    ("images", "options", "message"),
    [
        (torch.tensor([[1.0, torch.nan]]), {}, "finite, or inf where there is no pixel, but 1 are NaN, .* number 1"),
        (torch.tensor([[1.0, -torch.inf]]), {}, "but 1 are -inf, the first of them number 1"),
        (torch.tensor([[1.0, torch.inf]]), {"superlevel": True}, "or -inf where there is no pixel, but 1 are inf"),
        (torch.zeros(3, 0), {}, r"should have pixels, but one has shape \(3, 0\)"),
        (torch.zeros(2, 2, 2, 2, 2), {}, r"four \(a batch of volumes\), but have shape \(2, 2, 2, 2, 2\)"),
        (torch.tensor(1.0), {}, r"should have one axis .* but have shape \(\)"),
        ([torch.zeros(2, 2), torch.zeros(3)], {}, r"same number of axes, but holds one of shape \(3,\) after one of"),
        ([torch.zeros(2, 2, 2, 2)], {}, "a list should hold signals, images or volumes"),
        (torch.zeros(2, 2, dtype=torch.complex64), {}, "real numbers, but are of type torch.complex64"),
        (torch.zeros(2, 2), {"construction": "squares"}, "should be 'vertex' or 'top', but is 'squares'"),
        (torch.zeros(2, 2), {"periodic": (True,)}, "one per axis of an image, 2 in all, but has 1"),
        (torch.zeros(2, 2), {"field": 6}, "p should be prime, but 6 is 2"),
        (torch.zeros(1, 2, 2, 2), {"field": 3, "periodic": True}, "field should be 2 for volumes that are periodic"),
        (torch.zeros(2, 2), {"dimensions": [-1]}, r"whole numbers from 0, but are \[-1\]"),
        (torch.zeros(1, 1).expand(2**16, 2**16), {}, "should have at most 536870912 pixels"),
    ],
)
def test_messages(images: torch.Tensor, options: dict[str, object], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        cubical(images, **options)  # type: ignore[arg-type]
