"""An image in its frame, and for every pixel the mask of its lower neighbours, which says how its cells are paired.

The frame is one pixel wide: higher than all (nothing is there), lower than all (the whole outside is one node; so
pixels as squares are seen, upside down), or the other end of the image where it wraps.
"""

# mypy: disable-error-code="no-untyped-def"

import numpy as np
import numpy.typing as npt
from numba import njit

NONE, MAXIMUM = 4, 8
LARGEST = np.finfo(np.float64).max
OUTSIDE = 1  # the label of the outside; 0 is no label yet, and -k sends on to pixel or square k


def _collapses() -> npt.NDArray[np.uint8]:
    """Tell, per mask of lower neighbours (clockwise from the east), how the edges of a pixel are used.

    Edges are numbered east, south, west, north; square d lies between edges d and d + 1, and is paired with edge d + 1
    if it enters with the pixel. Edges that are no square's partner begin a run: the first is the partner of the pixel
    (column 0; NONE for a minimum), the others are critical (columns 2 to 4, their number in column 1). At a maximum
    all squares are there, and the last has no partner (column 1 is MAXIMUM or more).
    """
    table = np.full((256, 5), NONE, np.uint8)
    for mask in range(256):
        edges = [mask >> 2 * d & 1 for d in range(4)]
        squares = [edges[d] & edges[(d + 1) % 4] & mask >> 2 * d + 1 & 1 for d in range(4)]
        roots = [0] if all(squares) else [d for d in range(4) if edges[d] and not squares[d - 1]]
        table[mask, 0] = roots[0] if roots else NONE
        table[mask, 1] = MAXIMUM if all(squares) else max(len(roots) - 1, 0)
        table[mask, 2 : 1 + len(roots)] = roots[1:]
    return table


COLLAPSES = _collapses()


@njit
def load(image, f, height, width, sign, top, rows_wrap, columns_wrap):
    """Write the image into its frame: as it is, or backwards and upside down where pixels are squares."""
    W = width + 2
    pad = -np.inf if top else np.inf
    last = height * width - 1
    for r in range(height):
        line = f[(r + 1) * W + 1 : (r + 1) * W + 1 + width]
        for c in range(width):
            k = r * width + c
            x = -sign * image[last - k] if top else sign * image[k]
            line[c] = min(max(x, -LARGEST), LARGEST)  # absent pixels stay within the frame's infinity
    for c in range(1, width + 1):
        f[c] = f[height * W + c] if rows_wrap else pad
        f[(height + 1) * W + c] = f[W + c] if rows_wrap else pad
    for r in range(height + 2):
        f[r * W] = f[r * W + width] if columns_wrap else pad
        f[r * W + width + 1] = f[r * W + 1] if columns_wrap else pad


@njit
def label_frame(lows, highs, height, width, top, rows_wrap, columns_wrap):
    """Label the pixels and squares that touch the frame: outside, or sent on to the one that they repeat.

    A square has the number of its north-western pixel, so squares stand for themselves on all sides of the frame.
    """
    W = width + 2
    lows[: (height + 2) * W] = 0
    highs[: (height + 2) * W] = 0
    for r in range(height + 2):
        inner = 0 < r < height
        for c in range(W):
            if inner and 0 < c < width:
                continue
            out = (r in (0, height + 1) and not rows_wrap) or (c in (0, width + 1) and not columns_wrap)
            row = (r - 1) % height + 1 if rows_wrap else r
            column = (c - 1) % width + 1 if columns_wrap else c
            real = 0 if row == r and column == c else -(row * W + column)
            lows[r * W + c] = OUTSIDE if out else real
            out = (r in (0, height) and not rows_wrap) or (c in (0, width) and not columns_wrap)
            highs[r * W + c] = OUTSIDE if out and not top else real


@njit
def lower_neighbours(f, masks, height, width, rows_wrap, columns_wrap):
    """A mask for every pixel, many at a time; of equal pixels the one with the smaller number is lower."""
    W = width + 2
    masks[:W] = 0
    masks[(height + 1) * W : (height + 2) * W] = 0
    for at in range(W, (height + 1) * W, W):
        north, here, south = f[at - W : at], f[at : at + W], f[at + W : at + 2 * W]
        line = masks[at : at + W]
        for c in range(1, width + 1):
            x = here[c]
            mask = np.uint8(1 if here[c + 1] < x else 0) | np.uint8(2 if south[c + 1] < x else 0)
            mask |= np.uint8(4 if south[c] < x else 0) | np.uint8(8 if south[c - 1] < x else 0)
            mask |= np.uint8(16 if here[c - 1] <= x else 0) | np.uint8(32 if north[c - 1] <= x else 0)
            line[c] = mask | np.uint8(64 if north[c] <= x else 0) | np.uint8(128 if north[c + 1] <= x else 0)
        line[0] = line[width] if columns_wrap else 0
        line[width + 1] = line[1] if columns_wrap else 0
    if rows_wrap:
        masks[:W] = masks[height * W : (height + 1) * W]
        masks[(height + 1) * W : (height + 2) * W] = masks[W : 2 * W]
