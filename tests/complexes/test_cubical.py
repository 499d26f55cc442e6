"""Cubical complexes: by hand, against cells given one by one, Betti numbers of known pictures, in batches."""

import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

import cochain as cc
from oracles import same


def picture(text: str) -> np.ndarray:
    return np.array([[sign == "#" for sign in row] for row in text.split()])


RING = picture("##### #...# #...# ##### .....")
TWO_HOLES = picture("##### #.#.# #####")
CHECKERS = picture("#.#. .#.# #.#.")
DIAGONAL = picture("##.. ##.. ..## ..##")


def test_two_by_three_by_hand() -> None:
    c = cc.Complex.cubical([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]).validate()
    assert (c.domain, c.sizes) == ("cell", (6, 7, 2))
    assert c.simplices(1).tolist() == [[0, 1], [0, 3], [1, 2], [1, 4], [2, 5], [3, 4], [4, 5]]
    assert c[0].x[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert c[0].pos.tolist() == [[0, 1], [1, 1], [2, 1], [0, 0], [1, 0], [2, 0]]
    # The first square is walked 0, 1, 4, 3.
    assert c.boundary(2).to_dense()[:, 0].tolist() == [1, -1, 0, 1, 0, -1, 0]


def test_pixels_as_cells_by_hand() -> None:
    c = cc.Complex.cubical(np.array([[7.0, 8.0]]), pixels="cells").validate()
    assert (c.sizes, c[2].x.tolist()) == ((6, 7, 2), [[7.0], [8.0]])
    assert c.cells(2).to_dense().tolist() == [[1, 1, 0, 1, 1, 0], [0, 1, 1, 0, 1, 1]]
    hole = cc.Complex.cubical(np.zeros((1, 3)), pixels="cells", mask=np.array([[True, False, True]]))
    assert hole.sizes == (8, 8, 2)


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_sheet_is_the_complex_of_its_squares(rows: int, columns: int) -> None:
    c = cc.Complex.cubical(np.zeros((rows, columns)))
    squares = [
        (k, k + 1, k + columns + 1, k + columns)
        for k in (i * columns + j for i, j in product(range(rows - 1), range(columns - 1)))
    ]
    row, column = np.divmod(np.arange(rows * columns), columns)
    edges = [(k, k + 1) for k in range(rows * columns) if column[k] + 1 < columns]
    edges += [(k, k + columns) for k in range(rows * columns) if row[k] + 1 < rows]
    same(c.without_cochain(0, "x").without_cochain(0, "pos"), cc.Complex.cell(squares, edges, rows * columns))


def oracle(mask: np.ndarray, pixels: str) -> tuple[int, ...]:
    """Cells as sets of doubled coordinates, odd where the cell extends; counted one by one."""
    cells = set()
    steps = list(product((-1, 0, 1), repeat=mask.ndim))
    for place in zip(*np.nonzero(mask), strict=True):
        if pixels == "cells":
            cells |= {tuple(2 * p + 1 + s for p, s in zip(place, step, strict=True)) for step in steps}
    if pixels == "vertices":
        for cell in product(*(range(2 * n - 1) for n in mask.shape)):
            corners = product(*(((c - 1) // 2, (c + 1) // 2) if c % 2 else (c // 2,) for c in cell))
            cells |= {cell} if all(mask[corner] for corner in corners) else set()
    return tuple(sum(sum(c % 2 for c in cell) == rank for cell in cells) for rank in range(mask.ndim + 1))


@given(st.sampled_from([2, 3]), st.sampled_from(["vertices", "cells"]), st.integers(0, 2**16))
def test_cells_under_a_mask_are_counted_and_form_a_complex(axes: int, pixels: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random(tuple(rng.integers(1, 5, axes))) < 0.6
    c = cc.Complex.cubical(np.zeros(mask.shape), pixels, mask, axes).validate()
    assert c.sizes == oracle(mask, pixels)
    for rank in range(1, c.rank + 1):
        columns = c.faces(rank, rank - 1).pattern.indices.reshape(c.sizes[rank], 2 * rank)
        assert bool((columns.diff(dim=1) > 0).all())


@pytest.mark.parametrize(
    ("mask", "vertices", "cells"),
    [
        (RING, (1, 1, 0), (1, 1, 0)),
        (TWO_HOLES, (1, 2, 0), (1, 2, 0)),
        (CHECKERS, (6, 0, 0), (1, 1, 0)),
        (DIAGONAL, (2, 0, 0), (1, 0, 0)),
        (~RING, (2, 0, 0), (2, 0, 0)),
        (np.zeros((2, 2), bool), (0, 0, 0), (0, 0, 0)),
    ],
    ids=["ring", "two holes", "checkerboard", "diagonal", "inside of a ring", "nothing"],
)
def test_betti_numbers_of_pictures(mask: np.ndarray, vertices: tuple[int, ...], cells: tuple[int, ...]) -> None:
    assert cc.Complex.cubical(mask, mask=mask).betti() == vertices
    assert cc.Complex.cubical(mask, "cells", mask).betti() == cells


def test_betti_numbers_of_a_hollow_ball_and_a_ring_in_space() -> None:
    ball = np.ones((3, 3, 3), bool)
    ball[1, 1, 1] = False
    tube = np.ones((2, 3, 3), bool)
    tube[:, 1, 1] = False
    for mask, betti in ((ball, (1, 0, 1, 0)), (tube, (1, 1, 0, 0))):
        for pixels in ("vertices", "cells"):
            assert cc.Complex.cubical(mask, pixels, mask, axes=3).betti() == betti


@pytest.mark.parametrize("pixels", ["vertices", "cells"])
def test_a_batch_is_the_union_of_its_images(pixels: str, rng: np.random.Generator) -> None:
    images = [rng.random((2, 3, 2)), rng.random((4, 1, 2)), rng.random((0, 3, 2)), rng.random((3, 3, 2))]
    masks = [rng.random(image.shape[:2]) < 0.7 for image in images]
    batch = cc.Complex.cubical(images, pixels, masks)
    same(batch, cc.Complex.union([cc.Complex.cubical([i], pixels, [m]) for i, m in zip(images, masks, strict=True)]))
    array = rng.random((3, 2, 4))
    same(cc.Complex.cubical(array, pixels), cc.Complex.cubical(list(array), pixels))
    same(cc.Complex.cubical(array[..., None], pixels), cc.Complex.cubical(torch.from_numpy(array), pixels))
    volumes = rng.random((2, 2, 3, 2))
    same(cc.Complex.cubical(volumes, pixels, axes=3), cc.Complex.cubical(list(volumes), pixels, axes=3))


def test_numbers_of_other_types() -> None:
    assert cc.Complex.cubical(np.array([[0, 255]], dtype=np.uint8))[0].x.dtype == torch.float32
    assert cc.Complex.cubical(np.array([[0.5, 1]], dtype=np.float64))[0].x.dtype == torch.float64
    assert_close(cc.Complex.cubical([np.zeros((1, 2, 3))])[0].x, torch.zeros(2, 3, dtype=torch.float64))
    assert cc.Complex.cubical([]).sizes == (0, 0, 0)


def test_volumes_are_saved_and_read(tmp_path: Path) -> None:
    c = cc.Complex.cubical(np.zeros((2, 2, 3)), axes=3)
    c.save(tmp_path / "v.cochain")
    same(cc.Complex.load(tmp_path / "v.cochain"), c)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.zeros(3),), cc.ShapeError, r"images should be one image of 2 axes, .* but have shape \(3,\)"),
        (
            ([np.zeros((2, 2)), np.zeros(3)],),
            cc.ShapeError,
            r"images\[1\] should have 2 axes, or 3 with channels last, but",
        ),
        (([np.zeros((2, 2, 3)), np.zeros((2, 2))],), cc.ShapeError, r"one number of channels, but have \[1, 3\]"),
        ((np.array([[0.0, np.nan]]),), cc.ComplexError, r"pixels should be finite, but pixel 1 is \[nan\]; clean it"),
        ((np.zeros((2, 2)) * 1j,), cc.ShapeError, "images should hold real numbers, but have type torch.complex128"),
        ((np.zeros((2, 2)), "voxels"), cc.UnknownNameError, "no place for pixels is called 'voxels'"),
        ((np.zeros((2, 2)), "cells", np.ones((2, 3))), cc.ShapeError, "mask should have the sizes of the images"),
        ((np.zeros((2, 2)), "cells", np.full((2, 2), 0.5)), cc.ShapeError, "mask should be truth values"),
        (
            (np.zeros((2, 2)), "cells", None, 4),
            cc.ShapeError,
            "axes should be 2 for pictures or 3 for volumes, but is 4",
        ),
    ],
)
def test_refusals(arguments: tuple[object, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cc.Complex.cubical(*arguments)


def test_a_thousand_digits_take_less_than_a_second() -> None:
    images = np.zeros((1000, 28, 28), dtype=np.float32)
    start = time.process_time()
    c = cc.Complex.cubical(images)
    assert time.process_time() - start < 1
    assert (len(c), c.sizes) == (1000, (784_000, 1_512_000, 729_000))
