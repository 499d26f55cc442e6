"""From pixels in one row to bars as integers: the kernels of plane and space behind one call."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ROOM = 4  # rows that an image may write beyond its pixels: the classes without end


class Found(NamedTuple):
    """Bars of one dimension: pixels of birth and of death within their image, -1 where nothing ends them."""

    component: Ints
    pairs: Ints


def pair_pixels(
    values: Floats,
    shapes: Sequence[tuple[int, ...]],
    superlevel: bool,
    wraps: tuple[bool, ...],
    top: bool,
    keep_zero: bool,
) -> dict[int, Found]:
    """Find the bars of images that stand one after the other in `values`, of one, two or three axes each.

    Args:
        values: all pixels, in reading order, image after image; infinite where absent. `(pixels,)`.
        shapes: the shape of each image; none is empty.
        superlevel: whether classes are born from above.
        wraps: per axis, whether its ends touch.
        top: whether pixels are top-dimensional cells, else vertices.
        keep_zero: keep bars between different pixels of one value.

    Returns:
        The bars per dimension, sorted by image. Dimensions without any may be left out.
    """
    axes = len(wraps)
    if axes == 1:
        shapes, wraps = [(1, *shape) for shape in shapes], (False, *wraps)
    source = None
    if any(wrapped and shape[axis] == 1 for axis, wrapped in enumerate(wraps) for shape in set(shapes)):
        values, source, shapes = _doubled(values, shapes, wraps)
    sizes = np.prod(np.array(shapes, np.int64).reshape(len(shapes), len(wraps)), axis=1)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    pair = _pair_space if len(wraps) == 3 else _pair_plane
    found = pair(values, starts, np.array(shapes, np.int64), -1.0 if superlevel else 1.0, wraps, top, keep_zero)
    return found if source is None else {dim: _undoubled(bars, starts, source) for dim, bars in found.items()}


def _pair_plane(
    values: Floats, starts: Ints, shapes: Ints, sign: float, wraps: tuple[bool, ...], top: bool, keep_zero: bool
) -> dict[int, Found]:
    from cochain.persistence._numba_cubical_plane import pair_images

    images = len(shapes)
    low = np.empty((len(values) + ROOM * images, 2), np.int32)
    high, counts = np.empty_like(low), np.zeros((images, 3), np.int64)
    keys = values
    if any(wraps):  # an order without ties does not depend on where the image is cut
        keys, sign = _ranked(values, starts, sign), 1.0
    arguments = values, keys, starts, shapes, sign, top, wraps[0], wraps[1], keep_zero, low, high, counts
    _in_threads(pair_images, arguments, images, 16 * len(values))
    first, second = (high, low) if top else (low, high)
    flip = -1 if top else 1
    number = counts[:, :2][:, ::flip]
    round_all = np.flatnonzero((counts[:, 2] >= 0) & np.isfinite(values[starts[:-1] + counts[:, 2]]))
    return {
        0: _gathered(first, starts, number[:, 0]),
        1: _gathered(second, starts, number[:, 1]),
        2: Found(round_all, _endless(counts[round_all, 2])),
    }


def _ranked(values: Floats, starts: Ints, sign: float) -> Floats:
    from cochain.kernels._numba_radix import rank_each

    ranks = np.empty(len(values), np.int32)
    _in_threads(rank_each, (values, starts, sign, ranks), len(starts) - 1, 16 * len(values))
    return ranks.astype(np.float64)


def _pair_space(
    values: Floats, starts: Ints, shapes: Ints, sign: float, wraps: tuple[bool, ...], top: bool, keep_zero: bool
) -> dict[int, Found]:
    from cochain.persistence._numba_cubical_space import pair_volumes

    volumes = len(shapes)
    parts = [np.empty((len(values) + ROOM * volumes, 2), np.int32) for _ in range(3)]
    counts, essential = np.zeros((volumes, 3), np.int64), np.zeros((volumes, 9 + 8 * sum(wraps), 2), np.int64)
    arguments = values, starts, shapes, sign, np.array(wraps), top, keep_zero, *parts, counts, essential
    _in_threads(pair_volumes, arguments, volumes, 256 * len(values))
    rows = np.arange(essential.shape[1])
    noted = (rows > 0) & (rows <= essential[:, :1, 0])
    found = {}
    for dim in range(4):
        image, row = np.nonzero(noted & (essential[:, :, 0] == dim))
        found[dim] = Found(image, _endless(essential[image, row, 1]))
        if dim < 3:
            from_kernel = 2 - dim if top else dim
            found[dim] = _merged(_gathered(parts[from_kernel], starts, counts[:, from_kernel]), found[dim])
    return found


def _in_threads(kernel: Callable[..., None], arguments: tuple[Any, ...], images: int, work: int) -> None:
    """Divide the images among threads, which the kernels let run side by side; each writes to its own places."""
    from cochain.kernels._numba_compile import parts_for

    threads = min(parts_for(work), images)
    if threads < 2:
        kernel(*arguments, 0, 1)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(kernel, *arguments, first, threads) for first in range(threads)]:
            done.result()


def _gathered(bars: npt.NDArray[np.int32], starts: Ints, counts: Ints) -> Found:
    """The rows that each image has written, put together."""
    component = np.repeat(np.arange(len(counts)), counts)
    if len(counts) == 1:
        return Found(component, bars[: counts[0]].astype(np.int64))
    places = np.arange(len(component)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Found(component, bars[places + starts[component] + ROOM * component].astype(np.int64))


def _endless(pixels: Ints) -> Ints:
    return np.stack([pixels, np.full_like(pixels, -1)], axis=1)


def _merged(first: Found, second: Found) -> Found:
    component = np.concatenate([first.component, second.component])
    order = np.argsort(component, kind="stable")
    return Found(component[order], np.concatenate([first.pairs, second.pairs])[order])


def _doubled(
    values: Floats, shapes: Sequence[tuple[int, ...]], wraps: tuple[bool, ...]
) -> tuple[Floats, Ints, list[tuple[int, ...]]]:
    """Write images twice along axes on which a single pixel touches itself: a circle of two pixels is the same circle.

    Returns the values, of each pixel its number in the image it comes from, and the shapes.
    """
    sources: list[Any] = []
    larger, start = [], 0
    for shape in shapes:
        repeats = [2 if wrapped and size == 1 else 1 for wrapped, size in zip(wraps, shape, strict=True)]
        one = np.tile(np.arange(int(np.prod(shape))).reshape(shape), repeats)
        larger.append(one.shape)
        sources.append((one.ravel(), start + one.ravel()))
        start += int(np.prod(shape))
    return values[np.concatenate([b for _, b in sources])], np.concatenate([a for a, _ in sources]), larger


def _undoubled(bars: Found, starts: Ints, source: Ints) -> Found:
    """The same bars with the pixels of the image that was doubled; those from a pixel to itself are left out."""
    at = bars.pairs + starts[bars.component][:, None]
    pairs = np.where(bars.pairs < 0, -1, source[np.where(bars.pairs < 0, 0, at)])
    keep = pairs[:, 0] != pairs[:, 1]
    return Found(bars.component[keep], pairs[keep])
