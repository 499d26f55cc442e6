"""Persistence of images, volumes and signals by the values of their pixels."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from cochain.errors import ShapeError
from cochain.kernels.elimination import check_prime
from cochain.persistence.cubical_pairing import Found, pair_pixels
from cochain.persistence.diagram import Bars, Diagram

MOST_PIXELS = 2**29  # of one image: pixels and directions are numbered together in 32 bits
CONSTRUCTIONS = ("vertex", "top")
_EXACT = (torch.bool, torch.uint8, torch.int8, torch.int16)  # whole numbers that float32 holds

Image = Tensor | npt.NDArray[np.generic]


def cubical(
    images: Image | Sequence[Image],
    superlevel: bool = False,
    periodic: bool | Sequence[bool] = False,
    construction: str = "vertex",
    dimensions: Iterable[int] | None = None,
    field: int = 2,
    keep_zero: bool = False,
) -> Diagram:
    r"""Persistent homology of images: of the pixels up to a grey value, as the value rises.

    $$X_t = \{\text{cells of the grid with value} \le t\}, \qquad b = f(p), \quad d = f(q)$$

    A class that is born with pixel $p$ and dies with pixel $q$ becomes the bar $[f(p), f(q))$. Births and deaths are
    gathered from the pixels, so that gradients flow to the two pixels of every bar; where values are equal, the pixel
    with the smaller number enters first.

    Args:
        images: a signal (one axis), an image (two axes), a batch of images (three axes: batch, rows, columns), a batch
            of volumes (four axes), or a list of signals, images or volumes of any sizes. One volume is `volume[None]`;
            channels are images of their own (`x.flatten(0, 1)`). Whole numbers become floating-point numbers.
            An infinite pixel that would enter last (inf; for `superlevel` -inf) is absent: a mask.
        superlevel: let the value fall instead: bars begin above and run down, essential ones to -inf.
        periodic: whether the ends of the axes touch; one answer for all, or one per axis of an image.
        construction: "vertex" makes pixels vertices, a cell entering with its last vertex (rows and columns connect);
            "top" makes pixels squares (in a volume cubes), a cell entering with the first that contains it (diagonals
            connect, too).
        dimensions: which to give; all that can be other than zero where None.
        field: prime p of the coefficients Z/p. Images have no torsion, so the answer is the same for all, except in
            volumes that are periodic along all three axes: there p must be 2.
        keep_zero: keep bars between two different pixels of the same value.

    Returns:
        The diagram; components are images, and pairs are flat indices of pixels within their image. The order of bars
        within an image is deterministic and otherwise arbitrary.

    Raises:
        ShapeError: images with no pixels or too many axes or pixels, NaN or an infinite value that would enter first,
            an unknown construction, a `periodic` of another length, a p that is not prime.

    Cost:
        About linear in the number of pixels. Of the cells only those that change the topology are sorted and joined;
        what is between dimension 0 and 2 of a volume is reduced, which takes longer the rougher it is.

    Example:
        >>> ring = torch.tensor([[1.0, 1.0, 1.0], [1.0, 5.0, 1.0], [1.0, 1.0, 1.0]])
        >>> cubical(ring)[1].points
        tensor([[1., 5.]])

    Source:
        Garin, Heiss, Maggs, Bleile, Robins, 2020, "Duality in Persistent Homology of Images", for the two
        constructions; Robins, Wood, Sheppard, 2011, "Theory and Algorithms for Constructing Discrete Morse Complexes
        from Grayscale Digital Images", for the pairing of the cells that enter with a pixel.
    """
    flat, shapes = _flattened(images)
    axes = len(shapes[0]) if shapes else images.ndim - 1 if not isinstance(images, Sequence) else 2
    wraps = _wraps(periodic, axes)
    if construction not in CONSTRUCTIONS:
        raise ShapeError(f"construction should be 'vertex' or 'top', but is {construction!r}")
    check_prime(field)
    if axes == 3 and all(wraps) and field != 2:
        raise ShapeError(
            f"field should be 2 for volumes that are periodic along all three axes, but is {field}; "
            "only there can images have torsion, and other coefficients are not computed"
        )
    _check_values(flat, superlevel)
    values = flat.detach().cpu().to(torch.float64).numpy()
    found = pair_pixels(values, shapes, superlevel, wraps, construction == "top", keep_zero) if shapes else {}
    offsets = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    wanted = range(axes + all(wraps)) if dimensions is None else _checked_dimensions(dimensions)
    finite, essential = {}, {}
    for dim in wanted:
        finite[dim], essential[dim] = _bars(found.get(dim), flat, offsets, superlevel)
    return Diagram(finite, essential, len(shapes), field)


def _flattened(images: Image | Sequence[Image]) -> tuple[Float[Tensor, "pixels"], list[tuple[int, ...]]]:
    """All pixels in one row, and the shape of each image."""
    if isinstance(images, Tensor | np.ndarray):
        whole = torch.as_tensor(images)
        if not 1 <= whole.ndim <= 4:
            raise ShapeError(
                "images should have one axis (a signal), two (an image), three (a batch of images) or four (a batch of "
                f"volumes), but have shape {tuple(whole.shape)}; channels are images of their own, and one volume is "
                "volume[None]"
            )
        shapes = [tuple(whole.shape[1:])] * len(whole) if whole.ndim > 2 else [tuple(whole.shape)]
        _check_shapes(shapes)
        return _as_floats(whole).reshape(-1), shapes
    members = [torch.as_tensor(image) for image in images]
    shapes = [tuple(member.shape) for member in members]
    wrong = [shape for shape in shapes if not 1 <= len(shape) <= 3 or len(shape) != len(shapes[0])]
    if wrong:
        raise ShapeError(
            f"a list should hold signals, images or volumes, all of the same number of axes, but holds one of shape "
            f"{wrong[0]} after one of shape {shapes[0]}"
        )
    _check_shapes(shapes)
    return torch.cat([_as_floats(member).reshape(-1) for member in members] or [torch.zeros(0)]), shapes


def _as_floats(values: Tensor) -> Tensor:
    if values.is_complex():
        raise ShapeError(f"pixels should be real numbers, but are of type {values.dtype}; take their absolute value")
    if values.dtype in (torch.float32, torch.float64):
        return values
    return values.to(torch.float32 if values.dtype in _EXACT or values.is_floating_point() else torch.float64)


def _check_shapes(shapes: list[tuple[int, ...]]) -> None:
    for shape in set(shapes):
        pixels = int(np.prod([size + 2 for size in shape], dtype=np.int64))
        if min(shape) == 0:
            raise ShapeError(f"an image should have pixels, but one has shape {shape}")
        if pixels > MOST_PIXELS:
            raise ShapeError(
                f"an image should have at most {MOST_PIXELS} pixels, a frame around it counted, but one of shape "
                f"{shape} has {pixels}; take it apart or coarsen it"
            )


def _wraps(periodic: bool | Sequence[bool], axes: int) -> tuple[bool, ...]:
    if isinstance(periodic, bool):
        return (periodic,) * axes
    wraps = tuple(bool(wrapped) for wrapped in periodic)
    if len(wraps) != axes:
        raise ShapeError(
            f"periodic should be one answer or one per axis of an image, {axes} in all, but has {len(wraps)}"
        )
    return wraps


def _checked_dimensions(dimensions: Iterable[int]) -> list[int]:
    wanted = sorted(set(dimensions))
    if any(isinstance(dim, bool) or not isinstance(dim, int) or dim < 0 for dim in wanted):
        raise ShapeError(f"dimensions should be whole numbers from 0, but are {wanted}")
    return wanted


def _check_values(flat: Tensor, superlevel: bool) -> None:
    """Refuse NaN, and the infinity that would enter before every other value; the other one is a mask."""
    if not flat.numel() or bool(torch.isfinite(flat.detach().sum())):
        return
    first = torch.inf if superlevel else -torch.inf
    for what, bad in (("NaN", flat.isnan()), (str(first), flat == first)):
        if bool(bad.any()):
            raise ShapeError(
                f"pixels should be finite, or {-first} where there is no pixel, but {int(bad.sum())} are {what}, the "
                f"first of them number {int(bad.nonzero()[0])} of all; fill them in or mask them with {-first}"
            )


def _bars(found: Found | None, flat: Tensor, offsets: npt.NDArray[np.int64], superlevel: bool) -> tuple[Bars, Bars]:
    """Gather the values of one dimension: of bars with an end, and of those without."""
    if found is None:
        none = Bars.none(dtype=flat.dtype, device=flat.device)
        return none, none
    ends = found.pairs[:, 1] >= 0
    parts: list[Bars] = []
    for which in (np.flatnonzero(ends), np.flatnonzero(~ends)):
        component, pairs = found.component, found.pairs
        if len(which) < len(pairs):
            component, pairs = component.take(which), pairs.take(which, axis=0)
        at = torch.from_numpy(np.ascontiguousarray(pairs.T) + (offsets[component] if len(offsets) > 2 else 0))
        at = at.to(flat.device)
        births = flat.index_select(0, at[0])
        if parts:
            deaths = flat.new_full((len(pairs),), -torch.inf if superlevel else torch.inf)
        else:
            deaths = flat.index_select(0, at[1])
        index = torch.from_numpy(component).to(flat.device), torch.from_numpy(pairs).to(flat.device)
        parts.append(Bars(births, deaths, *index))
    return parts[0], parts[1]
