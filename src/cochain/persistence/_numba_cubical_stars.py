"""How the cells that enter with a voxel collapse onto one another: the discrete gradient of a volume.

Voxels are vertices; an edge, square or cube enters with its greatest voxel and is told by the direction in which it
leaves that voxel. The 6 edges, 12 squares and 8 cubes around a voxel are the vertices, edges and faces of an
octahedron. A spanning forest pairs edges with squares (a table of 4096 rows, by the squares that are there), and a
tree across the squares that are left, rooted in the cubes that are not there, pairs squares with cubes. So only what
changes the topology stays critical.

Source:
    Robins, Wood, Sheppard, 2011, "Theory and Algorithms for Constructing Discrete Morse Complexes from Grayscale
    Digital Images". The forests of the octahedron are ours.
"""

# mypy: disable-error-code="no-untyped-def"

from itertools import combinations, product

import numpy as np
from numba import njit

VERTEX, CRITICAL = 12, 13  # what an edge is paired with, if not with square 0 ... 11
MAXIMUM, MINIMUM, PARTNER = 18, 19, 20  # places in a voxel's word, above the bits of critical edges and squares

# Directions +x, -x, +y, -y, +z, -z; a square leaves in two of them, a cube in three.
_DIRECTIONS = [(0, 0, 1), (0, 0, -1), (0, 1, 0), (0, -1, 0), (1, 0, 0), (-1, 0, 0)]
_SQUARES = [(a, b) for a, b in combinations(range(6), 2) if a // 2 != b // 2]
_CUBES = [(x, 2 + y, 4 + z) for z, y, x in product((0, 1), repeat=3)]
_CELLS = [*((d,) for d in range(6)), *_SQUARES, *_CUBES]

SQUARES = np.array(_SQUARES, np.int64)
CUBES = np.array(_CUBES, np.int64)
SHIFTS = np.array([np.sum([_DIRECTIONS[d] for d in cell], axis=0) for cell in _CELLS], np.int64)
_NEEDS = np.array([sum(1 << i for i, c in enumerate(_CELLS) if set(c) <= set(cell)) for cell in _CELLS], np.uint32)
CUBES_AT = np.array([[i for i, c in enumerate(_CUBES) if set(s) <= set(c)] for s in _SQUARES], np.int64)
ACROSS = np.array([3 - a // 2 - b // 2 for a, b in _SQUARES], np.int64)  # the axis along which those two cubes differ


@njit(cache=True)
def _forests():
    """Per set of squares: for each edge its partner square, or CRITICAL for a root, and 16 times its turn in the walk.

    Row s of the second array is the set of squares that the forest uses. Every edge comes after the one on the other
    side of its partner.
    """
    codes = np.zeros((4096, 6), np.uint8)
    used = np.zeros(4096, np.uint16)
    for s in range(4096):
        turn, queue = 0, np.empty(6, np.int64)
        seen = np.zeros(6, np.bool_)
        for root in range(6):
            if seen[root]:
                continue
            seen[root] = True
            codes[s, root] = CRITICAL | turn << 4
            queue[turn], at = root, turn
            turn += 1
            while at < turn:
                for j in range(12):
                    a, b = SQUARES[j, 0], SQUARES[j, 1]
                    if not s >> j & 1 or (a != queue[at] and b != queue[at]):
                        continue
                    other = a + b - queue[at]
                    if not seen[other]:
                        seen[other] = True
                        codes[s, other] = j | turn << 4
                        used[s] |= 1 << j
                        queue[turn] = other
                        turn += 1
                at += 1
    return codes, used


_CODES, _USED = _forests()


@njit
def _cells_of_row(ranks, at, width, offsets, lower, present):
    """The 26 bits of the cells that enter with each voxel of a row: those whose voxels are all lower."""
    here = ranks[at : at + width]
    lower[:] = 0
    present[:] = 0
    for j in range(26):
        there = ranks[at + offsets[j] : at + offsets[j] + width]
        bit = np.uint32(1) << np.uint32(j)
        for c in range(width):
            lower[c] |= bit if there[c] < here[c] else np.uint32(0)
    for j in range(26):
        bit, need = np.uint32(1) << np.uint32(j), _NEEDS[j]
        for c in range(width):
            present[c] |= bit if lower[c] & need == need else np.uint32(0)


@njit
def _pair_cubes(cubes, squares, k, back, upward):
    """Pair cubes with squares, from the cubes that are not there inwards; returns the squares that stay critical.

    `upward` of a cube is the direction to the cube on the other side of its partner, 6 for a maximum.
    """
    seen = ~cubes & 255
    if seen == 0:
        seen = 1
        upward[k] = 6
    while seen != 255:
        for j in range(12):
            if not squares >> j & 1:
                continue
            a, b = CUBES_AT[j, 0], CUBES_AT[j, 1]
            a_seen, b_seen = seen >> a & 1, seen >> b & 1
            if a_seen == b_seen:
                continue
            new = b if a_seen else a
            negative = new >> ACROSS[j] & 1
            base = k + (back[0] if new & 1 else 0) + (back[1] if new & 2 else 0) + (back[2] if new & 4 else 0)
            upward[base] = 2 * ACROSS[j] + (1 - negative)
            seen |= 1 << new
            squares ^= 1 << j
    return squares


@njit
def _word(present, squares, partner, roots):
    """What the rest of the work asks of a voxel: its critical cells, whether it is extreme, and its way down."""
    extreme = (present >> 18 == 255) << MAXIMUM | (partner == 6) << MINIMUM
    return roots | squares << 6 | extreme | partner << PARTNER


@njit
def collapse_rows(ranks, shape, wraps, first, end, words, edges, upward):
    """Pair the cells around the voxels of some rows of a framed volume of ranks.

    words: bits of critical edges (0 to 5) and squares (6 to 17), whether the voxel is a maximum or minimum, and from
    bit 20 the direction of its partner. edges[6 k + d]: the partner of the edge that leaves voxel k in direction d,
    and its turn. upward: per cube, by its least corner, the direction of the way up.
    """
    W, H = shape[2] + 2, shape[1] + 2
    offsets = np.empty(26, np.int64)
    for j in range(26):
        offsets[j] = (SHIFTS[j, 0] * H + SHIFTS[j, 1]) * W + SHIFTS[j, 2]
    lower, present = np.empty(shape[2], np.uint32), np.empty(shape[2], np.uint32)
    back = np.empty(3, np.int64)
    for row in range(first, end):
        z, y = row // shape[1] + 1, row % shape[1] + 1
        at = (z * H + y) * W + 1
        _cells_of_row(ranks, at, shape[2], offsets, lower, present)
        back[1] = (shape[1] - 1) * W if wraps[1] and y == 1 else -W
        back[2] = (shape[0] - 1) * W * H if wraps[0] and z == 1 else -W * H
        for c in range(shape[2]):
            k, here = at + c, np.int64(present[c])
            back[0] = shape[2] - 1 if wraps[2] and c == 0 else -1
            squares = here >> 6 & 4095
            roots = np.int64(0)
            for d in range(6):
                edges[6 * k + d] = _CODES[squares, d]
                roots |= (here >> d & 1 and _CODES[squares, d] & 15 == CRITICAL) << d
            partner = 0
            while partner < 6 and not roots >> partner & 1:
                partner += 1
            if partner < 6:
                roots ^= 1 << partner
                edges[6 * k + partner] ^= VERTEX ^ CRITICAL
            left = squares & ~np.int64(_USED[squares])
            if here >> 18:
                left = _pair_cubes(here >> 18, left, k, back, upward)
            words[k] = _word(here, left, partner, roots)
