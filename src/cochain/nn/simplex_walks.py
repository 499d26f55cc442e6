"""Random walks over the simplices of one rank, through the faces and cofaces that they share."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from cochain.complexes import Complex, adjacent, incident
from cochain.kernels import Pattern, aggregate
from cochain.kernels.index import bounds_from_counts
from cochain.nn.layer import Features


@dataclass(frozen=True)
class SimplexWalks:
    """Walks over the cells of one rank; they may be given by hand, or carried over to renumbered cells.

    Args:
        steps: the cells.
        face: the face passed on the way to each position, -1 where it was none and at the start.
        coface: the coface, likewise.
    """

    steps: Int[Tensor, "walks positions"]
    face: Int[Tensor, "walks positions"]
    coface: Int[Tensor, "walks positions"]


class ReadWalks:
    """Walks with what every layer reads of them, derived once.

    Args:
        complex_: where the walks are.
        rank: of the cells that are walked over.
        walks: the walks.
        window: how many steps back `walk_encodings` look.
        top: the highest rank that the walks pass.
    """

    def __init__(self, complex_: Complex, rank: int, walks: SimplexWalks, window: int, top: int) -> None:
        self.rank, self.walks = rank, walks
        self.bits = walk_encodings(complex_, rank, walks, window, top)
        visited = walks.steps.flatten()
        ticks = torch.arange(len(visited), device=visited.device)
        self.visits = Pattern.from_coo(visited, ticks, (complex_.sizes[rank], len(visited)))[0]

    def features(self, features: Features) -> Float[Tensor, "walks channels positions"]:
        """Put what each step meets side by side: its cell, the face and the coface passed (0 where none was), bits."""
        met = [features[self.rank][self.walks.steps]]
        for other, via in ((self.rank - 1, self.walks.face), (self.rank + 1, self.walks.coface)):
            if other in features:
                h = features[other]
                met.append(torch.cat([h, h.new_zeros(1, h.shape[1])])[via])  # -1 reads the last row
        return torch.cat([torch.cat(met, dim=2).transpose(1, 2), self.bits.to(met[0].dtype)], dim=1)

    def mean(self, told: Float[Tensor, "walks channels positions"]) -> Float[Tensor, "cells channels"]:
        """Average over all positions at which a cell stands; 0 for one that no walk visits."""
        return aggregate(self.visits, told.transpose(1, 2).flatten(0, 1), "mean")


class _Side:
    """Faces or cofaces that lead somewhere else: those that two cells of the rank share, or more."""

    def __init__(self, cells: Pattern) -> None:
        self.members = cells.transposed[0]
        kept = self.members.degrees[cells.indices.long()] > 1
        self.shared = cells.indices[kept].long()
        self.bounds = bounds_from_counts(torch.bincount(cells.rows[kept].long(), minlength=cells.shape[0]), torch.int64)

    def pass_through(self, cell: Tensor, choice: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """Give the chosen shared face or coface of each cell, and another cell there."""
        if not len(self.shared):
            return cell, torch.full_like(cell, -1)
        at = self.shared[(self.bounds[cell] + choice).clamp(0, len(self.shared) - 1)]
        others = self.members.degrees[at].long() - 1
        place = self.members.indptr[at].long() + torch.minimum((uniform * others).long(), others - 1)
        found = self.members.indices[place].long()
        return torch.where(found < cell, found, self.members.indices[place + 1].long()), at


def simplex_walks(complex_: Complex, rank: int, count: int, length: int, top: int, random: bool = True) -> SimplexWalks:
    """Walk from every cell of a rank: to a face or coface that leads elsewhere, then to another cell there, both drawn.

    All walks take a step at a time; a cell that shares nothing stays where it is.

    Args:
        complex_: where to walk.
        rank: of the cells that are walked over.
        count: walks that begin at each cell.
        length: steps of a walk.
        top: the highest rank that walks pass; the complex has it.
        random: draw from torch's generator. Otherwise all cells are given the same choices, made once, so that an
            answer depends on no chance and no cell on the others, but for the order in which neighbours are listed.

    Returns:
        The walks of the first cell, then those of the second, and so on.

    Source:
        Frantzen, Schaub, 2024, "Learning From Simplicial Data Based on Random Walks and 1D Convolutions" (uniform
        connection sampling).
    """
    size = complex_.sizes[rank]
    sides = [
        _Side(complex_.resolve(incident(rank, via)).matrix.pattern) if 0 <= via <= top else None
        for via in (rank - 1, rank + 1)
    ]
    generator = None if random else torch.Generator().manual_seed(0)
    draws = torch.rand(size if random else 1, count, length, 2, dtype=torch.float64, generator=generator)
    draws = draws.expand(size, -1, -1, -1).reshape(size * count, length, 2).to(complex_.device)
    cell = torch.arange(size, device=complex_.device).repeat_interleave(count)
    none = torch.full_like(cell, -1)
    positions = [(cell, none, none)]
    for draw in draws.unbind(dim=1):
        positions.append(_step(sides, positions[-1][0], draw))
    return SimplexWalks(*(torch.stack(each, dim=1) for each in zip(*positions, strict=True)))


def _step(sides: list[_Side | None], cell: Tensor, draw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    counts = [torch.zeros_like(cell) if side is None else side.bounds.diff()[cell] for side in sides]
    total = counts[0] + counts[1]
    choice = torch.minimum((draw[:, 0] * total).long(), total - 1)
    found, passed = cell, []
    begins, ends = (torch.zeros_like(total), counts[0]), (counts[0], total)
    for side, begin, end in zip(sides, begins, ends, strict=True):
        at = torch.full_like(cell, -1)
        if side is not None:
            chosen = (choice >= begin) & (choice < end)
            there, through = side.pass_through(cell, choice - begin, draw[:, 1])
            found, at = torch.where(chosen, there, found), torch.where(chosen, through, at)
        passed.append(at)
    return found, passed[0], passed[1]


def walk_encodings(
    complex_: Complex, rank: int, walks: SimplexWalks, window: int, top: int
) -> Float[Tensor, "walks bits positions"]:
    """Say for each position of each walk how its cell relates to those up to `window` steps before.

    Bits: whether it is the same cell, whether the two share a face (above rank 0), and whether they share a coface
    (below `top`), for 1 to `window` steps back each; 0 before the start.
    """
    steps, size = walks.steps, complex_.sizes[rank]
    known = []
    for via in range(max(rank - 1, 0), min(rank + 1, top) + 1):
        if via != rank:
            near = complex_.resolve(adjacent(rank, via)).matrix.pattern
            known.append(near.rows.long() * size + near.indices.long())
    bits = torch.zeros(len(steps), (1 + len(known)) * window, steps.shape[1], device=steps.device)
    for back in range(1, min(window, steps.shape[1] - 1) + 1):
        now, then = steps[:, back:], steps[:, :-back]
        bits[:, back - 1, back:] = (now == then).to(bits.dtype)
        for place, keys in enumerate(known, start=1):
            bits[:, place * window + back - 1, back:] = _among(keys, now * size + then).to(bits.dtype)
    return bits


def _among(
    known: Shaped[Tensor, "keys"], asked: Shaped[Tensor, "walks positions"]
) -> Shaped[Tensor, "walks positions"]:
    """Say which numbers are in a sorted list."""
    if not len(known):
        return torch.zeros_like(asked, dtype=torch.bool)
    return known[torch.searchsorted(known, asked).clamp(max=len(known) - 1)] == asked
